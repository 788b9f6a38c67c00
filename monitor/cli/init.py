"""`fangxing init DIR`: a commented copy of what a bureau must fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.words import say


def register(app: typer.Typer) -> None:
    app.command("init", help=say("cli.help.init"))(init)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.help.init_folder"))]) -> None:
    from monitor.settings.initial import write_initial

    for file in write_initial(folder):
        typer.echo(say("config.written", file=file))
    typer.echo(say("config.next", folder=folder))
