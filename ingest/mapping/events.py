"""Rows of an event file → events: each row is one event or one refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.tables.cell import Cell
from ingest.tables.sheet import SheetRow

from .batch import Landed
from .codes import CodeSets
from .column import SheetReader, canonical
from .page import ActivityCode
from .refused import Bad
from .row import RowJudge, beyond_head, data_of, faulty, number_of, recorded, refused, set_aside, told_of
from .times import MOMENT_FORMS, Span
from .values import code_key, text_of

MEMO = 50_000
"""Distinct cells or sets of cells remembered before the memory starts anew."""


class EventMapper:
    """Maps the rows of one sheet of an event file by its page."""

    def __init__(self, reader: SheetReader, codes: CodeSets) -> None:
        page = reader.page
        assert page.activity is not None and page.at is not None
        self._reader = reader
        self._page = page
        self._at = page.at
        self._activity = reader.columns[page.activity.column]
        self._codes = activity_codes(page.activity.codes, codes)
        self._accepted = " · ".join(self._names(page.activity.codes, codes))
        self._judge = RowJudge(reader)

    @staticmethod
    def _names(codes: str | dict[str, ActivityCode], sets: CodeSets) -> list[str]:
        return list(sets.of(codes)) if isinstance(codes, str) else list(codes)

    def map(self, row: SheetRow) -> RowResult:
        """The row as one event, one or more refusals, or set aside."""
        reader = self._reader
        if row.fault is not None:
            return faulty(reader, row)
        if (why := self._judge.aside(row.cells)) is not None:
            return set_aside(row, reader.sheet, why)
        if self._judge.repeats_head(row.cells):
            return set_aside(row, reader.sheet, "head")
        cells = self._judge.completed(row.cells)
        refusals: list[Refusal] = []
        if (beyond := beyond_head(reader, cells)) is not None:
            refusals.append(beyond)
        station, case_no = reader.station(cells), reader.case_no(cells)
        code = self._code(cells)
        activity = None if isinstance(code, Refusal) else code.activity.value
        when = reader.when(self._at, cells, activity)
        if when is None:
            column = reader.columns.get(self._at.columns[0])
            heading = column.heading if column else None
            when = Refusal(heading, None, "missing_time", MOMENT_FORMS, {}, activity)
        told = recorded(reader, cells)
        revision = number_of(reader, self._page.revision, cells)
        for part in (station, case_no, code, when, told, revision):
            if isinstance(part, Refusal):
                refusals.append(part)
        event_id = self._event_id(cells, refusals)
        data: dict[str, Any] = {} if isinstance(code, Refusal) else dict(code.set)
        data_of(reader, self._keys(activity), cells, activity, data, refusals)
        place = told_of(station), told_of(case_no)
        if refusals or activity is None or not isinstance(when, Span) or place[0] is None or place[1] is None:
            return refused(reader, row, cells, refusals, None, *place)
        candidate = Candidate(
            place[0], place[1], activity, when.at, when.until,
            told if isinstance(told, int) else None,
            revision if isinstance(revision, int) else None,
            event_id, 0, canonical(data),
        )  # fmt: skip
        return RowResult(row.number, reader.sheet, *place, [candidate], [], None, row.hidden, None)

    def _code(self, cells: Sequence[Cell]) -> ActivityCode | Refusal:
        cell = self._activity.cell(cells)
        text = text_of(cell)
        if not text:
            return Refusal(self._activity.heading, None, "missing_activity", self._accepted, {}, None)
        code = self._codes.get(code_key(text))
        if code is None:
            return self._activity.refusal(cell, Bad("unknown_activity", self._accepted), None)
        return code

    def _event_id(self, cells: Sequence[Cell], refusals: list[Refusal]) -> str | None:
        column = self._reader.columns.get(self._page.event_id) if self._page.event_id else None
        if column is None:
            return None
        cell = column.cell(cells)
        value = column.parse(cell)
        if isinstance(value, Bad):
            refusals.append(column.refusal(cell, value, None))
            return None
        return None if value is None else str(value)

    def _keys(self, activity: str | None) -> Mapping[str, str]:
        own = next((keys for a, keys in self._page.data_of.items() if a.value == activity), None)
        return self._page.data if own is None else {**self._page.data, **own}

    def compiled(self) -> Callable[[int, list[str]], Landed | None]:
        """A quick way for rows of text: the event, or None where `map` has to look closely.

        What a row becomes depends on its cells alone, so stations, times and whole sets of data cells are
        looked up by the text they stand for; a text not met before goes through `map` once.
        """
        reader = self._reader
        width = len(reader.head.headings)
        case_at = reader.columns[self._page.case_no].position or 0
        keyed = self._told_by_rest()
        rest: Callable[[list[str]], Any] = itemgetter(*keyed) if keyed else lambda cells: ""
        id_at = self._position(self._page.event_id)
        time_at = self._position(self._at.column) if self._at.column else None
        times: dict[str, tuple[int, int | None] | None] = {}
        known: dict[Any, tuple[str, str, int | None, int | None, str] | None] = {}
        zoned = reader.columns[self._at.column].parse if self._at.column and time_at is not None else None
        aside, mapped = self._judge.aside, self.map

        def learn(key: Any, cells: list[str]) -> tuple[str, str, int | None, int | None, str] | None:
            row = SheetRow(1, tuple(Cell(cell or None) for cell in cells))
            result = mapped(row) if aside(row.cells) is None else None
            if len(known) >= MEMO:
                known.clear()
            if result is None or result.refusals or not result.candidates:
                return None
            one = result.candidates[0]
            found = known[key] = (one.station, one.activity, one.recorded_at, one.revision, one.data)
            return found

        def quick(number: int, cells: list[str]) -> Landed | None:
            if len(cells) != width:
                return None
            case_no = cells[case_at]
            if not plain(case_no):
                return None
            key = rest(cells)
            found = known.get(key)
            if found is None and (found := learn(key, cells)) is None:
                return None
            text = cells[time_at]  # type: ignore[index]
            when = times.get(text)
            if when is None:
                span = zoned(Cell(text))  # type: ignore[misc]
                if type(span) is not Span:
                    return None
                if len(times) >= MEMO:
                    times.clear()
                when = times[text] = (span.at, span.until)
            event_id = None
            if id_at is not None:
                event_id = cells[id_at]
                if not plain(event_id):
                    return None
            station, activity, told, revision, data = found
            return (number, station, case_no, activity, when[0], when[1], told, revision, event_id, 0, data)

        return quick if time_at is not None and not self._page.carry_down else lambda number, cells: None

    def _told_by_rest(self) -> list[int]:
        """Positions of the cells that decide everything but case number, time and event id."""
        apart = {self._page.case_no, self._page.event_id, self._at.column}
        used = {name for _, name in self._page.uses()} - apart
        positions = [c.position for c in self._reader.columns.values() if c.name in used]
        return sorted(position for position in positions if position is not None)

    def _position(self, name: str | None) -> int | None:
        column = self._reader.columns.get(name) if name else None
        return None if column is None else column.position


_UNPLAIN = re.compile(r"^\s|\s$|[\x00-\x1f\x7f\xa0\u2007\u202f\u3000\uff00-\uffef\ufffd]")


def plain(text: str) -> bool:
    """Whether a text needs no folding or trimming and holds nothing that is refused."""
    if text.isalnum() and text.isascii():
        return len(text) <= 64
    return 0 < len(text) <= 64 and _UNPLAIN.search(text) is None


def activity_codes(codes: str | Mapping[str, ActivityCode], sets: CodeSets) -> dict[str, ActivityCode]:
    """Labels as they are compared → what they mean. The activity codes themselves always hold."""
    if not isinstance(codes, str):
        return {code_key(label): code for label, code in codes.items()}
    meant = sets.of(codes)
    found = {code_key(name): ActivityCode.model_validate(name) for name in dict.fromkeys(meant.values())}
    found.update((code_key(label), ActivityCode.model_validate(name)) for label, name in meant.items())
    return found
