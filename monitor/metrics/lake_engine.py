"""DuckDB over the files of the lake: a question reads one manifest, so that it sees one state of it."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from monitor.lake.manifest import LakeDamaged, Manifest, faults, read_manifest
from monitor.lake.refresh import SCHEMAS


class LakeEngine:
    """The lake in a folder. `at` names the manifest it reads; a newer one is seen by `renewed()`.

    Raises LakeDamaged (`no_lake`, or what the manifest's files lack) where there is nothing whole to read.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self.at = manifest
        self._connection = ibis.duckdb.connect()
        for name, schema in SCHEMAS.items():
            files = [str(folder / file) for file in manifest.files(name)]
            if files:
                self._connection.con.read_parquet(files).create_view(name)
            else:
                self._connection.con.register(name, schema.empty_table())
        self._tables = {name: self._connection.table(name) for name in SCHEMAS}
        self._lock = Lock()

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
        return LakeEngine(self._folder, newest)

    def table(self, name: str) -> ir.Table:
        """A table of the lake. Raises KeyError for another name."""
        return self._tables[name]

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Run an expression."""
        with self._lock:
            found: pa.Table = self._connection.to_pyarrow(expression)
        return found.to_pylist()  # type: ignore[no-any-return]
