"""A file taken in, as `fangxing ingest` tells of it: one JSON object, or a short table and what to mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli import table
from monitor.cli.reason import place, refusal, sentence
from monitor.cli.words import say

if TYPE_CHECKING:
    from ingest.intake import Intake
    from ingest.mapping.batch import Warned
    from monitor.cli.files import Chosen
    from monitor.store.database import Database
    from monitor.store.deliveries import DeliveryRow, Sender
    from monitor.store.quarantine import QuarantineRow

CELLS_SHOWN = 5
TOTALS = ("read", "events", "duplicates", "revisions", "quarantined", "cases")


@dataclass
class Delivered:
    """What became of one file. `entry` is None for what is no file at all; `reason` says why it failed."""

    file: str
    source: str | None
    entry: DeliveryRow | None = None
    warned: list[Warned] = field(default_factory=list)
    refused: list[QuarantineRow] = field(default_factory=list)
    reason: str | None = None
    params: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.reason is not None

    @property
    def problem(self) -> str | None:
        """Why the file, or the rest of it, was not read: place and sentence."""
        if self.reason is None:
            return None
        told = self.params
        row = told.get("row")
        where = place(
            self.file, told.get("sheet"), int(row) if row and row.isdigit() else None, told.get("column")
        )
        return say("cli.refused.line", place=where, said=sentence(self.reason, told, self.file))


def take(
    intake: Intake,
    chosen: Chosen,
    who: Sender,
    backfill: bool,
    progress: Callable[[int], None] | None,
) -> Delivered:
    """Take one file in. What is wrong with it as a file becomes part of the answer."""
    from ingest.tables.fault import TableError

    if chosen.page is None:
        return Delivered(str(chosen.path), None, reason="not_a_file", params={"file": chosen.path.name})
    told = Delivered(str(chosen.path), chosen.page.name)
    last = _last_delivery(intake.database)
    try:
        told.entry = intake.file(
            chosen.path, chosen.page, who, backfill=backfill, progress=progress, warned=told.warned
        )
    except TableError as error:
        told.entry = _entered_since(intake.database, last, chosen, who)
        told.reason, told.params = error.code, error.params
    except PermissionError as error:
        told.reason, told.params = "not_readable", {"detail": error.strerror or "", "file": chosen.path.name}
    if told.entry is not None:
        told.refused = _first_refused(intake.database, told.entry)
        if told.entry.status == "failed" and told.reason is None:
            told.reason, told.params = told.entry.problem, told.entry.params
    return told


def last_event(database: Database) -> int:
    """The newest event's id, before a load."""
    from sqlalchemy import func, select

    from monitor.store.tables import events

    with database.read() as connection:
        newest: int = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
    return newest


def totals_of(database: Database, delivered: Sequence[Delivered], before: int) -> dict[str, int]:
    """Sums over the deliveries; a case that several of them brought events of is counted once.

    `before` is the newest event's id before the first of them.
    """
    entries = [one.entry for one in delivered if one.entry is not None]
    counts = [_object_counts(entry) for entry in entries]
    totals = {name: sum(one[name] for one in counts) for name in TOTALS}
    if len(entries) > 1:
        totals["cases"] = _cases_since(database, before, [entry.delivery_id for entry in entries])
    return totals


def as_object(one: Delivered) -> dict[str, Any]:
    """One delivery of `--json`."""
    told: dict[str, Any] = {"file": one.file, "source": one.source, "status": "failed", "delivery": None}
    if one.entry is not None:
        entry = one.entry
        told |= {
            "delivery": entry.delivery_id,
            "status": "failed" if one.failed else entry.status,
            "backfill": entry.backfill,
            "stations": list(entry.stations),
            **_object_counts(entry),
            "mapped": entry.counts.mapped,
            "rows": {
                name.removeprefix("rows_"): count
                for name, count in asdict(entry.counts).items()
                if name.startswith("rows_")
            },
        }
    told["warnings"] = [
        {
            "sheet": w.sheet,
            "row": w.row,
            "reason": w.reason,
            "message": sentence(w.reason, w.params, one.file),
        }
        for w in one.warned
    ]
    told["problem"] = (
        None if one.reason is None else {"reason": one.reason, "message": one.problem, **one.params}
    )
    told["first_quarantined"] = [
        {
            "id": row.quarantine_id,
            "sheet": row.item.sheet,
            "row": row.item.row,
            "column": row.item.column,
            "value": row.item.value,
            "reason": row.item.reason,
            "message": sentence(row.item.reason, row.item.params, one.file),
            "accepted": row.item.accepted,
        }
        for row in one.refused
    ]
    return told


