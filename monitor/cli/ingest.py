"""`fangxing ingest PATH…`: take files in, and say what became of every row."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.answer import Code
from monitor.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.intake import Intake
    from monitor.cli.delivered import Delivered
    from monitor.cli.files import Chosen
    from monitor.store.deliveries import Sender


def register(app: typer.Typer) -> None:
    app.command("ingest", help=say("cli.help.ingest"))(ingest)


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help=say("cli.help.ingest_paths"))],
    source: Annotated[str | None, typer.Option("--source", help=say("cli.help.ingest_source"))] = None,
    backfill: Annotated[bool, typer.Option("--backfill", help=say("cli.help.ingest_backfill"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.help.ingest_dry_run"))] = False,
    rows: Annotated[int, typer.Option("--rows", min=0, help=say("cli.help.ingest_rows"))] = 20,
    strict: Annotated[bool, typer.Option("--strict", help=say("cli.help.ingest_strict"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    from ingest.tables.child import prepared

    # Its imports take as long as ours, beside which they run.
    with fewer_collections(), prepared("ingest.mapping.read"):
        _ingest(paths, source, backfill, dry_run, rows, strict, as_json)


def _ingest(
    paths: list[Path],
    source: str | None,
    backfill: bool,
    dry_run: bool,
    rows: int,
    strict: bool,
    as_json: bool,
) -> None:
    from monitor.cli.delivered import as_object, show_delivered
    from monitor.cli.dry_run import dry_run as rehearse
    from monitor.cli.dry_run import rehearsed_object, show_rehearsed
    from monitor.cli.files import choose
    from monitor.cli.installation import dry_intake, open_intake, sender
    from monitor.settings.environment import load_settings

    settings = load_settings()
    intake = dry_intake(settings) if dry_run else open_intake(settings)
    chosen = choose(intake, paths, source)
    if dry_run:
        rehearsed = [rehearse(intake, one, rows) for one in chosen]
        if as_json:
            put_out([rehearsed_object(one) for one in rehearsed], rehearsed[0].totals(rehearsed))
        else:
            show_rehearsed(rehearsed)
        refused = sum(one.refusals for one in rehearsed)
        failed = any(one.failed for one in rehearsed)
    else:
        delivered, totals = _take_all(intake, chosen, sender(), backfill)
        if as_json:
            put_out([as_object(one) for one in delivered], totals)
        else:
            show_delivered(delivered, totals)
        refused, failed = totals["quarantined"], any(one.failed for one in delivered)
    if failed:
        raise typer.Exit(Code.FAILED)
    if strict and refused:
        raise typer.Exit(Code.QUARANTINED)


def put_out(deliveries: list[dict[str, Any]], totals: dict[str, int]) -> None:
    """The one JSON object of `--json`, in UTF-8 whatever the terminal speaks."""
    import orjson

    typer.echo(orjson.dumps({"deliveries": deliveries, "totals": totals}, option=orjson.OPT_INDENT_2))


def _take_all(
    intake: Intake, chosen: list[Chosen], who: Sender, backfill: bool
) -> tuple[list[Delivered], dict[str, int]]:
    """Take every file in; one that fails stops none of the others. Returns the totals too."""
    from monitor.cli.delivered import last_event, take, totals_of

    before = last_event(intake.database)
    _mark_made_up(intake, chosen)
    with progress_bar() as started:
        delivered = [take(intake, one, who, backfill, started(one.path.name)) for one in chosen]
    return delivered, totals_of(intake.database, delivered, before)


def _mark_made_up(intake: Intake, chosen: list[Chosen]) -> None:
    """Where a simulation is loaded the pages say so: before its first row is in, and for good."""
    from ingest.made_up import MARK, is_made_up
    from monitor.store.marks import SIMULATED, mark_of, set_mark

    if any(is_made_up(one.path) for one in chosen if one.page is not None):
        with intake.database.write() as connection:
            if mark_of(connection, SIMULATED) is None:
                set_mark(connection, SIMULATED, MARK)


@contextmanager
def fewer_collections() -> Iterator[None]:
    """A load makes hundreds of thousands of tuples that live until their transaction is written and form no
    cycles; the collector would walk them again and again for nothing, as it does all that is imported."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def progress_bar() -> Iterator[Callable[[str], Callable[[int], None] | None]]:
    """Gives a function: name of a file → what is told the rows read of it. Shown where a person watches."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[rows]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:

        def started(name: str) -> Callable[[int], None]:
            task = progress.add_task(name, total=None, rows="")
            return lambda read: progress.update(task, rows=say("cli.ingest.rows", n=f"{read:,}"))

        yield started
