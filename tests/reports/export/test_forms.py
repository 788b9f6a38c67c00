"""XES and OCEL as their standards have them, checked by hand against what the documents require."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import orjson
import pytest
from lxml import etree

from monitor.reports.export.ocel import ocel_parts
from monitor.reports.export.told import Export, each_told
from monitor.reports.export.xes import write_xes

X = "{http://www.xes-standard.org/}"
ATTRIBUTES = {X + tag for tag in ("string", "int", "float", "boolean", "date")}
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "float": (int, float),
    "boolean": bool,
}


def counted(export: Export) -> tuple[int, int]:
    cases = list(each_told(export))
    return len(cases), sum(len(case.events) for case in cases)


def test_the_event_log_has_the_parts_of_the_standard_in_their_order(export: Export) -> None:
    file = io.BytesIO()
    write_xes(file, export)
    root: Any = etree.fromstring(file.getvalue())
    assert (root.tag, root.get("xes.version")) == (X + "log", "1849-2016")
    order = [etree.QName(child).localname for child in root]
    ranks = ["extension", "global", "classifier", "trace"]
    assert order == sorted(order, key=ranks.index)
    assert {one.get("scope") for one in root.iterfind(X + "global")} == {"trace", "event"}
    prefixes = {one.get("prefix") for one in root.iterfind(X + "extension")}
    traces = root.findall(X + "trace")
    assert (len(traces), len(root.findall(f"{X}trace/{X}event"))) == counted(export)
    assert len({trace.find(X + "string").get("value") for trace in traces}) == len(traces)
    for event in root.iterfind(f"{X}trace/{X}event"):
        assert {child.tag for child in event} <= ATTRIBUTES
        keys = [child.get("key") for child in event]
        assert len(set(keys)) == len(keys)
        assert {"concept:name", "time:timestamp"} <= set(keys)
        assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes
        for child in event.iterfind(X + "date"):
            assert datetime.fromisoformat(child.get("value")).tzinfo is not None


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
    assert set(document) == {"objectTypes", "eventTypes", "objects", "events"}
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
