"""Event logs in XES (IEEE 1849): one event after the other, its attributes as names and texts.

Attributes of the trace stand beside those of each of its events under `case:…` (`case:concept:name`), nested
ones behind the name of what they stand in (`parent/child`). A file with a DTD is refused whole: entities can
be declared there alone, and no log needs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from .delimited import RefusedRow
from .fault import RowFault, TableError
from .limits import DEFAULT, Limits
from .number import plain_number
from .source import Source, source_of

CASE = "case:"
"""What stands before the name of an attribute of the trace."""

_SAFE = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
_PROLOG = rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s)*"
_LOG = re.compile(_PROLOG + rb"<(?:[\w.-]+:)?log[\s>/]", re.DOTALL)
_DOCTYPE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|\s)*<!DOCTYPE", re.DOTALL)


def is_xes(plain: bytes) -> bool:
    """Whether the start of a file, as ASCII, is that of an event log."""
    return _LOG.match(plain) is not None


def open_xes(path: Path, limits: Limits = DEFAULT) -> Iterator[tuple[int, dict[str, str] | RefusedRow]]:
    """Number (from 1, in the order of the file) and attributes of every event.

    Raises `TableError`: `xml_doctype`, `broken_xml` (what stood before it is good), `too_many_rows`.
    """
    source = source_of(path, limits)
    _without_doctype(source)
    number = 0
    with _damage_named(), source.open() as file:
        waiting: list[dict[str, str] | _Fault] = []
        for _, node in etree.iterparse(file, tag=("{*}event", "{*}trace"), **_SAFE):
            if node.tag.endswith("event"):
                waiting.append(_attributes(node, limits))
                parent = node.getparent()
                node.clear()
                # in a trace its attributes may come behind the events; outside one there are none to wait for
                if parent is not None and parent.tag.endswith("trace"):
                    continue
                told: dict[str, str] | _Fault = {}
            else:
                told = _attributes(node, limits)
            shared = told if isinstance(told, _Fault) else {CASE + name: text for name, text in told.items()}
            for one in waiting:
                number += 1
                if number > limits.rows:
                    raise TableError("too_many_rows", {"limit": str(limits.rows)})
                yield number, _joined(number, shared, one)
            waiting.clear()
            _forget(node)


class _Fault(tuple[str, dict[str, str], str]):
    """Why the attributes of one event or trace cannot be told: code, parameters, how they start."""


def _joined(
    number: int, shared: dict[str, str] | _Fault, own: dict[str, str] | _Fault
) -> dict[str, str] | RefusedRow:
    for part in (own, shared):
        if isinstance(part, _Fault):
            code, params, start = part
            return RefusedRow(RowFault(code, {"row": str(number), **params}), [start[:100]])
    assert not isinstance(own, _Fault) and not isinstance(shared, _Fault)
    return {**shared, **own}


def _attributes(parent: Any, limits: Limits) -> dict[str, str] | _Fault:
    found: dict[str, str] = {}
    count = 0
    # comments and processing instructions are no attributes, though the latter can look like one
    for child in parent.iterchildren(tag=etree.Element):
        name = child.get("key")
        if name is None:
            # an event of the trace, which was read and cleared, or the wrapper of a list's values
            continue
        text = child.get("value")
        if text is not None:
            count += 1
            found[name] = plain_number(text) if child.tag.endswith("float") else text
        if len(child):
            below = _nested(name, child, limits)
            count += len(below)
            found.update(below)
    if len(found) < count:
        return _Fault(("attribute_twice", {}, " · ".join(found)))
    if count > limits.columns:
        params = {"columns": str(count), "limit": str(limits.columns)}
        return _Fault(("too_many_columns", params, " · ".join(list(found)[:5])))
    return found


def _nested(above: str, parent: Any, limits: Limits) -> dict[str, str]:
    """Attributes of an attribute, and the values of a list; equal names in a list are numbered."""
    found: dict[str, str] = {}
    for child in parent.iterchildren(tag=etree.Element):
        name = child.get("key")
        path = above if name is None else f"{above}/{name}"
        text = child.get("value")
        if text is not None:
            place = 1
            free = path
            while free in found:
                place += 1
                free = f"{path}/{place}"
            found[free] = text
        if len(child) and len(found) <= limits.columns:
            found.update(_nested(path, child, limits))
        if len(found) > limits.columns:
            break
    return found


def _without_doctype(source: Source) -> None:
    """Refuse a DTD before anything is expanded; entities in attributes are, whatever the parser is told."""
    head = source.head().replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")
    if _DOCTYPE.match(head):
        raise TableError("xml_doctype", {"file": source.path.name})
    with _damage_named(), source.open() as file:
        for _, root in etree.iterparse(file, events=("start",), **_SAFE):
            if root.getroottree().docinfo.doctype:
                raise TableError("xml_doctype", {"file": source.path.name})
            return


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        # of an undefined entity the error itself does not know the line, its log does; the log may still hold
        # what the process met in documents before, so the last entry is this one's
        last = error.error_log.last_error
        line = error.lineno or (last.line if last is not None else 0)
        raise TableError("broken_xml", {"line": str(line)}) from error


def _forget(node: Any) -> None:
    """Let go of what was read and of what stood before it, so that memory stays flat."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]
