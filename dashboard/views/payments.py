"""Everything the Payments page shows of a period and a station; a part that fails, fails alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dashboard.views.figure_view import FigureView, period_of, with_extent
from dashboard.views.flow import week_of
from dashboard.views.flow_ask import WEEKS, FlowAsk
from dashboard.views.snapshot import Failure, attempt, holding_stations
from monitor.settings.entry import latest_in_force

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.ask import Ask
    from monitor.metrics.catalog import Rules
    from monitor.metrics.cost_of_waiting import WaitingCost
    from monitor.metrics.engine import Engine
    from monitor.metrics.payment_channels import ChannelShare
    from monitor.metrics.payment_failures import Failures, Outage
    from monitor.metrics.payment_spread import Spread
    from monitor.metrics.payment_time import PaymentTime
    from monitor.settings.desk import Opening

PATH = "/payments"
DAYS = ("work", "off")


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """k of the n payments of an authority's fines went by a channel. `weeks`: the same by ISO week, (k, n),
    in the order of the part's weeks."""

    authority: str | None
    channel: str
    k: int
    n: int
    few: bool
    weeks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ChannelsPart:
    """`weeks` with their first and last day asked for. `online`: over all authorities, of the period and of
    as many days before it; None where no channel was told. `untold` more payments tell none."""

    lines: tuple[ChannelLine, ...]
    weeks: tuple[tuple[str, date, date], ...]
    online: ChannelShare | None
    before: ChannelShare | None
    untold: int


