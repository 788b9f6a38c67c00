"""`fangxing template ledger PATH`: an XLSX that a station without a system can fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words


def register(app: typer.Typer) -> None:
    template = typer.Typer(help=say("cli.help.template"), no_args_is_help=True)
    template.command("ledger", help=say("cli.help.template_ledger"))(ledger)
    app.add_typer(template, name="template")


def ledger(path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.template_path"))]) -> None:
    from ingest.mapping.pages import load_pages
    from ingest.template import write_template
    from monitor.cli.installation import configured
    from monitor.settings.environment import load_settings

    if path.suffix.lower() != ".xlsx":
        raise Answer("not_xlsx", Code.WRONG_USE, file=path)
    if path.exists():
        raise Answer("exists", Code.WRONG_USE, file=path)
    settings = load_settings()
    write_template(path, words(), configured(settings).stations, load_pages(settings.config_dir))
    typer.echo(say("cli.template.written", file=path))
