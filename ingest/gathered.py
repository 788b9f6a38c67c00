"""Rows of a delivery that were read and are not yet written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.candidate import Person, RowResult
from ingest.identity import UNTOLD, Identities, identities
from ingest.mapping.batch import Batch
from monitor.store.deliveries import Counts
from monitor.store.log import CaseKey
from monitor.store.quarantine import Quarantined


@dataclass(slots=True)
class Gathered:
    """Rows read and not yet written. `tracks[i]` is the place in `rows` of the i-th candidate.

    `counts` are of what is read, hidden and no data. Behind `told` stand what is known of the identity and
    the content of each, `UNTOLD` where that is not worked out.
    """

    counts: Counts = field(default_factory=Counts)
    sheets: list[str | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    identity: list[bytes] = field(default_factory=list)
    content: list[bytes] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    rows: int = 0
    refused_rows: set[int] = field(default_factory=set)
    quarantined: list[Quarantined] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)

    def __len__(self) -> int:
        """Events and refusals, which is what writing them costs."""
        return len(self.told) + len(self.quarantined)

    def identities(self, source: str, ledger: bool) -> Identities:
        """Identity and content of every candidate."""
        if UNTOLD in self.identity:
            unknown = [place for place, identity in enumerate(self.identity) if identity is UNTOLD]
            found = identities(source, ledger, [self.told[place] for place in unknown])
            for place, identity, content in zip(unknown, *found, strict=True):
                self.identity[place], self.content[place] = identity, content
        return Identities(self.identity, self.content)

    def tell(self, told: Sequence[tuple[Any, ...]], known: Identities | None = None) -> None:
        """Add candidates behind those that are there."""
        self.told += told
        self.identity += [UNTOLD] * len(told) if known is None else known.identity
        self.content += [UNTOLD] * len(told) if known is None else known.content

    def choose(self, places: Iterable[int]) -> None:
        """Keep the candidates at some places, in the order given; the rows stay as they are."""
        chosen = list(places)
        self.told = [self.told[place] for place in chosen]
        self.tracks = [self.tracks[place] for place in chosen]
        self.identity = [self.identity[place] for place in chosen]
        self.content = [self.content[place] for place in chosen]

    def add(self, batch: Batch, seen: set[CaseKey]) -> None:
        """Gather a batch; cases that rows name go to `seen`."""
        for problem in batch.problems:
            self.quarantined.append(
                Quarantined(
                    problem.sheet, problem.row or 0, None, None, problem.reason, problem.accepted,
                    problem.params, None, None, None, None,
                )
            )  # fmt: skip
        self.persons += batch.persons
        if batch.landed.numbers:
            first = self.rows
            count = len(batch.landed.numbers)
            self.sheets += [batch.sheet] * count
            self.numbers += batch.landed.numbers
            self.tell(batch.landed.told, batch.identities)
            self.tracks += range(first, first + count)
            self.rows += count
            self.counts.rows_read += count
        for row in batch.rows:
            self._add_row(row, seen)

    def _add_row(self, row: RowResult, seen: set[CaseKey]) -> None:
        counts = self.counts
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
        self.tell([tuple(candidate) for candidate in row.candidates])
        self.tracks += [place] * len(row.candidates)
        if row.refusals:
            self.refused_rows.add(place)
            self.quarantined += [
                Quarantined(
                    row.sheet, row.row, one.column, one.value, one.reason, one.accepted, one.params,
                    one.activity, row.station, row.case_no, row.raw,
                )
                for one in row.refusals
            ]  # fmt: skip
