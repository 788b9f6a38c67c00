"""The stations of `config/stations.yaml`: where, under which limit, and what a release waits for there."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.desk import Desk
from monitor.settings.entry import Dated, Entry, Name, Timed, latest_in_force, overlaps, typed
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document, KeyPath

SECOND = 1_000_000
"""Microseconds; instants of this program are microseconds since 1970-01-01T00:00:00Z."""


class SiteType(StrEnum):
    """`siteType` of the exchange records between station and province; `0` is ours."""

    STATION = "21"
    OFF_SITE = "31"
    TOLL_ENTRY = "41"
    TOLL_EXIT = "42"
    LOADING = "51"
    LOADING_OTHER = "71"
    REGISTER = "0"
    """No site at all: a register of cases, such as a published log. Nothing is held there."""


class Need(StrEnum):
    """What a release may wait for."""

    REMOVAL = "removal"
    """The illegal state is removed: what the law asks for."""
    DECISION = "decision"
    PAYMENT = "payment"
    """The party has paid, whether or not the treasury has confirmed it."""
    PAYMENT_CONFIRMED = "payment_confirmed"
    """The treasury has confirmed the money."""


BEYOND_LAW = frozenset({Need.DECISION, Need.PAYMENT, Need.PAYMENT_CONFIRMED})
"""Needs for which a station must name its legal ground: release does not wait for them in law."""


class Channel(StrEnum):
    """By which way a fine is paid."""

    NONTAX_QR = "nontax_qr"
    NONTAX_WEB = "nontax_web"
    BANK_COUNTER = "bank_counter"
    POS = "pos"
    POLICE_12123 = "police_12123"
    CASH_ON_SPOT = "cash_on_spot"
    OTHER = "other"


def known_zone(name: str) -> str:
    """A zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("unknown_zone", "no such time zone: {value}", {"value": name}) from error
    return name


ZoneName = Annotated[str, AfterValidator(known_zone)]


class Limit(Dated):
    """Hours from confirmation to release, wall clock, for cases that start while it is in force."""

    hours: Annotated[float, Field(gt=0, le=24 * 30)]
    source: Name | None = None

    @property
    def span(self) -> int:
        """The limit in microseconds."""
        return round(self.hours * 3600 * SECOND)


class Gate(Dated):
    """What a release waits for at a station. More than removal needs a legal ground and who confirmed it."""

    needs: Annotated[tuple[Need, ...], Field(min_length=1)]
    legal_ground: Name | None = None
    confirmed_by: str | None = None
    example: bool = False

    @model_validator(mode="after")
    def _founded(self) -> Self:
        beyond = [need.value for need in self.needs if need in BEYOND_LAW]
        if beyond and not self.example and not (self.legal_ground and self.confirmed_by):
            params = {"needs": ", ".join(beyond)}
            raise PydanticCustomError("gate_without_ground", "{needs} without ground", params)
        return self

    @property
    def confirmed(self) -> bool:
        """Whether somebody answers for it. A gate on removal alone is the law and needs nobody."""
        return not self.example and (bool(self.confirmed_by) or not BEYOND_LAW.intersection(self.needs))


class Certificate(Dated):
    """A scale's verification certificate; a weight taken outside its days is no evidence."""

    number: str
    until: date


class Scale(Entry):
    """A scale of a station, with its certificates."""

    name: Name
    certificates: tuple[Certificate, ...] = ()

    def certificate_on(self, day: date) -> Certificate | None:
        return latest_in_force(self.certificates, day)


