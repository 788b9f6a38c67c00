"""What happened to a case, in the order of time: every version of every event, with who said it and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from dashboard.views.said import Code, Kg, Money, Said
from monitor.cases.activity import ORDER, Activity
from monitor.cases.event import SECOND, Event, precedence

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage
    from monitor.cases.state import CaseState
    from monitor.settings.entry import Name
    from monitor.settings.stations import Station
    from monitor.store.cases import CaseFile
    from monitor.store.flag_list import Sending
    from monitor.store.flags import Flag, FlagStep


class Kind(StrEnum):
    """The sign before an event."""

    PLAIN = "plain"
    KEY = "key"
    """A clock starts or stops here."""
    HELD = "held"
    """From here on the vehicle is held although the violation has ended."""
    TROUBLE = "trouble"


class Standing(StrEnum):
    """Whether this version of the event counts."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    VOIDED = "voided"
    MOVED = "moved"
    VOIDING = "voiding"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one event. `until` is set where only the day is known. `late`: recorded so long after it
    happened that it counts as a late entry."""

    activity: str
    kind: Kind
    at: int
    until: int | None
    title: Said
    details: tuple[Said, ...]
    source: str
    source_label: Name | None
    recorded_at: int | None
    received_at: int
    late: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class FlagEntry:
    """What became of a flag of the case: a step of its history, or a message of it that arrived."""

    at: int
    flag: Flag
    step: FlagStep | None = None
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries by local day. `count`, `late`: of the valid ones; `old`: versions that no longer count. Flags
    are counted among none of them."""

    days: tuple[tuple[date, tuple[Entry | FlagEntry, ...]], ...]
    count: int
    late: int
    old: int
    files: int
    rows: int
    refused: int


KEY_EVENTS = frozenset({Activity.CONFIRMED, Activity.DECIDED, Activity.RELEASED})
TROUBLES = frozenset({Activity.PAY_FAILED, Activity.SUSPENDED, Activity.WITHDRAWN, Activity.DECISION_REVOKED})
WEIGHINGS = frozenset({Activity.WEIGHED, Activity.REWEIGHED})


def timeline_of(
    file: CaseFile, station: Station | None, sources: Mapping[str, SourcePage], late_entry_minutes: int
) -> Timeline:
    """The timeline of a case file. Days are those of the station's zone, else of UTC."""
    late_after = late_entry_minutes * 60 * SECOND
    newest: dict[bytes, Event] = {}
    for event in file.events:
        known = newest.setdefault(event.identity, event)
        if precedence(event) > precedence(known):
            newest[event.identity] = event
    voided_here = any(event.activity == Activity.VOIDED for event in file.events)
    ordered = sorted(
        file.events,
        key=lambda one: (one.occurred_at, ORDER.get(one.activity, len(ORDER)), one.received_at),
    )
    seen: set[str] = set()
    days: dict[date, list[Entry]] = {}
    entries = []
    for event in ordered:
        standing = _standing(event, file, newest, voided_here)
        first = standing is Standing.VALID and event.activity not in seen
        if standing is Standing.VALID:
            seen.add(event.activity)
        page = sources.get(event.source)
        data: dict[str, Any] = orjson.loads(event.data) if event.data else {}
        recorded = event.recorded_at
        entry = Entry(
            event.activity,
            _kind(event, file.state, standing),
            event.occurred_at,
            event.occurred_until,
            _title(event, data),
            tuple(_details(event, data, file.state, station, page, first=first)),
            event.source,
            None if page is None else page.feed,
            recorded,
            event.received_at,
            recorded is not None and recorded - event.latest >= late_after,
            standing,
        )
        entries.append(entry)
        days.setdefault(_day(event.occurred_at, station), []).append(entry)
    valid = [entry for entry in entries if entry.standing is Standing.VALID]
    return Timeline(
        tuple((day, tuple(found)) for day, found in sorted(days.items())),
        count=len(valid),
        late=sum(entry.late for entry in valid),
        old=len(entries) - len(valid),
        files=len({event.delivery_id for event in file.events}),
        rows=len({(event.delivery_id, event.sheet, event.row) for event in file.events}),
        refused=len(file.refused),
    )


