"""What mapping hands over at a time: plain tuples, because hundreds of thousands of them change process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ingest.candidate import Candidate, Person, RowResult
from ingest.identity import Identities
from monitor.cases.activity import Activity
from monitor.cases.weighing import Weighings, numbered, weighing_data

Landed = tuple[int, str, str, str, int, int | None, int | None, int | None, str | None, int, str]
"""A row that is one event and nothing else: its number, then the fields of its `Candidate` in their order."""


class Rows(NamedTuple):
    """Rows that are one event each: their numbers, and the fields of the `Candidate` of each."""

    numbers: Sequence[int]
    told: Sequence[tuple[Any, ...]]


NONE = Rows((), ())


def rows_of(landed: Sequence[Landed]) -> Rows:
    """The same rows, their numbers apart."""
    return Rows([row[0] for row in landed], [row[1:] for row in landed])


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
    `landed` and `weighings` it is every row read, in order of row number within each."""

    sheet: str | None
    landed: Rows
    rows: list[RowResult]
    persons: list[Person]
    warnings: list[Warned]
    problems: list[SheetProblem]
    weighings: Weighings | None = None
    """First weighings that name no case: rows that are one event each, like `landed`."""
    identities: Identities | None = None
    """Those of `landed`, where they are worked out already: by the child, while the parent writes."""

    @property
    def read(self) -> int:
        """Rows read, of any kind."""
        weighed = 0 if self.weighings is None else len(self.weighings.rows)
        return len(self.landed.numbers) + len(self.rows) + weighed

    def results(self) -> Iterator[RowResult]:
        """Every row as a `RowResult`, for callers that need not be fast."""
        weighings = rows_of(list(landed_of(self.weighings)))
        for number, fields in (*zip(*self.landed, strict=True), *zip(*weighings, strict=True)):
            candidate = Candidate._make(fields)
            station, case_no = candidate.station, candidate.case_no
            yield RowResult(number, self.sheet, station, case_no, [candidate], [], None, False, None)
        yield from self.rows


def landed_of(weighings: Weighings | None) -> Iterator[Landed]:
    """Weighings as rows that are one event each."""
    for number, station, check_no, at, *values, rest in () if weighings is None else weighings.each():
        data = weighing_data(check_no, tuple(values), rest)
        name = numbered(station, check_no)
        yield (number, station, check_no, Activity.WEIGHED.value, at, None, None, None, name, 0, data)


def batch_of(candidates: Iterable[Candidate], first_row: int = 1) -> Batch:
    """Candidates that did not come as rows of a file, as one batch: each is a row of its own."""
    told = [tuple(candidate) for candidate in candidates]
    return Batch(None, Rows(range(first_row, first_row + len(told)), told), [], [], [], [])
