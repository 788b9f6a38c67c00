"""What mapping hands over at a time: plain tuples, because hundreds of thousands of them change process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.candidate import Candidate, Person, RowResult

Landed = tuple[int, str, str, str, int, int | None, int | None, int | None, str | None, int, str]
"""A row that is one event and nothing else: its number, then the fields of its `Candidate` in their order."""


class SheetProblem(NamedTuple):
    """Why a sheet was not read. `reason` is the text key `reasons.<reason>`."""

    sheet: str | None
    row: int | None
    reason: str
    params: dict[str, str]
    accepted: str


class Warned(NamedTuple):
    """Something a person should know that stopped nothing. `reason` is the text key `reasons.<reason>`."""

    sheet: str | None
    row: int | None
    reason: str
    params: dict[str, str]


class Batch(NamedTuple):
    """Consecutive rows of one sheet. `rows` holds those that are more or less than one event; together with
    `landed` it is every row read, in order of row number within each."""

    sheet: str | None
    landed: list[Landed]
    rows: list[RowResult]
    persons: list[Person]
    warnings: list[Warned]
    problems: list[SheetProblem]

    @property
    def read(self) -> int:
        """Rows read, of any kind."""
        return len(self.landed) + len(self.rows)

    def results(self) -> Iterator[RowResult]:
        """Every row as a `RowResult`, for callers that need not be fast."""
        for number, *fields in self.landed:
            candidate = Candidate._make(fields)
            station, case_no = candidate.station, candidate.case_no
            yield RowResult(number, self.sheet, station, case_no, [candidate], [], None, False, None)
        yield from self.rows


def batch_of(candidates: Iterable[Candidate], first_row: int = 1) -> Batch:
    """Candidates that did not come as rows of a file, as one batch: each is a row of its own."""
    landed = [(place, *candidate) for place, candidate in enumerate(candidates, first_row)]
    return Batch(None, landed, [], [], [], [])