@dataclass(frozen=True, slots=True)
class TimesPart:
    """From code to payment: over all, by authority and channel, and by night and day of the code."""

    overall: PaymentTime | None
    spreads: tuple[Spread, ...]
    night: Spread | None
    day: Spread | None


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Hour → the times of its codes: of an authority's fines, of working days (`work`) or the others (`off`),
    or of all."""

    hours: Mapping[int, PaymentTime]
    authority: str | None = None
    days: str | None = None

    def cell(self, hour: int) -> str:
        """How an address names the paid of an hour."""
        of = "" if self.authority is None else f".authority.{self.authority}"
        return f"payment_time.all{of}.hour.{hour}{'' if self.days is None else f'.{self.days}'}"


@dataclass(frozen=True, slots=True)
class HoursPart:
    """Payments by the hour of their code: over all, by kind of day, then by authority. `calendar`:
    whether the days are told apart, which needs the calendar of every year."""

    rows: tuple[HoursRow, ...]
    overall: PaymentTime | None
    calendar: bool = True


@dataclass(frozen=True, slots=True)
class FailuresPart:
    """Attempts that failed by channel, all first; the hours in which nothing that was tried succeeded; and
    when each channel is open, () where nobody has entered it, None where stations differ."""

    failures: tuple[Failures, ...]
    outages: tuple[Outage, ...]
    openings: Mapping[str, tuple[Opening, ...] | None]


@dataclass(frozen=True, slots=True)
class CostPart:
    """What waiting cost. `document`: where the day rate is from; None where none is configured."""

    cost: WaitingCost | None
    document: str | None


@dataclass(frozen=True, slots=True)
class PaymentsView(FigureView):
    """What the page shows."""

    channels: ChannelsPart | Failure
    times: TimesPart | Failure
    hours: HoursPart | Failure
    failures: FailuresPart | Failure
    cost: CostPart | Failure

    @property
    def empty(self) -> bool:
        """Whether nothing was paid, attempted or asked for in the period."""
        if isinstance(self.channels, Failure) or isinstance(self.times, Failure):
            return False
        if isinstance(self.failures, Failure):
            return False
        told = any(one.k for one in self.channels.lines) or self.channels.untold
        return not told and self.times.overall is None and not self.failures.failures


def payments_view(services: Services, asked: FlowAsk, now: int) -> PaymentsView:
    """Reads and works out the page. `now` is when it is asked, `asked.as_of` the moment it is asked about."""
    from monitor.metrics.catalog import rules_of
    from monitor.metrics.cost_of_waiting import cost_of_waiting

    period = period_of(services, asked, now)
    ask, engine, since, until, today = period
    rules = rules_of(services.configuration, ask.as_of)

    def read_cost() -> CostPart:
        found = cost_of_waiting(engine, ask, rules.gates, rules.day_rate, rules.few)
        rate = latest_in_force(services.configuration.payments.standing, today)
        source = None if rate is None else services.configuration.payments.sources[rate.source]
        return CostPart(found[0] if found else None, None if source is None else source.document)

    times = attempt("payments times", lambda: read_times(engine, ask, rules))
    overall = None if isinstance(times, Failure) else times.overall
    view = PaymentsView(
        asked,
        ask.as_of,
        since,
        until,
        today,
        attempt("payments channels", lambda: read_channels(engine, ask, rules, min(until, today))),
        times,
        attempt("payments hours", lambda: read_hours(services, engine, ask, rules, overall)),
        attempt("payments failures", lambda: read_failures(services, engine, ask, rules)),
        attempt("payments cost", read_cost),
    )
    return with_extent(view, period)


def read_channels(engine: Engine, ask: Ask, rules: Rules, until: date) -> ChannelsPart:
    """Channels by authority in the period, week by week over the last 26, and the days before it beside."""
    from monitor.metrics.ask import By
    from monitor.metrics.payment_channels import payment_channels

    assert ask.since is not None and ask.until is not None
    first = until - timedelta(days=until.weekday() + 7 * (max(WEEKS) - 1))
    mondays = [first + timedelta(days=7 * n) for n in range(max(WEEKS))]
    weeks = tuple((week_of(day), day, min(day + timedelta(days=6), until)) for day in mondays)
    weekly = replace(ask, since=first, until=until + timedelta(days=1), by=(By.WEEK, By.AUTHORITY))
    counted: dict[tuple[str | None, str], dict[str, int]] = {}
    sizes: dict[tuple[str | None, str], int] = {}
    for row in payment_channels(engine, weekly, rules.few):
        if row.channel is None:
            continue
        authority, week = row.cell["authority"], row.cell["period"]
        counted.setdefault((authority, row.channel), {})[week] = row.k
        sizes[authority, week] = row.n
    period = payment_channels(engine, replace(ask, by=(By.AUTHORITY,)), rules.few)
    of_period = {(row.cell["authority"], row.channel): row for row in period if row.channel is not None}
    in_period = {row.cell["authority"]: row.n for row in period}
    lines = []
    for authority, channel in sorted({*counted, *of_period}, key=lambda key: (key[0] or "~", key[1])):
        by_week, here = counted.get((authority, channel), {}), of_period.get((authority, channel))
        n = in_period.get(authority, 0)
        in_weeks = tuple((by_week.get(week, 0), sizes.get((authority, week), 0)) for week, _, _ in weeks)
        lines.append(
            ChannelLine(authority, channel, 0 if here is None else here.k, n, n < rules.few, in_weeks)
        )
    lines.sort(key=lambda line: (line.authority or "~", -line.k, line.channel))
    whole = payment_channels(engine, ask, rules.few)
    earlier = replace(ask, since=ask.since - (ask.until - ask.since), until=ask.since)
    before = payment_channels(engine, earlier, rules.few)
    return ChannelsPart(tuple(lines), weeks, _online(whole), _online(before), whole[0].untold if whole else 0)


def _online(shares: Sequence[ChannelShare]) -> ChannelShare | None:
    return next((one for one in shares if one.way == "online" and one.channel is None), None)


def read_times(engine: Engine, ask: Ask, rules: Rules) -> TimesPart:
    """The times over all and how they spread."""
    from monitor.metrics.payment_spread import payment_spread, payment_spread_by_night
    from monitor.metrics.payment_time import payment_time

    every = payment_time(engine, ask, rules.few)
    nights = {one.cell["night"]: one for one in payment_spread_by_night(engine, ask, rules.few)}
    return TimesPart(
        next((one for one in every if one.channel is None), None),
        tuple(payment_spread(engine, ask, rules.few)),
        nights.get(True),
        nights.get(False),
    )


def read_hours(
    services: Services, engine: Engine, ask: Ask, rules: Rules, overall: PaymentTime | None
) -> HoursPart:
    """By hour of the code: all, by kind of day and by authority; `overall` is of all hours."""
    from monitor.metrics.ask import By
    from monitor.metrics.payment_time import payment_time
    from monitor.reports.figure_cases import days_off_of

    by_hour, off = replace(ask, by=(By.HOUR,)), days_off_of(services.configuration, ask)

    def told(found: Sequence[PaymentTime], name: str, value: object) -> Mapping[int, PaymentTime]:
        of_row = [one for one in found if one.channel is None and one.cell.get(name) == value]
        return {one.cell["hour"]: one for one in of_row if one.cell["hour"] is not None}

    rows = [HoursRow(told(payment_time(engine, by_hour, rules.few), "", None))]
    if off is not None:
        of_days = payment_time(engine, by_hour, rules.few, off)
        rows += [HoursRow(told(of_days, "day_off", kind == "off"), days=kind) for kind in DAYS]
    of_bodies = payment_time(engine, replace(ask, by=(By.AUTHORITY, By.HOUR)), rules.few)
    names = sorted({one.cell["authority"] for one in of_bodies} - {None})
    rows += [HoursRow(told(of_bodies, "authority", name), name) for name in names]
    return HoursPart(tuple(rows), overall, off is not None)


def read_failures(services: Services, engine: Engine, ask: Ask, rules: Rules) -> FailuresPart:
    """What failed, hours in which nothing succeeded, and when channels are open."""
    from monitor.metrics.payment_failures import payment_failures, payment_outages

    stations = [one for one in holding_stations(services) if ask.stations in (None, (one.code,))]
    openings: dict[str, tuple[Opening, ...] | None] = {}
    for station in stations:
        for channel in station.channels:
            told = () if station.payment is None else tuple(station.payment.hours.get(channel.value, ()))
            same = openings.get(channel.value, told) == told
            openings[channel.value] = told if same else None
    return FailuresPart(
        tuple(payment_failures(engine, ask, rules.few)), tuple(payment_outages(engine, ask)), openings
    )
