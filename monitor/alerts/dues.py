"""What falls due in a case, clock by clock: pure functions of its state and of the configuration.

A clock here is anything that a flag may hang on: clocks A, B and C, a step, a legal date, a finding. Its
version stands for start, limit, end and custody, and for nothing else: a payment does not send everything
again, and a corrected start makes all that was said before untrue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.cases.activity import Lane
from monitor.cases.branch import Gate, branches
from monitor.cases.event import SECOND, digest
from monitor.cases.gate import gate_of
from monitor.cases.state import CaseState, Verdict
from monitor.settings.alerts import Alerts, Countdown, LegalDate, Thresholds
from monitor.settings.cadence import SECONDS, span
from monitor.settings.calendar import CalendarMissing
from monitor.settings.configuration import Configuration

HOUR_SECONDS = 3600

DUE = "due"
"""The threshold at the limit itself; before it `left-6h`, after it `over-6h`."""

UNITS = sorted(SECONDS.items(), key=lambda unit: -unit[1])


class Threshold(NamedTuple):
    """A point on a clock, and its true instant (microseconds UTC)."""

    name: str
    at: int


class Due(NamedTuple):
    """One clock of a case. `thresholds` ascend. `ended_at` is None while it runs; an ended one holds those
    that had come by then, so that what was raised for them is told from what was never true.

    `version` of an ended clock is that of its end, `running` the one it had before. `unknown_year` is the
    year of which no calendar has been entered: then nothing can be said, and no threshold stands there.
    """

    clock: str
    version: str
    running: str
    thresholds: tuple[Threshold, ...]
    ended_at: int | None = None
    unknown_year: int | None = None


class LegalFacts(NamedTuple):
    """What is told of a decided case beside its state: when it was published and copied to the home
    authority (microseconds, the first instant), and the last local day on which its fine is paid in time.

    `publishes`, `copies`: whether such a thing was ever told of its station. Where no source tells of it, its
    absence says nothing.

    `noted`: findings about its decisions and payments, each with the instant of what it is about.
    """

    published_at: int | None = None
    copied_at: int | None = None
    pay_day: date | None = None
    publishes: bool = True
    copies: bool = True
    noted: tuple[tuple[str, int], ...] = ()


NO_FACTS = LegalFacts()


def version_of(*parts: object) -> str:
    """A clock's version from start, limit, end and custody."""
    return digest(*parts).hex()


def dues_of(state: CaseState, facts: LegalFacts, configuration: Configuration) -> list[Due]:
    """Every clock of a case that a flag may hang on. Of a case without custody (`not_held`) those of findings
    alone, and none while its times cannot be true (`implausible`)."""
    if state.verdict == Verdict.IMPLAUSIBLE:
        return []
    zone = configuration.zone_of(state.station)
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    rules = configuration.alerts.at_station(state.station, _day(start, zone))
    if rules is None:
        return []
    clocks = _dues(state, facts, rules, configuration) if state.custody else iter(())
    noted = (_plain(f"finding:{code}", at, 0) for code, at in _findings(state, facts, rules))
    return [*clocks, *noted]


def _dues(
    state: CaseState, facts: LegalFacts, rules: Thresholds, configuration: Configuration
) -> Iterator[Due]:
    zone = configuration.zone_of(state.station)
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    if state.confirmed_at is not None and state.limit_s is not None:
        began = state.confirmed_at, state.confirmed_until
        ended = state.released_at, state.released_until
        yield from _countdown("a", rules.a, began, state.limit_s * SECOND, ended)
    if state.accepted_at is not None:
        limit = configuration.clocks.b_at(state.accepted_at, zone).span
        began = state.accepted_at, state.accepted_until
        ended = state.police_decided_at, state.police_decided_until
        yield from _countdown("b", rules.b, began, limit, ended)
    if state.detained_at is not None:
        limit = configuration.clocks.c_at(state.detained_at, zone).span
        began = state.detained_at, state.detained_until
        yield from _countdown("c", rules.c, began, limit, (state.handed_in_at, state.handed_in_until))
    if state.released_at is None:
        station = configuration.stations.get(state.station)
        gate = gate_of(None if station is None else station.gate_at(start))
        yield from _steps(state, rules, gate, zone)
        yield from _paid_not_released(state, rules, gate, zone)
    yield from _held_after_removal(state, rules)
    yield from _legal(state, facts, rules, configuration, zone)


