"""Taking deliveries in: a file by its page, or candidates that came another way."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ingest.accept import Letter, accept
from ingest.candidate import Candidate
from ingest.mapping.batch import Batch, Warned, batch_of
from ingest.mapping.page import SourcePage
from ingest.mapping.pages import SourcePages
from ingest.mapping.read import read_isolated
from ingest.mapping.reading import Reading, reading
from ingest.tables.fault import TableError
from ingest.tables.limits import DEFAULT, Limits
from monitor.cases.event import SECOND
from monitor.cases.terms import Terms, terms_of
from monitor.settings.configuration import Configuration
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender

log = logging.getLogger(__name__)

MINUTE = 60 * SECOND


class UnclaimedError(LookupError):
    """A file that no source claims, or several do. `names` are those that do."""

    def __init__(self, file: str, names: list[str]) -> None:
        super().__init__(file)
        self.file = file
        self.names = names


@dataclass(frozen=True)
class Intake:
    """What every way in needs: where to write, how to read, who is told from whom, and the time.

    `moment` gives the time now in microseconds; `person_key` keys the digests of personal values.
    """

    database: Database
    configuration: Configuration
    pages: SourcePages
    person_key: bytes
    moment: Callable[[], int]
    limits: Limits = DEFAULT
    _terms: dict[str, Terms] = field(default_factory=dict)

    def terms(self, station: str) -> Terms:
        """The terms of a configured station. Raises KeyError for another."""
        if station not in self._terms:
            tolerance = self.configuration.board.future_tolerance_minutes * MINUTE
            self._terms[station] = terms_of(
                self.configuration.stations[station], self.configuration.limits, round(tolerance)
            )
        return self._terms[station]

    @cached_property
    def _called(self) -> dict[str, list[str]]:
        return {code: list(station.names()) for code, station in self.configuration.stations.items()}

    def page_for(self, path: Path, source: str | None = None) -> SourcePage:
        """The page that reads a file: the named one, else the only one that claims its name.

        Raises KeyError for an unknown source, UnclaimedError where none or several claim the file.
        """
        if source is not None:
            return self.pages[source]
        claiming = self.pages.claiming(path.name)
        if len(claiming) != 1:
            raise UnclaimedError(path.name, [page.name for page in claiming])
        return claiming[0]

    def how(self, page: SourcePage, file_name: str | None = None) -> Reading:
        """How to read a file by a page; plain data that a child process can be sent."""
        return reading(page, self.pages.codes, self._called, self.person_key, file_name)

    def file(
        self,
        path: Path,
        page: SourcePage,
        sender: Sender,
        *,
        backfill: bool = False,
        progress: Callable[[int], None] | None = None,
        warned: list[Warned] | None = None,
    ) -> DeliveryRow:
        """Take a file in. `progress` is told the rows read so far; `warned` gathers the reader's warnings.

        Raises TableError for what is no file or could not be read to its end; what was read before that has
        landed, and the delivery is entered as failed.
        """
        if not path.is_file():
            raise TableError("not_a_file", {"file": path.name})
        # The file is read while its fingerprint is taken.
        batches = _told(read_isolated(path, self.how(page), self.limits), progress, warned)
        sha256, size = _fingerprint(path)
        letter = Letter(
            source=page.name,
            name=path.name,
            sender=sender,
            ledger=page.kind == "ledger",
            distinct=page.repeats == "distinct",
            full=page.full,
            backfill=backfill,
            sha256=sha256,
            size=size,
            statement=page.kind == "statement",
        )
        done = accept(self.database, self.terms, letter, batches, self.moment)
        if letter.statement:
            self.reconcile()
        return done

    def reconcile(self) -> None:
        """Hold statements against decisions and payments, once lines have landed.

        They have landed whatever becomes of it: what goes wrong is logged, and the job does it again.
        """
        from monitor.payments.reconcile import reconcile

        try:
            reconcile(self.database, self.configuration, self.moment())
        except Exception:
            log.exception("statements have landed and were not reconciled; the next run does it")

    def candidates(
        self,
        source: str,
        name: str,
        sender: Sender,
        candidates: Iterable[Candidate],
        *,
        backfill: bool = False,
    ) -> DeliveryRow:
        """Take candidates in that did not come as a file, for example taps."""
        letter = Letter(source, name, sender, ledger=False, backfill=backfill)
        return accept(self.database, self.terms, letter, [batch_of(candidates)], self.moment)


def _told(
    batches: Iterator[Batch], progress: Callable[[int], None] | None, warned: list[Warned] | None
) -> Iterator[Batch]:
    read = 0
    for batch in batches:
        read += batch.read
        if progress is not None:
            progress(read)
        if warned is not None:
            warned += batch.warnings
        yield batch


def _fingerprint(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256")
        return found.hexdigest(), file.tell()
