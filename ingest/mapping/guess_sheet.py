"""An unknown file as it stands: where its head is, and the first cells of each column.

Nothing here knows what a column means; the rows are read in a child process with limits, as every
delivery is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ingest.tables.cell import EMPTY, Cell, ErrorCell, LongCell, is_blank
from ingest.tables.delimited import RefusedRow
from ingest.tables.fault import TableError
from ingest.tables.limits import DEFAULT, Limits
from ingest.tables.open import Kind, kind_of, open_tables
from ingest.tables.sheet import SheetRow, spread

from .head import Heading, HeadRow, heading, squeezed, two_rows
from .refused import Bad
from .times import read_time
from .values import decimal_of, plate_of, text_of

TOP = 17
"""Rows from the top in which a head is looked for: those of a page's `head`, and two below."""
BODY = 400
"""Rows below the head whose cells are looked at."""
CELLS = 200
"""Filled cells kept of a column."""
SHEETS = 12
LONGEST = 120
"""Characters kept of a cell: enough to tell what it is."""


class SeenColumn(NamedTuple):
    """A column under the head. `cells` are its first filled ones."""

    position: int
    head: str
    """As it stands, `group/name` under a head of two rows; line breaks are spaces."""
    rows: int
    blank: int
    cells: tuple[Cell, ...]


class SeenSheet(NamedTuple):
    """A sheet with the rows of its head (from 1, both included; 0 where names stand in each row)."""

    name: str | None
    kind: str
    first_row: int
    last_row: int
    top: tuple[HeadRow, ...]
    columns: tuple[SeenColumn, ...]
    rows: int
    """Rows looked at below the head."""
    more: bool
    """Whether further rows follow."""


def look_isolated(path: Path, known: frozenset[str], limits: Limits = DEFAULT) -> list[SeenSheet]:
    """`look` in a child process with limits. Raises `TableError` for what is no table."""
    from ingest.tables.child import run_isolated

    one_by_one = replace(limits, batch=1)
    found = [one for part in run_isolated(look, path, known, limits, limits=one_by_one) for one in part]
    if not found:
        raise TableError("no_head", {"rows": str(TOP), "accepted": "2"})
    return found


def look(path: Path, known: frozenset[str], limits: Limits = DEFAULT) -> Iterator[SeenSheet]:
    """Every sheet on which something like a head stands, up to `SHEETS`. `known`: heads that pages name."""
    kind = kind_of(path, limits)
    if kind in (Kind.JSON_LINES, Kind.XES, Kind.PARQUET):
        yield from _objects(path, kind, limits)
        return
    for number, sheet in enumerate(open_tables(path, limits)):
        if number >= SHEETS:
            return
        top: list[SheetRow] = []
        body: list[SheetRow] = []
        more = False
        for row in spread(sheet.rows, sheet.merges):
            if len(top) < TOP:
                top.append(row)
            elif len(body) < BODY:
                body.append(row)
            else:
                more = True
                break
        seen = _seen(sheet.name, kind.value, top, body, more, known)
        if seen is not None:
            yield seen


def _seen(
    name: str | None, kind: str, top: list[SheetRow], body: list[SheetRow], more: bool, known: frozenset[str]
) -> SeenSheet | None:
    heads = tuple(HeadRow(row.number, tuple(text_of(cell) for cell in row.cells)) for row in top)
    found = find_any_head(heads, known)
    if found is None:
        return None
    first, last, headings = found
    rows = [row for row in (*top, *body) if row.number > last and any(not is_blank(c) for c in row.cells)]
    columns = tuple(
        _column(position, one.text, [_at(row.cells, position) for row in rows])
        for position, one in enumerate(headings)
        if one.text
    )
    return SeenSheet(name, kind, first, last, heads, columns, len(rows), more)


def _at(cells: Sequence[Cell], position: int) -> Cell:
    return cells[position] if position < len(cells) else EMPTY


