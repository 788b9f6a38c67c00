"""Everything the Flow page shows of a period, a station and a kind of vehicle; a part that fails, alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dashboard.views.figure_view import FigureView, period_of, with_extent
from dashboard.views.flow_ask import WEEKS, FlowAsk
from dashboard.views.plate import masked_plate
from dashboard.views.snapshot import Failure, attempt, zone_of
from monitor.cases.branch import waiting_on
from monitor.cases.gate import gate_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.cases.activity import Step
    from monitor.metrics.ask import Ask
    from monitor.metrics.bunching import Bunching
    from monitor.metrics.compliance import Compliance
    from monitor.metrics.engine import Engine
    from monitor.metrics.gates import GateSpan
    from monitor.metrics.held_after_removal import HeldAfterRemoval
    from monitor.metrics.hours import Hours
    from monitor.metrics.hours_in_order import CaseHours
    from monitor.metrics.late_gaps import LateGap
    from monitor.metrics.open_ages import OpenAge
    from monitor.metrics.rate_chart import RateChart
    from monitor.metrics.stages import StageShare
    from monitor.metrics.stages_by_time import StageSlot
    from monitor.metrics.throughput import HourOfWeek

LIMIT_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Weekly:
    """The rate week by week, k of n; the last may not be over (`running`). `chart` is of complete weeks.

    `since`, `until`: the days it looks at, the last one included; single cases end with the Sunday `ended`.
    `gaps` and `cases` are what its points are where it is no p-chart.
    """

    weeks: tuple[str, ...]
    counts: tuple[tuple[int, int], ...]
    running: bool
    chart: RateChart
    since: date
    until: date
    ended: date
    gaps: tuple[LateGap, ...] = ()
    cases: tuple[CaseHours, ...] = ()


@dataclass(frozen=True, slots=True)
class HoursPart:
    """The hours, the test for a pile before the limit, and the late of the rate's cases (k, n)."""

    hours: Hours | None
    test: Bunching
    late: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class StagesPart:
    """The shares of the stages, the hours after removal beside them, and the stages told apart: by authority,
    or by the hour or weekday in which the hours passed. Empty where that was not asked for."""

    stages: tuple[StageShare, ...]
    after: HeldAfterRemoval | None
    apart: tuple[StageShare, ...] = ()
    slots: tuple[StageSlot, ...] = ()


class Held(NamedTuple):
    """What is said of a vehicle in custody: its masked plate, and what its release waits for."""

    plate: str | None
    step: Step | None
    failures: int


@dataclass(frozen=True, slots=True)
class AgesPart:
    """Vehicles in custody, and what is known of each by case."""

    ages: tuple[OpenAge, ...]
    known: Mapping[tuple[str, str], Held]


@dataclass(frozen=True, slots=True)
class FlowView(FigureView):
    """What the page shows."""

    rate: Compliance | Failure | None
    stages: StagesPart | Failure
    hours: HoursPart | Failure
    weekly: Weekly | Failure
    week_hours: tuple[HourOfWeek, ...] | Failure
    ages: AgesPart | Failure

    @property
    def empty(self) -> bool:
        """Whether no case came to its deadline in the period, and none was confirmed or released in it."""
        if isinstance(self.rate, Failure) or isinstance(self.week_hours, Failure):
            return False
        moved = any(one.arrivals or one.releases for one in self.week_hours)
        return not moved and (self.rate is None or self.rate.n == 0)


def flow_view(services: Services, asked: FlowAsk, now: int) -> FlowView:
    """Reads and works out the page. `now` is when it is asked, `asked.as_of` the moment it is asked about."""
    from monitor.metrics.bunching import bunching
    from monitor.metrics.catalog import rules_of
    from monitor.metrics.compliance import compliance
    from monitor.metrics.held_after_removal import held_after_removal
    from monitor.metrics.hours import BIN_HOURS, hours
    from monitor.metrics.open_ages import open_ages
    from monitor.metrics.throughput import hours_of_week

    period = period_of(services, asked, now)
    ask, engine, since, until, today = period
    rules = rules_of(services.configuration, ask.as_of)

    def read_hours() -> HoursPart:
        found = hours(engine, ask)
        counted = {one.low: one.on_time + one.late for one in found.bins} if found else {}
        around = [(float(low), counted.get(low, 0)) for low in range(12, 36)]
        late = None if rate is None or isinstance(rate, Failure) else (rate.n - rate.k, rate.n)
        return HoursPart(found, bunching(around, LIMIT_HOURS, BIN_HOURS), late)

    def read_stages() -> StagesPart:
        after = held_after_removal(engine, ask)
        return read_shares(engine, ask, rules.gates, asked.by, after[0] if after else None)

    def read_rate() -> Compliance | None:
        found = compliance(engine, ask)
        return found[0] if found else None

    rate = attempt("flow rate", read_rate)
    view = FlowView(
        asked,
        ask.as_of,
        since,
        until,
        today,
        rate,
        attempt("flow stages", read_stages),
        attempt("flow hours", read_hours),
        attempt("flow weekly", lambda: read_weekly(services, engine, asked, ask.as_of, min(until, today))),
        attempt("flow hours of week", lambda: tuple(hours_of_week(engine, ask))),
        attempt("flow ages", lambda: read_ages(services, asked, tuple(open_ages(engine, ask)))),
    )
    return with_extent(view, period)


