"""Files of the lake: each is written beside its name and then takes it; its name tells what it holds."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from monitor.lake.manifest import LakeDamaged, Part, Place, sync_folder

GRACE_SECONDS = 120
"""How long a file stays that no manifest names any more: a reader may just be at it."""


ROWS_OF_LIKE = 2_048
"""Rows of a group in files of decisions."""


def put(folder: Path, parts: dict[Place, Part], place: Place, rows: pa.Table) -> None:
    """Write a part, on the disk when this returns; one without rows is no part."""
    parts.pop(place, None)
    if not rows.num_rows:
        return
    size = None
    if place.table == "decisions":
        # Like cases side by side and in small groups: their nearest are found without reading the others.
        order = ("alike", "compared_kg", "case_id", "known_from")
        rows, size = rows.sort_by([(name, "ascending") for name in order]), ROWS_OF_LIKE
    elif "case_id" in rows.column_names:
        rows = rows.sort_by([("case_id", "ascending"), ("known_from", "ascending")])
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, rows.schema, compression="zstd", compression_level=1) as writer:
        for group in _groups(rows):
            writer.write_table(group, row_group_size=size)
    content = sink.getvalue()
    digest = sha256(content).hexdigest()
    file = f"{place.table}/{place.month}-{place.kind}-{digest[:16]}.parquet"
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    try:
        with beside.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
    except OSError:
        # A disk that is full stays no fuller for it.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    beside.replace(path)
    sync_folder(path.parent)
    parts[place] = Part(place, file, rows.num_rows, digest, content.size, path.stat().st_mtime_ns)


def _groups(rows: pa.Table) -> list[pa.Table]:
    """What was corrected or followed by more, and what holds now, in row groups of their own.

    By the statistics of a group a question as of now leaves out the first, and one as of a moment all that
    ended before it.
    """
    now = pc.is_null(rows["known_to"])
    return [group for group in (rows.filter(pc.invert(now)), rows.filter(now)) if group.num_rows]


def held(folder: Path, part: Part, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """The rows of a part, all or some `columns`. Raises LakeDamaged where its bytes are not those written."""
    try:
        content = (folder / part.file).read_bytes()
    except FileNotFoundError as error:
        raise LakeDamaged("file_missing", file=part.file) from error
    if sha256(content).hexdigest() != part.sha256:
        raise LakeDamaged("file_changed", file=part.file)
    return pq.read_table(pa.BufferReader(content), schema=schema, columns=columns)


def held_of(folder: Path, part: Part, schema: pa.Schema, case_ids: pa.Array) -> pa.Table:
    """The rows of a few cases: only row groups that hold any of them are read, and no digest is worked out.
    Raises LakeDamaged where the file is none."""
    found = [schema.empty_table()]
    try:
        with pq.ParquetFile(folder / part.file) as file:
            for group in range(file.num_row_groups):
                told = file.read_row_group(group, columns=["case_id"])["case_id"]
                if pc.any(pc.is_in(told, case_ids)).as_py():
                    rows = file.read_row_group(group).cast(schema)
                    found.append(rows.filter(pc.is_in(told, case_ids)))
    except FileNotFoundError as error:
        raise LakeDamaged("file_missing", file=part.file) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise LakeDamaged("file_changed", file=part.file) from error
    return pa.concat_tables(found)


def leave(folder: Path, parts: Iterable[Part]) -> None:
    """Let the time of files run that no manifest names any more."""
    for part in parts:
        with suppress(FileNotFoundError):
            os.utime(folder / part.file)


def sweep(folder: Path, parts: Iterable[Part]) -> None:
    """Remove files that no manifest has named for a while."""
    named = {folder / part.file for part in parts}
    before = time.time() - GRACE_SECONDS
    for path in folder.glob("*/*"):
        if path not in named:
            # A refresh beside this one may have been quicker.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