def _column(position: int, head: str, cells: list[Cell]) -> SeenColumn:
    filled = [cell for cell in cells if not is_blank(cell)]
    kept = tuple(_short(cell) for cell in filled[:CELLS])
    return SeenColumn(position, " ".join(head.split()), len(cells), len(cells) - len(filled), kept)


def _short(cell: Cell) -> Cell:
    value = cell.value
    return Cell(value[:LONGEST]) if isinstance(value, str) and len(value) > LONGEST else cell


def find_any_head(rows: Sequence[HeadRow], known: frozenset[str]) -> tuple[int, int, list[Heading]] | None:
    """The row, or pair of rows, that reads most like a head: names that pages know count most, then texts
    that differ and are no values. None where no row has two of them."""
    best: tuple[float, int, int, list[Heading]] | None = None
    for place, row in enumerate(rows):
        readings = [(row.number, [heading(text) for text in row.cells], row.cells)]
        if place + 1 < len(rows):
            below = rows[place + 1]
            readings.append((below.number, two_rows(row.cells, below.cells), below.cells))
        for last, headings, lowest in readings:
            texts = {one.text for one in headings if one.text and not like_value(one.text)}
            if len(texts) < 2:
                continue
            values = sum(like_value(text) for text in lowest if text.strip())
            named = sum(any(key in known for key in one.keys) for one in headings)
            grown = 0 if last == row.number else 1
            score = 3 * named + len(texts) - 3 * values - 1.5 * grown - 0.2 * place
            if best is None or score > best[0]:
                best = (score, row.number, last, headings)
    return None if best is None else best[1:]


def like_value(text: str) -> bool:
    """Whether a text is rather a value than the name of a column."""
    cell = Cell(text)
    if not isinstance(read_time(cell, serial=False), Bad) or not isinstance(decimal_of(cell), Bad):
        return True
    return plate_of(text)[1] or sum(char.isdigit() for char in text) >= 4


def _objects(path: Path, kind: Kind, limits: Limits) -> Iterator[SeenSheet]:
    """Rows that carry their names: each name is a column."""
    columns: dict[str, list[Cell]] = {}
    rows, more = 0, False
    for found in _each_object(path, kind, limits):
        if rows >= BODY:
            more = True
            break
        for name in found:
            columns.setdefault(name, [EMPTY] * rows)
        for name, cells in columns.items():
            cells.append(_value(found.get(name)))
        rows += 1
    if rows and columns:
        names = tuple(columns)
        seen = tuple(_column(i, name, cells) for i, (name, cells) in enumerate(columns.items()))
        yield SeenSheet(None, kind.value, 0, 0, (HeadRow(0, names),), seen, rows, more)


def _each_object(path: Path, kind: Kind, limits: Limits) -> Iterator[dict[str, object]]:
    from ingest.tables.json_lines import open_json_lines
    from ingest.tables.xes import open_xes

    if kind is Kind.PARQUET:
        from ingest.tables.parquet import open_parquet

        with open_parquet(path, limits) as table:
            for _, cells in table.rows:
                row = zip(table.heads, cells, strict=True)
                yield {head: cell for head, cell in row if head not in table.nested}
        return
    rows = open_xes(path, limits) if kind is Kind.XES else open_json_lines(path, limits)
    for _, found in rows:
        if isinstance(found, RefusedRow):
            continue
        flat: dict[str, object] = dict(found)
        inner = flat.get("data")
        if isinstance(inner, dict):
            del flat["data"]
            flat |= inner
        yield flat


def _value(value: object) -> Cell:
    if value is None or isinstance(value, bool | int | float):
        return Cell(value)
    return Cell(str(value)[:LONGEST] or None)


def text_of_seen(cell: Cell) -> str:
    """A cell as text; spreadsheet errors and cells cut short say nothing."""
    return "" if isinstance(cell.value, ErrorCell | LongCell) else text_of(cell)


def stands_twice(sheet: SeenSheet) -> set[str]:
    """Heads (as compared) that more than one column has: a page can't tell them apart."""
    seen: set[str] = set()
    return {key for one in sheet.columns if (key := squeezed(one.head)) in seen or seen.add(key)}  # type: ignore[func-returns-value]
