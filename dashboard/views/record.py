"""What the Record page is given once, so that it works without the network: words, steps, limits, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from monitor.cases.activity import HELD_SITE_TYPES, PLATE_COLOURS, Activity, Step
from monitor.cases.limit import Vehicle, applied_limit

if TYPE_CHECKING:
    from datetime import date

    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Language
    from monitor.settings.limits import Limits
    from monitor.settings.stations import Station
    from monitor.settings.texts import Texts

A = Activity

OFFERS: Mapping[Step, tuple[Activity, ...]] = {
    Step.HAND_OVER: (A.HANDED_OVER,),
    Step.DECIDE: (A.HANDED_OVER, A.DECIDED),
    Step.REQUEST_PAYMENT: (A.PAY_REQUESTED,),
    Step.PAY: (A.PAID, A.PAY_FAILED),
    Step.PAY_AGAIN: (A.PAID, A.PAY_FAILED),
    Step.CONFIRM_PAYMENT: (A.PAY_CONFIRMED,),
    Step.ARRANGE_UNLOADING: (A.UNLOADING,),
    Step.UNLOAD: (A.UNLOADED, A.CARGO_TRANSFERRED),
    Step.REWEIGH: (A.REWEIGHED,),
    Step.UNLOAD_MORE: (A.UNLOADED, A.REWEIGHED),
    Step.RELEASE: (A.RELEASED,),
}
"""What is likely tapped next when a branch waits for a step."""

FOLLOWERS: Mapping[Activity, tuple[Activity, ...]] = {
    A.CONFIRMED: (A.UNLOADING, A.HANDED_OVER, A.DECIDED),
    A.DETAINED: (A.HANDED_IN,),
    A.HANDED_OVER: (A.ACCEPTED, A.DECIDED),
    A.ACCEPTED: (A.DECIDED,),
    A.FILED: (A.NOTIFIED,),
    A.NOTIFIED: (A.DECIDED,),
    A.DECIDED: (A.PAY_REQUESTED,),
    A.PAY_REQUESTED: (A.PAID, A.PAY_FAILED),
    A.PAY_FAILED: (A.PAID,),
    A.PAID: (A.PAY_CONFIRMED,),
    A.UNLOADING: (A.UNLOADED, A.CARGO_TRANSFERRED),
    A.CARGO_TRANSFERRED: (A.REWEIGHED,),
    A.UNLOADED: (A.REWEIGHED,),
    A.REWEIGHED: (A.UNLOADED, A.REWEIGHED),
    A.VIOLATION_REMOVED: (A.RELEASED,),
}
"""What usually follows a tap that the server does not know of yet."""

GROUPS: tuple[tuple[str, tuple[Activity, ...]], ...] = (
    ("removal", (A.UNLOADING, A.CARGO_TRANSFERRED, A.UNLOADED, A.REWEIGHED, A.VIOLATION_REMOVED)),
    ("police", (A.DETAINED, A.HANDED_IN, A.HANDED_OVER, A.ACCEPTED)),
    ("penalty", (A.FILED, A.NOTIFIED, A.STATED, A.LEGAL_REVIEW, A.DECIDED, A.SERVED)),
    ("payment", (A.PAY_REQUESTED, A.PAY_FAILED, A.PAID, A.PAY_CONFIRMED)),
    ("end", (A.SUSPENDED, A.RESUMED, A.WITHDRAWN, A.RELEASED)),
)
"""Everything that can be tapped on a case, as it stands under "more"."""

REPEATABLE = (A.REWEIGHED, A.UNLOADED, A.CARGO_TRANSFERRED, A.PAY_FAILED, A.PAID, A.SUSPENDED, A.RESUMED)
"""What happens several times in a case and so is offered again."""

ASKS: Mapping[Activity, tuple[str, ...]] = {
    A.REWEIGHED: ("weight",),
    A.DECIDED: ("authority", "outcome"),
    A.PAID: ("channel",),
    A.SUSPENDED: ("reason",),
    A.WITHDRAWN: ("reason",),
    A.VIOLATION_REMOVED: ("no_reweigh",),
    A.RELEASED: ("no_reweigh",),
}
"""What a tap asks for before it is kept. `no_reweigh` asks only where no reweigh was within the limit."""

OUTCOMES = ("fine", "warning", "none")

REASONS: Mapping[str, tuple[str, ...]] = {
    "time": ("late_entry", "wrong_time", "slip_differs"),
    "weight": ("wrong_weight", "wrong_unit", "slip_differs"),
    "void": ("slip", "wrong_case", "twice", "not_happened"),
    "suspended": ("road_closed", "weather", "identity_check", "power_cut", "scale_down", "party_away"),
    "withdrawn": ("not_established", "other_body", "wrong_case"),
    "no_reweigh": ("cargo_gone", "permit_shown", "scale_down"),
}
"""Codes of the reasons offered; each list ends with words of one's own."""

