"""The quick way for weighings: a block of rows at a time, column by column.

It knows good rows of first weighings that name no case. Whatever else stands in a block it leaves to
`EventMapper.map`, which gives the same event for a good row and the reason for a bad one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

import orjson

from ingest.tables.cell import Cell
from monitor.cases.activity import Activity
from monitor.cases.event import SECOND
from monitor.cases.weighing import COLUMNS, Weighings

from .column import ColumnReader, SheetReader
from .page import ActivityCode, SourcePage
from .quick import MEMO, plain
from .refused import Bad
from .times import Span
from .values import MOST_VALUES, PLATE, code_key

Row = tuple[int, list[str]]
"""A row's number and its cells as text."""

Made = Callable[[Sequence[tuple[str, ...]]], list[Any]]
"""Columns of text → the values of one."""

_WEIGHED = Activity.WEIGHED
_LOST: Any = Bad("left to a closer look", "")
"""Stands in a column for what only a closer look can tell."""


class _Doubt:
    """Whether a block has any `_LOST`: most have none, and looking through every column costs as much as
    making them."""

    def __init__(self) -> None:
        self.any = False

    def raised(self) -> Any:
        """`_LOST`, noted."""
        self.any = True
        return _LOST


_HOUR = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d")
_IN_HOUR = {f":{second // 60:02}:{second % 60:02}": second * SECOND for second in range(3600)}
_WHOLE = r"(?:0|[1-9]\d{0,4})"
_ONE_LIST = rf"{_WHOLE}(?:,{_WHOLE}){{0,{MOST_VALUES - 1}}}"
_LIST = re.compile(_ONE_LIST)
_LISTS = re.compile(rf"{_ONE_LIST}(?:\n{_ONE_LIST})*")
"""Five digits: no axle weighs or lies as much as a column without bounds of its own refuses."""


class QuickWeighings:
    """Rows of one sheet by a page whose first weighings are numbered by its column of case numbers."""

    def __init__(self, reader: SheetReader, codes: Mapping[str, ActivityCode]) -> None:
        page = reader.page
        assert page.activity is not None and page.at is not None and page.at.column is not None
        self._reader = reader
        self._doubt = doubt = _Doubt()
        self._width = len(reader.head.headings)
        self._activity = reader.columns[page.activity.column].position or 0
        self._first = _FirstWeighings(codes)
        self._given = self._position(page.case_no_given)
        self._station = self._position(page.station.column)
        self._stations = _Memo(self._station_of, doubt)
        self._check_no = reader.columns[page.case_no].position or 0
        self._at = reader.columns[page.at.column].position or 0
        self._hours = _Memo(_hours(reader.columns[page.at.column]), doubt)
        keys = page.keys_of(_WEIGHED.value)
        found = {key: column for key, name in keys.items() if (column := reader.columns.get(name))}
        self._values = [_values(found[key], doubt) if key in found else None for key in COLUMNS]
        rest = sorted(key for key in found if key not in COLUMNS and key != "check_no")
        self._rest = [_fragments(key, found[key], doubt) for key in rest]
        self._plate = (
            COLUMNS.index("plate") if "plate" in found and found["plate"].column.kind == "plate" else None
        )

    @staticmethod
    def fits(page: SourcePage) -> bool:
        """Whether rows of this page may go this way."""
        apart = page.recorded_at or page.revision or page.event_id or page.carry_down
        one_time = page.at is not None and page.at.column is not None
        numbered = page.numbered.get(_WEIGHED) == page.case_no == page.data.get("check_no")
        personal = any(column.personal for column in page.columns.values())
        return bool(one_time and numbered and not apart and not personal)

    def block(self, rows: list[Row]) -> tuple[Weighings, list[Row]]:
        """The first weighings among the rows, and the rows that need a closer look."""
        width, at, first, given = self._width, self._activity, self._first, self._given
        if given is None:
            mine = [len(cells) == width and first[cells[at]] for _, cells in rows]
        else:
            mine = [len(cells) == width and first[cells[at]] and not cells[given] for _, cells in rows]
        left: list[Row] = []
        if not all(mine):
            left = [row for row, good in zip(rows, mine, strict=True) if not good]
            rows = list(compress(rows, mine))
        if not rows:
            return Weighings.none(), left
        self._doubt.any = False
        numbers, cells = zip(*rows, strict=True)
        columns = list(zip(*cells, strict=True))
        made: list[list[Any]] = [list(numbers), *self._columns(columns)]
        if self._doubt.any:
            lost = [_LOST in column for column in made]
            bad = {i for column in compress(made, lost) for i, value in enumerate(column) if value is _LOST}
            good = [i not in bad for i in range(len(rows))]
            left += [row for row, keeps in zip(rows, good, strict=True) if not keeps]
            made = [list(compress(column, good)) for column in made]
        rest = self._unread(made[-1], made[4 + self._plate]) if self._plate is not None else made[-1]
        return Weighings._make([*made[:-1], rest]), left

    def _columns(self, columns: Sequence[tuple[str, ...]]) -> Iterator[list[Any]]:
        """Stations, check numbers, instants, `COLUMNS`, and the rest of the data as JSON."""
        count = len(columns[0])
        stations = self._stations
        if self._station is None:
            yield [stations[""]] * count
        else:
            yield [stations[text] for text in columns[self._station]]
        numbers = columns[self._check_no]
        raised = self._doubt.raised
        yield list(numbers) if _all_plain(numbers) else [t if plain(t) else raised() for t in numbers]
        yield self._instants(columns[self._at])
        for value in self._values:
            yield [None] * count if value is None else value(columns)
        parts = [fragments(columns) for fragments in self._rest]
        if not parts:
            yield ["{}"] * count
            return
        lost: set[int] = set()
        if self._doubt.any:
            lost = {i for part in parts for i, one in enumerate(part) if one is _LOST}
            parts = [["" if i in lost else one for i, one in enumerate(part)] for part in parts]
        whole: Iterable[Any]
        if any("" in part for part in parts):
            whole = (filter(None, row) for row in zip(*parts, strict=True))
        else:
            whole = zip(*parts, strict=True)
        data = ["{" + ",".join(row) + "}" for row in whole]
        for i in lost:
            data[i] = _LOST
        yield data

    def _instants(self, texts: Sequence[str]) -> list[int]:
        hours, in_hour = self._hours, _IN_HOUR
        try:
            return [hours[text[:13]] + in_hour[text[13:]] for text in texts]
        except (KeyError, TypeError):
            found = []
            for text in texts:
                hour = hours[text[:13]]
                known = hour is not _LOST and text[13:] in in_hour
                found.append(hour + in_hour[text[13:]] if known else self._doubt.raised())
            return found

    def _unread(self, rest: list[str], plates: list[str | None]) -> list[str]:
        """The rest of the data, with `plate_unread` where a plate has not the form of one."""
        match = PLATE.fullmatch
        for i, plate in enumerate(plates):
            if plate is not None and not match(plate):
                data = {**orjson.loads(rest[i]), "plate_unread": True}
                rest[i] = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
        return rest

    def _station_of(self, text: str) -> Any:
        found = self._reader.station_named(text)
        return found if isinstance(found, str) else _LOST

    def _position(self, name: str | None) -> int | None:
        column = self._reader.columns.get(name) if name else None
        return None if column is None else column.position


