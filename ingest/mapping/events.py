"""Rows of an event file → events: each row is one event or one refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.tables.cell import Cell
from ingest.tables.sheet import SheetRow

from .codes import CodeSets
from .column import SheetReader, canonical
from .page import ActivityCode
from .quick import QuickEvents
from .refused import Bad
from .row import RowJudge, beyond_head, data_of, faulty, number_of, recorded, refused, set_aside, told_of
from .times import MOMENT_FORMS, Span
from .values import code_key, text_of
from .weighings import QuickWeighings


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
        event_id = self._event_id(cells, refusals, activity, told_of(station))
        data: dict[str, Any] = {} if isinstance(code, Refusal) else dict(code.set)
        data_of(reader, self._page.keys_of(activity), cells, activity, data, refusals)
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

    def _event_id(
        self, cells: Sequence[Cell], refusals: list[Refusal], activity: str | None, station: str | None
    ) -> str | None:
        numbered = next((name for one, name in self._page.numbered.items() if one.value == activity), None)
        name = numbered or self._page.event_id
        column = self._reader.columns.get(name) if name else None
        if column is None:
            return None
        cell = column.cell(cells)
        value = column.parse(cell)
        if isinstance(value, Bad):
            refusals.append(column.refusal(cell, value, None))
            return None
        if value is None:
            return None
        return f"{station}/{value}" if numbered else str(value)

    def weighings(self) -> QuickWeighings | None:
        """A quick way for whole blocks of rows, where the page is one of weighings."""
        return QuickWeighings(self._reader, self._codes) if QuickWeighings.fits(self._page) else None

    def quick(self) -> QuickEvents | None:
        """A quick way for rows of text, where the page has one."""
        return QuickEvents(self._reader, self._codes) if QuickEvents.fits(self._page) else None


def activity_codes(codes: str | Mapping[str, ActivityCode], sets: CodeSets) -> dict[str, ActivityCode]:
    """Labels as they are compared → what they mean. The activity codes themselves always hold."""
    if not isinstance(codes, str):
        return {code_key(label): code for label, code in codes.items()}
    meant = sets.of(codes)
    found = {code_key(name): ActivityCode.model_validate(name) for name in dict.fromkeys(meant.values())}
    found.update((code_key(label), ActivityCode.model_validate(name)) for label, name in meant.items())
    return found
