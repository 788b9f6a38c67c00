"""`fangxing config check`: every problem with file, line, key and what would be accepted."""

from __future__ import annotations

import typer

from monitor.cli.answer import Code
from monitor.cli.words import say, words
from monitor.settings.problem import ConfigProblem


def register(app: typer.Typer) -> None:
    config = typer.Typer(help=say("cli.help.config"), no_args_is_help=True)
    config.command("check", help=say("cli.help.config_check"))(check)
    app.add_typer(config, name="config")


def check() -> None:
    problems = config_problems()
    for problem in problems:
        typer.echo(problem.sentence(words()))
    if problems:
        typer.echo(say("config.count", n=len(problems)))
        raise typer.Exit(Code.FAILED)
    typer.echo(say("config.fine"))


def config_problems() -> list[ConfigProblem]:
    """Every problem of the configuration in use, pages of sources included. Raises ConfigError where the
    environment itself is wrong."""
    from ingest.folder import check_jobs
    from ingest.mapping.pages import check_pages
    from ingest.view_check import check_views
    from monitor.settings.check import check_config
    from monitor.settings.environment import load_settings

    settings = load_settings()
    problems = check_config(settings.config_dir, settings.zone)
    # A folder that is none is found by both.
    problems += [one for one in check_pages(settings.config_dir) if one not in problems]
    return problems or [*check_jobs(settings.config_dir), *check_views(settings.config_dir)]
