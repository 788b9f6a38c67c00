"""Every figure of a weekly report as plain data: what all formats write, and what its digest is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import orjson

from monitor.metrics.band_shares import BandShare
from monitor.metrics.bunching import Bunching
from monitor.metrics.clocks_bc import ClockRate
from monitor.metrics.compliance import Compliance
from monitor.metrics.control_chart import Point
from monitor.metrics.corrections import Corrected
from monitor.metrics.cost_of_waiting import WaitingCost
from monitor.metrics.funnel import Unit
from monitor.metrics.held_after_removal import HeldAfterRemoval
from monitor.metrics.late_cases import LateCase
from monitor.metrics.late_entry import LateEntry
from monitor.metrics.overload_rate import OverloadRate
from monitor.metrics.payment_channels import ChannelShare
from monitor.metrics.payment_failures import Failures, Outage
from monitor.metrics.payment_time import PaymentTime
from monitor.metrics.reconciliation import Agreement
from monitor.metrics.stages import StageShare
from monitor.metrics.throughput import HourOfWeek


@dataclass(frozen=True, slots=True)
class RuleSetUsed:
    """A rule set in force on the last day of the week, with its dates; `unconfirmed`: nobody has confirmed
    all of it."""

    name: str
    title: Mapping[str, str]
    version: str
    since: str
    until: str | None
    example: bool
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class About:
    """What the report is of and what it was made with. Instants in microseconds UTC, days local.

    `before`: when the last report was due; corrections are those since. `complete`: the week was over.
    """

    week: str
    since: str
    until: str
    stations: tuple[str, ...] | None
    names: Mapping[str, Mapping[str, str]]
    zone: str
    as_of: int
    before: int
    complete: bool
    simulated: bool
    program: str
    config_digest: str
    rules_digest: str
    config_files: Mapping[str, str]
    rule_sets: tuple[RuleSetUsed, ...]
    few: int
    target: float
    target_confirmed: bool
    late_entry_minutes: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A share k of n, or the middle of n values (`k` None); None where there is nothing, or too little to
    give it. `low`, `high`: its 95 % interval, where there is one."""

    k: int | None
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class HeadFigure:
    """One of the five figures: the week, the one before, twelve weeks pooled and week by week."""

    name: str
    week: Measure
    before: Measure
    pooled: Measure
    weeks: tuple[tuple[str, Measure], ...]


@dataclass(frozen=True, slots=True)
class StationRate:
    """A station's rate in the week, and pooled over 4 and 12 weeks; its place in the funnel of 12 weeks.

    `pooled`: the weeks that were needed for enough cases (1, 4 or 12), None where even twelve are too few.
    """

    station: str
    week: Measure
    net_k: int
    four: Measure
    twelve: Measure
    pooled: int | None
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class ChartTold:
    """The control chart of the rate: which kind, its points with limits, the last signal of the stretch that
    goes on (`side` above or below, its rule), and on whose word limits began anew."""

    kind: str
    weeks: tuple[str, ...]
    points: tuple[Point, ...]
    rule: str | None
    side: str | None
    rebased: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RatePart:
    """The 24-hour rate; `weeks` are (week, k, n, net k)."""

    week: Compliance | None
    four: Compliance | None
    twelve: Compliance | None
    weeks: tuple[tuple[str, int, int, int], ...]
    chart: ChartTold
    stations: tuple[StationRate, ...]
    late: tuple[LateCase, ...]
    in_custody: int
    past_limit: int


@dataclass(frozen=True, slots=True)
class HoursTold:
    """Hours to release of n cases, those still held counted."""

    n: int
    held: int
    untimed: int
    median: float | None
    p90: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class HoursPart:
    """Where the hours went. `by_hour`: four weeks by local hour of the week."""

    week: HoursTold | None
    twelve: HoursTold | None
    stages: tuple[StageShare, ...]
    stages_twelve: tuple[StageShare, ...]
    by_authority: tuple[StageShare, ...]
    held: HeldAfterRemoval | None
    held_twelve: HeldAfterRemoval | None
    by_hour: tuple[HourOfWeek, ...]
    clocks: tuple[ClockRate, ...]
    clocks_twelve: tuple[ClockRate, ...]
    overload: OverloadRate | None
    overload_twelve: OverloadRate | None


@dataclass(frozen=True, slots=True)
class PaymentsPart:
    """Channels, times, failures, reconciliation and the price of waiting, each of the week and of twelve."""

    channels: tuple[ChannelShare, ...]
    channels_twelve: tuple[ChannelShare, ...]
    times: tuple[PaymentTime, ...]
    times_twelve: tuple[PaymentTime, ...]
    failures: tuple[Failures, ...]
    failures_twelve: tuple[Failures, ...]
    outages: tuple[Outage, ...]
    cost: WaitingCost | None
    cost_twelve: WaitingCost | None
    agreement: Agreement | None
    agreement_twelve: Agreement | None
    unconfirmed: tuple[tuple[str, str], ...]
    """Station and host of payment addresses that no second person had confirmed."""


@dataclass(frozen=True, slots=True)
class DiscretionPart:
    """Fines in their band, findings by code, and further metrics by name; None where the program has no such
    metric."""

    week: BandShare | None
    twelve: BandShare | None
    findings: Mapping[str, int]
    findings_twelve: Mapping[str, int]
    exemptions: tuple[Mapping[str, Any], ...] | None
    repeats: tuple[Mapping[str, Any], ...] | None
    consistency: tuple[Mapping[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure of an earlier week as it was known when the last report was due, and as it is known now."""

    week: str
    name: str
    was: tuple[int, int]
    now: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Feed:
    """A source with what it promised: something within `every` microseconds; None for nothing."""

    source: str
    label: Mapping[str, str]
    last_at: int
    every: int | None
    silent: bool


@dataclass(frozen=True, slots=True)
class HonestyPart:
    """What is wrong with the data itself. `quarantined`: cells and rows refused in the week by reason, of
    which a person had put right (`settled`), a later delivery had `superseded`, or one had at a time that is
    not known (`superseded_untimed`). `loaded`: days on which history was loaded, with deliveries."""

    entries: tuple[LateEntry, ...]
    corrected: tuple[Corrected, ...]
    changed: tuple[ChangedFigure, ...]
    quarantined: Mapping[str, int]
    settled: int
    superseded: int
    superseded_untimed: int
    feeds: tuple[Feed, ...]
    bunching: Bunching
    loaded: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """The whole report as data; made again with the same `as_of` it is the same to the digit."""

    about: About
    head: tuple[HeadFigure, ...]
    rate: RatePart
    hours: HoursPart
    payments: PaymentsPart
    discretion: DiscretionPart
    honesty: HonestyPart

    @property
    def rate_measure(self) -> Measure:
        """The week's rate, the first of the five figures."""
        return self.head[0].week

    def data(self) -> dict[str, Any]:
        """All of it as JSON holds it."""
        found: dict[str, Any] = orjson.loads(_canonical(asdict(self)))
        return found

    @property
    def digest(self) -> str:
        """SHA-256 over its own data, keys sorted, but for the program's version: another program that comes
        to the same figures makes the same report."""
        told = asdict(self)
        told["about"].pop("program")
        return sha256(_canonical(told)).hexdigest()


def _canonical(told: Any) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
