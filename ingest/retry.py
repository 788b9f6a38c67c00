"""Quarantined rows mapped again: after a page, the configuration or a value was corrected.

The row goes the way it came: by the current page of its source, through `accept`. What landed before is a
duplicate then; what is still refused stays the entry it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection

from ingest.accept import Letter, accept
from ingest.candidate import Refusal, RowResult
from ingest.intake import Intake
from ingest.mapping.batch import Batch
from ingest.mapping.retry import retry_row
from monitor.store.deliveries import DeliveryRow, Sender, delivery
from monitor.store.quarantine import RETRIED, QuarantineRow, quarantine_rows, settle

_RowKey = tuple[int, str | None, int, str]
"""Delivery, sheet, row, the row's text: several refused cells of one row are one row to map."""


@dataclass
class Retried:
    """What a retry came to. `deliveries` are its entries in the log of deliveries, one per first delivery.

    `settled` and `still_refused` are ids of entries; `no_row` those that hold no row to map (a whole sheet or
    file: deliver it again); `no_page` those whose source has no page any more.
    """

    deliveries: list[DeliveryRow] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    still_refused: list[int] = field(default_factory=list)
    no_row: list[int] = field(default_factory=list)
    no_page: list[int] = field(default_factory=list)


def retry(
    intake: Intake,
    sender: Sender,
    ids: Sequence[int] | None = None,
    corrected: Mapping[str, str] | None = None,
) -> Retried:
    """Map open entries again, all of them where `ids` is None, and settle those whose refusal is gone.

    `corrected` holds values by column head that replace those of every row concerned: for a single row, or
    for rows that are wrong alike. A corrected row is mapped whole, so every open entry of it is judged anew,
    those that were not named too.
    """
    retried = Retried()
    with intake.database.read() as connection:
        entries = quarantine_rows(connection, ids=ids)
        if corrected and ids is not None:
            entries = _whole_rows(connection, entries)
    by_delivery: dict[int, dict[_RowKey, list[QuarantineRow]]] = {}
    for entry in entries:
        raw = entry.item.raw
        if not raw or not entry.item.row:
            retried.no_row.append(entry.quarantine_id)
        elif entry.source not in intake.pages:
            retried.no_page.append(entry.quarantine_id)
        else:
            text = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()
            key = (entry.delivery_id, entry.item.sheet, entry.item.row, text)
            by_delivery.setdefault(entry.delivery_id, {}).setdefault(key, []).append(entry)
    for first, rows in by_delivery.items():
        _retry_delivery(intake, sender, first, list(rows.values()), corrected or {}, retried)
    return retried


def _whole_rows(connection: Connection, named: Sequence[QuarantineRow]) -> list[QuarantineRow]:
    """Every open entry of the rows that these entries are of."""

    def row(entry: QuarantineRow) -> tuple[object, ...]:
        return entry.delivery_id, entry.item.sheet, entry.item.row, entry.item.raw

    wanted = [row(one) for one in named]
    deliveries = sorted({one.delivery_id for one in named})
    found = [one for key in deliveries for one in quarantine_rows(connection, delivery_id=key)]
    return [one for one in found if row(one) in wanted]


def _retry_delivery(
    intake: Intake,
    sender: Sender,
    first: int,
    rows: Sequence[Sequence[QuarantineRow]],
    corrected: Mapping[str, str],
    retried: Retried,
) -> None:
    """The rows of one delivery as one delivery: it keeps the name, and whether it was history."""
    with intake.database.read() as connection:
        came = delivery(connection, first)
    if came is None:
        raise LookupError(f"delivery {first} is not entered")
    page = intake.pages[came.source]
    how = intake.how(page, came.name)
    batches: list[Batch] = []
    gone: list[int] = []
    for entries in rows:
        item = entries[0].item
        raw = {**(item.raw or {}), **corrected}
        result, batch = retry_row(how, raw, item.row, item.sheet)
        if result.refusals and not corrected:
            # The same text as before, so that what is still refused is the same entry and not a second one.
            result = result._replace(raw=item.raw)
        batches.append(batch._replace(rows=[result]))
        still = set(_keys(result, result.refusals))
        for entry in entries:
            kept = _key_of(entry) in still and not corrected
            (retried.still_refused if kept else gone).append(entry.quarantine_id)
    letter = Letter(
        source=page.name,
        name=came.name,
        sender=sender,
        ledger=page.kind == "ledger",
        distinct=page.repeats == "distinct",
        backfill=came.backfill,
        statement=page.kind == "statement",
    )
    entered = accept(intake.database, intake.terms, letter, batches, intake.moment)
    with intake.database.write() as connection:
        settle(connection, gone, RETRIED, at=intake.moment(), by=sender.actor)
    retried.deliveries.append(entered)
    retried.settled += gone
    if letter.statement:
        intake.reconcile()


def _keys(row: RowResult, refusals: Iterable[Refusal]) -> Iterable[tuple[str | None, ...]]:
    for one in refusals:
        yield (row.station, row.case_no, one.column, one.value, one.reason, one.activity)


def _key_of(entry: QuarantineRow) -> tuple[str | None, ...]:
    item = entry.item
    return (item.station, item.case_no, item.column, item.value, item.reason, item.activity)
