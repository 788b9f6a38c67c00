"""A database view: asked again and again for what changed since, mapped by a page, taken in as deliveries.

    ask from watermark − overlap  →  look at its columns  →  rows taken in  →  watermark put forward

The watermark goes forward only after its rows are committed. A crash between any two steps therefore asks for
the same rows again, and rows that are known bring nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import Any, NamedTuple, NoReturn

import orjson

from ingest.accept import Letter, accept
from ingest.candidate import RowResult
from ingest.intake import Intake
from ingest.mapping.batch import Batch, Landed, rows_of
from ingest.mapping.column import Persons
from ingest.mapping.head import Head, HeadRow, find_head, names_of, required
from ingest.mapping.objects import mapper_of
from ingest.mapping.page import SourcePage
from ingest.mapping.times import zone_of
from ingest.view_fault import ViewProblem
from ingest.view_session import Answer, Row, asked, keeps_times_as_text
from ingest.view_values import NotAWatermark, Order, Value, as_texts, as_told, from_told, kind_of, plain
from monitor.settings.views import DatabaseView
from monitor.store.deliveries import DeliveryRow, Sender
from monitor.store.watermarks import ViewState, keep_view_state, view_state

AHEAD = 20_000
"""So many rows are read before anything is written: a view that has changed leaves nothing half-written, and
the other system's database is left alone while ours is written to."""


@dataclass
class Polled:
    """What a poll brought. `unmarked` rows had no watermark; `new_columns` were not there before."""

    rows: int = 0
    unmarked: int = 0
    new_columns: tuple[str, ...] = ()
    deliveries: list[DeliveryRow] = field(default_factory=list)


class Rehearsal(NamedTuple):
    """What a view's answer would become: its columns, how the page reads them, and its first rows."""

    columns: tuple[str, ...]
    head: Head
    rows: list[RowResult]


