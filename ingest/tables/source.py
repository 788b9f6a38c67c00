"""The bytes of a delivered file, unpacked where it is gzip, and the checks that come before any parser."""

from __future__ import annotations

import gzip
import io
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from .fault import TableError
from .limits import MEBIBYTE, Limits

_GZIP = b"\x1f\x8b"
_CHUNK = MEBIBYTE
HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file that exists, holds something, and is read from its start as often as needed."""

    path: Path
    size: int
    gzipped: bool
    limits: Limits

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The unpacked bytes. Reading raises `truncated_gzip` or `zip_bomb` where they turn out to be
        that."""
        with self.path.open("rb") as file:
            if not self.gzipped:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as packed:
                guard = _Unpacked(packed, self.size, self.limits)
                yield cast("BinaryIO", io.BufferedReader(guard, _CHUNK))

    def chunks(self) -> Iterator[bytes]:
        with self.open() as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def head(self) -> bytes:
        with self.open() as file:
            return file.read(HEAD)

    def whole(self) -> bytes:
        """All bytes, for formats that can only be read whole."""
        parts: list[bytes] = []
        total = 0
        for chunk in self.chunks():
            total += len(chunk)
            if total > self.limits.whole_bytes:
                raise TableError("file_too_large", {"limit_mb": str(self.limits.whole_bytes // MEBIBYTE)})
            parts.append(chunk)
        return b"".join(parts)

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """The bytes as a file that can be searched, as zip needs it; gzip is unpacked beside, for as long."""
        if not self.gzipped:
            with self.path.open("rb") as file:
                yield file
            return
        with tempfile.TemporaryFile() as unpacked:
            for chunk in self.chunks():
                unpacked.write(chunk)
            unpacked.seek(0)
            yield cast("BinaryIO", unpacked)


class _Unpacked(io.RawIOBase):
    """What comes out of gzip, counted, its errors named."""

    def __init__(self, packed: gzip.GzipFile, size: int, limits: Limits) -> None:
        self._packed = packed
        self._size = size
        self._limits = limits
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._packed.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TableError("truncated_gzip", {"unpacked_bytes": str(self._total)}) from error
        self._total += len(data)
        _check_ratio(self._total, self._size, self._limits)
        buffer[: len(data)] = data
        return len(data)


def _check_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    too_dense = unpacked > limits.ratio_floor and unpacked > limits.ratio * max(packed, 1)
    if too_dense or unpacked > limits.unpacked_bytes:
        raise _bomb(packed, limits)


def _bomb(packed: int, limits: Limits) -> TableError:
    return TableError(
        "zip_bomb",
        {
            "packed_bytes": str(packed),
            "limit_mb": str(limits.unpacked_bytes // MEBIBYTE),
            "limit_ratio": str(limits.ratio),
        },
    )


def source_of(path: Path, limits: Limits) -> Source:
    """The file at `path`, or `not_a_file`, `empty_file`. A device or pipe is not a file: it may never end."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise TableError("not_a_file", {"file": path.name})
        with path.open("rb") as file:
            magic = file.read(2)
    except OSError as error:
        raise TableError("not_a_file", {"file": path.name}) from error
    if not magic:
        raise TableError("empty_file", {"file": path.name})
    source = Source(path, found.st_size, magic == _GZIP, limits)
    if source.gzipped and not source.head():
        raise TableError("empty_file", {"file": path.name})
    return source


@contextmanager
def opened_zip(file: BinaryIO, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, after its directory passed the limits; damage met while reading is `truncated_xlsx`."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive, file, limits)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise TableError("truncated_xlsx") from error


def _check_entries(archive: zipfile.ZipFile, file: BinaryIO, limits: Limits) -> None:
    entries = archive.infolist()
    size = file.seek(0, io.SEEK_END)
    # entries that overlap in the file sum up to more than it holds
    overlap = sum(entry.compress_size for entry in entries) > size
    unpacked = sum(entry.file_size for entry in entries)
    if overlap or len(entries) > limits.entries or unpacked > limits.unpacked_bytes:
        raise _bomb(size, limits)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise TableError("encrypted", {"kind": "ZIP"})
        _check_ratio(entry.file_size, entry.compress_size, limits)
