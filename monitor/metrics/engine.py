"""Where metrics run: the same Ibis expressions over the lake's files, or over rows in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Protocol

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.columns import COUNTED

TABLES = ("case_versions", "events", "weighings", "payments", "decisions")

AS_OF: Any = ibis.param("int64")
SINCE: Any = ibis.param("string")
UNTIL: Any = ibis.param("string")
"""The moment and the days (YYYY-MM-DD) of a question, in an expression that is written once for all."""

Build = Callable[["Engine", Ask], ir.Table]


@dataclass(frozen=True, slots=True)
class Question:
    """An expression with parameters for the moment and the days of `ask`. Those of one `shape` are equal:
    `build` is called only where none of it was written as a query yet, which takes longer than to run it.
    `variables` are further ones by their names, of DuckDB alone (`variable`)."""

    shape: Hashable
    ask: Ask
    build: Callable[[], ir.Table]
    variables: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def values(self) -> dict[Any, Any]:
        """What the parameters stand for."""
        days = ((SINCE, self.ask.since), (UNTIL, self.ask.until))
        return {AS_OF: self.ask.as_of} | {name: day.isoformat() for name, day in days if day is not None}


class Engine(Protocol):
    """Tables by name, and the rows an expression over them gives."""

    def table(self, name: str) -> ir.Table:
        """One of `TABLES`."""

    def counted(self, name: str) -> ir.Table:
        """The columns of `COUNTED` of one of its tables."""

    def rows(self, expression: ir.Table | Question) -> list[dict[str, Any]]:
        """The rows of an expression over these tables, as plain values by column."""

    def columns(self, question: Question) -> pa.Table:
        """The same as columns: for answers with a row per event, or per case."""


def answer(engine: Engine, ask: Ask, metric: Hashable, build: Build) -> list[dict[str, Any]]:
    """The rows of what is asked, but for cells of nothing; `metric` and `ask`, but for its moment and days,
    tell the expression."""
    return of_something(engine.rows(_question(engine, ask, metric, build)))


def columns(engine: Engine, ask: Ask, metric: Hashable, build: Build) -> pa.Table:
    """What `answer` gives, as columns and with every cell."""
    return engine.columns(_question(engine, ask, metric, build))


def _question(engine: Engine, ask: Ask, metric: Hashable, build: Build) -> Question:
    since, until = (None if ask.since is None else SINCE), (None if ask.until is None else UNTIL)
    whenever = replace(ask, as_of=AS_OF, since=since, until=until)
    shape = (metric, ask.stations, ask.vehicles, ask.by, since is None, until is None)
    return Question(shape, ask, lambda: build(engine, whenever))


def of_something(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without rows that nothing was counted into (`in_cell` of 0)."""
    return [row for row in rows if row.get("in_cell") != 0]


@ibis.udf.scalar.builtin(name="getvariable", signature=((str,), int))  # type: ignore[untyped-decorator]
def _moment(name: str) -> int:
    """A variable of the session, a constant to the planner."""
    raise NotImplementedError


@ibis.udf.scalar.builtin(name="getvariable", signature=((str,), str))  # type: ignore[untyped-decorator]
def _day(name: str) -> str:
    """The same of a text."""
    raise NotImplementedError


@ibis.udf.scalar.builtin(name="getvariable", signature=((str,), float))  # type: ignore[untyped-decorator]
def _figure(name: str) -> float:
    """The same of a number."""
    raise NotImplementedError


def variable(name: str, kind: type) -> Any:
    """One of the `variables` of a question in its expression, a text or a number."""
    if name not in _FURTHER:
        _FURTHER[name] = (ibis.param("string" if kind is str else "float64"), kind)
    return _FURTHER[name][0]


_FURTHER: dict[str, tuple[Any, type]] = {}


_VARIABLES = {AS_OF: _moment("as_of"), SINCE: _day("since"), UNTIL: _day("until")}
_NAMES = {AS_OF: "as_of", SINCE: "since", UNTIL: "until"}


class Queries:
    """Expressions as DuckDB's SQL; those asked last are kept."""

    KEPT = 256

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Question) -> str:
        """The query of a question."""
        shape = question.shape
        with self._lock:
            if shape in self._known:
                self._known.move_to_end(shape)
                return self._known[shape]
        written = _written(question.build())
        with self._lock:
            self._known[shape] = written
            while len(self._known) > self.KEPT:
                self._known.popitem(last=False)
        return written


def _written(expression: ir.Table) -> str:
    told = {one.op(): other.op() for one, other in _VARIABLES.items()}
    for name, (one, kind) in _FURTHER.items():
        told[one.op()] = (_day(name) if kind is str else _figure(name)).op()
    return str(ibis.to_sql(expression.op().replace(told).to_expr(), dialect="duckdb", pretty=False))


class DuckDBEngine:
    """DuckDB over tables of one connection. `queries` may be those of an engine with tables of the same names
    and columns."""

    def __init__(self, connection: Any, names: Mapping[str, Any], queries: Queries | None = None) -> None:
        self._connection = connection
        self._tables = {name: connection.table(name) for name in names}
        self._queries = queries or Queries()
        self._lock = Lock()

    def table(self, name: str) -> ir.Table:
        """A table by its name. Raises KeyError where there is none."""
        return self._tables[name]

    def counted(self, name: str) -> ir.Table:
        """What metrics count by of a table."""
        return self._tables[name].select(*COUNTED[name])

    def _before(self, con: Any, query: str) -> None:
        """What has to be done before a query is run; nothing where tables stay as they are."""

    def rows(self, expression: ir.Table | Question) -> list[dict[str, Any]]:
        """Run an expression."""
        if not isinstance(expression, Question):
            with self._lock:
                return self._connection.to_pyarrow(expression).to_pylist()  # type: ignore[no-any-return]
        query = self._queries.of(expression)
        with self._lock:
            self._set(expression, query)
            found = self._connection.con.execute(query)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def columns(self, question: Question) -> pa.Table:
        """Run an expression and give its columns."""
        query = self._queries.of(question)
        with self._lock:
            self._set(question, query)
            return self._connection.con.sql(query).to_arrow_table()

    def _set(self, question: Question, query: str) -> None:
        self._before(self._connection.con, query)
        named = {_NAMES[parameter]: value for parameter, value in question.values.items()}
        for name, value in {**named, **question.variables}.items():
            self._connection.con.execute(f"SET VARIABLE {name} = ?", [value])


class MemoryEngine(DuckDBEngine):
    """DuckDB over tables in memory: small cases in tests."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        connection = ibis.duckdb.connect()
        for name, table in tables.items():
            connection.con.register(name, table)
        super().__init__(connection, tables)
