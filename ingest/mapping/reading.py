"""How a delivery is read: what a page, code sets and station names come to, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .codes import CodeSets
from .page import SourcePage


@dataclass(frozen=True, slots=True)
class Reading:
    """What a child process needs to read a file: plain data, so that it can be sent there."""

    page: dict[str, Any]
    codes: dict[str, dict[str, str]]
    stations: dict[str, list[str]]
    """Station code → everything it is called."""
    person_key: bytes
    file_name: str | None = None
    """The name it was delivered under, where it is not that of the file read."""


def reading(
    page: SourcePage,
    codes: CodeSets,
    stations: Mapping[str, Iterable[str]],
    person_key: bytes,
    file_name: str | None = None,
) -> Reading:
    """A reading by this page."""
    plain = page.model_dump(mode="json", exclude_defaults=True)
    names = {code: list(called) for code, called in stations.items()}
    return Reading(plain, codes.sets, names, person_key, file_name)
