"""What an export holds: the valid events of chosen cases, and the states of those cases.

Digests of personal values are never part of it; plates are masked unless whole ones are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson

from monitor.cases.event import SECOND, Event
from monitor.cases.plate import masked_plate
from monitor.cases.revision import valid_events
from monitor.settings.stations import Stations
from monitor.store.bulk import chunks
from monitor.store.cases import CaseFilter, each_case
from monitor.store.database import Database
from monitor.store.log import CaseKey, case_ids, events_of

PERSONAL = "_digest"
"""End of the keys that hold a digest of a personal value."""
DERIVED = "plate_unread"
"""Follows from the plate whenever it is read."""
PLATES = ("plate", "trailer")
AT_ONCE = 500

Value = str | int | float | bool


class Export(NamedTuple):
    """Where it is read from, which cases, whose clocks they follow, and whether plates are whole."""

    database: Database
    chosen: CaseFilter
    stations: Stations
    now: int
    plates: bool = False


class Told(NamedTuple):
    """A valid event. `occurred` is RFC 3339 with the station's offset, or the local day alone where no more
    is known; `event_id` holds across exports of one database, whatever its source calls the event."""

    event: Event
    event_id: str
    occurred: str
    moment: str
    recorded: str | None
    data: dict[str, Value]


class ToldCase(NamedTuple):
    """A case with its valid events in the order of time."""

    key: CaseKey
    events: list[Told]

    @property
    def name(self) -> str:
        """One text for station and number: another station may have the same number."""
        return "/".join(self.key)


def each_told(export: Export) -> Iterator[ToldCase]:
    """The chosen cases one by one; memory does not follow their number."""
    for key, events in _each(export):
        zone = zone_of(export, key[0])
        yield ToldCase(key, [_told(event, zone, export.plates) for event in events])


def _each(export: Export) -> Iterator[tuple[CaseKey, list[Event]]]:
    states = each_case(export.database, export.chosen, export.now)
    keys = ((state.station, state.case_no) for state in states)
    for some in chunks(keys, AT_ONCE):
        with export.database.read() as connection:
            ids = case_ids(connection, some)
            known = events_of(connection, ids.values())
        for key in some:
            own, elsewhere = known[ids[key]]
            valid = valid_events(own, elsewhere)
            # a void that waits for what it names still says something, and may yet find it
            yield (
                key,
                sorted((*valid.events, *valid.waiting_voids), key=lambda e: (e.occurred_at, e.identity)),
            )


def zone_of(export: Export, station: str) -> ZoneInfo:
    """The zone of a station; UTC for one that is not configured any more."""
    found = export.stations.get(station)
    return ZoneInfo("UTC") if found is None else found.tz


def moment(at: int, zone: ZoneInfo) -> str:
    """RFC 3339 in the zone, microseconds only where there are any."""
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
    return local.replace(microsecond=at % SECOND).isoformat()


def keys_told(export: Export) -> dict[str, dict[str, str]]:
    """Activity → key of its data → kind of value (`string`, `integer`, `float`, `boolean`), of the whole
    export: formats that name their columns first need it, and nothing else of a first look is kept."""
    found: dict[str, dict[str, str]] = {}
    for _, events in _each(export):
        for event in events:
            kinds = found.setdefault(event.activity, {})
            for key, value in _data(event, plates=True).items():
                kind = kind_of(value)
                kinds[key] = kind if kinds.get(key, kind) == kind else "string"
    return found


def kind_of(value: Value) -> str:
    """The kind of one value of event data."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "float" if isinstance(value, float) else "string"


def _told(event: Event, zone: ZoneInfo, plates: bool) -> Told:
    at = moment(event.occurred_at, zone)
    recorded = None if event.recorded_at is None else moment(event.recorded_at, zone)
    day_only = event.occurred_until is not None
    data = _data(event, plates)
    return Told(event, event.identity.hex(), at[:10] if day_only else at, at, recorded, data)


def _data(event: Event, plates: bool) -> dict[str, Value]:
    return shown(orjson.loads(event.data), plates) if event.data else {}


def shown(data: Mapping[str, object], plates: bool) -> dict[str, Value]:
    """Data as they leave: nothing personal, plates masked unless whole ones are asked for, lists as JSON."""
    told: dict[str, Value] = {}
    for key, value in data.items():
        if value is None or key.endswith(PERSONAL) or key == DERIVED:
            continue
        if key in PLATES and not plates:
            value = masked_plate(str(value))
        told[key] = value if isinstance(value, str | int | float) else orjson.dumps(value).decode()
    return told
