"""What raises a flag, who is told and when it goes a level up: `config/alerts.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.alert_delivery import ADDRESSED, AlertChannel, Recipient, Timing
from monitor.settings.cadence import WEEKDAYS, span
from monitor.settings.calendar import Calendar
from monitor.settings.entry import Dated, Entry, latest_in_force, overlaps, typed
from monitor.settings.findings import FINDINGS
from monitor.settings.limits import LegalSource, Sourced
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.scheduled import Interval
from monitor.settings.yamlfile import Document, KeyPath

ALL = "all"
"""Beside codes of stations: what holds for each of them."""

SHORTEST = span("1m")
"""A repetition more often than this would be a storm."""

Days = Annotated[int, Field(ge=0, le=366)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WarnDays = Annotated[int, Field(ge=1, le=60)]


def _shift_hours(value: str) -> str:
    try:
        _from_to(value)
    except ValueError as error:
        raise PydanticCustomError("not_hours", "{value} is no span of a day", {"value": value}) from error
    return value


def _from_to(text: str) -> tuple[time, time]:
    since, until = text.split("-")
    first, last = time.fromisoformat(since), time.min if until == "24:00" else time.fromisoformat(until)
    if first == last and text != "00:00-24:00":
        raise ValueError(text)
    return first, last


class WatchedStep(StrEnum):
    """Steps of a case that may take too long; codes of `monitor.cases.activity.Step`."""

    DECIDE = "decide"
    CONFIRM_PAYMENT = "confirm_payment"
    UNLOAD = "unload"
    REWEIGH = "reweigh"


class LegalDate(StrEnum):
    """Dates that the law sets; `pay` stands in `payments.yaml`."""

    PUBLISH = "publish"
    COPY_HOME = "copy_home"
    PAY = "pay"
    DECIDE = "decide"


TERMS = (LegalDate.PUBLISH.value, LegalDate.COPY_HOME.value, LegalDate.DECIDE.value)
"""Those of which the term stands in `alerts.yaml`."""


STEPS = tuple(f"step:{step.value}" for step in WatchedStep)
CASE_CLOCKS = (
    "a", "b", "c", *STEPS, "held_after_removal", "paid_not_released",
    *(f"legal:{name.value}" for name in LegalDate),
)  # fmt: skip
"""Every clock of a case but those of findings, `finding:<code>`; each has its text, `flags.clocks`."""
OTHER_CLOCKS = ("feed", "job", "channel", "sending")
"""Kinds of clocks of what is no case; behind a colon stands which."""


class Countdown(Entry):
    """With how much left of a clock a flag is raised, and how often past its limit, for how long."""

    left: tuple[Interval, ...] = ()
    overdue_every: Interval | None = None
    overdue_for: Interval = "7d"

    @model_validator(mode="after")
    def _not_a_storm(self) -> Self:
        if self.overdue_every is not None and span(self.overdue_every) < SHORTEST:
            raise PydanticCustomError("too_often", "{value}", {"value": self.overdue_every})
        return self


class Failing(Entry):
    """A payment channel of a station fails where so many attempts of it failed within so long."""

    failures: Annotated[int, Field(ge=2, le=1000)]
    within: Interval


class Thresholds(Dated):
    """What raises a flag at a station. A key that is left out says what `all` says; null is no flag."""

    a: Countdown | None = None
    b: Countdown | None = None
    c: Countdown | None = None
    steps: dict[WatchedStep, Interval | None] | None = None
    held_after_removal: Interval | None = None
    paid_not_released: Interval | None = None
    legal: tuple[LegalDate, ...] | None = None
    legal_warn_days: tuple[WarnDays, ...] | None = None
    findings: tuple[str, ...] | None = None
    channel_failing: Failing | None = None


class LegalTerm(Sourced):
    """Within how many days, calendar or working ones, counted from the day after; the last is in time."""

    days: Days | None = None
    working_days: Days | None = None

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.days is None) == (self.working_days is None):
            raise PydanticCustomError("one_count_of_days", "days, or working_days", {})
        return self

    def last_day(self, day: date, calendar: Calendar) -> date:
        """The last local day in time. Raises CalendarMissing where working days cannot be told."""
        if self.working_days is not None:
            return calendar.add_working_days(day, self.working_days)
        return day + timedelta(days=self.days or 0)


class Shift(Dated):
    """Who is on duty on some days of the week between two times of a local day; over midnight it belongs to
    the day on which it begins."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = get_args(Weekday)
    hours: Annotated[str, AfterValidator(_shift_hours)] = "00:00-24:00"
    recipient: str

    def holds(self, local: datetime) -> bool:
        """Whether it is on duty at a local time."""
        first, last = _from_to(self.hours)
        clock = local.time()
        if first < last or last == time.min:
            return clock >= first and (clock < last or last == time.min) and self._on(local.date())
        return (clock >= first and self._on(local.date())) or (
            clock < last and self._on(local.date() - timedelta(days=1))
        )

    def _on(self, day: date) -> bool:
        return self.in_force(day) and WEEKDAYS[day.weekday()] in self.days


