"""Where metrics run: the same Ibis expressions over the lake's files, or over rows in memory."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Protocol

import ibis
import pyarrow as pa
from ibis.expr import types as ir

TABLES = ("case_versions", "events", "weighings", "payments")


class Engine(Protocol):
    """Tables by name, and the rows an expression over them gives."""

    def table(self, name: str) -> ir.Table:
        """One of `TABLES`."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression over these tables, as plain values by column."""


class MemoryEngine:
    """DuckDB over tables in memory: what the board reads by its indexes, and small cases in tests."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._connection = ibis.duckdb.connect()
        for name, table in tables.items():
            self._connection.con.register(name, table)
        self._tables = {name: self._connection.table(name) for name in tables}
        self._lock = Lock()

    def table(self, name: str) -> ir.Table:
        """A table by its name. Raises KeyError where it was not given."""
        return self._tables[name]

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Run an expression."""
        with self._lock:
            found: list[dict[str, Any]] = self._connection.to_pyarrow(expression).to_pylist()
        return found
