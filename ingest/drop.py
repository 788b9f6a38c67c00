"""Files that a person dropped on a page, kept until it is clear what they are.

They lie in a folder of their own inside the data folder, for nobody else to read, each under a token; they go
as soon as they were taken in or given up, and in any case after `KEPT`.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.mapping.guess_sheet import SeenSheet, look_isolated
from ingest.tables.fault import TableError
from monitor.cases.event import HOUR, SECOND

MEBIBYTE = 1024 * 1024
MOST_BYTES = 50 * MEBIBYTE
MOST_FILES = 8
"""Files waiting at once; the oldest makes room."""
KEPT = 2 * HOUR
_TOKEN = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:\u202a-\u202e\u2066-\u2069]")
LONGEST_NAME = 150


class TooLarge(Exception):
    """More bytes than a dropped file may have."""


@dataclass(frozen=True)
class Dropped:
    """A file that waits. `name` is the one it came under."""

    token: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name


@dataclass
class Drops:
    """The files waiting in a folder. `moment` gives the time now in microseconds."""

    folder: Path
    _seen: dict[str, list[SeenSheet]] = field(default_factory=dict)

    async def take(
        self, name: str, chunks: AsyncIterator[bytes], now: int, most: int = MOST_BYTES
    ) -> Dropped:
        """Keep what comes in. Raises TooLarge, and TableError for nothing at all; nothing is left then."""
        self.sweep(now, room=1)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        token = secrets.token_hex(16)
        place = self.folder / token
        place.mkdir(mode=0o700)
        path = place / safe_name(name)
        size = 0
        try:
            with path.open("xb") as file:
                path.chmod(0o600)
                async for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise TooLarge
                    file.write(chunk)
            if not size:
                raise TableError("empty_file", {"file": path.name})
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        # the clock that sweeps is the program's own, not that of the disk
        os.utime(place, (now / SECOND, now / SECOND))
        return Dropped(token, path)

    def find(self, token: str) -> Dropped | None:
        """The file of a token, or None where it is gone."""
        if not _TOKEN.fullmatch(token):
            return None
        place = self.folder / token
        files = list(place.iterdir()) if place.is_dir() else []
        return Dropped(token, files[0]) if len(files) == 1 else None

    def look(self, dropped: Dropped, known: frozenset[str]) -> list[SeenSheet]:
        """The sheets of the file, looked at once. Raises TableError; the file is gone then."""
        if dropped.token not in self._seen:
            try:
                self._seen[dropped.token] = look_isolated(dropped.path, known)
            except TableError:
                self.remove(dropped.token)
                raise
        return self._seen[dropped.token]

    def remove(self, token: str) -> None:
        """Give a file up."""
        self._seen.pop(token, None)
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self.folder / token, ignore_errors=True)

    def sweep(self, now: int, room: int = 0) -> None:
        """Remove files that waited too long, and the oldest where no `room` is left for as many more."""
        if not self.folder.is_dir():
            return
        waiting = sorted(
            (one.stat().st_mtime, one.name) for one in self.folder.iterdir() if _TOKEN.fullmatch(one.name)
        )
        old = [name for at, name in waiting if at < (now - KEPT) / SECOND]
        for name in dict.fromkeys(
            [*old, *(name for _, name in waiting[: max(0, len(waiting) - MOST_FILES + room)])]
        ):
            self.remove(name)


def safe_name(name: str) -> str:
    """The file's own name without folders or signs that no file name has."""
    last = re.split(r"[/\\]", name)[-1]
    bare = _UNSAFE.sub("", last).strip().lstrip(".")
    stem, dot, suffix = bare.rpartition(".")
    if len(bare.encode()) > LONGEST_NAME:
        bare = stem.encode()[: LONGEST_NAME - 20].decode(errors="ignore") + dot + suffix[:10]
    return bare or "file"
