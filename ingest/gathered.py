"""Rows of a delivery that were read and are not yet written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.candidate import Person, RowResult
from ingest.mapping.batch import Batch
from monitor.store.deliveries import Counts
from monitor.store.log import CaseKey
from monitor.store.quarantine import Quarantined


@dataclass(slots=True)
class Gathered:
    """Rows read and not yet written. `tracks[i]` is the place in `rows` of the i-th candidate."""

    sheets: list[str | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    rows: int = 0
    refused_rows: set[int] = field(default_factory=set)
    quarantined: list[Quarantined] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)

    def __len__(self) -> int:
        """Events and refusals, which is what writing them costs."""
        return len(self.told) + len(self.quarantined)

    def add(self, batch: Batch, counts: Counts, seen: set[CaseKey]) -> None:
        """Gather a batch. What is read, hidden and no data is counted at once; cases named go to `seen`."""
        for problem in batch.problems:
            self.quarantined.append(
                Quarantined(
                    problem.sheet, problem.row or 0, None, None, problem.reason, problem.accepted,
                    problem.params, None, None, None, None,
                )
            )  # fmt: skip
        self.persons += batch.persons
        if batch.landed:
            first = self.rows
            count = len(batch.landed)
            self.sheets += [batch.sheet] * count
            self.numbers += [row[0] for row in batch.landed]
            self.told += [row[1:] for row in batch.landed]
            self.tracks += range(first, first + count)
            self.rows += count
            counts.rows_read += count
        for row in batch.rows:
            self._add_row(row, counts, seen)

    def _add_row(self, row: RowResult, counts: Counts, seen: set[CaseKey]) -> None:
        counts.rows_read += 1
        counts.rows_hidden += row.hidden
        if row.aside is not None:
            counts.rows_aside += 1
            return
        if row.station is not None and row.case_no is not None:
            seen.add((row.station, row.case_no))
        if not row.candidates and not row.refusals:
            # The row names a case and fills in no time: nothing to tell, nothing to refuse.
            counts.rows_aside += 1
            return
        place = self.rows
        self.rows += 1
        self.sheets.append(row.sheet)
        self.numbers.append(row.row)
        for candidate in row.candidates:
            self.told.append(tuple(candidate))
            self.tracks.append(place)
        if row.refusals:
            self.refused_rows.add(place)
            self.quarantined += [
                Quarantined(
                    row.sheet, row.row, one.column, one.value, one.reason, one.accepted, one.params,
                    one.activity, row.station, row.case_no, row.raw,
                )
                for one in row.refusals
            ]  # fmt: skip
