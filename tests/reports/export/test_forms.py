"""XES and OCEL as their standards have them."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest
from lxml import etree

from monitor.reports.export.ocel import ocel_parts
from monitor.reports.export.told import Export, each_told
from monitor.reports.export.xes import write_xes

from .xes_rules import broken_rules

X = "{http://www.xes-standard.org/}"
MEMBERS = {
    "objectTypes": {"name", "attributes"},
    "eventTypes": {"name", "attributes"},
    "events": {"id", "type", "time", "attributes", "relationships"},
    "objects": {"id", "type", "attributes", "relationships"},
}
"""What OCEL 2.0 in JSON has (ocel-standard.org, Specification, Formats, JSON)."""
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "float": (int, float),
    "boolean": bool,
}


def counted(export: Export) -> tuple[int, int]:
    cases = list(each_told(export))
    return len(cases), sum(len(case.events) for case in cases)


def log_of(export: Export) -> Any:
    file = io.BytesIO()
    write_xes(file, export)
    return etree.fromstring(file.getvalue())


def test_the_event_log_keeps_the_rules_of_the_standard(export: Export) -> None:
    root = log_of(export)
    assert broken_rules(root) == []
    assert root.get("xes.version") == "1849.2016"
    prefixes = {one.get("prefix") for one in root.iterfind(X + "extension")}
    assert prefixes == {"concept", "time"}
    assert [one.get("keys") for one in root.iterfind(X + "classifier")] == ["concept:name"]
    traces = root.findall(X + "trace")
    assert (len(traces), len(root.findall(f"{X}trace/{X}event"))) == counted(export)
    assert len({trace.find(X + "string").get("value") for trace in traces}) == len(traces)


def moved(root: Any) -> None:
    root.insert(0, root[-1])


def twice(root: Any) -> None:
    event = root.find(f"{X}trace/{X}event")
    event.append(copy.deepcopy(event[0]))


def without(path: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        found = root.find(path)
        found.getparent().remove(found)

    return change


def with_value(path: str, name: str, value: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        root.find(path).set(name, value)

    return change


EVENT = f"{X}trace/{X}event"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (with_value(".", "xes.version", "1849-2016"), "5.1 xes.version"),
        (moved, "5.1 extension"),
        (without(X + "extension[@prefix='time']"), "4.5 the extension of time:timestamp"),
        (with_value(X + "extension", "uri", "http://example.org/c"), "7 the extension concept"),
        (twice, "4.2 a key stands once"),
        (without(f"{EVENT}/{X}date[@key='time:timestamp']"), "4.3 every event"),
        (with_value(f"{EVENT}/{X}date", "value", "2024-07-01 08:00"), "4.2 date"),
        (with_value(f"{EVENT}/{X}int", "value", "5.5"), "4.2 int"),
        (with_value(f"{EVENT}/{X}string[@key='occurred_at']", "key", "org:when"), "4.5 the extension of org"),
        (with_value(X + "classifier", "keys", "event_id"), "4.4 what a classifier"),
        (without(X + "global[@scope='event']"), "4.4 what a classifier"),
    ],
)
def test_each_rule_finds_what_breaks_it(export: Export, change: Callable[[Any], None], rule: str) -> None:
    root = log_of(export)
    change(root)
    assert any(one.startswith(rule) for one in broken_rules(root))


def checked(document: dict[str, Any], part: str, types: str) -> None:
    """Objects or events: a type that is declared, attributes that it declares, values of their kind."""
    declared = {
        one["name"]: {attribute["name"]: attribute["type"] for attribute in one["attributes"]}
        for one in document[types]
    }
    assert len(declared) == len(document[types])
    ids = [one["id"] for one in document[part]]
    assert ids and len(set(ids)) == len(ids)
    for one in document[part]:
        for attribute in one["attributes"]:
            kind = declared[one["type"]][attribute["name"]]
            if kind == "time":
                assert datetime.fromisoformat(attribute["value"]).tzinfo is not None
            else:
                assert isinstance(attribute["value"], KINDS[kind])


@pytest.mark.parametrize("plates", [True, False])
def test_ocel_names_only_types_attributes_and_objects_that_it_declares(export: Export, plates: bool) -> None:
    export = export._replace(plates=plates)
    document = orjson.loads(b"".join(ocel_parts(export)))
    assert {part: set(one) for part, (one, *_) in document.items()} == MEMBERS
    for one in (*document["objectTypes"], *document["eventTypes"]):
        types = {attribute["type"] for attribute in one["attributes"]}
        assert types <= {"string", "time", "integer", "float", "boolean"}
    checked(document, "objects", "objectTypes")
    checked(document, "events", "eventTypes")
    objects = {one["id"]: one["type"] for one in document["objects"]}
    assert set(objects.values()) == ({"case", "station", "vehicle"} if plates else {"case", "station"})
    cases, events = counted(export)
    assert list(objects.values()).count("case") == cases
    assert len(document["events"]) == events
    for one in (*document["events"], *document["objects"]):
        for related in one["relationships"]:
            assert objects[related["objectId"]]
            assert related["qualifier"]
    for event in document["events"]:
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
        kinds = [objects[related["objectId"]] for related in event["relationships"]]
        assert kinds[:2] == ["case", "station"]
    for one in document["objects"]:
        assert all(attribute["time"] for attribute in one["attributes"])
