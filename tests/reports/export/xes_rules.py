"""Rules of IEEE 1849 for an event log in XML, each as one check; clauses as the edition of 2023 counts them.

The standard's own schema may not be copied, so its rules stand here in our words: what stands where, in which
order (5.1–5.7), the form of each type (4.2), which attributes an extension defines (7.1–7.4), and what no
XML Schema can say: keys once per component (4.2), what globals and classifiers promise (4.3, 4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

SPACE = "{http://www.xes-standard.org/}"
LOG_ORDER = ("extension", "global", "classifier", "attribute", "trace", "event")
NAME = re.compile(r"[^\W\d][\w.:-]*")
NC_NAME = re.compile(r"[^\W\d][\w.-]*")
LONG = range(-(2**63), 2**63)
DOUBLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-?INF|NaN")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DEFINED: dict[str, dict[str, tuple[str, set[str]]]] = {
    # extension → attribute → its type and the components that may carry it
    "concept": {"name": ("string", {"log", "trace", "event"}), "instance": ("string", {"event"})},
    "lifecycle": {"model": ("string", {"log"}), "transition": ("string", {"event"})},
    "org": {part: ("string", {"event"}) for part in ("resource", "role", "group")},
    "time": {"timestamp": ("date", {"event"})},
}  # fmt: skip
URIS = {prefix: f"http://www.xes-standard.org/{prefix}.xesext" for prefix in DEFINED}


def broken_rules(root: Any) -> list[str]:
    """What the log breaks, in words; nothing where it keeps all."""
    return [*_log(root), *_extensions(root), *_components(root), *_globals(root), *_classifiers(root)]


def local(node: Any) -> str:
    return str(etree.QName(node).localname)


def _log(root: Any) -> Iterator[str]:
    if root.tag != SPACE + "log":
        yield "5.1 the root is log, in the namespace of XES"
    if not re.fullmatch(r"\d+(\.\d+)?", root.get("xes.version") or ""):
        yield "5.1 xes.version is a decimal number and must be there"
    order = [local(child) for child in root]
    ranks = [LOG_ORDER.index(name if name in LOG_ORDER else "attribute") for name in order]
    if ranks != sorted(ranks):
        yield f"5.1 {', '.join(LOG_ORDER)} in this order"
    if any(part.strip() for part in root.itertext()):
        yield "5 text stands in values alone"


def _extensions(root: Any) -> Iterator[str]:
    for node in root.iterfind(SPACE + "extension"):
        prefix = node.get("prefix") or ""
        if not (NC_NAME.fullmatch(node.get("name") or "") and NC_NAME.fullmatch(prefix)):
            yield "5.5 an extension has a name and a prefix"
        if prefix in URIS and node.get("uri") != URIS[prefix]:
            yield f"7 the extension {prefix} is {URIS[prefix]}"


def _components(root: Any) -> Iterator[str]:
    prefixes = {node.get("prefix") for node in root.iterfind(SPACE + "extension")}
    for node in root.iter(SPACE + "log", SPACE + "trace", SPACE + "event"):
        name = local(node)
        attributes = [child for child in node if local(child) in _VALUES]
        others = {local(child) for child in node} - set(_VALUES)
        allowed = {"log": set(LOG_ORDER), "trace": {"event"}, "event": set()}[name]
        if not others <= allowed:
            yield f"5 {name} holds {others - allowed}"
        if name == "trace":
            order = [local(child) == "event" for child in node]
            if order != sorted(order):
                yield "5.2 attributes of a trace come before its events"
        keys = [child.get("key") for child in attributes]
        if len(set(keys)) < len(keys):
            yield f"4.2 a key stands once in a {name}"
        for child in attributes:
            yield from _attribute(child, name, prefixes)


def _attribute(node: Any, component: str, prefixes: set[str | None]) -> Iterator[str]:
    kind, key, value = local(node), node.get("key") or "", node.get("value")
    if not NAME.fullmatch(key):
        yield f"5.4 a key is a name: {key!r}"
    if value is None or not _VALUES[kind](value):
        yield f"4.2 {kind} {key} = {value!r}"
    prefix, _, rest = key.partition(":")
    if not rest:
        return
    if prefix not in prefixes:
        yield f"4.5 the extension of {key} is not declared"
    if prefix in DEFINED:
        wanted = DEFINED[prefix].get(rest)
        if wanted is None or wanted[0] != kind or component not in wanted[1]:
            yield f"7 {kind} {key} is not defined for {component}"


def _globals(root: Any) -> Iterator[str]:
    for node in root.iterfind(SPACE + "global"):
        scope = node.get("scope")
        if scope not in ("trace", "event"):
            yield f"5.6 a global is of trace or event, not {scope}"
        promised = {(child.tag, child.get("key")) for child in node}
        for one in root.iter(f"{SPACE}{scope}"):
            if not promised <= {(child.tag, child.get("key")) for child in one}:
                yield f"4.3 every {scope} has {sorted(key for _, key in promised)}"


def _classifiers(root: Any) -> Iterator[str]:
    known = {
        (node.get("scope"), child.get("key")) for node in root.iterfind(SPACE + "global") for child in node
    }
    for node in root.iterfind(SPACE + "classifier"):
        if not NC_NAME.fullmatch(node.get("name") or ""):
            yield "5.7 a classifier has a name"
        scope = node.get("scope") or "event"
        for key in (node.get("keys") or "").split():
            if (scope, key) not in known:
                yield f"4.4 what a classifier names is global: {key}"


def _is_moment(text: str) -> bool:
    return DATE_TIME.fullmatch(text) is not None and datetime.fromisoformat(text).tzinfo is not None


_VALUES: dict[str, Any] = {
    "string": lambda text: True,
    "date": _is_moment,
    "int": lambda text: re.fullmatch(r"[+-]?\d+", text) is not None and int(text) in LONG,
    "float": lambda text: DOUBLE.fullmatch(text) is not None,
    "boolean": lambda text: text in ("true", "false", "1", "0"),
    "id": lambda text: re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None,
}
