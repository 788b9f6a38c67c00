"""Rows that a program pushes: mapped by a source page, taken in as one delivery, each judged by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from threading import Lock
from typing import Any, NamedTuple

from ingest.accept import Letter, accept
from ingest.candidate import RowResult
from ingest.intake import Intake
from ingest.mapping.batch import Batch
from ingest.mapping.column import Persons
from ingest.mapping.objects import ObjectMapper, mapper_of
from monitor.cases.revision import Merge
from monitor.store.deliveries import DeliveryRow, Sender

ROWS_PER_MAPPER = 100_000
"""A mapper remembers the persons it has met; after so many rows it starts anew."""


class Outcome(StrEnum):
    """What became of a pushed row."""

    NEW = "new"
    REVISION = "revision"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    ASIDE = "aside"


class Verdict(NamedTuple):
    """What became of one row, counted from 1; a refused one says why (text `reasons.<reason>`) and what would
    be accepted. A row that landed in part has an outcome of its events and a reason."""

    row: int
    outcome: Outcome
    reason: str | None = None
    column: str | None = None
    accepted: str | None = None
    params: Mapping[str, str] | None = None


class Pushed(NamedTuple):
    """A push as entered, and a verdict per row in the order sent."""

    delivery: DeliveryRow
    verdicts: list[Verdict]


class Pushes:
    """Takes pushes in. Binding a page to the names of a row costs more than mapping one, so each page's
    mapper is kept from push to push."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._mappers: dict[str, tuple[ObjectMapper, Persons]] = {}
        self._mapped: dict[str, int] = {}
        self._lock = Lock()

    def take(
        self,
        source: str,
        sender: Sender,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        sha256: str | None = None,
        size: int | None = None,
    ) -> Pushed:
        """Take the rows of one push in. `sha256` tells a repeat of the very same push, where there is one.

        Raises KeyError for an unknown source.
        """
        intake = self._intake
        page = intake.pages[source]
        letter = Letter(
            source, name, sender, ledger=page.kind == "ledger", distinct=page.repeats == "distinct",
            sha256=sha256, size=size,
        )  # fmt: skip
        batch = self._map(source, rows)
        gained: dict[int, Outcome] = {}

        def heard(merged: Merge) -> None:
            for event in merged.added:
                gained[event.row] = Outcome.NEW
            for event in merged.revised:
                gained[event.row] = Outcome.REVISION

        try:
            delivery = accept(intake.database, intake.terms, letter, [batch], intake.moment, heard)
        except BaseException:
            # The persons of a push that failed were not written; a fresh mapper meets them again.
            with self._lock:
                self._mappers.pop(source, None)
            raise
        return Pushed(delivery, [_verdict(row, gained.get(row.row)) for row in batch.rows])

    def _map(self, source: str, rows: Sequence[Mapping[str, Any]]) -> Batch:
        with self._lock:
            if source not in self._mappers or self._mapped[source] > ROWS_PER_MAPPER:
                how = self._intake.how(self._intake.pages[source])
                persons = Persons(how.person_key)
                self._mappers[source] = (mapper_of(how, persons), persons)
                self._mapped[source] = 0
            mapper, persons = self._mappers[source]
            self._mapped[source] += len(rows)
            results = [mapper.map(number, row) for number, row in enumerate(rows, 1)]
            return Batch(None, [], results, persons.take(), mapper.take_warnings(), [])


def _verdict(row: RowResult, gained: Outcome | None) -> Verdict:
    if row.aside is not None:
        return Verdict(row.row, Outcome.ASIDE, row.aside)
    if row.refusals:
        one = row.refusals[0]
        return Verdict(
            row.row, gained or Outcome.QUARANTINED, one.reason, one.column, one.accepted or None, one.params
        )
    if not row.candidates:
        return Verdict(row.row, Outcome.ASIDE)
    return Verdict(row.row, gained or Outcome.DUPLICATE)