# ---------------------------------------------------------------- clocks A, B, C


def _countdown(
    clock: str,
    rule: Countdown | None,
    start: tuple[int, int | None],
    limit: int,
    end: tuple[int | None, int | None],
) -> Iterator[Due]:
    """Thresholds of a clock from possible starts and ends. Of one whose start is known to the day alone no
    time left is claimed, and the limit counts as reached only where every instant of that day says so."""
    if rule is None:
        return
    at, until = start
    deadline = (at if until is None else until) + limit
    left = rule.left if until is None else ()
    points = [
        Threshold(name, deadline + distance)
        for name, distance in _distances(left, rule.overdue_every, rule.overdue_for, limit)
    ]
    running = version_of(at, until, limit, None, None, True)
    ended_at, ended_until = end
    if ended_at is None:
        yield Due(clock, running, running, tuple(points))
        return
    last = ended_at if ended_until is None else ended_until
    version = version_of(at, until, limit, ended_at, ended_until, True)
    yield Due(clock, version, running, tuple(point for point in points if point.at <= last), last)


@lru_cache(maxsize=256)
def _distances(
    left: tuple[str, ...], every: str | None, overdue_for: str, limit: int
) -> tuple[tuple[str, int], ...]:
    """The thresholds of a countdown and how far each lies from the limit, ascending."""
    found = [(DUE, 0), *((f"left-{one}", -span(one)) for one in left if span(one) < limit)]
    if every is not None:
        step = span(every)
        found += [(f"over-{_told(n * step)}", n * step) for n in range(1, span(overdue_for) // step + 1)]
    return tuple(sorted(found, key=lambda one: one[1]))


def _told(micros: int) -> str:
    """A span in the largest unit that it is a whole number of, hours before days: `36h`, `90m`."""
    seconds = micros // SECOND
    unit, size = next(
        (unit, size) for unit, size in UNITS if size <= HOUR_SECONDS and seconds % size == 0
    )
    return f"{seconds // size}{unit}"


# ---------------------------------------------------------------- while the vehicle stands there


def _plain(clock: str, since: int, limit: int, ended_at: int | None = None) -> Due:
    """A clock with nothing but its limit."""
    running = version_of(since, limit, None, True)
    points = (Threshold(DUE, since + limit),)
    if ended_at is None:
        return Due(clock, running, running, points)
    version = version_of(since, limit, ended_at, True)
    return Due(clock, version, running, tuple(point for point in points if point.at <= ended_at), ended_at)


def _steps(state: CaseState, rules: Thresholds, gate: Gate, zone: ZoneInfo) -> Iterator[Due]:
    """The open step of each branch that has a limit. What a branch that has not begun waits for is the
    decision, and stands there already."""
    limits = {step.value: limit for step, limit in (rules.steps or {}).items() if limit is not None}
    for branch in branches(state, gate):
        step = branch.open_step
        if step is None or step.lane is not branch.lane or step.step.value not in limits:
            continue
        since = _day_end(_day(step.since, zone), zone) if step.day else step.since
        yield _plain(f"step:{step.step.value}", since, span(limits[step.step.value]))


def _held_after_removal(state: CaseState, rules: Thresholds) -> Iterator[Due]:
    if rules.held_after_removal is None or state.removed_at is None:
        return
    since = state.removed_at if state.removed_until is None else state.removed_until
    ended = state.released_at if state.released_until is None else state.released_until
    yield _plain("held_after_removal", since, span(rules.held_after_removal), ended)


def _paid_not_released(state: CaseState, rules: Thresholds, gate: Gate, zone: ZoneInfo) -> Iterator[Due]:
    """Where the gate waits for payment: since the last of what it waits for was done."""
    if rules.paid_not_released is None or Lane.PAYMENT not in gate.needs:
        return
    needed = [branch for branch in branches(state, gate) if branch.needed]
    paid = state.pay_confirmed_at if state.paid_at is None else state.paid_at
    if paid is None or any(branch.done_at is None for branch in needed):
        return
    done = [branch.done_at for branch in needed if branch.done_at is not None]
    since = max(_day_end(_day(at, zone), zone) if at in state.days else at for at in done)
    yield _plain("paid_not_released", since, span(rules.paid_not_released))


# ---------------------------------------------------------------- legal dates


def _legal(
    state: CaseState, facts: LegalFacts, rules: Thresholds, configuration: Configuration, zone: ZoneInfo
) -> Iterator[Due]:
    """Days, not hours: what is known to the day is as good. A case that was withdrawn owes none of them."""
    if state.withdrawn_at is not None:
        return
    watched, warn = rules.legal or (), rules.legal_warn_days or ()
    penalty = state.decided_at is not None and state.outcome != "none"
    if penalty and state.decided_at is not None:
        for name, told, done in (
            (LegalDate.PUBLISH, facts.publishes, facts.published_at),
            (LegalDate.COPY_HOME, facts.copies, facts.copied_at),
        ):
            if name in watched and told:
                yield from _term(name, state.decided_at, done, warn, configuration, zone)
    if LegalDate.PAY in watched and facts.pay_day is not None:
        yield _dated("legal:pay", facts.pay_day, state.paid_at, warn, zone)
    if LegalDate.DECIDE in watched and state.filed_at is not None:
        yield from _term(LegalDate.DECIDE, state.filed_at, state.decided_at, warn, configuration, zone)


def _term(
    name: LegalDate,
    since: int,
    done: int | None,
    warn: tuple[int, ...],
    configuration: Configuration,
    zone: ZoneInfo,
) -> Iterator[Due]:
    first = _day(since, zone)
    term = configuration.alerts.term(name, first)
    if term is None:
        return
    clock = f"legal:{name.value}"
    try:
        last = term.last_day(first, configuration.calendar)
    except CalendarMissing as missing:
        if done is None:
            version = version_of(first, "calendar", missing.year)
            yield Due(clock, version, version, (), unknown_year=missing.year)
        return
    yield _dated(clock, last, done, warn, zone)


def _dated(clock: str, last: date, done: int | None, warn: tuple[int, ...], zone: ZoneInfo) -> Due:
    """A date that is in time to the end of its last local day; warnings stand whole days before that."""
    points = [Threshold(f"left-{days}d", _midnight(last - timedelta(days=days - 1), zone)) for days in warn]
    points.append(Threshold(DUE, _midnight(last + timedelta(days=1), zone)))
    points.sort(key=lambda point: point.at)
    running = version_of(last, None)
    if done is None:
        return Due(clock, running, running, tuple(points))
    return Due(clock, version_of(last, done), running, tuple(p for p in points if p.at <= done), done)


# ---------------------------------------------------------------- findings


def _findings(state: CaseState, facts: LegalFacts, rules: Thresholds) -> Iterator[tuple[str, int]]:
    """Each wanted class of findings once, with the first instant that is told of it."""
    wanted = rules.findings or ()
    first: dict[str, int] = {}
    for finding in state.findings:
        if finding.code in wanted:
            at = state.last_at if finding.at is None else finding.at
            first[finding.code] = min(at, first.get(finding.code, at))
    for code, at in facts.noted:
        if code in wanted:
            first[code] = min(at, first.get(code, at))
    yield from first.items()


# ---------------------------------------------------------------- days


def reach(alerts: Alerts) -> int:
    """Microseconds after the last word on a case within which anything of it may still be raised."""
    days = [term.days or 3 * (term.working_days or 0) for terms in alerts.legal.values() for term in terms]
    return (alerts.history_days + max(days, default=0) + 60) * 24 * HOUR_SECONDS * SECOND


def _day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // SECOND, zone).date()


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The first instant of a local day."""
    return round(datetime.combine(day, time(), zone).astimezone(UTC).timestamp()) * SECOND


def _day_end(day: date, zone: ZoneInfo) -> int:
    return _midnight(day + timedelta(days=1), zone) - 1
