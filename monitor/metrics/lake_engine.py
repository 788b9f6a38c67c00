"""DuckDB over the files of the lake: a question reads one manifest, so that it sees one state of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
from ibis.expr import types as ir

from monitor.lake.manifest import LakeDamaged, Manifest, faults, read_manifest
from monitor.lake.refresh import SCHEMAS
from monitor.metrics.columns import COUNTED
from monitor.metrics.engine import DuckDBEngine, Queries
from monitor.metrics.resident import Resident


class LakeEngine(DuckDBEngine):
    """The lake in a folder. `at` names the manifest it reads; a newer one is seen by `renewed()`.

    With `resident`, what metrics count by is read from memory as far as it is kept there.
    Raises LakeDamaged (`no_lake`, or what the manifest's files lack) where there is nothing whole to read.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        queries: Queries | None = None,
        resident: Resident | None = None,
    ) -> None:
        self._folder = folder
        self.at = manifest
        self._resident = resident
        self._seen = -1 if resident is None else resident.version
        self._reads: dict[str, object] = {}
        connection = (
            ibis.duckdb.connect() if resident is None else ibis.duckdb.from_connection(resident.cursor())
        )
        # Files never change: what they say of themselves is read once.
        connection.con.execute("LOAD parquet; SET parquet_metadata_cache = true")
        for name, schema in SCHEMAS.items():
            files = manifest.files(name)
            if files:
                connection.con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {self._parquet(files)}")
            else:
                connection.con.register(name, schema.empty_table())
        for name in COUNTED:
            self._count(connection.con, name)
        super().__init__(connection, SCHEMAS, queries)
        self._counted = {name: connection.table(f"counted_{name}") for name in COUNTED}

    @classmethod
    def open(cls, folder: Path, resident: Resident | None = None) -> LakeEngine:
        """The lake as it is now."""
        manifest = read_manifest(folder)
        if manifest is None:
            raise LakeDamaged("no_lake", folder=folder.name)
        for fault in faults(folder, manifest, whole=False):
            raise fault
        return cls(folder, manifest, resident=resident)

    def renewed(self) -> LakeEngine:
        """This engine, or one for a newer manifest where there is one."""
        newest = read_manifest(self._folder)
        if newest is None or newest == self.at:
            return self
        return LakeEngine(self._folder, newest, self._queries, self._resident)

    def counted(self, name: str) -> ir.Table:
        """What metrics count by of a table."""
        return self._counted[name]

    def _parquet(self, files: list[str]) -> str:
        named = ", ".join("'" + str(self._folder / file).replace("'", "''") + "'" for file in files)
        return f"read_parquet([{named}])"

    def _count(self, con: Any, name: str) -> None:
        """Look anew at what is kept of a table."""
        columns = ", ".join(COUNTED[name])
        kept, files, held = (None, self.at.files(name), None)
        if self._resident is not None:
            kept, files, held = self._resident.source(self.at, name)
        parts = [] if kept is None else [kept]
        if files:
            parts.append(f"SELECT {columns} FROM {self._parquet(files)}")
        query = " UNION ALL ".join(parts) or f"SELECT {columns} FROM {name}"
        con.execute(f"CREATE OR REPLACE TEMP VIEW counted_{name} AS {query}")
        self._reads[name] = held

    def _before(self, con: Any, query: str) -> None:
        if self._resident is None:
            return
        asked = [name for name in COUNTED if f'"counted_{name}"' in query]
        if self._seen != self._resident.version:
            self._seen = self._resident.version
            for name in COUNTED:
                self._count(con, name)
        for name in asked:
            self._resident.want(self.at, name)
