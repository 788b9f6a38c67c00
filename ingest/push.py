"""Rows that a program pushes: mapped by a source page, taken in as one delivery, each judged by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ingest.accept import Letter, accept_at_once, enter_failed
from ingest.candidate import RowResult
from ingest.intake import Intake
from ingest.mapping.batch import NONE, Batch
from ingest.mapping.column import Persons
from ingest.mapping.objects import ObjectMapper, mapper_of
from monitor.cases.revision import Merge
from monitor.store.deliveries import DeliveryRow, Sender
from monitor.store.idempotency import Kept, keep_answer, kept_answer

ROWS_PER_MAPPER = 100_000
"""A mapper remembers the persons it has met; after so many rows it starts anew."""

ROWS_TOGETHER = 5_000
"""Rows of pushes that are written together; bounds how long the first of them waits for the last."""


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


class KeyUsedError(Exception):
    """The key of a push was used for another one."""


@dataclass(frozen=True, slots=True)
class Push:
    """Rows that a program sent, `source` naming the page that reads them.

    With a `key`, `asked` is the digest of what was sent: the same key and digest get the first answer again.
    """

    source: str
    sender: Sender
    rows: Sequence[Mapping[str, Any]]
    size: int | None = None
    key: str | None = None
    asked: bytes = b""

    @property
    def name(self) -> str:
        """Under which it is entered."""
        return "push" if self.key is None else f"push {self.key}"

    @property
    def sha256(self) -> str | None:
        """Tells a repeat of the very same push, should its answer be kept no more."""
        if self.key is None:
            return None
        return sha256(b"\0".join((self.sender.actor.encode(), self.key.encode(), self.asked))).hexdigest()


Told = Callable[[str | Exception], None]
"""Is given the answer to a push, or why there is none."""


class _Waiting(NamedTuple):
    push: Push
    told: Told


class Pushes:
    """Takes pushes in, one after the other in the order in which they came.

    Those that wait while another is written are written together: what costs most is that the disk confirms,
    and it confirms them all at once. Each is a delivery of its own, and is answered when it is on the disk.
    `answer` puts in words what became of a push; the words are kept under its key in the same transaction.
    """

    def __init__(self, intake: Intake, answer: Callable[[Pushed], str]) -> None:
        self._intake = intake
        self._answer = answer
        self._waiting: deque[_Waiting] = deque()
        self._writer = ThreadPoolExecutor(1, "pushes")
        self._mappers: dict[str, _Mapper] = {}

    def send(self, push: Push, told: Told) -> None:
        """Take a push in. `told` is called from another thread, with the answer once it is committed, with
        KeyUsedError, or with what went wrong; then nothing of it has landed and it may be sent again."""
        self._waiting.append(_Waiting(push, told))
        self._writer.submit(self._write_waiting)

    def take(self, push: Push) -> str:
        """The same, waiting for the answer."""
        given: Future[str] = Future()

        def told(answer: str | Exception) -> None:
            if isinstance(answer, str):
                given.set_result(answer)
            else:
                given.set_exception(answer)

        self.send(push, told)
        return given.result()

    def _write_waiting(self) -> None:
        together: list[_Waiting] = []
        rows = 0
        while self._waiting and rows < ROWS_TOGETHER:
            together.append(self._waiting.popleft())
            rows += len(together[-1].push.rows)
        if not together:
            # Written with one that was sent before.
            return
        pushes = [one.push for one in together]
        answers: Sequence[str | Exception]
        try:
            answers = self._written(pushes)
        except Exception as error:  # noqa: BLE001 - told to those whose pushes they were
            if len(pushes) == 1:
                answers = [self._failed(pushes[0], error)]
            else:
                answers = [self._written_alone(push) for push in pushes]
        for one, answer in zip(together, answers, strict=True):
            one.told(answer)
        pages = self._intake.pages
        if not self._waiting and any(pages[push.source].kind == "statement" for push in pushes):
            # Not before they are answered; whoever still waits brings its own lines into the same run.
            self._intake.reconcile()

    def _written(self, pushes: Sequence[Push]) -> list[str | Exception]:
        """The answers to pushes, written in one transaction: all of them or, where it fails, none."""
        try:
            mapped = [self._map(push) for push in pushes]
            with self._intake.database.write() as connection:
                return [self._take(connection, *one) for one in zip(pushes, mapped, strict=True)]
        except BaseException:
            # The persons of what failed were not written; fresh mappers meet them again.
            self._mappers.clear()
            raise

    def _written_alone(self, push: Push) -> str | Exception:
        """The answer to a push that could not be written with others: they must not fail by it."""
        try:
            return self._written([push])[0]
        except Exception as error:  # noqa: BLE001 - told to the one whose push it was
            return self._failed(push, error)

    def _failed(self, push: Push, error: Exception) -> Exception:
        """Enter a push of which nothing landed; gives the error."""
        intake = self._intake
        try:
            enter_failed(intake.database, intake.terms, self._letter(push), intake.moment, error)
        except Exception as unwritable:  # noqa: BLE001 - told with the error itself
            error.add_note(f"nor could its failure be entered: {type(unwritable).__name__}")
        return error

    def _take(self, connection: Connection, push: Push, batch: Batch) -> str | Exception:
        intake = self._intake
        now = intake.moment()
        if push.key is not None:
            kept = kept_answer(connection, push.sender.actor, push.key, now)
            if kept is not None:
                return kept.answer if kept.request == push.asked else KeyUsedError(push.key)
        gained: dict[int, Outcome] = {}

        def heard(merged: Merge) -> None:
            for event in merged.added:
                gained[event.row] = Outcome.NEW
            for event in merged.revised:
                gained[event.row] = Outcome.REVISION

        letter = self._letter(push)
        entered = accept_at_once(connection, intake.terms, letter, batch, intake.moment, heard)
        verdicts = [_verdict(row, gained.get(row.row)) for row in batch.rows]
        answer = self._answer(Pushed(entered, verdicts))
        if push.key is not None:
            keep_answer(connection, push.sender.actor, push.key, Kept(push.asked, answer), now)
        return answer

    def _letter(self, push: Push) -> Letter:
        page = self._intake.pages[push.source]
        return Letter(
            push.source, push.name, push.sender, ledger=page.kind == "ledger",
            distinct=page.repeats == "distinct", sha256=push.sha256, size=push.size,
            statement=page.kind == "statement",
        )  # fmt: skip

    def _map(self, push: Push) -> Batch:
        found = self._mappers.get(push.source)
        if found is None or found.mapped > ROWS_PER_MAPPER:
            # Binding a page to the names of a row costs more than mapping one: kept from push to push.
            how = self._intake.how(self._intake.pages[push.source])
            persons = Persons(how.person_key)
            found = self._mappers[push.source] = _Mapper(mapper_of(how, persons), persons)
        found.mapped += len(push.rows)
        results = [found.mapper.map(number, row) for number, row in enumerate(push.rows, 1)]
        return Batch(None, NONE, results, found.persons.take(), found.mapper.take_warnings(), [])


@dataclass(slots=True)
class _Mapper:
    mapper: ObjectMapper
    persons: Persons
    mapped: int = 0


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
