"""`fangxing db move`: everything into another database, for example from SQLite into PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.answer import Answer
from monitor.cli.words import say

TO = typer.Option("--to", metavar="URL", help=say("cli.help.db_to", reference="${NAME}"))


def move(to: Annotated[str, TO]) -> None:
    from monitor.cli.installation import bring_up, open_intake
    from monitor.settings.environment import load_settings
    from monitor.store.database import Database
    from monitor.store.move import NotMoved
    from monitor.store.move import move as move_all

    # The same rule as for the setting it is to become: a password only as ${NAME}.
    becoming = load_settings(database_url=to)
    intake = open_intake(load_settings())
    target = Database(becoming.database_with_secrets())
    bring_up(target)
    try:
        moved = move_all(intake.database, target, intake.terms)
    except NotMoved as refused:
        raise Answer(f"move_{refused.code}", table=refused.table, n=f"{refused.rows:,}") from refused
    finally:
        target.dispose()
    for table, rows in moved.rows.items():
        typer.echo(say("cli.db.moved_table", table=table, n=f"{rows:,}"))
    typer.echo(say("cli.db.moved", cases=f"{moved.cases:,}"))
    typer.echo(say("cli.db.moved_next", setting=f"FANGXING_DATABASE_URL='{to}'"))