PROVINCES = "晋冀豫陕蒙鲁京津辽吉黑沪苏浙皖闽赣鄂湘粤桂琼渝川贵云藏甘青宁新"
"""First characters of plates, neighbours of Shanxi first."""

PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789挂"
"""Plates have neither I nor O."""

NO_PLATE = "无牌车"
"""What an event holds in place of a plate where there is none; exports of stations write it so too."""

TEXTS = (
    "record", "activities", "owners", "colours", "vehicles", "channels", "authorities", "reasons",
    "board.step", "board.owner", "board.owner_sign",
)  # fmt: skip
"""Sections of words that the page is given."""


@dataclass(frozen=True, slots=True)
class RecordStation:
    """A station whose cases can be recorded: one where vehicles are held."""

    code: str
    name: str
    short: str
    zone: str
    example: bool
    channels: tuple[str, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VehicleChoice:
    """A kind of vehicle that one tap names, with the limit in kg it has today."""

    axles: int
    vehicle: str
    kg: int
    confirmed: bool


MOST_AXLES = 6
"""The last kind named by its axles; the rules say "6 or more"."""


def record_stations(configuration: Configuration, language: Language) -> list[RecordStation]:
    """In the order of the configuration."""
    return [
        _station(station, language)
        for station in configuration.stations.values()
        if station.site_type in HELD_SITE_TYPES
    ]


def _station(station: Station, language: Language) -> RecordStation:
    return RecordStation(
        station.code,
        station.name.in_language(language),
        station.short.in_language(language),
        station.zone,
        station.example,
        tuple(channel.value for channel in station.channels),
        tuple(station.authorities),
    )


def vehicle_choices(limits: Limits, day: date) -> list[VehicleChoice]:
    """Every kind of vehicle whose axles and body alone give a limit on that day."""
    choices = []
    for axles in range(2, MOST_AXLES + 1):
        for kind in ("truck", "combination"):
            found = applied_limit(limits, Vehicle(axles, kind), day)
            if found is not None:
                confirmed = limits.rules[found.rule].confirmed
                choices.append(VehicleChoice(axles, kind, found.kg, confirmed))
    return choices


def record_page(
    configuration: Configuration, words: Texts, language: Language, now: int, *, simulated: bool, version: str
) -> dict[str, Any]:
    """Everything the page needs beside the cases; `now` in microseconds."""
    stations = record_stations(configuration, language)
    first = configuration.stations[stations[0].code] if stations else None
    choices = [] if first is None else vehicle_choices(configuration.limits, first.day_of(now))
    board = configuration.board
    return {
        "language": language,
        "version": version,
        "simulated": simulated,
        "texts": {
            f"{section}.{key}": text for section in TEXTS for key, text in words.section(section).items()
        },
        "stations": [asdict(station) for station in stations],
        "vehicles": [asdict(choice) for choice in choices],
        "offers": {step.value: _values(activities) for step, activities in OFFERS.items()},
        "followers": {activity.value: _values(next_ones) for activity, next_ones in FOLLOWERS.items()},
        "groups": [[name, _values(activities)] for name, activities in GROUPS],
        "repeatable": _values(REPEATABLE),
        "asks": {activity.value: list(asked) for activity, asked in ASKS.items()},
        "outcomes": list(OUTCOMES),
        "reasons": {name: list(codes) for name, codes in REASONS.items()},
        "colours": list(PLATE_COLOURS),
        "provinces": list(PROVINCES),
        "letters": list(PLATE_LETTERS),
        "no_plate": NO_PLATE,
        "near_s": round(board.near_hours * 3600),
        "ahead_s": round(board.future_tolerance_minutes * 60),
    }


def _values(activities: tuple[Activity, ...]) -> list[str]:
    return [activity.value for activity in activities]
