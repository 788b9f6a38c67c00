"""The command line `fangxing`: one file per noun, everything heavy imported when a command runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from monitor.cli import (
    assess,
    cases,
    config,
    database,
    demo,
    doctor,
    export,
    flags,
    ingest,
    init,
    lake,
    metrics,
    payments,
    quarantine,
    rebase,
    reconcile,
    report,
    serve,
    simulate,
    template,
    views,
    work,
)
from monitor.cli.answer import answered
from monitor.cli.words import say

NOUNS = (
    demo, serve, work, init, ingest, views, template, quarantine, cases, flags, payments, metrics, rebase,
    reconcile, report, export, lake, simulate, database, assess, config, doctor,
)  # fmt: skip


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong use, 3 done but something was
    quarantined (`ingest --strict`). Every error becomes an answer here, and only here."""
    try:
        commands()(args=list(arguments), prog_name="fangxing")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except Exception as error:  # noqa: BLE001  (the edge: answered or, with FANGXING_DEBUG=1, shown whole)
        return answered(error)
    return 0


def commands() -> typer.Typer:
    """Every command, its help in the configured language."""
    app = typer.Typer(
        help=say("cli.help.fangxing"),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.callback()(_fangxing)
    for noun in NOUNS:
        noun.register(app)
    return app


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as version_of

        typer.echo(version_of("fangxing"))
        raise typer.Exit


def _fangxing(
    version: bool = typer.Option(
        False, "--version", help=say("cli.help.version"), is_eager=True, callback=_tell_version
    ),
) -> None:
    """What stands before every command."""
