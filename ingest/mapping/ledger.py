"""Rows of a ledger → events: a row is a case, and every time that is filled in is an event of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.tables.cell import Cell
from ingest.tables.sheet import SheetRow

from .column import ColumnReader, SheetReader, canonical
from .page import LedgerEvent
from .refused import Bad
from .row import RowJudge, beyond_head, data_of, faulty, number_of, recorded, refused, set_aside, told_of
from .times import Span
from .values import code_key

Conditions = list[tuple[ColumnReader | None, set[str]]]
"""A column and the values with which an event is meant; None for a column that the sheet does not have."""


class LedgerMapper:
    """Maps the rows of one sheet of a ledger by its page."""

    def __init__(self, reader: SheetReader) -> None:
        self._reader = reader
        self._page = reader.page
        self._judge = RowJudge(reader)
        self._when = [
            [
                (reader.columns.get(name), {code_key(value) for value in values})
                for name, values in event.when.items()
            ]
            for event in reader.page.events
        ]

    def map(self, row: SheetRow) -> RowResult:
        """The row's events; a bad cell loses its own event, a missing station or case number all."""
        reader = self._reader
        if row.fault is not None:
            return faulty(reader, row)
        if (why := self._judge.aside(row.cells)) is not None:
            return set_aside(row, reader.sheet, why)
        if self._judge.repeats_head(row.cells):
            return set_aside(row, reader.sheet, "head")
        cells = self._judge.completed(row.cells)
        station, case_no = reader.station(cells), reader.case_no(cells)
        beyond = beyond_head(reader, row.cells)
        if isinstance(station, Refusal) or isinstance(case_no, Refusal) or beyond is not None:
            whole = [part for part in (beyond, station, case_no) if isinstance(part, Refusal)]
            return refused(reader, row, cells, whole, None, told_of(station), told_of(case_no))
        refusals: list[Refusal] = []
        told = recorded(reader, cells)
        revision = number_of(reader, self._page.revision, cells)
        # without them a correction could lose to what it corrects, so a bad one takes the row
        for part in (told, revision):
            if isinstance(part, Refusal):
                refusals.append(part)
        if refusals:
            return refused(reader, row, cells, refusals, None, station, case_no)
        found = self._events(cells, refusals)
        facts: dict[str, Any] = {}
        data_of(reader, self._page.facts, cells, None, facts, refusals)
        if not found and not refusals:
            times = " · ".join(reader.columns[n].heading for n in self._times() if n in reader.columns)
            refusals.append(Refusal(None, None, "no_event", times, {}, None))
        candidates = [
            Candidate(
                station, case_no, event.activity.value, when.at, when.until,
                told if isinstance(told, int) else None,
                revision if isinstance(revision, int) else None,
                None, event.ordinal, canonical({**facts, **data} if position == 0 else data),
            )
            for position, (event, when, data) in enumerate(found)
        ]  # fmt: skip
        if refusals:
            return refused(reader, row, cells, refusals, candidates, station, case_no)
        return RowResult(row.number, reader.sheet, station, case_no, candidates, [], None, row.hidden, None)

    def _times(self) -> list[str]:
        return list(dict.fromkeys(name for event in self._page.events for name in event.at.columns))

    def _events(
        self, cells: Sequence[Cell], refusals: list[Refusal]
    ) -> list[tuple[LedgerEvent, Span, dict[str, Any]]]:
        """The events that are present and whole, in declared order; what spoiled others goes to refusals."""
        found = []
        for event, conditions in zip(self._page.events, self._when, strict=True):
            activity = event.activity.value
            meant = self._meant(conditions, activity, cells)
            if meant is False:
                continue
            when = self._reader.when(event.at, cells, activity)
            if when is None:
                continue
            if isinstance(meant, Refusal):
                refusals.append(meant)
                continue
            bad: list[Refusal] = [when] if isinstance(when, Refusal) else []
            data: dict[str, Any] = dict(event.set)
            data_of(self._reader, event.data, cells, activity, data, bad)
            if bad or not isinstance(when, Span):
                refusals.extend(bad)
            else:
                found.append((event, when, data))
        return found

    @staticmethod
    def _meant(conditions: Conditions, activity: str, cells: Sequence[Cell]) -> bool | Refusal:
        """Whether the conditions of the event hold in this row; a bad cell among them leaves it open."""
        for column, values in conditions:
            if column is None:
                return False
            cell = column.cell(cells)
            value = column.parse(cell)
            if isinstance(value, Bad):
                return column.refusal(cell, value, activity)
            if value is None or code_key(str(value)) not in values:
                return False
        return True
