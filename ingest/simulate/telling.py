"""What rows tell, and what of it is new: the simulator's own account, kept apart from that of the program."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Tells(NamedTuple):
    """An event that a ledger tells: its activity, the keys of its time, the keys of its data."""

    activity: str
    at: tuple[str, ...]
    data: tuple[str, ...] = ()


class Layout(NamedTuple):
    """What the rows of a ledger tell: facts ride on the first event that is present."""

    facts: tuple[str, ...]
    events: tuple[Tells, ...]


@dataclass(slots=True)
class Plant:
    """Something wrong that is put into a file on purpose, and what the program must say of it.

    `expect`: `event_lost` (the cell's event does not land), `fact_lost` (the cell alone), `row_lost` (the
    whole row), each with the `reason` of the quarantine; `finding` with its code as `reason`; `duplicate`,
    `revision`; `late_entry`; `day_only`; `absence` (gone from a later full ledger).
    """

    kind: str
    expect: str
    reason: str
    column: str | None = None
    """Key of the cell; its head once it is written."""
    activity: str | None = None


@dataclass(slots=True)
class Row:
    """A row before it is written. `shown` lies over `values`: what stands in the file instead."""

    station: str
    case_no: str
    values: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Keys whose cells no program can read."""
    whole: bool = False
    """Whether nothing of the row can land."""
    plants: list[Plant] = field(default_factory=list)
    hidden: bool = False
    event_id: str | None = None

    def copy(self) -> Row:
        return Row(self.station, self.case_no, dict(self.values))


@dataclass(frozen=True, slots=True)
class Planted:
    """A plant where it stands. `row` counts from 1 as spreadsheets do; lines of text files likewise."""

    kind: str
    expect: str
    reason: str
    source: str
    file: str
    sheet: str | None
    row: int
    column: str | None
    station: str
    case_no: str
    activity: str | None


@dataclass(slots=True)
class Written:
    """A file as written: what it holds and what a program that knows the files before it must make of it."""

    file: str
    source: str
    rows: int = 0
    """Rows that are about a case."""
    told: int = 0
    """Events that can be read from it."""
    new: int = 0
    duplicates: int = 0
    revisions: int = 0
    activities: dict[str, int] = field(default_factory=dict)
    """Filled in, by activity, whether or not it can be read."""


class Account:
    """What each source told so far, by its own identity of events."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Hashable] = {}

    def take(self, written: Written, identity: Hashable, content: Hashable) -> None:
        """Count one event that can be read from a file."""
        key = (written.source, identity)
        written.told += 1
        if key not in self._known:
            written.new += 1
        elif self._known[key] == content:
            written.duplicates += 1
        else:
            written.revisions += 1
        self._known[key] = content

    def ledger_row(self, written: Written, layout: Layout, row: Row) -> None:
        """Count what a row of a ledger tells."""
        written.rows += 1
        first = True
        for tells in layout.events:
            if row.values.get(tells.at[0]) is None:
                continue
            written.activities[tells.activity] = written.activities.get(tells.activity, 0) + 1
            if row.whole or row.lost.intersection((*tells.at, *tells.data)):
                continue
            content = _cells(row, (*tells.at, *tells.data))
            if first:
                content += _cells(row, layout.facts)
                first = False
            self.take(written, (row.station, row.case_no, tells.activity), content)

    def event_row(self, written: Written, row: Row, keys: Iterable[str]) -> None:
        """Count what a row of an event file tells; without an id its content is its identity."""
        written.rows += 1
        activity = str(row.values["activity"])
        written.activities[activity] = written.activities.get(activity, 0) + 1
        if row.whole:
            return
        content = (row.station, row.case_no, *_cells(row, keys))
        self.take(written, row.event_id if row.event_id is not None else content, content)


def _cells(row: Row, keys: Iterable[str]) -> tuple[Hashable, ...]:
    return tuple(None if key in row.lost else row.values.get(key) for key in keys)
