"""Everything the Flow page shows of a period, a station and a kind of vehicle; a part that fails, alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dashboard.views.moments import local
from dashboard.views.plate import masked_plate
from dashboard.views.snapshot import Failure, attempt, zone_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.bunching import Bunching
    from monitor.metrics.compliance import Compliance
    from monitor.metrics.control_chart import Chart
    from monitor.metrics.engine import Engine
    from monitor.metrics.held_after_removal import HeldAfterRemoval
    from monitor.metrics.hours import Hours
    from monitor.metrics.open_ages import OpenAge
    from monitor.metrics.stages import StageShare
    from monitor.metrics.throughput import HourOfWeek

WEEKS = (4, 13, 26)
USUAL = 13
VEHICLES = ("truck", "combination")
BASE_WEEKS = 13
"""The centre of the weekly chart comes from so many complete weeks at its beginning."""
LIMIT_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class FlowAsk:
    """What an address asks for. `unknown` is a station in it that nobody knows."""

    weeks: int
    station: str | None
    vehicle: str | None
    unknown: str | None = None

    def address(self, **changed: str | int | None) -> str:
        """The page with one thing chosen otherwise."""
        told: dict[str, str | int | None] = {
            "weeks": self.weeks, "station": self.station, "vehicle": self.vehicle, **changed
        }  # fmt: skip
        if told["weeks"] == USUAL:
            told["weeks"] = None
        kept = {name: value for name, value in told.items() if value}
        return "/flow" + ("?" + urlencode(kept) if kept else "")


def flow_ask(query: Mapping[str, str], stations: Mapping[str, object]) -> FlowAsk:
    """What an address asks for; a period or vehicle nobody offers is the usual one."""
    text = query.get("weeks", "")
    weeks = int(text) if text.isdecimal() and int(text) in WEEKS else USUAL
    station = query.get("station") or None
    vehicle = query.get("vehicle")
    known = station is None or station in stations
    return FlowAsk(
        weeks,
        station if known else None,
        vehicle if vehicle in VEHICLES else None,
        None if known else station,
    )


@dataclass(frozen=True, slots=True)
class Weekly:
    """The rate week by week; `chart` is None without a complete week. The last may not be over."""

    weeks: tuple[str, ...]
    counts: tuple[tuple[int, int], ...]
    running: bool
    base: tuple[str, ...]
    centre: float | None
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class HoursPart:
    """The hours and the test for a pile before the limit."""

    hours: Hours | None
    test: Bunching


@dataclass(frozen=True, slots=True)
class StagesPart:
    """The shares of the stages, and the hours after removal beside them."""

    stages: tuple[StageShare, ...]
    after: HeldAfterRemoval | None


@dataclass(frozen=True, slots=True)
class AgesPart:
    """Vehicles in custody with their masked plates by case."""

    ages: tuple[OpenAge, ...]
    plates: Mapping[tuple[str, str], str | None]


@dataclass(frozen=True, slots=True)
class FlowView:
    """The page at a moment; `since` and `until` are local days, the last one included."""

    asked: FlowAsk
    now: int
    since: date
    until: date
    rate: Compliance | Failure | None
    stages: StagesPart | Failure
    hours: HoursPart | Failure
    weekly: Weekly | Failure
    week_hours: tuple[HourOfWeek, ...] | Failure
    ages: AgesPart | Failure

    @property
    def whole(self) -> bool:
        """Whether every part was worked out."""
        parts = (self.rate, self.stages, self.hours, self.weekly, self.week_hours, self.ages)
        return not any(isinstance(part, Failure) for part in parts)

    def cases(self, **more: str) -> str:
        """The list of the cases behind the period, as far as its filter tells them apart."""
        return cases_address(self.asked.station, self.since, self.until, **more)


def cases_address(station: str | None, since: date, until: date, **more: str) -> str:
    """The list of cases that began in these days."""
    told = {"station": station or "", "from": since.isoformat(), "to": until.isoformat(), **more}
    return "/cases?" + urlencode({name: value for name, value in told.items() if value})


def week_days(week: str) -> tuple[date, date]:
    """The Monday and Sunday of an ISO week (YYYY-Www)."""
    year, number = week.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return monday, monday + timedelta(days=6)


def flow_view(services: Services, asked: FlowAsk, now: int) -> FlowView:
    """Reads and works out the page."""
    from monitor.metrics.ask import Ask, By
    from monitor.metrics.bunching import bunching
    from monitor.metrics.catalog import rules_of
    from monitor.metrics.compliance import compliance
    from monitor.metrics.held_after_removal import held_after_removal
    from monitor.metrics.hours import BIN_HOURS, hours
    from monitor.metrics.open_ages import open_ages
    from monitor.metrics.stages import stages
    from monitor.metrics.throughput import hours_of_week
    from monitor.store.board import open_cases

    today = local(now, zone_of(services, asked.station)).date()
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(days=7 * (asked.weeks - 1))
    stations = None if asked.station is None else (asked.station,)
    vehicles = None if asked.vehicle is None else (asked.vehicle,)
    ask = Ask(now, stations, since, today + timedelta(days=1), vehicles)
    rules = rules_of(services.configuration, now)
    if services.lake is None:
        raise LookupError("no lake")
    engine: Engine = services.lake.engine(now)

    def read_stages() -> StagesPart:
        after = held_after_removal(engine, ask)
        return StagesPart(tuple(stages(engine, ask, rules.gates)), after[0] if after else None)

    def read_hours() -> HoursPart:
        found = hours(engine, ask)
        counted = {one.low: one.on_time + one.late for one in found.bins} if found else {}
        around = [(float(low), counted.get(low, 0)) for low in range(12, 36)]
        return HoursPart(found, bunching(around, LIMIT_HOURS, BIN_HOURS))

    def read_weekly() -> Weekly:
        long = Ask(
            now, stations, monday - timedelta(days=7 * (max(WEEKS) - 1)), ask.until, vehicles, (By.WEEK,)
        )
        current = f"{today.isocalendar().year:04d}-W{today.isocalendar().week:02d}"
        return weekly([(row.period or "", row.k, row.n) for row in compliance(engine, long)], current)

    def read_ages() -> AgesPart:
        ages = tuple(open_ages(engine, ask))
        states = open_cases(services.database, None if stations is None else list(stations))
        return AgesPart(ages, {(one.station, one.case_no): masked_plate(one.plate) for one in states})

    def read_rate() -> Compliance | None:
        found = compliance(engine, ask)
        return found[0] if found else None

    return FlowView(
        asked,
        now,
        since,
        today,
        attempt("flow rate", read_rate),
        attempt("flow stages", read_stages),
        attempt("flow hours", read_hours),
        attempt("flow weekly", read_weekly),
        attempt("flow hours of week", lambda: tuple(hours_of_week(engine, ask))),
        attempt("flow ages", read_ages),
    )


def weekly(rows: list[tuple[str, int, int]], current: str) -> Weekly:
    """The weekly chart of (week, k, n); `current` is the week that is not over and takes no part in it."""
    from monitor.metrics.control_chart import share_chart

    rows = [row for row in rows if row[2]]
    complete = [row for row in rows if row[0] < current]
    base = complete[:BASE_WEEKS]
    total = sum(n for _, _, n in base)
    centre = sum(k for _, k, _ in base) / total if total else None
    chart = None if centre is None else share_chart([(k, n) for _, k, n in complete], centre)
    return Weekly(
        tuple(week for week, _, _ in rows),
        tuple((k, n) for _, k, n in rows),
        bool(rows) and rows[-1][0] == current,
        tuple(week for week, _, _ in base),
        centre,
        chart,
    )