class Level(Entry):
    """Who is told once nobody has acknowledged for `after`, from when the flag was raised."""

    name: str
    after: Interval | None = None
    recipients: tuple[str, ...] = ()
    rota: str | None = None

    @property
    def delay(self) -> int:
        """Microseconds from raising to this level."""
        return 0 if self.after is None else span(self.after)


class ConfiguredSilence(Dated):
    """For these days nobody is told of flags of these stations and clocks; a list left out means all."""

    until: date
    stations: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    owner: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]


class Alerts(Entry):
    """`alerts.yaml`. Nothing configured: nothing is raised."""

    sources: dict[str, LegalSource] = Field(default_factory=dict)
    thresholds: Mapping[str, tuple[Thresholds, ...]] = Field(default_factory=dict)
    legal: Mapping[str, tuple[LegalTerm, ...]] = Field(default_factory=dict)
    feeds: bool = False
    jobs: bool = False
    history_days: Annotated[int, Field(ge=1, le=366)] = 14
    delivery: Timing = Field(default_factory=Timing)
    pages: Annotated[str, Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")] | None = None
    """The address of these pages as recipients reach them; without it messages carry no links."""
    channels: dict[str, AlertChannel] = Field(default_factory=dict)
    recipients: dict[str, Recipient] = Field(default_factory=dict)
    rotas: dict[str, tuple[Shift, ...]] = Field(default_factory=dict)
    levels: dict[str, tuple[Level, ...]] = Field(default_factory=dict)
    silences: tuple[ConfiguredSilence, ...] = ()

    def at_station(self, station: str, day: date) -> Thresholds | None:
        """What holds at a station for what starts on a local day: its own keys over those of all."""
        found = [
            entry
            for key in (ALL, station)
            if (entry := latest_in_force(self.thresholds.get(key, ()), day)) is not None
        ]
        if len(found) < 2:
            return found[0] if found else None
        below, above = found
        told: dict[str, Any] = {
            name: getattr(above, name) for name in above.model_fields_set - {"since", "until"}
        }
        if below.steps and told.get("steps"):
            told["steps"] = {**below.steps, **told["steps"]}
        return below.model_copy(update=told)

    def term(self, name: LegalDate, day: date) -> LegalTerm | None:
        """The legal term in force on a local day; None where there is none (or it stands elsewhere)."""
        return latest_in_force(self.legal.get(name.value, ()), day)

    def levels_of(self, station: str) -> tuple[Level, ...]:
        """The levels of a station; its own list stands in the place of that of all."""
        return self.levels.get(station) or self.levels.get(ALL, ())

    def told_at(self, level: Level, local: datetime) -> tuple[str, ...]:
        """Keys of the recipients of a level at a local time; none where its rota has a hole."""
        on_duty = [shift.recipient for shift in self.rotas.get(level.rota or "", ()) if shift.holds(local)]
        return tuple(dict.fromkeys((*level.recipients, *on_duty)))


Timed = TypeVar("Timed", bound=Dated)


def read_alerts(document: Document) -> Alerts:
    """Raises ConfigError, with the line of every key that does not fit."""
    try:
        alerts = typed(Alerts, document)
    except ConfigError as error:
        raise ConfigError([_covered(one) for one in error.problems]) from None
    problems = list(_problems(alerts, document))
    if problems:
        raise ConfigError(problems)
    return alerts


def _covered(problem: ConfigProblem) -> ConfigProblem:
    """A problem of a channel without what was written there: it may hold a password or a robot's key."""
    if not problem.key.startswith("channels."):
        return problem
    return replace(problem, params={**problem.params, "value": "…"})


def unknown_stations(alerts: Alerts, stations: Mapping[str, Any], document: Document) -> list[ConfigProblem]:
    """Keys of thresholds, levels and silences that are no station: what they say would silently not hold."""
    known = ", ".join((ALL, *stations))
    wrong = [
        (part, key)
        for part, entries in (("thresholds", alerts.thresholds), ("levels", alerts.levels))
        for key in entries
        if key != ALL and key not in stations
    ]
    found = [document.problem(path, "unknown_station_key", value=path[1], known=known) for path in wrong]
    for place, silence in enumerate(alerts.silences):
        for code in silence.stations:
            if code not in stations:
                path = ("silences", place, "stations")
                found.append(document.problem(path, "unknown_station_key", value=code, known=known))
    return found


def _problems(alerts: Alerts, document: Document) -> Iterator[ConfigProblem]:
    for name, terms in alerts.legal.items():
        if name not in TERMS:
            known = ", ".join(TERMS)
            yield document.problem(("legal", name), "unknown_name", value=name, known=known)
        yield from _doubled(("legal", name), terms, document)
        for place, term in enumerate(terms):
            if term.source not in alerts.sources:
                path = ("legal", name, place, "source")
                known = ", ".join(alerts.sources)
                yield document.problem(path, "unknown_source", value=term.source, known=known)
    for station, entries in alerts.thresholds.items():
        yield from _doubled(("thresholds", station), entries, document)
        yield from _unknown_findings(station, entries, document)
    for name, one in alerts.recipients.items():
        channel = alerts.channels.get(one.channel)
        if channel is None:
            yield _unknown(("recipients", name, "channel"), one.channel, alerts.channels, document)
        elif channel.kind in ADDRESSED and not one.address:
            yield document.problem(("recipients", name), "recipient_without_address", channel=one.channel)
    for rota, shifts in alerts.rotas.items():
        for place, shift in enumerate(shifts):
            if shift.recipient not in alerts.recipients:
                path = ("rotas", rota, place, "recipient")
                yield _unknown(path, shift.recipient, alerts.recipients, document)
    for station, levels in alerts.levels.items():
        yield from _levels(alerts, station, levels, document)
    yield from _unknown_clocks(alerts, document)


def _unknown_clocks(alerts: Alerts, document: Document) -> Iterator[ConfigProblem]:
    """A silence of a clock written wrong would silence nothing."""
    known = ", ".join((*CASE_CLOCKS, "finding:…", *(f"{kind}:…" for kind in OTHER_CLOCKS)))
    for place, silence in enumerate(alerts.silences):
        for n, clock in enumerate(silence.clocks):
            if not _is_clock(clock):
                path = ("silences", place, "clocks", n)
                yield document.problem(path, "unknown_clock", value=clock, known=known)


def _is_clock(name: str) -> bool:
    kind, _, which = name.partition(":")
    if kind == "finding":
        return which in FINDINGS
    return name in CASE_CLOCKS or (kind in OTHER_CLOCKS and bool(which))


def _unknown_findings(
    station: str, entries: Iterable[Thresholds], document: Document
) -> Iterator[ConfigProblem]:
    """A class written wrong would silently raise nothing."""
    for place, entry in enumerate(entries):
        for n, code in enumerate(entry.findings or ()):
            if code not in FINDINGS:
                path = ("thresholds", station, place, "findings", n)
                yield document.problem(path, "unknown_finding", value=code, known=", ".join(FINDINGS))


def _levels(
    alerts: Alerts, station: str, levels: tuple[Level, ...], document: Document
) -> Iterator[ConfigProblem]:
    for place, level in enumerate(levels):
        path = ("levels", station, place)
        for name in level.recipients:
            if name not in alerts.recipients:
                yield _unknown((*path, "recipients"), name, alerts.recipients, document)
        if level.rota is not None and level.rota not in alerts.rotas:
            yield _unknown((*path, "rota"), level.rota, alerts.rotas, document)
        if not level.recipients and level.rota is None:
            yield document.problem(path, "level_without_anybody")
        if place and level.delay <= levels[place - 1].delay:
            yield document.problem(path, "level_not_later")


def _doubled(path: KeyPath, entries: tuple[Timed, ...], document: Document) -> Iterator[ConfigProblem]:
    for later, earlier in overlaps(entries):
        line = str(document.place((*path, earlier))[1])
        since = str(entries[earlier].since)
        yield document.problem((*path, later, "from"), "overlapping_dates", since=since, first=line)


def _unknown(path: KeyPath, value: str, known: Mapping[str, Any], document: Document) -> ConfigProblem:
    return document.problem(path, "unknown_name", value=value, known=", ".join(known) or "–")