def read_shares(
    engine: Engine, ask: Ask, gates: Sequence[GateSpan], by: str | None, after: HeldAfterRemoval | None
) -> StagesPart:
    """The stages as a whole, and told apart as asked."""
    from monitor.metrics.ask import By
    from monitor.metrics.stages import stages
    from monitor.metrics.stages_by_time import Slot, stages_by_time

    whole = tuple(stages(engine, ask, gates))
    if by == "authority":
        return StagesPart(whole, after, tuple(stages(engine, replace(ask, by=(By.AUTHORITY,)), gates)))
    if by is not None:
        return StagesPart(whole, after, (), tuple(stages_by_time(engine, ask, gates, Slot(by))))
    return StagesPart(whole, after)


def read_weekly(services: Services, engine: Engine, asked: FlowAsk, as_of: int, until: date) -> Weekly:
    """The rate of the last 26 weeks until a day, with the limits people let begin anew."""
    from monitor.metrics.ask import Ask, By
    from monitor.metrics.compliance import compliance
    from monitor.metrics.control_chart import Rebasing
    from monitor.metrics.hours_in_order import hours_in_order
    from monitor.metrics.late_gaps import late_gaps
    from monitor.metrics.rate_chart import rate_chart
    from monitor.store.rebasings import rebasings_of

    first = until - timedelta(days=until.weekday() + 7 * (max(WEEKS) - 1))
    today = asked.today(as_of, zone_of(services, asked.station))
    current = week_of(today)
    stations = None if asked.station is None else (asked.station,)
    vehicles = None if asked.vehicle is None else (asked.vehicle,)
    long = Ask(as_of, stations, first, until + timedelta(days=1), vehicles, (By.WEEK,))
    rows = [(row.period or "", row.k, row.n) for row in compliance(engine, long) if row.n]
    # Single cases are those of complete weeks too: one that runs has not had all its chances.
    monday = today - timedelta(days=today.weekday())
    ended = min(until + timedelta(days=1), monday)
    gaps: list[LateGap] = []
    cases: list[CaseHours] = []
    if first < ended:
        single = Ask(as_of, stations, first, ended, vehicles)
        said = [
            Rebasing(one.week, one.reason, one.actor, one.at)
            for one in rebasings_of(services.database, asked.station, as_of)
        ]

        def read_gaps() -> list[LateGap]:
            gaps.extend(late_gaps(engine, single))
            return gaps

        def read_cases() -> list[CaseHours]:
            cases.extend(hours_in_order(engine, single))
            return cases

        chart = rate_chart([row for row in rows if row[0] < current], read_gaps, read_cases, said)
    else:
        chart = rate_chart([], list, list)
    return Weekly(
        tuple(week for week, _, _ in rows),
        tuple((k, n) for _, k, n in rows),
        bool(rows) and rows[-1][0] == current,
        chart,
        first,
        until,
        ended - timedelta(days=1),
        tuple(gaps),
        tuple(cases),
    )


def week_of(day: date) -> str:
    """The ISO week of a day, YYYY-Www."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def read_ages(services: Services, asked: FlowAsk, ages: tuple[OpenAge, ...]) -> AgesPart:
    """The open ages, with what the case says of each vehicle."""
    from monitor.store.board import open_cases

    known = {}
    for state in open_cases(services.database, None if asked.station is None else [asked.station]):
        station = services.configuration.stations.get(state.station)
        start = state.first_at if state.confirmed_at is None else state.confirmed_at
        step = waiting_on(state, gate_of(None if station is None else station.gate_at(start)))
        known[(state.station, state.case_no)] = Held(
            masked_plate(state.plate), None if step is None else step.step, state.pay_failures or 0
        )
    return AgesPart(ages, known)
