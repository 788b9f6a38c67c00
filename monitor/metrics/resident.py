"""The columns that metrics count by, kept in memory beside the files of the lake, compressed.

A file of the lake never changes, so its rows are kept under its name: a newer manifest shares what is kept of
the files it still names, and reads the others until they are kept too. Nobody waits for memory to be filled.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock, Thread, main_thread
from typing import Any
from weakref import finalize

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from monitor.lake.files import held
from monitor.lake.manifest import LakeDamaged, Manifest
from monitor.lake.refresh import SCHEMAS
from monitor.metrics.columns import COUNTED

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 500_000
"""Rows are compressed together; before that they take some hundred bytes each."""

BYTES_A_ROW = 80
"""What a row may take: a version of a case takes about 60."""

REST_SECONDS = 300.0
"""The month that runs is written anew every few seconds: it is read from its file meanwhile."""


class _Kept:
    """The kept rows of one table of the lake. `numbers`: which `part` each file's rows have."""

    def __init__(self, root: Any, table: str, number: int) -> None:
        self.name = f"kept.main.{table}_{number}"
        self.numbers: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.last = -1
        columns = ", ".join(COUNTED[table])
        empty = SCHEMAS[table].empty_table()
        with root.cursor() as cursor:
            cursor.register("nothing", empty)
            cursor.execute(f"CREATE TABLE {self.name} AS SELECT 0::INTEGER AS part, {columns} FROM nothing")
        # Whoever reads it holds it.
        finalize(self, _dropped, root, self.name).atexit = False


def _dropped(root: Any, name: str) -> None:
    root.cursor().execute(f"DROP TABLE {name}")


def _ended_apart(rows: pa.Table) -> pa.Table:
    """What ended lies together, so that a question as of now passes over it."""
    now = pc.is_null(rows["known_to"])
    return pa.concat_tables([rows.filter(pc.invert(now)), rows.filter(now)])


class Resident:
    """Columns in memory for the engines over the lake in a folder, up to `most_bytes`, newest first."""

    def __init__(self, folder: Path, most_bytes: int, rest_seconds: float = REST_SECONDS) -> None:
        self._folder = folder
        self._most = most_bytes
        self._rest = rest_seconds
        self._root = duckdb.connect()
        self._root.execute("ATTACH ':memory:' AS kept (COMPRESS)")
        self._kept: dict[str, _Kept] = {}
        self._made = 0
        self._lock = Lock()
        self._filling: Thread | None = None
        self._next: dict[str, float] = {}
        self._settled = False
        self.version = 0
        """Grows with what is kept."""

    def cursor(self) -> Any:
        """A connection of its own to where the columns are kept."""
        return self._root.cursor()

    @property
    def used_bytes(self) -> int:
        """What is kept now takes so much memory."""
        query = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
        ((used,),) = self._root.cursor().execute(query).fetchall()
        return int(used or 0)

    def source(self, manifest: Manifest, table: str) -> tuple[str | None, list[str], object]:
        """What is kept of a table as a query, the files that are not, and what to hold while it is read."""
        files = manifest.files(table)
        with self._lock:
            kept = self._kept.get(table)
            numbers: Mapping[str, int] = dict(kept.numbers) if kept is not None else {}
        mine = {numbers[file] for file in files if file in numbers}
        if kept is None or not mine:
            return None, files, None
        # Rows that come later are not of this manifest, nor are those of files that it does not name.
        others = sorted(set(range(max(mine))) - mine)
        condition = " AND ".join([f"part <= {max(mine)}", *(f"part <> {number}" for number in others)])
        query = f"SELECT {', '.join(COUNTED[table])} FROM {kept.name} WHERE {condition}"
        return query, [file for file in files if file not in numbers], kept

    def want(self, manifest: Manifest, table: str) -> None:
        """Have what is missing of a table kept by and by, in a thread."""
        with self._lock:
            busy = self._filling is not None and self._filling.is_alive()
            if busy or time.monotonic() < self._next.get(table, 0.0):
                return
            self._next[table] = time.monotonic() + self._rest
            self._filling = Thread(target=self._fill_or_say, args=(manifest, table), name="resident")
            self._filling.start()

    def wait(self) -> None:
        """Until what is being kept is kept."""
        if self._filling is not None:
            self._filling.join()

    def _fill_or_say(self, manifest: Manifest, table: str) -> None:
        try:
            self.fill(manifest, table)
        except (LakeDamaged, OSError, duckdb.Error) as error:
            # Whoever asks reads the file too, and tells what is wrong with it.
            log.warning("%s of the lake are not kept in memory: %s", table, error)
        if not self._settled:
            # What the first questions loaded stays: later collections of garbage pass over it, which would
            # otherwise hold up a page by a fifth of a second now and then.
            self._settled = True
            gc.collect()
            gc.freeze()

    def fill(self, manifest: Manifest, table: str) -> None:
        """Keep what is missing of a table. Raises LakeDamaged for a file that is not what was written."""
        kept = self._room_for(manifest, table)
        parts = sorted(manifest.parts.items(), reverse=True)
        missing = [part for place, part in parts if place.table == table and part.file not in kept.numbers]
        columns = list(COUNTED[table])
        coming: dict[str, int] = {}
        rows: list[pa.Table] = []
        for place, part in enumerate(missing, 1):
            read = held(self._folder, part, SCHEMAS[table], columns)
            # A number is taken once: one whose rows were cut off on the way is never named.
            kept.last += 1
            coming[part.file], kept.rows[part.file] = kept.last, part.rows
            rows.append(read.append_column("part", pa.repeat(pa.scalar(kept.last, pa.int32()), part.rows)))
            if place < len(missing) and sum(map(len, rows)) < ROWS_AT_ONCE:
                continue
            if self.used_bytes + BYTES_A_ROW * sum(map(len, rows)) > self._most:
                break
            self._keep(kept, _ended_apart(pa.concat_tables(rows)))
            with self._lock:
                kept.numbers = {**kept.numbers, **coming}
                self.version += 1
            coming, rows = {}, []
            # A process that ends waits for this thread.
            if not main_thread().is_alive():
                break

    def _room_for(self, manifest: Manifest, table: str) -> _Kept:
        """Where the rows go; anew where most of what is kept is of files that are named no more."""
        with self._lock:
            kept = self._kept.get(table)
            named = set(manifest.files(table))
            if kept is not None:
                gone = sum(rows for file, rows in kept.rows.items() if file not in named)
                if 2 * gone > sum(kept.rows.values()):
                    kept = None
            if kept is None:
                self._made += 1
                kept = self._kept[table] = _Kept(self._root, table, self._made)
            return kept

    def _keep(self, kept: _Kept, rows: pa.Table) -> None:
        with self._root.cursor() as cursor:
            cursor.register("coming", rows)
            cursor.execute(f"INSERT INTO {kept.name} BY NAME SELECT * FROM coming")
            cursor.unregister("coming")
            try:
                cursor.execute("CHECKPOINT kept")
            except duckdb.TransactionException:
                # Somebody reads: these are compressed with the next ones.
                log.debug("rows of %s are kept as they came", kept.name)
