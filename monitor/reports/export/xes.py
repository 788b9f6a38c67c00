"""Events as an event log in XES (IEEE 1849-2016): a trace a case, written as it is read."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from lxml import etree

from .told import Export, ToldCase, Value, each_told, kind_of

SPACE = "http://www.xes-standard.org/"
EXTENSIONS = (("Concept", "concept"), ("Time", "time"))
TAGS = {"string": "string", "integer": "int", "float": "float", "boolean": "boolean"}
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML 1.0 can hold."""


def write_xes(file: BinaryIO, export: Export) -> None:
    """Write the log. The trace is named `STATION/CASE`, its parts stand beside; of an event known by its day
    alone `time:timestamp` is where that day begins, and `occurred_at` says the day."""
    with etree.xmlfile(file, encoding="utf-8") as out:
        out.write_declaration()
        head = {"xes.version": "1849.2016", "xes.features": ""}
        with out.element("log", head, nsmap={None: SPACE}):
            for name, prefix in EXTENSIONS:
                uri = f"{SPACE}{prefix}.xesext"
                out.write(etree.Element("extension", name=name, prefix=prefix, uri=uri))
            out.write(_global("trace", ("string", "concept:name", "")))
            out.write(
                _global(
                    "event",
                    ("string", "concept:name", ""),
                    ("date", "time:timestamp", "1970-01-01T00:00:00+00:00"),
                )
            )
            out.write(etree.Element("classifier", name="Activity", keys="concept:name"))
            for case in each_told(export):
                out.write(_trace(case))


def _global(scope: str, *told: tuple[str, str, str]) -> Any:
    node = etree.Element("global", scope=scope)
    for tag, key, value in told:
        etree.SubElement(node, tag, key=key, value=value)
    return node


def _trace(case: ToldCase) -> Any:
    trace = etree.Element("trace")
    station, case_no = case.key
    for key, text in (("concept:name", case.name), ("station", station), ("case_no", case_no)):
        _attribute(trace, key, text)
    for one in case.events:
        event = etree.SubElement(trace, "event")
        _attribute(event, "concept:name", one.event.activity)
        etree.SubElement(event, "date", key="time:timestamp", value=one.moment)
        _attribute(event, "occurred_at", one.occurred)
        if one.recorded is not None:
            etree.SubElement(event, "date", key="recorded_at", value=one.recorded)
        if one.event.revision is not None:
            _attribute(event, "revision", one.event.revision)
        _attribute(event, "event_id", one.event_id)
        for key, value in one.data.items():
            _attribute(event, key, value)
    return trace


def _attribute(parent: Any, key: str, value: Value) -> None:
    text = str(value).lower() if isinstance(value, bool) else _UNSPEAKABLE.sub("\ufffd", str(value))
    etree.SubElement(parent, TAGS[kind_of(value)], key=key, value=text)
