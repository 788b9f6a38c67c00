"""JSON lines: one object a line, a broken line refused alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from .delimited import RefusedRow
from .encoding import encoding_of
from .fault import RowFault, TableError
from .limits import DEFAULT, Limits
from .source import source_of


def open_json_lines(
    path: Path, limits: Limits = DEFAULT
) -> Iterator[tuple[int, dict[str, Any] | RefusedRow]]:
    """Line number and object of every line that is not blank."""
    source = source_of(path, limits)
    encoding = encoding_of(source)
    longest = limits.cell_chars * 4
    with source.open() as file:
        for number, line in enumerate(io.TextIOWrapper(file, encoding=encoding), 1):
            if number > limits.rows:
                raise TableError("too_many_rows", {"limit": str(limits.rows)})
            if line.isspace():
                continue
            if len(line) > longest:
                fault = RowFault(
                    "cell_too_long",
                    {"row": str(number), "column": "1", "length": str(len(line)), "limit": str(longest)},
                )
                yield number, RefusedRow(fault, [line[:100]])
                continue
            yield number, _object(number, line)


def _object(number: int, line: str) -> dict[str, Any] | RefusedRow:
    try:
        found = json.loads(line, parse_constant=_no_number, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        position = error.colno if isinstance(error, json.JSONDecodeError) else 1
        return RefusedRow(
            RowFault("broken_json", {"row": str(number), "position": str(position)}), [line[:100]]
        )
    if not isinstance(found, dict):
        return RefusedRow(RowFault("not_an_object", {"row": str(number)}), [line[:100]])
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
