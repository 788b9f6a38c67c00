"""What both kinds of page do with a row before and after its events: setting aside, refusing, data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.tables.cell import Cell, is_blank
from ingest.tables.sheet import SheetRow

from .column import SheetReader
from .head import squeezed
from .refused import Bad
from .values import plate_of, text_of


class RowJudge:
    """Tells rows that are not data, and completes what a spreadsheet left blank because it stood above."""

    def __init__(self, reader: SheetReader) -> None:
        self._reader = reader
        page = reader.page
        self._aside = [
            (why, re.compile(one, re.IGNORECASE)) for why, several in page.aside.items() for one in several
        ]
        numbering = {squeezed(name) for name in page.numbering}
        known = {column.position for column in reader.columns.values()}
        self._numbers = {
            position
            for position, text in enumerate(reader.head.headings)
            if position not in known and squeezed(text) in numbering
        }
        self._times = {
            column.position for _, name in page.times() if (column := reader.columns.get(name)) is not None
        }
        self._case = reader.columns[page.case_no].position or 0
        self._carried = [
            column.position
            for name in page.carry_down
            if (column := reader.columns.get(name)) is not None and column.position is not None
        ]
        self._heads = [squeezed(text) for text in reader.head.headings]
        self._last = [text.rsplit("/", 1)[-1] for text in self._heads]
        self._above: dict[int, Cell] = {}

    def aside(self, cells: Sequence[Cell]) -> str | None:
        """Why the row is not data: `blank` or a reason of the page; None where it is. Call it before
        `completed`."""
        filled = [position for position, cell in enumerate(cells) if not is_blank(cell)]
        if not filled:
            return "blank"
        if len(filled) == 1 and filled[0] in self._numbers and text_of(cells[filled[0]]).isdigit():
            return "blank"
        why = self._matching(cells[filled[0]])
        if why is None:
            return None
        # a signature may stand in the column of case numbers, and a case may have 合计 in a note: only a row
        # without any time tells nothing of a vehicle
        told = self._case in filled and not self._times.isdisjoint(filled)
        return None if told and self._matching(cells[self._case]) is None else why

    def _matching(self, cell: Cell) -> str | None:
        text = squeezed(text_of(cell))
        return next((why for why, pattern in self._aside if pattern.match(text)), None)

    def repeats_head(self, cells: Sequence[Cell]) -> bool:
        """Whether this is the head printed again on a further page."""
        case = self._case
        if case >= len(cells) or squeezed(text_of(cells[case])) not in (self._heads[case], self._last[case]):
            return False
        texts = [squeezed(text_of(cell)) for cell in cells]
        return texts in (self._heads[: len(texts)], self._last[: len(texts)])

    def completed(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """The row with blank cells of carried columns filled from the row above."""
        if not self._carried:
            return cells
        filled = list(cells)
        for position in self._carried:
            if position < len(filled) and not is_blank(filled[position]):
                self._above[position] = filled[position]
            elif position in self._above:
                filled.extend([Cell(None)] * (position + 1 - len(filled)))
                filled[position] = self._above[position]
        return filled


def set_aside(row: SheetRow, sheet: str | None, why: str) -> RowResult:
    """A row that was read and is not data."""
    return RowResult(row.number, sheet, None, None, [], [], why, row.hidden, None)


def faulty(reader: SheetReader, row: SheetRow) -> RowResult:
    """A row that could not even be read as a row."""
    fault = row.fault
    assert fault is not None
    limit = fault.params.get("limit", "")
    refusal = Refusal(fault.params.get("column"), None, fault.code, limit, fault.params, None)
    return refused(reader, row, row.cells, [refusal])


def refused(
    reader: SheetReader,
    row: SheetRow,
    cells: Sequence[Cell],
    refusals: list[Refusal],
    candidates: list[Candidate] | None = None,
    station: str | None = None,
    case_no: str | None = None,
) -> RowResult:
    """A row of which something did not land; it keeps its text for the retry."""
    landed = candidates or []
    return RowResult(
        row.number, reader.sheet, station, case_no, landed, refusals, None, row.hidden, reader.raw(cells)
    )


def beyond_head(reader: SheetReader, cells: Sequence[Cell]) -> Refusal | None:
    """A refusal where cells stand to the right of the head: the row's cells are likely shifted, and values
    would land under the wrong heads."""
    width = len(reader.head.headings)
    for position in range(width, len(cells)):
        if not is_blank(cells[position]):
            return Refusal(str(position + 1), None, "beyond_head", str(width), {"columns": str(width)}, None)
    return None


def data_of(
    reader: SheetReader,
    keys: Mapping[str, str],
    cells: Sequence[Cell],
    activity: str | None,
    data: dict[str, Any],
    refusals: list[Refusal],
) -> None:
    """Fill event data from columns; bad cells are added to the refusals.

    A plate that has not the form of one lands as it stands, with `plate_unread` beside it.
    """
    for key, name in keys.items():
        column = reader.columns.get(name)
        if column is None:
            continue
        cell = column.cell(cells)
        value = column.parse(cell)
        if value is None:
            continue
        if isinstance(value, Bad):
            refusals.append(column.refusal(cell, value, activity))
            continue
        data[key] = value
        if key == "plate" and column.column.kind == "plate" and not plate_of(str(value))[1]:
            data["plate_unread"] = True


def told_of(part: str | Refusal) -> str | None:
    """Station or case number where it could be told."""
    return None if isinstance(part, Refusal) else part


def number_of(reader: SheetReader, name: str | None, cells: Sequence[Cell]) -> int | Refusal | None:
    """The revision number of a row."""
    column = reader.columns.get(name) if name else None
    if column is None:
        return None
    cell = column.cell(cells)
    text = text_of(cell)
    if not text:
        return None
    if re.fullmatch(r"\d{1,18}", text):
        return int(text)
    return column.refusal(cell, Bad("not_a_whole_number", "0–"), None)


def recorded(reader: SheetReader, cells: Sequence[Cell]) -> int | Refusal | None:
    """When the source recorded the row; of a day its last microsecond, since it can't have been later."""
    name = reader.page.recorded_at
    column = reader.columns.get(name) if name else None
    if column is None:
        return None
    cell = column.cell(cells)
    found = column.parse(cell)
    if isinstance(found, Bad):
        return column.refusal(cell, found, None)
    if found is None:
        return None
    return int(found.at if found.until is None else found.until)
