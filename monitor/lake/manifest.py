"""The manifest: which file holds which month of which table. It is replaced whole, so no reader sees half."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import orjson

NAME = "manifest.json"
FORM = 1


class Place(NamedTuple):
    """A table, a month (YYYY-MM) and which rows: those of cases, or of weighings that are no case."""

    table: str
    month: str
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the lake: its path below the lake's folder, its rows and the digest of its bytes."""

    place: Place
    file: str
    rows: int
    sha256: str


class LakeDamaged(Exception):
    """The lake is not what its manifest says. `code` with `params` is a text of `lake.<code>`."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a lake, and up to which change of the database they go."""

    parts: dict[Place, Part]
    written_at: int

    def files(self, table: str) -> list[str]:
        """Paths of a table's files, below the lake's folder."""
        return [part.file for place, part in sorted(self.parts.items()) if place.table == table]


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a lake; None where there is none. Raises LakeDamaged where it cannot be read."""
    try:
        told = orjson.loads((folder / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except orjson.JSONDecodeError as error:
        raise LakeDamaged("manifest_unreadable", file=NAME) from error
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise LakeDamaged("manifest_of_another_form", file=NAME)
    parts = [Part(Place(*one["place"]), one["file"], one["rows"], one["sha256"]) for one in told["parts"]]
    return Manifest({part.place: part for part in parts}, told["written_at"])


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the last one, on the disk when this returns."""
    parts = [
        {"place": list(part.place), "file": part.file, "rows": part.rows, "sha256": part.sha256}
        for _, part in sorted(manifest.parts.items())
    ]
    told = {"form": FORM, "written_at": manifest.written_at, "parts": parts}
    beside = folder / f"{NAME}.new"
    with beside.open("wb") as file:
        file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / NAME)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def faults(folder: Path, manifest: Manifest, *, whole: bool) -> Iterable[LakeDamaged]:
    """Files that are missing, or with `whole` those whose bytes are not the ones that were written."""
    for part in manifest.parts.values():
        path = folder / part.file
        if not path.is_file():
            yield LakeDamaged("file_missing", file=part.file)
        elif whole and sha256_of(path) != part.sha256:
            yield LakeDamaged("file_changed", file=part.file)
