"""The manifest: which file holds which month of which table. It is replaced whole, so no reader sees half."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import orjson

from monitor.store.changes import START, Entry

NAME = "manifest.json"
FORM = 4


class Place(NamedTuple):
    """A table, a month (YYYY-MM) and which rows: those of cases, or of weighings that are no case."""

    table: str
    month: str
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the lake: its path below the lake's folder, its rows, and what its bytes are known by.

    `changed_ns` is the file's time of change when it was written: another one, or another `size`, and the
    digest is taken again.
    """

    place: Place
    file: str
    rows: int
    sha256: str
    size: int = 0
    changed_ns: int = 0


class LakeDamaged(Exception):
    """The lake is not what its manifest says, or not beside its database. `code` with `params` is a text of
    `cli.lake.differs`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a lake, the change of the database that it stands at, and the last case that was then.

    `rules` is the digest of the rule sets that its decisions were held against; empty without any.
    """

    parts: dict[Place, Part]
    written_at: int
    upto: Entry = START
    last_case: int = 0
    rules: str = ""

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
    try:
        parts = [Part(Place(*one.pop("place")), **one) for one in told["parts"]]
        upto = Entry(*told["upto"])
        return Manifest(
            {part.place: part for part in parts}, told["written_at"], upto, told["last_case"], told["rules"]
        )
    except (KeyError, TypeError) as error:
        raise LakeDamaged("manifest_unreadable", file=NAME) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the last one, on the disk when this returns."""
    parts = [
        {
            "place": list(part.place), "file": part.file, "rows": part.rows, "sha256": part.sha256,
            "size": part.size, "changed_ns": part.changed_ns,
        }
        for _, part in sorted(manifest.parts.items())
    ]  # fmt: skip
    told = {
        "form": FORM, "written_at": manifest.written_at, "upto": list(manifest.upto),
        "last_case": manifest.last_case, "rules": manifest.rules, "parts": parts,
    }  # fmt: skip
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
    """Files that are missing or whose bytes are not the ones that were written.

    Bytes are read where size or time of change say that something happened to a file; with `whole`, of all.
    """
    for part in manifest.parts.values():
        path = folder / part.file
        try:
            told = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            yield LakeDamaged("file_missing", file=part.file)
            continue
        touched = told.st_mtime_ns != part.changed_ns
        if told.st_size != part.size or ((whole or touched) and sha256_of(path) != part.sha256):
            if not touched:
                # So that every later look, which does not read all bytes, sees it too.
                _touch(path, time.time_ns())
            yield LakeDamaged("file_changed", file=part.file)
        elif touched:
            # A copy of the folder, say: the same bytes need not be read again every time.
            _touch(path, part.changed_ns)


def _touch(path: Path, at_ns: int) -> None:
    with suppress(OSError):
        os.utime(path, ns=(at_ns, at_ns))