@dataclass(frozen=True)
class ViewPoll:
    """A view and what it takes to read it. `step` is told the name of each step once it is behind us."""

    intake: Intake
    name: str
    view: DatabaseView
    sender: Sender
    step: Callable[[str], None] = lambda name: None

    @property
    def page(self) -> SourcePage:
        return self.intake.pages[self.view.source]

    @property
    def order(self) -> Order:
        return Order(self.view, zone_of(self.page.zone))

    def poll(
        self, *, backfill: bool = False, taken: Callable[[DeliveryRow], None] = lambda entry: None
    ) -> Polled:
        """Read what changed since the last poll. Raises ViewProblem; what was taken before it has landed.

        `taken` is told each delivery once it is.
        """
        polled = Polled()
        state = self.state()
        since = self.since(state)
        first = True
        try:
            while True:
                pull = self._pull(state, since, polled, backfill, first)
                if pull.entry is not None:
                    polled.deliveries.append(pull.entry)
                    taken(pull.entry)
                state = pull.state
                if pull.next is None:
                    return polled
                since, first = pull.next, False
        except ViewProblem as problem:
            problem.rows = polled.rows
            raise

    def state(self) -> ViewState:
        """What is remembered of this view; nothing where it was another question that was asked."""
        view = self.view
        question = [view.url, view.query, view.source, view.watermark, view.watermark_kind, view.start]
        digest = hashlib.sha256(orjson.dumps(question)).hexdigest()
        with self.intake.database.read() as connection:
            known = view_state(connection, self.name)
        return known if known is not None and known.asked == digest else ViewState(digest)

    def since(self, state: ViewState) -> Value:
        """What the next poll asks from. Raises ViewProblem where the URL cannot be used."""
        if state.watermark is None:
            return self.order.beginning(keeps_times_as_text(self.view))
        return self.order.lowered(from_told(state.watermark))

    def _pull(self, state: ViewState, since: Value, polled: Polled, backfill: bool, first: bool) -> _Pull:
        """One answer, or as much of it as one may hold, taken in."""
        with ExitStack() as session:
            answer = session.enter_context(asked(self.view, since))
            self.step("asked")
            try:
                self.check_columns(answer.columns, state)
                reading = _Reading(self.view, self.order, answer, dict(state.columns or {}))
                ahead = reading.ahead()
                self.check_kinds(reading, state)
            except ViewProblem as problem:
                self._enter(problem, state)
                raise
            if reading.ended:
                session.close()
            self.step("read")
            seen = self._digest(ahead) if reading.ended and reading.next is None and first else None
            entry = None
            if ahead and (seen is None or seen != state.seen):
                entry = self._accept(reading, ahead, backfill)
                self.step("accepted")
        polled.rows += reading.rows
        polled.unmarked += reading.unmarked
        if state.columns is not None:
            polled.new_columns += tuple(name for name in answer.columns if name not in state.columns)
        after = ViewState(state.asked, self._forward(state, reading.top), reading.kinds, seen)
        if after != state:
            keep_view_state(self.intake.database, self.name, after)
            self.step("kept")
        return _Pull(after, reading.next, entry)

    def rehearse(self, rows: int) -> Rehearsal:
        """The first rows as the page reads them; nothing is written. Raises ViewProblem."""
        with asked(self.view, self.order.beginning(keeps_times_as_text(self.view))) as answer:
            head = self.check_columns(answer.columns, ViewState(""))
            first = list(islice(chain.from_iterable(answer.portions), rows))
        [batch] = self.mapped(answer.columns, [first])
        return Rehearsal(answer.columns, head, sorted(batch.results(), key=lambda row: row.row))

    def look(self) -> tuple[str, ...]:
        """The columns of the answer. Raises ViewProblem where the page could not read them."""
        since = self.order.latest(self.intake.moment(), keeps_times_as_text(self.view))
        with asked(self.view, since) as answer:
            self.check_columns(answer.columns, ViewState(""))
            return answer.columns

    def forget(self) -> None:
        """Let the next poll read from the beginning; what is known by then brings nothing new."""
        keep_view_state(self.intake.database, self.name, ViewState(self.state().asked))

    def _forward(self, state: ViewState, top: Value | None) -> tuple[str, str] | None:
        """The watermark after these rows: the highest there was, never one of the future."""
        if top is None:
            return state.watermark
        order = self.order
        top = order.capped(top, self.intake.moment())
        if state.watermark is not None and order.key(from_told(state.watermark)) >= order.key(top):
            return state.watermark
        return as_told(top)

    def _accept(self, reading: _Reading, ahead: list[Row], backfill: bool) -> DeliveryRow:
        rows = chain([ahead], iter(reading))
        batches = self.mapped(reading.columns, rows)
        letter = self._letter(backfill)
        done = accept(self.intake.database, self.intake.terms, letter, batches, self.intake.moment)
        if letter.statement:
            self.intake.reconcile()
        return done

    def _letter(self, backfill: bool) -> Letter:
        # A view tells what changed and is never the whole ledger, whatever its page says of files.
        page = self.page
        return Letter(
            page.name, self.name, self.sender, ledger=page.kind == "ledger",
            distinct=page.repeats == "distinct", backfill=backfill or self.view.backfill,
            statement=page.kind == "statement",
        )  # fmt: skip

    def mapped(self, columns: tuple[str, ...], portions: Iterable[list[Row]]) -> Iterator[Batch]:
        """Rows as the page reads them."""
        how = self.intake.how(self.page, self.name)
        persons = Persons(how.person_key)
        mapper = mapper_of(how, persons)
        numbers = count(1)
        for rows in portions:
            landed: list[Landed] = []
            others: list[RowResult] = []
            for row in rows:
                number = next(numbers)
                told = tuple(map(plain, row))
                texts = as_texts(told)
                one = None if texts is None else mapper.quick(number, columns, texts)
                if one is not None:
                    landed.append(one)
                else:
                    others.append(mapper.map(number, dict(zip(columns, told, strict=True))))
            yield Batch(None, rows_of(landed), others, persons.take(), mapper.take_warnings(), [])

    def check_columns(self, columns: tuple[str, ...], state: ViewState) -> Head:
        """How the page reads these columns. Raises ViewProblem where it cannot, or could read more before."""
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            raise ViewProblem("view_column_twice", {"column": " · ".join(twice)})
        shown = " · ".join(columns)[:1000]
        if self.view.watermark.lower() not in [name.lower() for name in columns]:
            raise ViewProblem("view_no_watermark", {"column": self.view.watermark, "found": shown})
        head = find_head([HeadRow(0, columns)], self.page)
        if not isinstance(head, Head):
            raise (
                self._unreadable(columns, shown)
                if head is None
                else ViewProblem(f"view_{head.reason}", {**head.params, "accepted": head.accepted})
            )
        if state.columns:
            gone = [name for name in self._read_before(state) if name not in columns]
            if gone:
                raise ViewProblem("view_columns_gone", {"column": " · ".join(gone), "found": shown})
        return head

    def _unreadable(self, columns: tuple[str, ...], shown: str) -> ViewProblem:
        wanted = required(self.page)
        accepted = " · ".join(" / ".join(names_of(name, self.page.columns[name])) for name in wanted)
        params = {"column": ", ".join(wanted), "found": shown, "accepted": accepted}
        return ViewProblem("view_missing_column", params)

    def _read_before(self, state: ViewState) -> list[str]:
        """Those columns of the last answer that the page reads."""
        before = tuple(state.columns or {})
        head = find_head([HeadRow(0, before)], self.page)
        return [before[place] for place in head.columns.values()] if isinstance(head, Head) else []

    def check_kinds(self, reading: _Reading, state: ViewState) -> None:
        """Raises ViewProblem where a column that the page reads holds another kind of value than before.

        SQLite has no types of columns; there each cell is judged by itself.
        """
        if not state.columns or keeps_times_as_text(self.view):
            return
        for name in self._read_before(state):
            before, now = state.columns[name], reading.kinds.get(name, "")
            if before and now and before != now:
                raise ViewProblem("view_type_changed", {"column": name, "before": before, "now": now})

    def _enter(self, problem: ViewProblem, state: ViewState) -> None:
        """Enter a view that has changed as a failed delivery: once, however often it is asked."""
        digest = hashlib.sha256(orjson.dumps([problem.code, problem.params])).hexdigest()
        if state.refused == digest:
            return

        failing = (_raised(problem) for _ in range(1))
        try:
            accept(self.intake.database, self.intake.terms, self._letter(False), failing, self.intake.moment)
        except ViewProblem:
            keep_view_state(self.intake.database, self.name, state._replace(refused=digest))

    def _digest(self, rows: list[Row]) -> str:
        """Of an answer and of how it is read: under another page the same one may give other events."""
        digest = hashlib.sha256(self.intake.configuration.digest.encode())
        for row in rows:
            digest.update(repr(tuple(map(plain, row))).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _raised(problem: ViewProblem) -> NoReturn:
    raise problem


class _Pull(NamedTuple):
    """What is remembered after an answer, and what its rest is asked from; None where it was the whole."""

    state: ViewState
    next: Value | None
    entry: DeliveryRow | None


class _Reading:
    """The rows of an answer as far as they are taken, and what they come to.

    Where more than `view.rows` come, the answer is left at the next change of the watermark, so that no row
    with an equal one is passed over. That needs their order.
    """

    def __init__(self, view: DatabaseView, order: Order, answer: Answer, kinds: dict[str, str]) -> None:
        self.columns = answer.columns
        self.rows = 0
        self.unmarked = 0
        self.top: Value | None = None
        self.next: Value | None = None
        self.ended = False
        self.kinds = dict.fromkeys(answer.columns, "")
        self._kinds_before = kinds
        self._view = view
        self._order = order
        self._place = [name.lower() for name in answer.columns].index(view.watermark.lower())
        self._portions = answer.portions
        self._last: Any = None
        self._top_key: Any = None
        self._steps = 0
        self._ordered = view.ordered

    def ahead(self) -> list[Row]:
        """The first rows: all of them, or as many as are looked at before anything is written."""
        rows: list[Row] = []
        for portion in self:
            rows += portion
            if len(rows) >= AHEAD:
                return rows
        return rows

    def __iter__(self) -> Iterator[list[Row]]:
        """The rows that were not given before. Raises ViewProblem."""
        if self.ended:
            return
        for portion in self._portions:
            taken = self._take(portion)
            self._learn(taken)
            if self.next is not None:
                self.ended = True
            if taken:
                yield taken
            if self.ended:
                break
        self.ended = True
        for name, kind in self._kinds_before.items():
            # What a column held before is still known of one that was empty this time.
            if self.kinds.get(name) == "":
                self.kinds[name] = kind

    def _take(self, portion: list[Row]) -> list[Row]:
        """The rows up to where the answer is left."""
        for place, row in enumerate(portion):
            value = row[self._place]
            if value is None:
                self.unmarked += 1
            else:
                key = self._key(value)
                if self._last is not None and key != self._last:
                    self._steps += 1
                    self._ordered = self._ordered and key > self._last
                    if self.rows >= self._view.rows and self._ordered and self._steps >= 2:
                        self.next = self.top
                        return portion[:place]
                if self._top_key is None or key > self._top_key:
                    self.top, self._top_key = value, key
                self._last = key
            self.rows += 1
            if self.rows > self._view.rows and not self._ordered:
                params = {"rows": f"{self._view.rows:,}", "column": self._view.watermark}
                raise ViewProblem("view_not_ordered", params)
        return portion

    def _key(self, value: Any) -> Any:
        try:
            return self._order.key(value)
        except NotAWatermark as error:
            params = {"column": self._view.watermark, "kind": self._view.watermark_kind, "found": str(error)}
            raise ViewProblem("view_watermark_kind", params) from None

    def _learn(self, rows: list[Row]) -> None:
        unknown = [(place, name) for place, name in enumerate(self.columns) if not self.kinds[name]]
        for place, name in unknown:
            self.kinds[name] = next((kind_of(row[place]) for row in rows if row[place] is not None), "")
