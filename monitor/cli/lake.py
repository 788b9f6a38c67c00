"""`fangxing lake`: the copy of the database that metrics read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from monitor.cli.answer import Answer, Code
from monitor.cli.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.lake.check import Checked
    from monitor.lake.refresh import Refreshed
    from monitor.settings.configuration import Configuration
    from monitor.store.database import Database

REBUILD = "fangxing lake rebuild"


def register(app: typer.Typer) -> None:
    lake = typer.Typer(help=say("cli.help.lake"), no_args_is_help=True)
    lake.command("rebuild", help=say("cli.help.lake_rebuild"))(rebuild)
    lake.command("check", help=say("cli.help.lake_check"))(check)
    app.add_typer(lake, name="lake")


def rebuild() -> None:
    from monitor.cli.installation import configured, now, open_database
    from monitor.lake.judging import judging
    from monitor.lake.keeper import write_anew
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    database = open_database(settings)
    try:
        done = write_anew(database, settings.lake, configuration.zone_of, now(), judging(configuration))
    except OSError as error:
        raise disk_answer(settings.lake, error) from error
    typer.echo(say("cli.lake.rebuilt", cases=done.cases, months=len(done.months)))


def check() -> None:
    from monitor.cli.installation import configured, open_database
    from monitor.settings.environment import load_settings

    settings = load_settings()
    found = compared(open_database(settings), settings.lake, configured(settings))
    for line in differences(found):
        typer.echo(line)
    if found.faults:
        raise typer.Exit(Code.FAILED)
    typer.echo(say("cli.lake.fine", rows=f"{found.rows:,}", months=found.months))
    if found.behind:
        typer.echo(say("cli.lake.behind", n=f"{found.behind:,}"))


def compared(database: Database, folder: Path, configuration: Configuration) -> Checked:
    """What a check of the lake finds. Raises Answer where its folder cannot be read."""
    from monitor.lake.check import check as compare
    from monitor.lake.judging import judging

    try:
        return compare(database, folder, configuration.zone_of, judging(configuration))
    except OSError as error:
        raise disk_answer(folder, error) from error


def forget_manifest(folder: Path) -> None:
    """Have the lake written anew: the database beside it is another one now."""
    from monitor.lake.manifest import NAME

    (folder / NAME).unlink(missing_ok=True)


def differences(found: Checked) -> Iterator[str]:
    """What differs, a line each, and what to do about it; nothing where all agrees."""
    for one in found.faults:
        yield say(f"cli.lake.differs.{one.code}", **one.params)
    if found.faults:
        yield say("cli.lake.rebuild_with", command=REBUILD)


def brought_up(database: Database, folder: Path, configuration: Configuration, now: int) -> Refreshed:
    """The lake brought up to the database; what was mended is said. Raises Answer where it cannot be."""
    from monitor.cli.answer import tell
    from monitor.lake.judging import judging
    from monitor.lake.keeper import bring_up

    try:
        done = bring_up(database, folder, configuration.zone_of, now, judging(configuration))
    except OSError as error:
        raise disk_answer(folder, error) from error
    if done.mended is not None:
        tell(say(f"cli.lake.differs.{done.mended.code}", **done.mended.params))
        tell(say("cli.lake.mended", cases=f"{done.cases:,}"))
    return done


def disk_answer(folder: Path, error: OSError) -> Answer:
    """The folder of the lake cannot be read or written, and why."""
    return Answer("lake_disk", folder=folder, detail=error.strerror or type(error).__name__)