class _Memo(dict[str, Any]):
    """Texts and what they mean, worked out where they are first met."""

    def __init__(self, meaning: Callable[[str], Any], doubt: _Doubt) -> None:
        self._meaning = meaning
        self._doubt = doubt

    def __missing__(self, text: str) -> Any:
        found = self._meaning(text)
        if found is _LOST:
            return self._doubt.raised()
        if len(self) >= MEMO:
            self.clear()
        self[text] = found
        return found


class _FirstWeighings(dict[str, bool]):
    """Whether a label of activities means a first weighing and nothing beside it."""

    def __init__(self, codes: Mapping[str, ActivityCode]) -> None:
        self._codes = codes

    def __missing__(self, text: str) -> bool:
        code = self._codes.get(code_key(text))
        if len(self) >= MEMO:
            self.clear()
        self[text] = found = code is not None and code.activity is _WEIGHED and not code.set
        return found


def _all_plain(texts: Sequence[str]) -> bool:
    """Whether all of them are letters and digits of no more than 64 characters."""
    whole = "".join(texts)
    return whole.isalnum() and whole.isascii() and all(texts) and max(map(len, texts)) <= 64


def _hours(column: ColumnReader) -> Callable[[str], Any]:
    """`2024-07-01 08` → the instant at which that hour begins, where no clock is changed in it."""

    def hour(text: str) -> Any:
        if not _HOUR.fullmatch(text):
            return _LOST
        first, last = (column.parse_afresh(Cell(text + rest)) for rest in (":00:00", ":59:59"))
        if type(first) is not Span or type(last) is not Span or first.until is not None:
            return _LOST
        return first.at if last.at - first.at == 3599 * SECOND else _LOST

    return hour


def _values(column: ColumnReader, doubt: _Doubt) -> Made:
    """The values of a column that the table of weighings has as well."""
    position = column.position or 0
    if column.column.kind == "plate":
        match = PLATE.fullmatch

        slow = _Memo(_meaning(column), doubt)

        def plates(columns: Sequence[tuple[str, ...]]) -> list[Any]:
            return [text if match(text) else slow[text] for text in columns[position]]

        return plates
    memo = _Memo(_meaning(column), doubt)

    def values(columns: Sequence[tuple[str, ...]]) -> list[Any]:
        return [memo[text] for text in columns[position]]

    return values


def _meaning(column: ColumnReader) -> Callable[[str], Any]:
    def meaning(text: str) -> Any:
        value = column.parse_afresh(Cell(text)) if text else None
        return _LOST if isinstance(value, Bad) else value

    return meaning


def _fragments(key: str, column: ColumnReader, doubt: _Doubt) -> Made:
    """`"key":value` as it stands in canonical JSON; blank for nothing."""
    position = column.position or 0
    meaning = _meaning(column)
    named = f'"{key}":'

    def fragment(text: str) -> Any:
        value = meaning(text)
        if value is None or value is _LOST:
            return "" if value is None else _LOST
        return named + orjson.dumps(value).decode()

    memo = _Memo(fragment, doubt)

    def fragments(columns: Sequence[tuple[str, ...]]) -> list[Any]:
        return [memo[text] for text in columns[position]]

    own, told = column.column, column.unit
    if not (own.several and told in ("kg", "mm") and own.min is None and own.max is None):
        return fragments
    match = _LIST.fullmatch

    def lists(columns: Sequence[tuple[str, ...]]) -> list[Any]:
        texts = columns[position]
        if _LISTS.fullmatch("\n".join(texts)):
            return [f"{named}[{text}]" for text in texts]
        return [f"{named}[{text}]" if match(text) else memo[text] for text in texts]

    return lists
