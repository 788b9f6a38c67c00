"""The rows of a pushed body, or a problem that names the place of what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from monitor.api.problem import Problem

MOST_ROWS = 10_000
DEEPEST = 3
"""Levels of lists and objects within a row; a row of any page has one, `data` a second."""
MOST = 2.0**53
"""Numbers from here on are not the ones that were written: every second one has no float of its own."""

_BOM = b"\xef\xbb\xbf"
_ROW = re.compile(r"\{")
_NAMES = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)')

Row = Mapping[str, Any]


def rows_of(body: bytes) -> Sequence[Row]:
    """The rows of a JSON array, of JSON lines, or of a single object. Raises Problem with the place."""
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise Problem(422, "empty", "Send a JSON array of objects, or an object per line.")
    found = _parsed(text, None) if text.startswith(b"[") else _lines_of(text)
    if not isinstance(found, list):
        found = [found]
    if len(found) > MOST_ROWS:
        raise Problem(413, "too_many_rows", f"{len(found)} rows; send at most {MOST_ROWS} at a time.")
    names = 0
    for number, row in enumerate(found, 1):
        if not isinstance(row, dict):
            raise Problem(422, "wrong_form", f"Row {number} is no object.", row=number)
        names += len(row)
        for name, value in row.items():
            kind = type(value)
            if kind is dict or kind is list or kind is float:
                names += _names_within(value, DEEPEST - 1, number, name)
    if _NAMES.findall(text).count(b":") != names:
        raise _repeated(text)
    return found


def _lines_of(text: bytes) -> list[Any]:
    """One object, over however many lines, or an object per line."""
    lines = text.splitlines()
    if len(lines) > 1:
        try:
            orjson.loads(lines[0])
        except orjson.JSONDecodeError:
            # Not an object per line: it can only be one object written over several.
            return [_parsed(text, None)]
    return [_parsed(line, number) for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(text: bytes, line: int | None) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = "The body" if line is None else f"Line {line}"
        raise Problem(422, "not_json", f"{place} is not JSON in UTF-8: {error}") from error


def _names_within(value: Any, levels: int, row: int, name: str) -> int:
    """How many names the objects within a value have. Raises Problem where they are too deep or a number is
    too large."""
    if isinstance(value, float) and abs(value) >= MOST:
        detail = f"Row {row}, {name!r}: a number this large loses digits; write it as a text."
        raise Problem(422, "number_too_large", detail, row=row, column=name)
    if not isinstance(value, list | dict):
        return 0
    if levels <= 0:
        raise Problem(422, "too_deep", f"Row {row} has more than {DEEPEST} levels.", row=row)
    inside = value if isinstance(value, list) else value.values()
    own = len(value) if isinstance(value, dict) else 0
    return own + sum(_names_within(one, levels - 1, row, name) for one in inside)


def _repeated(text: bytes) -> Problem:
    """Which row names something twice. Which of the two is meant cannot be known."""
    repeated: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(found)
        if len(told) < len(found):
            names = [name for name, _ in found]
            repeated.extend(name for name in told if names.count(name) > 1)
        return told

    decoder = json.JSONDecoder(object_pairs_hook=pairs)
    whole = text.decode()
    place = row = 0
    while not repeated:
        row += 1
        start = _ROW.search(whole, place)
        if start is None:
            raise AssertionError("names are repeated and no row repeats one")
        _, place = decoder.raw_decode(whole, start.start())
    detail = f"Row {row} has the name {repeated[0]!r} twice."
    return Problem(422, "repeated_name", detail, row=row, column=repeated[0])
