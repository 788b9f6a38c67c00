"""`fangxing quarantine`: what did not become an event, and trying it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code, tell
from monitor.cli.reason import place, refusal, sentence, shortened
from monitor.cli.words import say

if TYPE_CHECKING:
    from ingest.intake import Intake
    from monitor.store.quarantine import QuarantineRow

SECOND = 1_000_000
Source = Annotated[str | None, typer.Option("--source", help=say("cli.help.of_source"))]
Delivery = Annotated[int | None, typer.Option("--delivery", help=say("cli.help.of_delivery"))]
Everything = Annotated[bool, typer.Option("--all", help=say("cli.help.quarantine_settled"))]


def register(app: typer.Typer) -> None:
    quarantine = typer.Typer(help=say("cli.help.quarantine"), no_args_is_help=True)
    quarantine.command("list", help=say("cli.help.quarantine_list"))(list_entries)
    quarantine.command("show", help=say("cli.help.quarantine_show"))(show)
    quarantine.command("retry", help=say("cli.help.quarantine_retry"))(retry)
    quarantine.command("export", help=say("cli.help.quarantine_export"))(export)
    app.add_typer(quarantine, name="quarantine")


def list_entries(
    source: Source = None,
    delivery: Delivery = None,
    settled: Everything = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help=say("cli.help.limit"))] = 50,
) -> None:
    from monitor.cli.installation import open_database
    from monitor.settings.environment import load_settings
    from monitor.store.quarantine import OPEN, quarantine_rows

    with open_database(load_settings()).read() as connection:
        rows = quarantine_rows(
            connection,
            status=None if settled else OPEN,
            source=source,
            delivery_id=delivery,
            limit=limit + 1,
        )
    if not rows:
        typer.echo(say("cli.quarantine.empty"))
        return
    heads = ("id", "delivery", "place", "value", "why", "case", "status")
    table.show(
        [say(f"cli.quarantine.heads.{head}") for head in heads],
        [
            (
                row.quarantine_id,
                row.delivery_id,
                place(row.file, row.item.sheet, row.item.row, row.item.column),
                shortened(row.item.value or ""),
                sentence(row.item.reason, row.item.params, row.file),
                " ".join(part for part in (row.item.station, row.item.case_no) if part),
                say(f"cli.quarantine.status.{row.status}"),
            )
            for row in rows[:limit]
        ],
        numbers=(0, 1),
    )
    if len(rows) > limit:
        typer.echo(say("cli.quarantine.more", n=limit))


def show(entry: Annotated[int, typer.Argument(metavar="ID", help=say("cli.help.quarantine_id"))]) -> None:
    from monitor.cli.installation import open_intake
    from monitor.settings.environment import load_settings

    settings = load_settings()
    intake = open_intake(settings)
    row = _entry(intake, entry)
    item = row.item
    where = place(row.file, item.sheet, item.row, item.column)
    typer.echo(refusal(where, item.value, item.reason, item.params, item.accepted))
    received = datetime.fromtimestamp(row.received_at // SECOND, UTC).astimezone(ZoneInfo(settings.zone))
    told = {"source": row.source, "delivery": row.delivery_id, "received": f"{received:%Y-%m-%d %H:%M}"}
    typer.echo(say("cli.quarantine.came", **told))
    typer.echo(say("cli.quarantine.stands", status=say(f"cli.quarantine.status.{row.status}")))
    for head, value in _shown(intake, row):
        typer.echo(f"    {head}: {value}")


def retry(
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="ID", help=say("cli.help.quarantine_ids"))
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=say("cli.help.quarantine_all"))] = False,
    corrections: Annotated[
        list[str] | None, typer.Option("--set", metavar="HEAD=VALUE", help=say("cli.help.quarantine_set"))
    ] = None,
) -> None:
    from ingest.retry import retry as map_again
    from monitor.cli.installation import open_intake, sender
    from monitor.settings.environment import load_settings

    if bool(ids) == everything:
        raise Answer("ids_or_all", Code.WRONG_USE)
    intake = open_intake(load_settings())
    corrected = _corrections(intake, ids or [], corrections or [])
    for entry in ids or ():
        _entry(intake, entry)
    retried = map_again(intake, sender(), None if everything else ids, corrected)
    events = sum(one.counts.events + one.counts.revisions for one in retried.deliveries)
    typer.echo(
        say(
            "cli.quarantine.retried",
            settled=len(retried.settled),
            still=len(retried.still_refused),
            events=events,
        )
    )
    for key, left in (("no_row", retried.no_row), ("no_page", retried.no_page)):
        if left:
            tell(say(f"cli.quarantine.{key}", ids=", ".join(map(str, left[:20])), n=len(left)))


def export(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.quarantine_path"))],
    source: Source = None,
    delivery: Delivery = None,
    settled: Everything = False,
) -> None:
    from monitor.cli.installation import open_database
    from monitor.settings.environment import load_settings
    from monitor.store.quarantine import OPEN, quarantine_rows

    if path.exists():
        raise Answer("exists", Code.WRONG_USE, file=path)
    settings = load_settings()
    with open_database(settings).read() as connection:
        status = None if settled else OPEN
        rows = quarantine_rows(connection, status=status, source=source, delivery_id=delivery)
    heads = (
        "id", "status", "source", "delivery", "received", "file", "sheet", "row", "column", "value",
        "why", "accepted", "activity", "station", "case", "text",
    )  # fmt: skip
    named = [say(f"cli.quarantine.heads.{head}") for head in heads]
    zone = ZoneInfo(settings.zone)
    # The mark tells a spreadsheet that this is UTF-8; "x" refuses a file that appeared meanwhile.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        file.write(table.csv_text(named, _cells(rows, zone)))
    typer.echo(say("cli.quarantine.exported", n=len(rows), file=path))


def _cells(rows: list[QuarantineRow], zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    import orjson

    for row in rows:
        item = row.item
        received = datetime.fromtimestamp(row.received_at // SECOND, UTC).astimezone(zone)
        yield (
            row.quarantine_id, row.status, row.source, row.delivery_id, f"{received:%Y-%m-%d %H:%M:%S}",
            row.file, item.sheet, item.row, item.column, item.value,
            sentence(item.reason, item.params, row.file), item.accepted, item.activity, item.station,
            item.case_no, "" if item.raw is None else orjson.dumps(item.raw).decode(),
        )  # fmt: skip


def _entry(intake: Intake, entry: int) -> QuarantineRow:
    from monitor.store.quarantine import quarantine_rows

    with intake.database.read() as connection:
        found = quarantine_rows(connection, status=None, ids=[entry])
    if not found:
        raise Answer("no_such_entry", Code.WRONG_USE, id=entry)
    return found[0]


def _shown(intake: Intake, row: QuarantineRow) -> Iterator[tuple[str, str]]:
    """The row by its heads: plates masked, of personal values only that they are there, blanks left out."""
    from ingest.mapping.column import DIGEST_MARK
    from monitor.cases.plate import masked_plate

    page = intake.pages.get(row.source)
    columns = {} if page is None else page.columns
    plates = {head for name, one in columns.items() if one.kind == "plate" for head in (name, *one.names)}
    for head, value in (row.item.raw or {}).items():
        if not value or head.startswith("@"):
            continue
        if value.startswith(DIGEST_MARK):
            value = say("cli.quarantine.personal")
        elif head in plates or head.rsplit("/", 1)[-1] in plates:
            value = masked_plate(value) or ""
        yield head, shortened(value)


def _corrections(intake: Intake, ids: list[int], given: list[str]) -> dict[str, str]:
    """HEAD=VALUE pairs for the one row named, by one of its entries or several; the heads must be its own."""
    if not given:
        return {}
    rows = [_entry(intake, entry) for entry in ids]
    if len({(row.delivery_id, row.item.sheet, row.item.row) for row in rows}) != 1:
        raise Answer("set_needs_one", Code.WRONG_USE)
    raw = rows[0].item.raw or {}
    heads = [head for head in raw if not head.startswith("@")]
    corrected: dict[str, str] = {}
    for pair in given:
        head, separator, value = pair.partition("=")
        if not separator or head not in heads:
            raise Answer("unknown_head", Code.WRONG_USE, head=head, known=" · ".join(heads))
        corrected[head] = value
    return corrected
