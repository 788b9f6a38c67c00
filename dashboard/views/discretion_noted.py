"""Findings to work through, about decisions, payments and uniform fines: filtered, a page of them with
article and numbers. Uniform fines first, then the oldest decision, or money where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dashboard.views.figure_view import period_of
from dashboard.views.plate import masked_plate
from dashboard.views.snapshot import zone_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from dashboard.views.flow_ask import FlowAsk
    from monitor.metrics.ask import Ask
    from monitor.metrics.consistency import Line
    from monitor.metrics.engine import Engine
    from monitor.metrics.fine_points import Noted
    from monitor.rules.assessment import RuleFinding
    from monitor.store.looked_at import FindingKey, LookedAt

AT_ONCE = 10
STATES = ("open", "seen", "all")


@dataclass(frozen=True, slots=True)
class NotedAsk:
    """Which of the findings: of one code or all, and whether they wait for somebody; pages count from 0."""

    code: str | None = None
    state: str = STATES[0]
    page: int = 0


@dataclass(frozen=True, slots=True)
class NotedRow:
    """A finding of a case. `findings` are its own with article and numbers, as the rules give them now; `age`
    in days since the decision, or the money where none is on record; `look` what somebody said of it;
    `known_from` since when its decision is known as it is.

    Uniform fines (`same`) are of many cases: `cases` opens their list, `age` is None, and `case_no` names
    tier and months instead of a case, so that a line stays looked at until another month comes in."""

    station: str
    case_no: str
    code: str
    plate: str | None
    age: int | None
    decisions: tuple[str, ...]
    findings: tuple[RuleFinding, ...]
    look: LookedAt | None
    same: Line | None = None
    cases: str | None = None
    known_from: int | None = None

    @property
    def stale(self) -> bool:
        """Whether what somebody looked at was another version: the decision says something else since."""
        return self.look is not None and self.known_from is not None and self.look.at < self.known_from

    @property
    def seen(self) -> LookedAt | None:
        """Who looked at it as it is now."""
        return self.look if self.look is not None and self.look.done and not self.stale else None

    @property
    def key(self) -> str:
        """How the page names it: station, code, case number."""
        return f"{self.station}|{self.code}|{self.case_no}"


@dataclass(frozen=True, slots=True)
class NotedPart:
    """A page of findings. `codes`: how many of each code are in the chosen state; `counts`: of each state."""

    asked: NotedAsk
    rows: tuple[NotedRow, ...]
    total: int
    codes: Mapping[str, int]
    counts: Mapping[str, int]


def noted_ask(query: Mapping[str, str]) -> NotedAsk:
    """What an address asks for; what nobody offers is the usual."""
    state, page = query.get("state", ""), query.get("page", "")
    return NotedAsk(
        query.get("finding") or None,
        state if state in STATES else STATES[0],
        int(page) if page.isdecimal() and len(page) < 6 else 0,
    )


def every_noted(services: Services, asked: FlowAsk, now: int) -> list[NotedRow]:
    """Every finding of the period, by case and code, without its numbers."""
    from monitor.metrics.consistency import uniform_fines
    from monitor.metrics.fine_points import noted
    from monitor.store.looked_at import looks_of

    ask, engine, since, until, today = period_of(services, asked, now)
    looks = looks_of(services.database, ask.as_of, ask.stations)
    found: list[NotedRow] = []
    for line in uniform_fines(engine, ask, services.configuration.board.few_n):
        name = " ".join([line.name, f"{since:%Y-%m}/{until:%Y-%m}", asked.vehicle or ""]).strip()
        code, own = "uniform_fines", line.station or ""
        cases = asked.behind(f"fine_places.{line.name}~all", (since, until), ask.as_of, own)
        look = looks.get((own, name, code))
        found.append(NotedRow(own, name, code, None, None, (), (), look, line, cases))
    grouped: dict[FindingKey, list[Noted]] = {}
    for one in [*noted(engine, ask), *_undecided(services, engine, ask)]:
        grouped.setdefault((one.station, one.case_no, one.code), []).append(one)
    rows = []
    for key, some in grouped.items():
        age = (today - date.fromisoformat(some[0].date)).days
        numbers = tuple(one.decision_no for one in some if one.decision_no)
        known_from = max((one.known_from for one in some if one.known_from is not None), default=None)
        plate = masked_plate(some[0].plate)
        rows.append(NotedRow(*key, plate, age, numbers, (), looks.get(key), known_from=known_from))
    rows.sort(key=lambda row: (-(row.age or 0), row.station, row.case_no, row.code))
    return [*found, *rows]


def _undecided(services: Services, engine: Engine, ask: Ask) -> Iterator[Noted]:
    """What the payments of cases without a decision leave to look at; few have any, so each is read whole."""
    from monitor.metrics.fine_points import Noted
    from monitor.metrics.undecided import undecided_money
    from monitor.payments.look import payments_of_cases

    since = {one.case_id: one.date for one in undecided_money(engine, ask)}
    for one in payments_of_cases(services.database, services.configuration, list(since), ask.as_of):
        for finding in one.payment.findings:
            yield Noted(*one.key, finding.code, since[one.case_id], one.plate, None)


def noted_part(services: Services, asked: FlowAsk, which: NotedAsk, now: int) -> NotedPart:
    """A page of them, with the numbers that each finding used."""
    every = every_noted(services, asked, now)
    seen = [row for row in every if row.seen is not None]
    waiting = [row for row in every if row.seen is None]
    of_state = {"open": waiting, "seen": seen, "all": every}
    counts = {name: len(rows) for name, rows in of_state.items()}
    codes: dict[str, int] = {}
    for row in of_state[which.state]:
        codes[row.code] = codes.get(row.code, 0) + 1
    chosen = [row for row in of_state[which.state] if which.code in (None, row.code)]
    first = which.page * AT_ONCE
    rows = with_numbers(services, chosen[first : first + AT_ONCE], now)
    return NotedPart(which, rows, len(chosen), dict(sorted(codes.items())), counts)


def with_numbers(services: Services, rows: Sequence[NotedRow], now: int) -> tuple[NotedRow, ...]:
    """The rows with what the rules say of their decisions and payments now."""
    from dashboard.views.case_fine import assessed_of
    from monitor.rules.payments import payments_of
    from monitor.store.cases import case_file

    terms = services.configuration.payments
    known: dict[tuple[str, str], list[RuleFinding]] = {}
    for row in rows:
        key = (row.station, row.case_no)
        file = None if row.same is not None or key in known else case_file(services.database, key)
        if file is not None:
            told = assessed_of(services, key, file)
            known[key] = [one for fine in told for one in fine.assessment.findings]
            valid = [event for event in file.events if file.is_valid(event)]
            paid = payments_of(file.state, valid, terms, zone_of(services, row.station), now)
            known[key] += [one for payment in paid for one in payment.findings]
    return tuple(
        replace(
            row,
            findings=tuple(one for one in known.get((row.station, row.case_no), ()) if one.code == row.code),
        )
        for row in rows
    )
