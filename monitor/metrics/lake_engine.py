"""DuckDB over the files of the lake: a question reads one manifest, so that it sees one state of it."""

from __future__ import annotations

from pathlib import Path

import ibis

from monitor.lake.manifest import LakeDamaged, Manifest, faults, read_manifest
from monitor.lake.refresh import SCHEMAS
from monitor.metrics.engine import DuckDBEngine, Queries


class LakeEngine(DuckDBEngine):
    """The lake in a folder. `at` names the manifest it reads; a newer one is seen by `renewed()`.

    Raises LakeDamaged (`no_lake`, or what the manifest's files lack) where there is nothing whole to read.
    """

    def __init__(self, folder: Path, manifest: Manifest, queries: Queries | None = None) -> None:
        self._folder = folder
        self.at = manifest
        connection = ibis.duckdb.connect()
        # Files never change: what they say of themselves is read once.
        connection.con.execute("LOAD parquet; SET parquet_metadata_cache = true")
        for name, schema in SCHEMAS.items():
            files = [str(folder / file) for file in manifest.files(name)]
            if files:
                connection.con.read_parquet(files).create_view(name)
            else:
                connection.con.register(name, schema.empty_table())
        super().__init__(connection, SCHEMAS, queries)

    @classmethod
    def open(cls, folder: Path) -> LakeEngine:
        """The lake as it is now."""
        manifest = read_manifest(folder)
        if manifest is None:
            raise LakeDamaged("no_lake", folder=folder.name)
        for fault in faults(folder, manifest, whole=False):
            raise fault
        return cls(folder, manifest)

    def renewed(self) -> LakeEngine:
        """This engine, or one for a newer manifest where there is one."""
        newest = read_manifest(self._folder)
        if newest is None or newest == self.at:
            return self
        return LakeEngine(self._folder, newest, self._queries)
