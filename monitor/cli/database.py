"""`fangxing db`: layout, proof, backup of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.answer import Answer, Code
from monitor.cli.move import move
from monitor.cli.words import say

SHOWN = 20


def register(app: typer.Typer) -> None:
    db = typer.Typer(help=say("cli.help.db"), no_args_is_help=True)
    db.command("upgrade", help=say("cli.help.db_upgrade"))(upgrade)
    db.command("refold", help=say("cli.help.db_refold"))(refold)
    db.command("check", help=say("cli.help.db_check"))(check)
    db.command("backup", help=say("cli.help.db_backup"))(backup)
    db.command("restore", help=say("cli.help.db_restore"))(restore)
    db.command("move", help=say("cli.help.db_move"))(move)
    app.add_typer(db, name="db")


def upgrade() -> None:
    from monitor.cli.installation import bring_up
    from monitor.settings.environment import load_settings
    from monitor.store.database import Database

    before, after = bring_up(Database(load_settings().database_with_secrets()))
    if before == after:
        typer.echo(say("cli.db.current", revision=after))
    else:
        typer.echo(say("cli.db.upgraded", before=before or "-", after=after))


def refold(
    repair: Annotated[bool, typer.Option("--repair", help=say("cli.help.db_repair"))] = False,
) -> None:
    from monitor.cli.installation import open_intake
    from monitor.settings.environment import load_settings
    from monitor.store.refold import refold as fold_again

    intake = open_intake(load_settings())
    database = intake.database
    try:
        with database.write() if repair else database.read() as connection:
            found = fold_again(connection, intake.terms, repair=repair)
    except KeyError as error:
        raise Answer("station_gone", station=error.args[0]) from error
    for station, case_no in found.differing[:SHOWN]:
        typer.echo(say("cli.db.differs", station=station, case=case_no))
    typer.echo(say("cli.db.refolded", cases=found.cases, differing=len(found.differing)))
    if found.differing and repair:
        typer.echo(say("cli.db.repaired", n=len(found.differing)))
    elif found.differing:
        typer.echo(say("cli.db.repair_with", command="fangxing db refold --repair"))
        raise typer.Exit(Code.FAILED)


def check() -> None:
    from monitor.cli.installation import open_intake
    from monitor.cli.integrity import checks
    from monitor.settings.environment import load_settings

    failed = False
    settings = load_settings()
    for found in checks(open_intake(settings), settings.lake):
        failed |= not found.fine
        mark = say("cli.mark.fine" if found.fine else "cli.mark.wrong")
        typer.echo(f"{mark} {say(f'cli.db.check.{found.key}', **found.params)}")
        for line in found.lines:
            typer.echo(f"    {line}")
    if failed:
        raise typer.Exit(Code.FAILED)


def backup(path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.db_path"))]) -> None:
    from monitor.cli.backup import back_up, sqlite_file
    from monitor.settings.environment import KEY_FILE, load_settings

    settings = load_settings()
    size = back_up(sqlite_file(settings), path)
    typer.echo(say("cli.db.backed_up", file=path, mb=f"{size / 1_000_000:.1f}"))
    typer.echo(say("cli.db.key_apart", file=settings.data_dir / KEY_FILE))


def restore(path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.db_from"))]) -> None:
    from monitor.cli.backup import put_back, sqlite_file
    from monitor.cli.installation import open_database
    from monitor.cli.lake import forget_manifest
    from monitor.settings.environment import load_settings

    settings = load_settings()
    kept = put_back(path, sqlite_file(settings))
    forget_manifest(settings.lake)
    typer.echo(say("cli.db.restored", file=path))
    if kept is not None:
        typer.echo(say("cli.db.kept", file=kept))
    open_database(settings)
