"""Finding the head of a sheet below its title rows, and what its columns and units are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.tables.cell import fold_width

from .page import Column, SourcePage
from .values import WORDS

FEWEST = 2
"""A row with fewer known heads than this (or all of them, where the page has fewer) is no head."""

_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_TAIL = re.compile(r"[/_:,、]([^/_:,、]+)$")
_TITLE_UNIT = re.compile(r"(?:计量)?单位[:为]\s*([^\s,;。]+(?:[,、/;\s]+[^\s,;。]+)*)")


class Heading(NamedTuple):
    """A column's head as it stands, the keys by which a page may know it, and the unit it names."""

    text: str
    keys: tuple[str, ...]
    units: tuple[str, ...]
    """Unit words, in lower case; what each means depends on the kind of the column."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head stands (row numbers from 1, both included) and where each column of the page is."""

    first_row: int
    last_row: int
    headings: tuple[str, ...]
    columns: dict[str, int]
    units: dict[str, str] = field(default_factory=dict)
    """Column of the page → unit (`kg`, `t`, `yuan` …), for those where one could be told."""


@dataclass(frozen=True, slots=True)
class HeadProblem:
    """Why a sheet is refused whole: nothing of it can be told apart without the head."""

    reason: str
    row: int | None
    params: dict[str, str]
    accepted: str


class HeadRow(NamedTuple):
    """One of the first rows of a sheet as text."""

    number: int
    cells: tuple[str, ...]


def squeezed(text: str) -> str:
    """How heads are compared: usual width, no spaces or line breaks, lower case."""
    return re.sub(r"\s+", "", fold_width(text)).lower()


def heading(text: str) -> Heading:
    """A head with the keys that may name it: as it stands, without its unit, without any bracket."""
    key = squeezed(text)
    keys = [key]
    units: list[str] = []

    def unit_bracket(match: re.Match[str]) -> str:
        word = match[1].removeprefix("单位").lstrip(":")
        if any(word in words for words in WORDS.values()):
            units.append(word)
            return ""
        return match[0]

    bare = _BRACKETS.sub(unit_bracket, key)
    keys.append(bare)
    if (tail := _TAIL.search(bare)) and any(tail[1] in words for words in WORDS.values()):
        units.append(tail[1])
        keys.append(bare[: tail.start()])
    keys.append(_BRACKETS.sub("", bare))
    return Heading(text.strip(), tuple(dict.fromkeys(k for k in keys if k)), tuple(units))


def find_head(rows: Sequence[HeadRow], page: SourcePage) -> Head | HeadProblem | None:
    """The head among the first rows; None where no row looks like one.

    Every row, and every pair of rows as a two-row head, is tried; the one that names most required columns,
    then most columns, wins, one row before two and upper before lower.
    """
    best: tuple[tuple[int, int, int, int], _Reading] | None = None
    needed = required(page)
    for position, row in enumerate(rows):
        readings = [_Reading.of(page, [heading(text) for text in row.cells], row.number, row.number)]
        if position + 1 < len(rows):
            below = rows[position + 1]
            readings.append(_Reading.of(page, two_rows(row.cells, below.cells), row.number, below.number))
        for reading in readings:
            named = len(reading.columns)
            both = reading.last_row - reading.first_row
            score = (sum(name in reading.columns for name in needed), named, -both, -row.number)
            if named >= min(FEWEST, len(page.columns)) and (best is None or score > best[0]):
                best = (score, reading)
    if best is None:
        return None
    return _checked(best[1], page, rows)


def required(page: SourcePage) -> list[str]:
    """Columns without which nothing of a sheet can be mapped."""
    names = [page.case_no]
    elsewhere = page.station.sheet or page.station.file or page.station.code
    if page.station.column and not elsewhere and page.kind != "statement":
        names.append(page.station.column)
    if page.activity is not None and page.kind == "events":
        names.append(page.activity.column)
    if page.at is not None and page.kind != "ledger":
        names.append(page.at.column or page.at.date or "")
    if page.kind == "statement":
        names.append(page.data["amount_fen"])
    names += [name for name, column in page.columns.items() if column.required]
    return list(dict.fromkeys(name for name in names if name))


def names_of(name: str, column: Column) -> tuple[str, ...]:
    return column.names or (name,)


