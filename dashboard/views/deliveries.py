"""What came: deliveries, what became of every row of them, and whether the counts add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.store.deliveries import Counts, DeliveryRow

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage
    from monitor.settings.entry import Name
    from monitor.store.quarantine import QuarantineRow

SHOWN = 50
"""Refused cells of one delivery that are shown; the others are on the command line."""


class Status(StrEnum):
    """What became of a delivery."""

    DONE = "done"
    PARTLY = "partly"
    """Taken, and something of it is in quarantine."""
    LOADING = "loading"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cell:
    """A refused cell, a refused row (`column` None), or a whole sheet or file (`row` 0)."""

    sheet: str | None
    row: int
    column: str | None
    value: str | None
    reason: str
    params: Mapping[str, str]
    accepted: str
    activity: str | None
    station: str | None
    case_no: str | None
    open: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery. `label` is None for a source without a page; `took` is in microseconds."""

    delivery_id: int
    source: str
    label: Name | None
    file: str
    actor: str
    origin: str
    backfill: bool
    received_at: int
    took: int | None
    status: Status
    counts: Counts
    problem: str | None
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """All deliveries shown together, and the names of those whose counts do not add up."""

    counts: Counts
    files: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveriesView:
    """The newest deliveries first, and their sum."""

    rows: tuple[DeliveryView, ...]
    sum: Sum


def deliveries_view(found: Sequence[DeliveryRow], sources: Mapping[str, SourcePage]) -> DeliveriesView:
    """Deliveries in the order given."""
    rows = tuple(_row(one, sources.get(one.source)) for one in found)
    wrong = tuple(row.file for row in rows if not adds_up(row.counts))
    total = Counts(**{one.name: sum(getattr(row.counts, one.name) for row in rows) for one in fields(Counts)})
    return DeliveriesView(rows, Sum(total, len(rows), wrong))


def adds_up(counts: Counts) -> bool:
    """Whether every row read and every event told is accounted for, once."""
    rows = counts.rows_landed + counts.rows_unchanged + counts.rows_quarantined + counts.rows_aside
    events = counts.events + counts.duplicates + counts.revisions
    return counts.rows_read == rows and counts.mapped == events


def cells_view(found: Sequence[QuarantineRow]) -> tuple[Cell, ...]:
    """Refused cells in the order of the file."""
    return tuple(
        Cell(
            entry.item.sheet,
            entry.item.row,
            entry.item.column,
            entry.item.value,
            entry.item.reason,
            entry.item.params,
            entry.item.accepted,
            entry.item.activity,
            entry.item.station,
            entry.item.case_no,
            entry.status == "open",
        )
        for entry in found
    )


def _row(one: DeliveryRow, page: SourcePage | None) -> DeliveryView:
    if one.status == "done":
        status = Status.PARTLY if one.counts.refusals else Status.DONE
    else:
        status = Status(one.status)
    return DeliveryView(
        one.delivery_id,
        one.source,
        None if page is None else page.feed,
        one.name,
        one.actor,
        one.origin,
        one.backfill,
        one.received_at,
        None if one.finished_at is None else max(0, one.finished_at - one.received_at),
        status,
        one.counts,
        one.problem,
        one.params,
    )
