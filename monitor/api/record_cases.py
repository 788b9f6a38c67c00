"""What a device needs to know of the cases at its station, so that it can work without the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from pydantic import BaseModel

from ingest.record import SOURCE
from monitor.cases.activity import Activity, Lane, Owner, Step
from monitor.cases.branch import LAWFUL_GATE, Gate, branches, waiting_on
from monitor.cases.event import Event, precedence
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState
from monitor.settings.stations import Gate as ConfiguredGate
from monitor.settings.stations import Need, Station
from monitor.store.board import open_cases, recent_releases
from monitor.store.database import Database
from monitor.store.log import KnownEvents, case_ids, events_of

RELEASED_SHOWN = 10
"""Cases released last that a device still shows, so that a wrong release can be corrected."""


class RecordedEvent(BaseModel):
    """The last version of one event of a case; instants in microseconds UTC.

    `own` ones came from the Record page and may be corrected there. `struck_by` is the id of the valid event
    that struck it out.
    """

    event_id: str | None
    revision: int | None
    activity: str
    occurred_at: int
    occurred_until: int | None
    own: bool
    source: str
    data: dict[str, object]
    struck_by: str | None


class OwedStep(BaseModel):
    """A step that an open branch waits for; `awaited` is the one the release waits for."""

    lane: Lane
    step: Step
    owner: Owner
    since: int
    awaited: bool


class HeldCase(BaseModel):
    """A case in custody, or released lately."""

    case_no: str
    plate: str | None
    plate_colour: str | None
    vehicle: str | None
    axles: int | None
    gross_kg: int | None
    limit_kg: int | None
    limit_rule: str | None
    reweigh_kg: int | None
    authority: str | None
    confirmed_at: int | None
    deadline_at: int | None
    removed_at: int | None
    released_at: int | None
    withdrawn_at: int | None
    pay_failures: int
    paused: bool
    steps: list[OwedStep]
    events: list[RecordedEvent]


class ReleaseGate(BaseModel):
    """What a release waits for at the station. Beyond removal the law asks for nothing: then the ground is
    named, and whether somebody has confirmed it."""

    needs: list[str]
    ground: str | None
    confirmed: bool


class StationCases(BaseModel):
    """Answer of `GET /api/v1/record/cases`; `now` is the server's clock in microseconds."""

    station: str
    now: int
    limit_s: int | None
    gate: ReleaseGate
    cases: list[HeldCase]
    released: list[HeldCase]


def station_cases(database: Database, station: Station, now: int, language: str) -> StationCases:
    """The cases of a station: those in custody with the nearest deadline first, and those released last."""
    held = open_cases(database, [station.code])
    released = recent_releases(database, [station.code], now, RELEASED_SHOWN)
    events = _events(database, [*held, *released])
    configured = station.gate_at(now)
    gate = _gate(configured)
    limit = station.limit_at(now)
    english = language == "en"
    ground = configured.legal_ground if configured is not None else None
    return StationCases(
        station=station.code,
        now=now,
        limit_s=None if limit is None else limit.span // 1_000_000,
        gate=ReleaseGate(
            needs=["removal"] if configured is None else [need.value for need in configured.needs],
            ground=None if ground is None else ground.in_language("en" if english else "zh"),
            confirmed=configured is None or configured.confirmed,
        ),
        cases=[held_case(state, events.get(state.case_no), gate) for state in held],
        released=[held_case(state, events.get(state.case_no), gate) for state in released],
    )


def _gate(configured: ConfiguredGate | None) -> Gate:
    if configured is None:
        return LAWFUL_GATE
    needs = set(configured.needs)
    lanes = {Lane.REMOVAL} if Need.REMOVAL in needs else set()
    lanes |= {Lane.DECISION} if Need.DECISION in needs else set()
    lanes |= {Lane.PAYMENT} if needs & {Need.PAYMENT, Need.PAYMENT_CONFIRMED} else set()
    return Gate(frozenset(lanes), payment_confirmed=Need.PAYMENT_CONFIRMED in needs)


def _events(database: Database, states: Sequence[CaseState]) -> Mapping[str, KnownEvents]:
    with database.read() as connection:
        ids = case_ids(connection, {(state.station, state.case_no) for state in states})
        known = events_of(connection, ids.values())
    return {case_no: known[case_id] for (_, case_no), case_id in ids.items()}


def held_case(state: CaseState, known: KnownEvents | None, gate: Gate) -> HeldCase:
    """A case as a device shows it."""
    return HeldCase(
        case_no=state.case_no,
        plate=state.plate,
        plate_colour=state.plate_colour,
        vehicle=state.vehicle,
        axles=state.axles,
        gross_kg=state.gross_kg,
        limit_kg=state.limit_kg,
        limit_rule=state.limit_rule,
        reweigh_kg=state.reweigh_kg,
        authority=state.authority,
        confirmed_at=state.confirmed_at,
        deadline_at=state.deadline_at,
        removed_at=state.removed_at,
        released_at=state.released_at,
        withdrawn_at=state.withdrawn_at,
        pay_failures=state.pay_failures,
        paused=any(pause.until is None for pause in state.pauses),
        steps=_owed(state, gate),
        events=[] if known is None else recorded_events(known.own, known.elsewhere),
    )


def _owed(state: CaseState, gate: Gate) -> list[OwedStep]:
    """The steps of the open branches, the one that the release waits for first."""
    awaited = waiting_on(state, gate)
    steps = [branch.open_step for branch in branches(state, gate) if branch.open_step is not None]
    if awaited is not None and awaited not in steps:
        steps.append(awaited)
    unique = dict.fromkeys(sorted(steps, key=lambda step: step != awaited))
    return [
        OwedStep(
            lane=step.lane, step=step.step, owner=step.owner, since=step.since, awaited=step == awaited
        )
        for step in unique
    ]  # fmt: skip


def recorded_events(own: Sequence[Event], elsewhere: Sequence[Event]) -> list[RecordedEvent]:
    """The last version of each event of a case in the order of time, struck-out ones among them; the events
    that strike out show only in `struck_by`."""
    valid = valid_events(own, elsewhere)
    standing = {event.identity for event in (*valid.events, *valid.waiting_voids)}
    latest: dict[bytes, Event] = {}
    for event in sorted(own, key=precedence):
        latest[event.identity] = event
    strikes: dict[str, str] = {}
    for event in latest.values():
        if event.activity == Activity.VOIDED and event.event_id is not None:
            strikes[str(_data(event).get("voids"))] = event.event_id
    told = [
        RecordedEvent(
            event_id=event.event_id,
            revision=event.revision,
            activity=event.activity,
            occurred_at=event.occurred_at,
            occurred_until=event.occurred_until,
            own=event.source == SOURCE,
            source=event.source,
            data=_data(event),
            struck_by=None if event.identity in standing else strikes.get(event.event_id or ""),
        )
        for event in latest.values()
        if event.activity != Activity.VOIDED
    ]
    return sorted(told, key=lambda event: event.occurred_at)


def _data(event: Event) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(event.data) if event.data else {}
    return found