def two_rows(above: Sequence[str], below: Sequence[str]) -> list[Heading]:
    """Heads of two rows as `group/name`. A group written once stands over the columns to its right until the
    next; where both rows say the same (a cell merged over both) or one is blank, the other is the head."""
    headings = []
    group = ""
    for column in range(max(len(above), len(below))):
        top = above[column].strip() if column < len(above) else ""
        name = below[column].strip() if column < len(below) else ""
        if top:
            group = top
        if not name or top == name:
            headings.append(heading(top))
        elif not group:
            headings.append(heading(name))
        else:
            inner, outer = heading(name), heading(group)
            keys = [f"{g}/{k}" for g in outer.keys for k in inner.keys] + list(inner.keys)
            units = inner.units or outer.units
            headings.append(Heading(f"{group}/{name}", tuple(dict.fromkeys(keys)), units))
    return headings


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the head, with the columns it names once and those it names twice."""

    first_row: int
    last_row: int
    headings: list[Heading]
    columns: dict[str, int]
    twice: dict[str, list[int]]

    @staticmethod
    def of(page: SourcePage, headings: list[Heading], first_row: int, last_row: int) -> _Reading:
        places: dict[str, list[int]] = {}
        exact: dict[str, list[int]] = {}
        for position, head in enumerate(headings):
            for number, key in enumerate(head.keys):
                places.setdefault(key, []).append(position)
                if number == 0:
                    exact.setdefault(key, []).append(position)
        columns: dict[str, int] = {}
        twice: dict[str, list[int]] = {}
        # heads as they stand first, so that `总重` in a group does not take the column that `初检/总重` names
        for table in (exact, places):
            for name, column in page.columns.items():
                if name in columns:
                    continue
                for alias in names_of(name, column):
                    found = [p for p in table.get(squeezed(alias), ()) if p not in columns.values()]
                    if len(found) == 1:
                        columns[name] = found[0]
                        twice.pop(name, None)
                        break
                    if len(found) > 1:
                        twice.setdefault(name, found)
        return _Reading(first_row, last_row, headings, columns, twice)


def _checked(reading: _Reading, page: SourcePage, rows: Sequence[HeadRow]) -> Head | HeadProblem:
    shown = " · ".join(head.text for head in reading.headings if head.text)
    for name, positions in reading.twice.items():
        heads = " · ".join(f"{p + 1}: {reading.headings[p].text}" for p in positions)
        accepted = " · ".join(names_of(name, page.columns[name]))
        return HeadProblem("ambiguous_column", reading.first_row, {"column": name, "found": heads}, accepted)
    missing = [name for name in required(page) if name not in reading.columns]
    times = [name for event in page.events for name in event.at.columns]
    if not missing and times and not any(name in reading.columns for name in times):
        missing = times
    if missing:
        accepted = " · ".join(" / ".join(names_of(name, page.columns[name])) for name in missing)
        params = {"column": ", ".join(missing), "found": shown[:1000]}
        return HeadProblem("missing_column", reading.first_row, params, accepted)
    titles = [text for row in rows if row.number < reading.first_row for text in row.cells]
    last_row, under = reading.last_row, _unit_row(rows, reading.last_row)
    if under:
        last_row += 1
    return Head(
        reading.first_row,
        last_row,
        tuple(head.text for head in reading.headings),
        reading.columns,
        _units(reading, page, title_units(titles), under),
    )


def _unit_row(rows: Sequence[HeadRow], last_row: int) -> tuple[str, ...]:
    """The row under the head where every filled cell is a unit (in brackets or not), else nothing."""
    for row in rows:
        if row.number == last_row + 1:
            words = tuple(squeezed(cell).strip("()[]【】") for cell in row.cells)
            filled = [word for word in words if word]
            if filled and all(any(word in known for known in WORDS.values()) for word in filled):
                return words
    return ()


def title_units(titles: Iterable[str]) -> tuple[str, ...]:
    """Unit words of titles such as 单位:吨、元. 填报单位:某站 names none."""
    words: list[str] = []
    for title in titles:
        for match in _TITLE_UNIT.finditer(fold_width(title).lower()):
            words += [word for word in re.split(r"[,、/;\s()]+", match[1]) if word]
    return tuple(word for word in words if any(word in known for known in WORDS.values()))


def _units(
    reading: _Reading, page: SourcePage, titles: tuple[str, ...], under: tuple[str, ...]
) -> dict[str, str]:
    """The unit of each measured column: its head's, the row's under it, the title's, the page's."""
    units: dict[str, str] = {}
    for name, position in reading.columns.items():
        column = page.columns[name]
        words = WORDS.get(column.kind)
        if words is None:
            continue
        own = [word for word in reading.headings[position].units if word in words]
        below = [under[position]] if position < len(under) and under[position] in words else []
        fixed = [column.unit] if column.unit not in (None, "head") else []
        title = list(dict.fromkeys(words[word] for word in titles if word in words))
        if own or below:
            units[name] = words[(own or below)[0]]
        elif fixed:
            units[name] = str(fixed[0])
        elif len(title) == 1:
            units[name] = title[0]
    return units