def show_delivered(delivered: Sequence[Delivered], totals: dict[str, int]) -> None:
    """A table, then what a person should look at."""
    heads = ("file", "read", "events", "revisions", "duplicates", "quarantined", "aside", "cases", "status")
    rows: list[list[object]] = []
    for one in delivered:
        status = say("cli.ingest.failed" if one.failed else "cli.ingest.done")
        if one.entry is None:
            rows.append([one.file, *([""] * 7), status])
            continue
        c = one.entry.counts
        numbers = (c.rows_read, c.events, c.revisions, c.duplicates, c.refusals, c.rows_aside, c.cases)
        rows.append([one.file, *(f"{n:,}" for n in numbers), status])
    table.show([say(f"cli.ingest.heads.{head}") for head in heads], rows, numbers=range(1, 8))
    if len(delivered) > 1:
        typer.echo(say("cli.ingest.totals", **{name: f"{n:,}" for name, n in totals.items()}))
    for one in delivered:
        _show_remarks(one)


def _show_remarks(one: Delivered) -> None:
    for warned in one.warned:
        where = place(one.file, warned.sheet, warned.row, None)
        why = sentence(warned.reason, warned.params, one.file)
        typer.echo(say("cli.ingest.warning", line=say("cli.refused.line", place=where, said=why)))
    if one.problem is not None:
        typer.echo(say("cli.ingest.error", line=one.problem), err=True)
    for row in one.refused:
        item = row.item
        where = place(one.file, item.sheet, item.row, item.column)
        line = refusal(where, item.value, item.reason, item.params, item.accepted)
        typer.echo(say("cli.ingest.quarantined", line=line))
    if one.entry is not None and one.entry.counts.refusals:
        # Cells refused in an earlier export are the entries of then, under the delivery of then.
        new = f"--delivery {one.entry.delivery_id}" if one.refused else f"--source {one.source}"
        command = f"fangxing quarantine list {new}"
        typer.echo(say("cli.ingest.see_all", n=one.entry.counts.refusals, command=command))


def _object_counts(entry: DeliveryRow) -> dict[str, int]:
    c = entry.counts
    return dict(
        zip(TOTALS, (c.rows_read, c.events, c.duplicates, c.revisions, c.refusals, c.cases), strict=True)
    )


def _first_refused(database: Database, entry: DeliveryRow) -> list[QuarantineRow]:
    from monitor.store.quarantine import quarantine_rows

    if not entry.counts.refusals:
        return []
    with database.read() as connection:
        return quarantine_rows(connection, delivery_id=entry.delivery_id, limit=CELLS_SHOWN)


def _last_delivery(database: Database) -> int:
    from monitor.store.deliveries import recent_deliveries

    with database.read() as connection:
        newest = recent_deliveries(connection, 1)
    return newest[0].delivery_id if newest else 0


def _entered_since(database: Database, last: int, chosen: Chosen, who: Sender) -> DeliveryRow | None:
    """The entry of a file that could not be read to its end."""
    from monitor.store.deliveries import recent_deliveries

    with database.read() as connection:
        for entry in recent_deliveries(connection, 100):
            if entry.delivery_id <= last:
                break
            if (entry.name, entry.actor, entry.origin) == (chosen.path.name, *who):
                return entry
    return None


def _cases_since(database: Database, before: int, deliveries: list[int]) -> int:
    from sqlalchemy import func, select

    from monitor.store.tables import events

    query = select(func.count(events.c.case_id.distinct())).where(
        events.c.id > before, events.c.delivery_id.in_(deliveries)
    )
    with database.read() as connection:
        return connection.execute(query).scalar_one()
