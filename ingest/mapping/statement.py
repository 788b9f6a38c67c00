"""Lines of the treasury's statement → what they say of the money; each row is one line or one refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.candidate import Candidate, Refusal, RowResult
from ingest.tables.cell import Cell
from ingest.tables.sheet import SheetRow

from .column import SheetReader, canonical
from .head import names_of
from .row import RowJudge, beyond_head, data_of, faulty, refused, set_aside, told_of
from .times import MOMENT_FORMS, Span
from .values import EXAMPLES

_RUNNING = re.compile(r"\d{1,5}")

LINE = "statement"
"""Stands where a candidate names its activity: a line of a statement is no activity of a case."""

LINE_KEYS = (
    "payment_code", "decision_no", "amount_fen", "channel", "payee_account", "direction",
)  # fmt: skip
"""What a line may say beside its times. Who paid is not among them and is never kept."""


class StatementMapper:
    """Maps the rows of one sheet of a statement by its page.

    A line is known by its number (with that of its statement, where lines are numbered within each). Its
    candidate happens when the money was posted; `paid_at` (with `paid_until` where only the day is told)
    stands among its data in microseconds UTC. The station may be missing: it is then that of the case.
    """

    def __init__(self, reader: SheetReader) -> None:
        page = reader.page
        assert page.at is not None
        self._reader = reader
        self._page = page
        self._at = page.at
        self._judge = RowJudge(reader)

    def map(self, row: SheetRow) -> RowResult:
        """One line, one or more refusals, or set aside."""
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
        station: str | Refusal = reader.station(cells)
        if isinstance(station, Refusal) and station.reason == "missing_station":
            station = ""
        line = self._line(cells)
        posted = reader.when(self._at, cells, LINE)
        if posted is None:
            column = reader.columns.get(self._at.columns[0])
            heading = column.heading if column else None
            posted = Refusal(heading, None, "missing_time", MOMENT_FORMS, {}, LINE)
        refusals += [part for part in (station, line, posted) if isinstance(part, Refusal)]
        data: dict[str, Any] = {}
        data_of(reader, self._page.data, cells, LINE, data, refusals)
        self._paid(cells, data, refusals)
        amount = reader.columns[self._page.data["amount_fen"]]
        if "amount_fen" not in data and not any(one.column == amount.heading for one in refusals):
            refusals.append(Refusal(amount.heading, None, "missing_amount", EXAMPLES["money"], {}, LINE))
        place = told_of(station), told_of(line)
        if refusals or not isinstance(posted, Span) or place[0] is None or place[1] is None:
            return refused(reader, row, cells, refusals, None, *place)
        candidate = Candidate(
            place[0], place[1], LINE, posted.at, posted.until, None, None, place[1], 0, canonical(data)
        )
        return RowResult(row.number, reader.sheet, *place, [candidate], [], None, row.hidden, None)

    def _line(self, cells: Sequence[Cell]) -> str | Refusal:
        line = self._reader.case_no(cells)
        if isinstance(line, Refusal):
            return line._replace(reason="missing_line_no") if line.reason == "missing_case_no" else line
        name = self._page.statement_no
        column = self._reader.columns.get(name) if name else None
        number = None if column is None else column.read(cells)
        if isinstance(number, str):
            return f"{number}/{line}"
        if name and isinstance(line, str) and _RUNNING.fullmatch(line):
            # 1, 2, 3 of another statement would take its place.
            cell = self._reader.columns[self._page.case_no]
            accepted = names_of(name, self._page.columns[name])[0]
            return Refusal(cell.heading, line, "running_number_alone", accepted, {}, LINE)
        return line

    def _paid(self, cells: Sequence[Cell], data: dict[str, Any], refusals: list[Refusal]) -> None:
        name = self._page.paid_at
        column = self._reader.columns.get(name) if name else None
        if column is None:
            return
        cell = column.cell(cells)
        found = column.parse(cell)
        if isinstance(found, Span):
            data["paid_at"] = found.at
            if found.until is not None:
                data["paid_until"] = found.until
        elif found is not None:
            refusals.append(column.refusal(cell, found, LINE))
