"""YAML with the line of every key, so that a problem can say where it stands; and one file laid over another.

Scalars are read as YAML 1.2 reads them: only `true` and `false` are logical, a number with a leading zero and
words such as `no` stay text. Keys are always text, so a station code needs no quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from monitor.settings.problem import ConfigError, ConfigProblem

type_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML was built with it (five times as fast), else the one in Python."""

KeyPath = tuple[str | int, ...]
Place = tuple[str, int]
"""File as shown to a person, and line counted from 1."""

DEEPEST = 30
MOST_VALUES = 100_000
"""Bounds that no file of configuration reaches, and one whose aliases name each other does at once."""

STR_TAG = "tag:yaml.org,2002:str"
OWN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "merge", "null", "timestamp", "value")
)
"""What PyYAML gives to plain scalars by their form; any other tag was written out."""
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+|[-+]?[0-9]+\.")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Document:
    """The plain value of one or several files, and the place of each key path in them."""

    value: Any
    places: Mapping[KeyPath, Place] = field(repr=False)

    def place(self, path: KeyPath) -> Place:
        """Where the key stands, or, for one that is missing, the nearest key above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        raise KeyError(path)

    def problem(
        self, path: KeyPath, message: str, accepted: str | None = None, /, **params: str
    ) -> ConfigProblem:
        """A problem at the line of this key. `accepted` is the code of `message` where not told otherwise."""
        file, line = self.place(path)
        return ConfigProblem(file, line, dotted(path), message, accepted or message, params)


def dotted(path: KeyPath) -> str:
    return ".".join(map(str, path))


def read_yaml(file: Path) -> Document:
    """Reads one file. Raises ConfigError for what is not UTF-8, not YAML, or says one key twice."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError([ConfigProblem(str(file), line, "", "not_utf8", "not_utf8")]) from error
    except OSError as error:
        reason = {"detail": error.strerror or str(error)}
        raise ConfigError([ConfigProblem(str(file), 0, "", "unreadable", "unreadable", reason)]) from error
    return parse_yaml(text, str(file))


def parse_yaml(text: str, file: str) -> Document:
    """`read_yaml` for text at hand; `file` is the name that problems give."""
    try:
        node = yaml.compose(text, Loader=type_loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        detail = {"detail": getattr(error, "problem", None) or str(error)}
        raise ConfigError([ConfigProblem(file, line, "", "not_yaml", "not_yaml", detail)]) from error
    reading = _Reading(file)
    reading.places[()] = (file, 1)
    value = {} if node is None else reading.value(node, ())
    if reading.problems:
        raise ConfigError(reading.problems)
    return Document(value, reading.places)


class _Reading:
    """One pass over the nodes of a file, gathering values, places and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[KeyPath, Place] = {}
        self.problems: list[ConfigProblem] = []

    def value(self, node: Any, path: KeyPath) -> Any:
        if len(path) > DEEPEST:
            self.refuse(node, path, "too_deep")
            return None
        if len(self.places) > MOST_VALUES:
            raise ConfigError(
                [ConfigProblem(self.file, node.start_mark.line + 1, "", "too_large", "too_large")]
            )
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            values = []
            for position, item in enumerate(node.value):
                self.places[(*path, position)] = (self.file, item.start_mark.line + 1)
                values.append(self.value(item, (*path, position)))
            return values
        return self.scalar(node, path)

    def mapping(self, node: Any, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.refuse(key_node, path, "key_not_text")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in values:
                self.refuse(key_node, here, "duplicate_key", first=str(self.places[here][1]))
                continue
            self.places[here] = (self.file, key_node.start_mark.line + 1)
            values[key] = self.value(value_node, here)
        return values

    def scalar(self, node: Any, path: KeyPath) -> Any:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">") or node.tag == STR_TAG:
            return text
        if node.tag not in OWN_TAGS:
            self.refuse(node, path, "foreign_tag", value=node.tag)
            return None
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "false", "False"):
            return text.lower() == "true"
        if INTEGER.fullmatch(text):
            return int(text)
        if DECIMAL.fullmatch(text):
            return float(text)
        if DAY.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.refuse(node, path, "impossible_date", value=text)
                return None
        return text

    def refuse(self, node: Any, path: KeyPath, message: str, **params: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(ConfigProblem(self.file, line, dotted(path), message, message, params))


def laid_over(below: Document, above: Document) -> Document:
    """`above` over `below`, key by key: maps merge, anything else replaces what lies under it."""
    places = dict(below.places)
    value = _merged(below.value, above.value, (), places, above.places)
    return Document(value, places)


def _merged(
    below: Any, above: Any, path: KeyPath, places: dict[KeyPath, Place], above_places: Mapping[KeyPath, Place]
) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        merged = dict(below)
        for key, value in above.items():
            here = (*path, key)
            if key in below:
                merged[key] = _merged(below[key], value, here, places, above_places)
            else:
                merged[key] = value
                _take_places(here, places, above_places)
            places[here] = above_places[here]
        return merged
    _take_places(path, places, above_places)
    return above


def _take_places(path: KeyPath, places: dict[KeyPath, Place], above_places: Mapping[KeyPath, Place]) -> None:
    depth = len(path)
    for old in [key for key in places if key[:depth] == path]:
        del places[old]
    places.update({key: place for key, place in above_places.items() if key[:depth] == path})
