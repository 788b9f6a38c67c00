"""The columns of a page bound to one sheet: where each stands, and the parser of its cells."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ingest.candidate import Person, Refusal
from ingest.tables.cell import EMPTY, Cell

from .batch import Warned
from .codes import CodeSets
from .head import Head
from .page import UNITS_OF, At, Column, SourcePage
from .place import StationDirectory
from .refused import Bad
from .times import DATE_FORMS, Span, joined, moment_parser, parse_clock, parse_date, zone_of
from .values import (
    code_parser,
    count_parser,
    measure_parser,
    plate_parser,
    several_parser,
    text_of,
    text_parser,
)

MEMO = 20_000
"""Distinct texts a column remembers before it starts anew; bounds memory where every cell is different."""

SHOWN = 200
"""Characters of a refused value that are kept."""

DIGEST_MARK = "digest:"
"""Before a digest that stands for a personal value in a quarantined row."""


class Persons:
    """Personal values met while mapping, each once, and the key that turns them into digests."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._met: set[str] = set()
        self._fresh: list[Person] = []

    def digest(self, kind: str, value: str) -> str:
        """32 hex digits of an HMAC over kind and value: equal for the same person, no use to others."""
        plain = value.upper() if kind == "id_number" else value
        mac = hmac.new(self._key, f"{kind}:{plain}".encode(), hashlib.sha256).hexdigest()[:32]
        if mac not in self._met:
            self._met.add(mac)
            self._fresh.append(Person(mac, kind, value))
        return mac

    def take(self) -> list[Person]:
        """Those met since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh


class ColumnReader:
    """Reads one column of a sheet. `read` gives a value, `Bad`, or None for blank; texts are remembered."""

    def __init__(
        self, name: str, position: int | None, heading: str, column: Column, parse: Any,
        unit: str | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.position = position
        self.heading = heading
        self.column = column
        self.unit = unit
        self._parse = parse
        self._memo: dict[str, Any] = {}

    def cell(self, cells: Sequence[Cell]) -> Cell:
        position = self.position
        return EMPTY if position is None or position >= len(cells) else cells[position]

    def parse(self, cell: Cell) -> Any:
        value = cell.value
        if value is None:
            return None
        if type(value) is not str:
            return self._parse(cell)
        try:
            return self._memo[value]
        except KeyError:
            if len(self._memo) >= MEMO:
                self._memo.clear()
            parsed = self._memo[value] = self._parse(cell)
            return parsed

    def parse_afresh(self, cell: Cell) -> Any:
        """`parse` for callers that keep what they got."""
        return self._parse(cell)

    def read(self, cells: Sequence[Cell]) -> Any:
        return self.parse(self.cell(cells))

    def refusal(self, cell: Cell, bad: Bad, activity: str | None) -> Refusal:
        shown = None if self.column.personal else text_of(cell)[:SHOWN]
        return Refusal(self.heading, shown, bad.reason, bad.accepted, dict(bad.params), activity)


@dataclass(slots=True)
class SheetReader:
    """Everything needed to read the rows of one sheet by one page."""

    page: SourcePage
    head: Head
    stations: StationDirectory
    persons: Persons
    sheet: str | None
    columns: dict[str, ColumnReader]
    fixed_station: str | None
    """What sheet name, file name or page say the station is, where its column says nothing."""
    memo_data: dict[Any, str] = field(default_factory=dict)

    def station_named(self, text: str) -> str | Bad | None:
        """The code of a station by what its column says, or for a blank one what stands outside the row."""
        text = text or self.fixed_station or ""
        return self.stations.find(text) if text.strip() else None

    def station(self, cells: Sequence[Cell]) -> str | Refusal:
        """The code of the row's station, or why it can't be told."""
        name = self.page.station.column
        reader = self.columns.get(name) if name else None
        text = text_of(reader.cell(cells)) if reader else ""
        heading = reader.heading if reader else None
        text = text or self.fixed_station or ""
        if not text:
            return Refusal(heading, None, "missing_station", self.stations.accepted, {}, None)
        found = self.stations.find(text)
        if isinstance(found, Bad):
            return Refusal(heading, text[:SHOWN], found.reason, found.accepted, {}, None)
        return found

    def case_no(self, cells: Sequence[Cell]) -> str | Refusal:
        """The case number, or the refusal that takes the whole row."""
        reader = self.columns[self.page.case_no]
        given = self.columns.get(self.page.case_no_given) if self.page.case_no_given else None
        if given is not None and text_of(given.cell(cells)):
            reader = given
        found = reader.read(cells)
        if found is None:
            return Refusal(reader.heading, None, "missing_case_no", "", {}, None)
        return reader.refusal(reader.cell(cells), found, None) if isinstance(found, Bad) else str(found)

    def when(self, at: At, cells: Sequence[Cell], activity: str | None) -> Span | Refusal | None:
        """The time of an event, from one column or two."""
        first = self.columns.get(at.column or at.date or "")
        if at.column is not None:
            found = first.read(cells) if first else None
        else:
            found = self._joined(at, cells)
            if isinstance(found, Refusal):
                return found._replace(activity=activity)
        if isinstance(found, Bad):
            reader = first or self.columns[at.time or ""]
            return reader.refusal(reader.cell(cells), found, activity)
        return found

    def _joined(self, at: At, cells: Sequence[Cell]) -> Span | Bad | Refusal | None:
        parts: list[Any] = []
        for name, parse in ((at.date, parse_date), (at.time, parse_clock)):
            reader = self.columns.get(name) if name else None
            part = parse(reader.cell(cells)) if reader else None
            if reader and isinstance(part, Bad):
                return reader.refusal(reader.cell(cells), part, None)
            parts.append(part)
        day = self.columns.get(at.date or "")
        if parts[0] is not None and parts[1] is None and day is not None:
            # the date column may hold the whole moment
            whole: Span | Bad | None = day.read(cells)
            return whole
        if parts[0] is None and parts[1] is not None and at.time:
            reader = self.columns[at.time]
            return reader.refusal(reader.cell(cells), Bad("time_without_date", DATE_FORMS), None)
        day_only = day is not None and day.column.precision == "day"
        return joined(parts[0], parts[1], zone_of(self.page.zone), day_only=day_only)

    def raw(self, cells: Sequence[Cell]) -> dict[str, str]:
        """The row by head, for the retry: columns of the page alone, because what stands in others may be
        personal. Blank ones are there for a person to fill in. What is not in the row but was needed to read
        it stands under keys that begin with `@`."""
        row: dict[str, str] = {}
        for reader in self.columns.values():
            cell = reader.cell(cells)
            text = text_of(cell)
            if text and reader.column.personal:
                digest = reader.parse(cell)
                text = DIGEST_MARK + digest if isinstance(digest, str) else DIGEST_MARK
            row[reader.heading] = text
        if self.fixed_station:
            row["@station"] = self.fixed_station
        if self.head.units:
            row["@units"] = json.dumps(self.head.units, sort_keys=True)
        return row


def bind(
    page: SourcePage,
    head: Head,
    codes: CodeSets,
    stations: StationDirectory,
    persons: Persons,
    sheet: str | None,
    fixed_station: str | None,
) -> SheetReader:
    """The page's columns found in this head, each with its parser."""
    columns = {}
    for name, position in head.columns.items():
        column = page.columns[name]
        unit = head.units.get(name)
        parse = parser_of(page, name, column, unit, codes, persons)
        columns[name] = ColumnReader(name, position, head.headings[position], column, parse, unit)
    return SheetReader(page, head, stations, persons, sheet, columns, fixed_station)


