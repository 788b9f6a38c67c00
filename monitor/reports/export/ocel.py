"""Events and what they are about as OCEL 2.0 in JSON: cases, stations, vehicles where plates are whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from monitor.store.log import CaseKey

from .told import Export, each_told, keys_told

CASE, STATION, VEHICLE = "case", "station", "vehicle"
ALWAYS = "1970-01-01T00:00:00Z"
"""The time the standard gives to attributes of an object that never change."""
OBJECT_TYPES = {
    CASE: {"case_no": "string"},
    STATION: {"code": "string", "name": "string"},
    VEHICLE: {"plate": "string"},
}
OWN = {"occurred_at": "string", "recorded_at": "time"}
"""Attributes of every event beside its data; `occurred_at` is a day where no more is known."""


def ocel_parts(export: Export) -> Iterator[bytes]:
    """The document part by part. Objects follow the events that name them."""
    types = keys_told(export)
    kinds = [name for name in OBJECT_TYPES if export.plates or name != VEHICLE]
    yield b'{"objectTypes":' + orjson.dumps([_type(name, OBJECT_TYPES[name]) for name in kinds])
    yield b',"eventTypes":' + orjson.dumps([_type(name, {**OWN, **types[name]}) for name in sorted(types)])
    named = _Named({}, {})
    yield b',"events":['
    yield from _listed(_events(export, named, types))
    yield b'],"objects":['
    yield from _listed(_objects(export, named))
    yield b"]}"


class _Named(NamedTuple):
    """Names alone of what the events told of: the objects themselves are made when they are written."""

    cases: dict[CaseKey, None]
    plates: dict[str, None]


def _events(export: Export, named: _Named, types: dict[str, dict[str, str]]) -> Iterator[bytes]:
    for case in each_told(export):
        named.cases[case.key] = None
        about = [
            {"objectId": f"{CASE}:{case.name}", "qualifier": CASE},
            {"objectId": f"{STATION}:{case.key[0]}", "qualifier": STATION},
        ]
        for one in case.events:
            related = list(about)
            plate = one.data.get("plate")
            if export.plates and isinstance(plate, str):
                named.plates[plate] = None
                related.append({"objectId": f"{VEHICLE}:{plate}", "qualifier": VEHICLE})
            told: dict[str, Any] = {"occurred_at": one.occurred}
            if one.recorded is not None:
                told["recorded_at"] = one.recorded
            kinds = types[one.event.activity]
            told |= {key: str(v) if kinds.get(key) == "string" else v for key, v in one.data.items()}
            yield orjson.dumps(
                {
                    "id": f"{case.name}/{one.event_id}",
                    "type": one.event.activity,
                    "time": one.moment,
                    "attributes": [{"name": key, "value": value} for key, value in told.items()],
                    "relationships": related,
                }
            )


def _objects(export: Export, named: _Named) -> Iterator[bytes]:
    for code in dict.fromkeys(code for code, _ in named.cases):
        station = export.stations.get(code)
        told = {"code": code} if station is None else {"code": code, "name": station.name.zh}
        yield _object(f"{STATION}:{code}", STATION, told)
    for key in named.cases:
        related = [{"objectId": f"{STATION}:{key[0]}", "qualifier": "at"}]
        yield _object(f"{CASE}:{'/'.join(key)}", CASE, {"case_no": key[1]}, related)
    for plate in named.plates:
        yield _object(f"{VEHICLE}:{plate}", VEHICLE, {"plate": plate})


def _object(name: str, kind: str, told: dict[str, str], related: list[dict[str, str]] | None = None) -> bytes:
    attributes = [{"name": key, "time": ALWAYS, "value": value} for key, value in told.items()]
    return orjson.dumps({"id": name, "type": kind, "attributes": attributes, "relationships": related or []})


def _type(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def _listed(items: Iterable[bytes]) -> Iterator[bytes]:
    for place, item in enumerate(items):
        yield b",\n" + item if place else item