class Station(Entry):
    """One station or site. `code` is the key under which it stands in the file."""

    code: str
    name: Name
    short: Name
    aliases: tuple[str, ...] = ()
    """Names by which exports call it, beside code, name and short name."""
    site_type: Annotated[SiteType, BeforeValidator(str)]
    region: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    """Six-digit administrative code (GB/T 2260)."""
    zone: ZoneName
    example: bool = False
    """Invented, and shown as such."""
    limits: tuple[Limit, ...] = ()
    gates: tuple[Gate, ...] = ()
    authorities: tuple[Literal["transport", "police"], ...] = ()
    channels: tuple[Channel, ...] = ()
    payment: Desk | None = None
    """To whom and where fines are paid, and when; None where nobody has entered it."""
    scales: dict[str, Scale] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.site_type is SiteType.STATION and not self.limits:
            raise PydanticCustomError("no_limit", "a station needs a limit", {"value": self.code})
        if self.site_type is SiteType.STATION and not self.gates:
            raise PydanticCustomError("no_gate", "a station needs a release gate", {"value": self.code})
        return self

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def day_of(self, instant: int) -> date:
        """The local day of an instant in microseconds."""
        return datetime.fromtimestamp(instant // SECOND, self.tz).date()

    def limit_at(self, instant: int) -> Limit | None:
        """The limit in force on the local day of an instant (microseconds); None where the site has none."""
        return self._limits.at(instant)

    def limit_spans(self) -> tuple[tuple[int, int], ...]:
        """(In force from, in microseconds; seconds of the limit), ascending; without days of no limit."""
        pairs = zip(self._limits.starts, self._limits.values[1:], strict=True)
        return tuple((start, limit.span // SECOND) for start, limit in pairs if limit is not None)

    def gate_at(self, instant: int) -> Gate | None:
        """The release gate in force on the local day of an instant (microseconds)."""
        return self._gates.at(instant)

    @cached_property
    def _limits(self) -> _Timeline[Limit]:
        return _Timeline(self.limits, self.tz)

    @cached_property
    def _gates(self) -> _Timeline[Gate]:
        return _Timeline(self.gates, self.tz)

    def names(self) -> Iterator[str]:
        """Everything by which an export may call it."""
        yield self.code
        for name in (self.name, self.short):
            yield name.zh
            if name.en:
                yield name.en
        yield from self.aliases


class _Timeline(Generic[Timed]):
    """Dated entries as spans of instants, so that a case asks with one bisection and no calendar."""

    def __init__(self, entries: tuple[Timed, ...], tz: ZoneInfo) -> None:
        days = {entry.since for entry in entries}
        days |= {_day_after(entry.until) for entry in entries if entry.until is not None}
        ordered = sorted(days)
        self.values = [None, *(latest_in_force(entries, day) for day in ordered)]
        self.starts = [_midnight(day, tz) for day in ordered]

    def at(self, instant: int) -> Timed | None:
        return self.values[bisect_right(self.starts, instant)]


def _day_after(day: date) -> date:
    return date.max if day == date.max else date.fromordinal(day.toordinal() + 1)


def _midnight(day: date, tz: ZoneInfo) -> int:
    return round(datetime.combine(day, time(), tz).astimezone(UTC).timestamp()) * SECOND


class Stations(Mapping[str, Station]):
    """The configured stations by code, in the order of the file."""

    def __init__(self, stations: tuple[Station, ...]) -> None:
        self._by_code = {station.code: station for station in stations}
        self._by_name = {folded(name): station for station in stations for name in station.names()}

    def __getitem__(self, code: str) -> Station:
        return self._by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def named(self, text: str) -> Station | None:
        """The station that an export calls so: by code, name, short name or alias; width and case aside."""
        return self._by_name.get(folded(text))


def folded(name: str) -> str:
    """A name as it is compared: full-width letters and digits made plain, no spaces, no case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


class StationsFile(Entry):
    """`stations.yaml`. With `examples: false` the shipped example stations are left out."""

    examples: bool = True
    stations: dict[str, Station] = Field(default_factory=dict)


def read_stations(document: Document, zone: str) -> Stations:
    """The stations of a document; `zone` is that of a station that names none. Raises ConfigError."""
    file = typed(StationsFile, with_codes(document, zone))
    problems = list(station_problems(file, document))
    if problems:
        raise ConfigError(problems)
    kept = [station for station in file.stations.values() if file.examples or not station.example]
    return Stations(tuple(kept))


def with_codes(document: Document, zone: str) -> Document:
    """Each station with its code, which its place in the file tells, and a zone where it names none."""
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("stations"), dict):
        return document
    stations: dict[str, Any] = {
        code: {"zone": zone, **station, "code": code} if isinstance(station, dict) else station
        for code, station in value["stations"].items()
    }
    return Document({**value, "stations": stations}, document.places)


def station_problems(file: StationsFile, document: Document) -> Iterator[ConfigProblem]:
    """What only shows when stations, or dates of one station, are held against each other."""
    kept = {code: one for code, one in file.stations.items() if file.examples or not one.example}
    if all(station.site_type is SiteType.REGISTER for station in kept.values()):
        yield document.problem(("stations",), "no_station")
    yield from _shared_names(kept, document)
    for code, station in kept.items():
        path: KeyPath = ("stations", code)
        dated: dict[KeyPath, tuple[Dated, ...]] = {
            (*path, "limits"): station.limits,
            (*path, "gates"): station.gates,
        }
        for scale, held in station.scales.items():
            dated[(*path, "scales", scale, "certificates")] = held.certificates
        for where, entries in dated.items():
            for later, earlier in overlaps(entries):
                line = str(document.place((*where, earlier))[1])
                since = str(entries[earlier].since)
                yield document.problem((*where, later, "from"), "overlapping_dates", since=since, first=line)


def _shared_names(stations: Mapping[str, Station], document: Document) -> Iterator[ConfigProblem]:
    owners: dict[str, str] = {}
    for code, station in stations.items():
        for name in station.names():
            owner = owners.setdefault(folded(name), code)
            if owner != code:
                path: KeyPath = ("stations", code)
                if name in station.aliases:
                    path = (*path, "aliases", station.aliases.index(name))
                yield document.problem(path, "shared_name", value=name, owner=owner)
