"""A sheet as a stream of rows, and what its merged cells say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .cell import EMPTY, Cell, LongCell, is_blank
from .fault import RowFault, TableError
from .limits import Limits

HEAD_ROWS = 50
"""A file whose first rows are too wide is refused whole; a later row that is too wide is refused alone."""


class SheetRow(NamedTuple):
    """`number` counts from 1 as the program that shows the file does. `fault`: the row is to be refused
    whole."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    fault: RowFault | None = None


class MergedRange(NamedTuple):
    """Rows from 1 and columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows come in order, blank ones between others included, trailing blank rows and cells cut.

    `rows` is read once, while the iterator of the sheets is alive and before it is asked for the next. A
    merged range has its value in its first cell.
    """

    name: str | None
    rows: Iterator[SheetRow]
    merges: tuple[MergedRange, ...] = ()
    hidden: bool = False
    kind: str = ""
    encoding: str | None = None
    delimiter: str | None = None

    def spread(self) -> Iterator[SheetRow]:
        """The rows with every cell of a merged range filled with the range's value."""
        return spread(self.rows, self.merges)


def spread(rows: Iterable[SheetRow], merges: Iterable[MergedRange], columns: int = 400) -> Iterator[SheetRow]:
    """Fill merged ranges, up to `columns` wide (a title merged over all 16,384 columns says no more for
    it)."""
    waiting = sorted(merges, reverse=True)
    active: list[tuple[MergedRange, Cell]] = []
    for row in rows:
        while waiting and waiting[-1].first_row <= row.number:
            merge = waiting.pop()
            if merge.first_row == row.number and merge.first_column < len(row.cells):
                active.append((merge, row.cells[merge.first_column]))
        if active:
            active = [pair for pair in active if pair[0].last_row >= row.number]
            row = row._replace(cells=_filled(row.cells, active, columns))
        yield row


def _filled(
    cells: tuple[Cell, ...], active: list[tuple[MergedRange, Cell]], columns: int
) -> tuple[Cell, ...]:
    filled = list(cells)
    for merge, value in active:
        end = min(merge.last_column + 1, columns)
        if len(filled) < end:
            filled.extend([EMPTY] * (end - len(filled)))
        for column in range(merge.first_column, end):
            filled[column] = value
    return _cut(filled)


def _cut(cells: list[Cell]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and is_blank(cells[end - 1]):
        end -= 1
    return tuple(cells[:end])


def bounded_rows(rows: Iterable[tuple[int, list[Cell], bool]], limits: Limits) -> Iterator[SheetRow]:
    """Rows as a reader finds them (number, cells, hidden), cut, complete and within the limits.

    Styled but empty cells and rows reach this in any number; they cost time, not memory, and are not passed
    on.
    """
    last = 0
    hidden_blanks: set[int] = set()
    for number, found, hidden in rows:
        cells = _cut(found)
        if not cells:
            if hidden:
                hidden_blanks.add(number)
            continue
        if number > limits.rows:
            raise TableError("too_many_rows", {"limit": str(limits.rows)})
        for blank in range(last + 1, number):
            yield SheetRow(blank, (), blank in hidden_blanks)
        hidden_blanks.clear()
        last = number
        yield SheetRow(number, cells[: limits.columns], hidden, _fault(number, cells, limits))


def _fault(number: int, cells: tuple[Cell, ...], limits: Limits) -> RowFault | None:
    if len(cells) > limits.columns:
        wide = {"row": str(number), "columns": str(len(cells)), "limit": str(limits.columns)}
        if number <= HEAD_ROWS:
            raise TableError("too_many_columns", wide)
        return RowFault("too_many_columns", wide)
    for column, cell in enumerate(cells):
        if isinstance(cell.value, LongCell):
            return RowFault(
                "cell_too_long",
                {
                    "row": str(number),
                    "column": str(column + 1),
                    "length": str(cell.value.length),
                    "limit": str(limits.cell_chars),
                },
            )
    return None