def fixed_station(page: SourcePage, sheet: str | None, file_name: str) -> str | None:
    """The station that the sheet's name, the file's name or the page says; the first that says one."""
    for pattern, text in ((page.station.sheet, sheet), (page.station.file, file_name)):
        if pattern is not None and text and (match := re.search(pattern, text)):
            found = match[1] if match.re.groups else match[0]
            if found:
                return str(found)
    return page.station.code


def warnings_of(reader: SheetReader) -> list[Warned]:
    """Columns of the sheet that the page does not know, and measures whose unit cannot be told."""
    known = {column.position for column in reader.columns.values()}
    strange = [t for p, t in enumerate(reader.head.headings) if t and p not in known]
    strange = [t for t in strange if t not in reader.page.numbering]
    row = reader.head.first_row
    warned = []
    if strange:
        warned.append(
            Warned(reader.sheet, row, "columns_passed_over", {"columns": " · ".join(strange)[:500]})
        )
    for name, column in reader.columns.items():
        if column.column.unit is not None and name not in reader.head.units:
            warned.append(Warned(reader.sheet, row, "column_without_unit", {"column": column.heading}))
    return warned


def parser_of(
    page: SourcePage, name: str, column: Column, unit: str | None, codes: CodeSets, persons: Persons
) -> Any:
    """The parser of one column: a function of its cell."""
    if column.personal:
        return _personal(column.personal, persons)
    kind = column.kind
    if kind in UNITS_OF:
        single = measure_parser(kind, unit, column.min, column.max)
        return several_parser(single) if column.several else single
    if kind == "count":
        return count_parser(column.min, column.max)
    if kind in ("datetime", "date"):
        return moment_parser(zone_of(page.zone), day_only=column.precision == "day", serial=column.serial)
    if kind == "time":
        return parse_clock
    if kind == "plate":
        return plate_parser()
    if kind == "plate_colour":
        return code_parser({**codes.of("plate_colours"), **codes.of(column.codes or {})})
    if kind == "code" or column.codes:
        return code_parser(codes.of(column.codes or {}))
    return text_parser(64 if name in (page.case_no, page.case_no_given) else column.max or 500)


def _personal(kind: str, persons: Persons) -> Any:
    plain = text_parser(100)

    def parse(cell: Cell) -> str | Bad | None:
        text = plain(cell)
        if not isinstance(text, str):
            return None if text is None else Bad("unreadable_personal", "")
        if text.startswith(DIGEST_MARK):
            return text.removeprefix(DIGEST_MARK) or None
        return persons.digest(kind, text)

    return parse


def canonical(data: Mapping[str, Any]) -> str:
    """Event data as the log compares it: sorted keys, no spaces, empty for nothing."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode() if data else ""
