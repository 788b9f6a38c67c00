"""`fangxing views`: views of other databases: which there are, a try that writes nothing, a poll now."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code, tell
from monitor.cli.reason import sentence
from monitor.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.intake import Intake
    from ingest.view import ViewPoll

Name = Annotated[str, typer.Argument(metavar="NAME", help=say("cli.help.views_name"))]


def register(app: typer.Typer) -> None:
    views = typer.Typer(help=say("cli.help.views"), no_args_is_help=True)
    views.command("list", help=say("cli.help.views_list"))(list_views)
    views.command("try", help=say("cli.help.views_try"))(try_view)
    views.command("read", help=say("cli.help.views_read"))(read)
    app.add_typer(views, name="views")


def list_views() -> None:
    from ingest.view import ViewPoll
    from monitor.cli.installation import open_intake, sender
    from monitor.settings.environment import load_settings

    intake = open_intake(load_settings())
    views = intake.configuration.jobs.views
    if not views:
        typer.echo(say("cli.views.none"))
        return
    rows = []
    for name, view in sorted(views.items()):
        mark = ViewPoll(intake, name, view, sender()).state().watermark
        rows.append((name, view.shown, view.source, view.watermark, mark[1] if mark else "–"))
    heads = ("name", "database", "source", "watermark", "read_to")
    table.show([say(f"cli.views.heads.{head}") for head in heads], rows)


def try_view(
    name: Name,
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help=say("cli.help.views_rows"))] = 20,
) -> None:
    from monitor.cli.installation import dry_intake
    from monitor.settings.environment import load_settings

    poller = _poller(dry_intake(load_settings()), name)
    with _told():
        tried = poller.rehearse(rows)
    page = poller.page
    read = {place: column for column, place in tried.head.columns.items()}
    columns = [(one, read.get(place, "–")) for place, one in enumerate(tried.columns)]
    table.show([say("cli.views.heads.column"), say("cli.views.heads.read_as")], columns)
    typer.echo("")
    told = []
    for row in tried.rows:
        events = " · ".join(one.activity for one in row.candidates) or "–"
        refused = " · ".join(
            f"{one.column or '–'}: {sentence(one.reason, one.params)}" for one in row.refusals
        )
        told.append((row.row, row.station or "–", row.case_no or "–", events, refused))
    heads = ("row", "station", "case", "events", "refused")
    table.show([say(f"cli.views.heads.{head}") for head in heads], told, numbers=[0])
    typer.echo(say("cli.views.tried", n=len(told), source=page.name))


def read(
    name: Name,
    backfill: Annotated[bool, typer.Option("--backfill", help=say("cli.help.ingest_backfill"))] = False,
    anew: Annotated[bool, typer.Option("--anew", help=say("cli.help.views_anew"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    from ingest.view_fault import ViewProblem
    from monitor.cli.delivered import Delivered, as_object, last_event, show_delivered, totals_of
    from monitor.cli.ingest import put_out
    from monitor.cli.installation import open_intake
    from monitor.settings.environment import load_settings

    intake = open_intake(load_settings())
    poller = _poller(intake, name)
    if anew:
        poller.forget()
    before = last_event(intake.database)
    delivered: list[Delivered] = []
    failed = False
    try:
        polled = poller.poll(backfill=backfill, taken=lambda entry: delivered.append(
            Delivered(name, poller.view.source, entry)
        ))  # fmt: skip
        rows = polled.rows
    except ViewProblem as problem:
        failed, rows = True, problem.rows
        delivered.append(Delivered(name, poller.view.source, reason=problem.code, params=problem.params))
    totals = totals_of(intake.database, delivered, before)
    if as_json:
        put_out([as_object(one) for one in delivered], totals)
    elif delivered:
        show_delivered(delivered, totals)
    else:
        typer.echo(say("cli.views.nothing_new", n=f"{rows:,}"))
    if failed:
        raise typer.Exit(Code.FAILED)


def _poller(intake: Intake, name: str) -> ViewPoll:
    from ingest.view import ViewPoll
    from monitor.cli.installation import sender

    views = intake.configuration.jobs.views
    if name not in views:
        raise Answer("unknown_view", Code.WRONG_USE, view=name, known=", ".join(views) or "–")
    if views[name].source not in intake.pages:
        raise Answer(
            "unknown_source", Code.WRONG_USE, source=views[name].source, known=", ".join(intake.pages)
        )
    return ViewPoll(intake, name, views[name], sender())


@contextmanager
def _told() -> Iterator[None]:
    """Why a view cannot be read, as a sentence."""
    from ingest.view_fault import ViewProblem

    try:
        yield
    except ViewProblem as problem:
        tell(sentence(problem.code, problem.params))
        raise typer.Exit(Code.FAILED) from None
