"""`fangxing lake`: the copy of the database that metrics read."""

from __future__ import annotations

import typer

from monitor.cli.answer import Code
from monitor.cli.words import say


def register(app: typer.Typer) -> None:
    lake = typer.Typer(help=say("cli.help.lake"), no_args_is_help=True)
    lake.command("rebuild", help=say("cli.help.lake_rebuild"))(rebuild)
    lake.command("check", help=say("cli.help.lake_check"))(check)
    app.add_typer(lake, name="lake")


def rebuild() -> None:
    from monitor.cli.installation import configured, now, open_database
    from monitor.lake.keeper import write_anew
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    done = write_anew(open_database(settings), settings.lake, configuration.zone_of, now())
    typer.echo(say("cli.lake.rebuilt", cases=done.cases, months=len(done.months)))


def check() -> None:
    from monitor.cli.installation import configured, open_database
    from monitor.lake.check import differences
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    found = differences(open_database(settings), settings.lake, configuration.zone_of)
    for one in found:
        typer.echo(say(f"cli.lake.differs.{one.code}", **one.params))
    if found:
        typer.echo(say("cli.lake.rebuild_with", command="fangxing lake rebuild"))
        raise typer.Exit(Code.FAILED)
    typer.echo(say("cli.lake.fine"))