def _day(at: int, station: Station | None) -> date:
    if station is not None:
        return station.day_of(at)
    return date.fromordinal(date(1970, 1, 1).toordinal() + at // (86_400 * SECOND))


def _standing(event: Event, file: CaseFile, newest: Mapping[bytes, Event], voided_here: bool) -> Standing:
    if event.activity == Activity.VOIDED:
        return Standing.VOIDING
    if file.is_valid(event):
        return Standing.VALID
    if newest[event.identity] is not event:
        return Standing.SUPERSEDED
    return Standing.VOIDED if voided_here else Standing.MOVED


def _kind(event: Event, state: CaseState, standing: Standing) -> Kind:
    if standing is not Standing.VALID:
        return Kind.PLAIN
    if event.activity in KEY_EVENTS:
        return Kind.KEY
    if event.activity in TROUBLES:
        return Kind.TROUBLE
    if _ends_violation(event, state):
        return Kind.HELD
    return Kind.PLAIN


def _ends_violation(event: Event, state: CaseState) -> bool:
    told = Activity.REWEIGHED if state.removed_derived else Activity.VIOLATION_REMOVED
    return event.activity == told and event.occurred_at == state.removed_at


def _title(event: Event, data: Mapping[str, Any]) -> Said:
    activity = Code("activities", event.activity)
    if event.activity in WEIGHINGS and data.get("gross_kg") is not None:
        return Said("case.event.weight", {"activity": activity, "weight": Kg(data["gross_kg"])})
    return Said("case.event.plain", {"activity": activity})


TOLD = frozenset(
    {"plate", "plate_colour", "vehicle", "axles", "limit_kg", "over_kg", "gross_kg", "authority"}
)
"""What the head of the page and its weights say already."""
WORDS_OF = {
    "channel": "channels", "reason": "record.reason", "outcome": "case.outcome", "ground": "case.grounds",
}  # fmt: skip

CODED = frozenset({"party", "procedure", "collector"})
"""Data whose values are codes with words of their own, `case.value`."""


def _details(
    event: Event,
    data: Mapping[str, Any],
    state: CaseState,
    station: Station | None,
    page: SourcePage | None,
    *,
    first: bool,
) -> list[Said]:
    """What the event's data adds, in the order in which people ask for it."""
    said: list[Said] = []
    activity = event.activity
    if activity == Activity.CONFIRMED and first:
        if state.over_kg is not None and state.over_kg > 0:
            said.append(Said("case.detail.over", {"weight": Kg(state.over_kg)}))
        if state.custody and state.limit_s is not None:
            said.append(Said("case.detail.clock_starts", {"hours": f"{state.limit_s / 3600:g}"}))
    if activity == Activity.REWEIGHED and data.get("gross_kg") is not None:
        said += _against_limit(data["gross_kg"], data.get("limit_kg", state.limit_kg))
    if _ends_violation(event, state):
        if state.removed_derived:
            said.append(Said("case.detail.removal_derived"))
        said.append(Said("case.detail.held_apart"))
    if "scale" in data:
        said.append(_scale(str(data["scale"]), event, station))
    currency = "CNY" if page is None else page.currency
    for key, value in data.items():
        if key in TOLD or key == "scale" or key.endswith("_digest") or value in (None, ""):
            continue
        if key == "outcome" and value == "fine" and "fine_fen" in data:
            continue
        if key in ("points", "paid_total_fen") and value == 0:
            continue
        said.append(_detail(key, value, currency))
    return said


def _against_limit(gross_kg: int, limit_kg: int | None) -> list[Said]:
    if limit_kg is None:
        return []
    if gross_kg > limit_kg:
        return [Said("case.detail.above_limit", {"weight": Kg(gross_kg - limit_kg)})]
    return [Said("case.detail.below_limit", {"weight": Kg(limit_kg - gross_kg)})]


def _scale(code: str, event: Event, station: Station | None) -> Said:
    scale = None if station is None else station.scales.get(code)
    if scale is None or station is None:
        return Said("case.detail.scale", {"scale": code})
    certificate = scale.certificate_on(station.day_of(event.occurred_at))
    if certificate is None:
        return Said("case.detail.scale_uncertified", {"scale": scale.name})
    return Said("case.detail.scale_certified", {"scale": scale.name, "until": certificate.until.isoformat()})


def _detail(key: str, value: Any, currency: str) -> Said:
    if key.endswith("_kg") and isinstance(value, int):
        return Said("case.detail.weight", {"name": Code("case.data", key), "weight": Kg(value)})
    if key.endswith("_fen") and isinstance(value, int):
        return Said("case.detail.money", {"name": Code("case.data", key), "amount": Money(value, currency)})
    if key == "payment_code":
        return Said("case.detail.payment_code", {"end": f"…{str(value)[-8:-4]} {str(value)[-4:]}".strip()})
    if key == "officers":
        codes = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return Said("case.detail.officers", {"codes": codes})
    if key == "points":
        return Said("case.detail.points", {"n": str(value)})
    if key in WORDS_OF:
        return Said(f"case.detail.{key}", {"word": Code(WORDS_OF[key], str(value))})
    if key == "note":
        return Said("case.detail.note", {"text": str(value)})
    if key in CODED:
        word = Code("case.value", str(value))
        return Said("case.detail.other", {"name": Code("case.data", key), "value": word})
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Said("case.detail.other", {"name": Code("case.data", key), "value": shown})
