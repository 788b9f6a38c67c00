"""The quick way for rows of text in event files: hundreds of thousands of them, mostly of cells met before.

It knows good rows alone. Whatever it does not know it leaves to `EventMapper.map`, which gives the same event
for a good row and the reason for a bad one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from ingest.tables.cell import Cell

from .batch import Landed
from .column import ColumnReader, SheetReader, canonical
from .page import ActivityCode, SourcePage
from .refused import Bad
from .times import Span
from .values import code_key, plate_of

MEMO = 20_000
"""Distinct texts, or sets of them, remembered before the memory starts anew."""

TRIAL = 10_000
"""Rows after which remembering whole sets of cells is given up where fewer than half were met before."""

_UNPLAIN = re.compile(r"^\s|\s$|[\x00-\x1f\x7f\xa0\u2007\u202f\u3000\ud800-\udfff\uff00-\uffef\ufffd]")


def plain(text: str) -> bool:
    """Whether a text needs no folding or trimming and holds nothing that is refused: `#N/A` is."""
    if text.isalnum() and text.isascii():
        return len(text) <= 64
    return 0 < len(text) <= 64 and text[0] != "#" and _UNPLAIN.search(text) is None


Told = tuple[str, str, int | None, str]
"""Station, activity, revision and data: what the rest of the cells decide."""


class Places(NamedTuple):
    """Where in a row stands what decides its event, where nothing else does."""

    case_no: int
    at: int
    rest: tuple[int, ...]
    """Cells that decide station, activity, revision and data."""


class QuickEvents:
    """Rows of one sheet whose times stand in one column each and carry nothing down."""

    def __init__(self, reader: SheetReader, codes: Mapping[str, ActivityCode]) -> None:
        page = reader.page
        assert page.activity is not None and page.at is not None
        self._page = page
        self._reader = reader
        self._codes = codes
        self._width = len(reader.head.headings)
        self._station = self._position(page.station.column)
        self._activity = reader.columns[page.activity.column].position or 0
        self._revision = self._position(page.revision)
        self._stations: dict[str, str] = {}
        self._activities: dict[str, tuple[ActivityCode, list[tuple[str, int, ColumnReader, bool]]]] = {}

    @staticmethod
    def fits(page: SourcePage) -> bool:
        """Whether rows of this page may go the quick way."""
        if page.carry_down or page.numbered:
            return False
        return page.at is not None and page.at.column is not None

    def mapper(self) -> Callable[[int, list[str]], Landed | None]:
        """A function of row number and cells: the event, or None where `map` has to look closely."""
        page, reader, width = self._page, self._reader, self._width
        assert page.at is not None and page.at.column is not None
        case_at = reader.columns[page.case_no].position or 0
        time_at = reader.columns[page.at.column].position or 0
        given_at = self._position(page.case_no_given)
        recorder = reader.columns.get(page.recorded_at) if page.recorded_at else None
        recorded_at = None if recorder is None else recorder.position
        id_at = self._position(page.event_id)
        rest = itemgetter(*self._rest())
        times = _Instants(reader.columns[page.at.column])
        recorded = None if recorder is None else _Instants(recorder)
        assemble = self._assembled
        known: dict[Any, Told] = {}
        asked = missed = 0
        last_no: str | None = None

        def quick(number: int, cells: list[str]) -> Landed | None:
            nonlocal asked, missed, last_no
            if len(cells) != width:
                return None
            case_no = cells[case_at if given_at is None or not cells[given_at] else given_at]
            if case_no != last_no:
                # Rows of a case mostly follow one another.
                if not plain(case_no):
                    return None
                last_no = case_no
            found = None
            if missed * 2 <= asked or asked < TRIAL:
                key = rest(cells)
                asked += 1
                if (found := known.get(key)) is None:
                    missed += 1
                    if (found := assemble(cells)) is None:
                        return None
                    if len(known) >= MEMO:
                        known.clear()
                    known[key] = found
            elif (found := assemble(cells)) is None:
                return None
            when = times[cells[time_at]]
            if when is None:
                return None
            told = None
            if recorded is not None and recorded_at is not None and cells[recorded_at]:
                span = recorded[cells[recorded_at]]
                if span is None:
                    return None
                told = span[0] if span[1] is None else span[1]
            event_id = None
            if id_at is not None and cells[id_at]:
                event_id = cells[id_at]
                if not plain(event_id):
                    return None
            station, activity, revision, data = found
            return (number, station, case_no, activity, when[0], when[1], told, revision, event_id, 0, data)

        return quick

    def _assembled(self, cells: list[str]) -> Told | None:
        """What the cells beside case number, times and id say, put together from single cells."""
        station = self._station_of("" if self._station is None else cells[self._station])
        plan = self._plan(cells[self._activity])
        if station is None or plan is None:
            return None
        code, columns = plan
        data: dict[str, Any] = dict(code.set)
        for key, position, column, is_plate in columns:
            text = cells[position]
            if not text:
                continue
            value = column.parse(Cell(text))
            if value is None:
                continue
            if isinstance(value, Bad):
                return None
            data[key] = value
            if is_plate and not plate_of(value)[1]:
                data["plate_unread"] = True
        revision = None
        if self._revision is not None and (text := cells[self._revision]):
            if not (text.isascii() and text.isdigit() and len(text) <= 18):
                return None
            revision = int(text)
        return station, code.activity.value, revision, canonical(data)

    def _station_of(self, text: str) -> str | None:
        found = self._stations.get(text)
        if found is None:
            told = self._reader.station_named(text)
            if not isinstance(told, str):
                return None
            if len(self._stations) >= MEMO:
                self._stations.clear()
            found = self._stations[text] = told
        return found

    def _plan(self, text: str) -> tuple[ActivityCode, list[tuple[str, int, ColumnReader, bool]]] | None:
        found = self._activities.get(text)
        if found is None:
            code = self._codes.get(code_key(text))
            if code is None:
                return None
            columns = []
            for key, name in self._page.keys_of(code.activity.value).items():
                column = self._reader.columns.get(name)
                if column is not None and column.position is not None:
                    is_plate = key == "plate" and column.column.kind == "plate"
                    columns.append((key, column.position, column, is_plate))
            if len(self._activities) >= MEMO:
                self._activities.clear()
            found = self._activities[text] = (code, columns)
        return found

    def places(self) -> Places | None:
        """Where to look in a row of plain texts, if it tells no event's id, receipt or other case number."""
        page, columns = self._page, self._reader.columns
        assert page.at is not None and page.at.column is not None
        case_no, at = columns[page.case_no].position, columns[page.at.column].position
        others = (page.case_no_given, page.event_id, page.recorded_at)
        if case_no is None or at is None or any(self._position(name) is not None for name in others):
            return None
        return Places(case_no, at, tuple(self._rest()))

    def _rest(self) -> list[int]:
        """Where the cells stand that decide everything but case number, times and event id."""
        page = self._page
        at = page.at.column if page.at else None
        apart = {page.case_no, page.case_no_given, page.event_id, page.recorded_at, at}
        used = {name for _, name in page.uses()} - apart
        return sorted(p for name in used if (p := self._position(name)) is not None)

    def _position(self, name: str | None) -> int | None:
        column = self._reader.columns.get(name) if name else None
        return None if column is None else column.position


def nothing(number: int, cells: list[str]) -> Landed | None:
    """The quick way of a page that has none."""
    return None


class _Instants(dict[str, "tuple[int, int | None] | None"]):
    """Texts of a time column → instant and end, remembered; None for what is blank or refused."""

    def __init__(self, column: ColumnReader) -> None:
        super().__init__()
        self._column = column

    def __missing__(self, text: str) -> tuple[int, int | None] | None:
        span = self._column.parse_afresh(Cell(text))
        if type(span) is not Span:
            return None
        if len(self) >= MEMO:
            self.clear()
        found = self[text] = (span.at, span.until)
        return found
