"""Many rows at once, while the program goes on with what comes next.

By COPY where the database has it, else by inserts of many rows each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice, repeat
from operator import is_
from queue import SimpleQueue
from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from types import NoneType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from monitor.store.driver_error import refused

T = TypeVar("T")

_UNDER_WAY = "rows under way"
_WORTH_A_THREAD = 500

SHARED_BY_THREADS = "may be used by another thread"
"""Stands in the `info` of SQLite's connections that a thread of ours may insert by."""

_ROWS_AT_ONCE = 500
"""Rows of one INSERT of SQLite, where so many values fit: while it runs, Python runs on."""


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def append_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows whose values stand in the order of `columns`, as `append_columns` does."""
    if rows:
        append_columns(connection, table, columns, list(zip(*rows, strict=True)))


def append_columns(
    connection: Connection, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]
) -> None:
    """Append rows whose values stand in columns, as many of them as `names`.

    Many rows are on their way when this returns: PostgreSQL's server is a process of its own, and SQLite
    writes without holding Python up, so that waiting would leave a processor idle. Whatever is asked of the
    connection next, its commit too, waits for them, and raises what became wrong. Who has many brings them in
    parts, as they are made.

    No column of ours has a default in the database: one that is empty in all the rows is not sent.
    """
    count = len(columns[0])
    if not count:
        return
    told = [
        (name, values)
        for name, values in zip(names, columns, strict=True)
        if values[0] is not None or values.count(None) < count
    ]
    if connection.dialect.name == "postgresql":
        wanted = ", ".join(f'"{name}"' for name, _ in told)
        copy = f"COPY {table} ({wanted}) FROM STDIN"
        _send(connection, _Block(copy, copy_block([values for _, values in told])), count, _copy)
        return
    _send(connection, _Block(f"INSERT INTO {table}", told), count, _insert)


def shared_by_threads(connection: Connection) -> bool:
    """Whether another thread may go on with this connection, as long as no two do at a time."""
    return connection.dialect.name != "sqlite" or SHARED_BY_THREADS in connection.info


def arrived(connection: Connection) -> None:
    """Wait until every row appended on this connection has arrived. Raises what the database refused."""
    under_way: _UnderWay | None = connection.info.pop(_UNDER_WAY, None)
    if under_way is None:
        return
    under_way.blocks.put(None)
    error = under_way.sent.exception()
    if error is not None:
        raise refused(connection, "many rows", error)


class _Block(NamedTuple):
    """What a statement brings: for COPY the bytes it takes, for INSERT columns with their names."""

    statement: str
    content: Any


class _UnderWay(NamedTuple):
    """Blocks for a thread that sends them; None is the last."""

    blocks: SimpleQueue[_Block | None]
    sent: Future[None]


Carry = Callable[[Any, "SimpleQueue[_Block | None]"], None]
"""Brings block after block by a driver's connection, until None."""


def _send(connection: Connection, block: _Block, count: int, carry: Carry) -> None:
    under_way: _UnderWay | None = connection.info.get(_UNDER_WAY)
    if under_way is not None:
        under_way.blocks.put(block)
        return
    blocks: SimpleQueue[_Block | None] = SimpleQueue()
    blocks.put(block)
    driver: Any = connection.connection.driver_connection
    if count < _WORTH_A_THREAD or not shared_by_threads(connection):
        blocks.put(None)
        try:
            carry(driver, blocks)
        except Exception as error:
            raise refused(connection, block.statement, error) from error
        return
    sender = ThreadPoolExecutor(1, "rows")
    connection.info[_UNDER_WAY] = _UnderWay(blocks, sender.submit(carry, driver, blocks))
    sender.shutdown(wait=False)


def _insert(driver: Any, blocks: SimpleQueue[_Block | None]) -> None:
    """Insert after insert, each of as many rows as SQLite takes values for.

    Not `executemany`: it lets go of Python for every row, and to get hold of it again waits longer than the
    row takes. What all the rows say alike, a third to two thirds of the columns, is bound once, and so is
    what stands in two columns of a row.
    """
    most = driver.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER)
    while (block := blocks.get()) is not None:
        size = min(_ROWS_AT_ONCE, most // len(block.content))
        for first in range(0, len(block.content[0][1]), size):
            columns = [values[first : first + size] for _, values in block.content]
            rows = len(columns[0])
            alike: list[Any] = []
            apart: list[Sequence[Any]] = []
            alike_names, apart_names, chosen = [], [], []
            for (name, _), values in zip(block.content, columns, strict=True):
                if columns[0] is not values and values[0] == values[-1] and values.count(values[0]) == rows:
                    alike.append(values[0])
                    alike_names.append(f'"{name}"')
                    continue
                place = next((n for n, other in enumerate(apart, 1) if all(map(is_, values, other))), 0)
                if not place:
                    apart.append(values)
                    place = len(apart)
                apart_names.append(f'"{name}"')
                chosen.append(f"column{place}")
            names = ", ".join(alike_names + apart_names)
            selected = ", ".join(["?"] * len(alike) + chosen)
            marks = ", ".join([f"({', '.join('?' * len(apart))})"] * rows)
            told = [*alike, *chain.from_iterable(zip(*apart, strict=True))]
            driver.execute(f"{block.statement} ({names}) SELECT {selected} FROM (VALUES {marks})", told)


def _copy(driver: Any, blocks: SimpleQueue[_Block | None]) -> None:
    """One COPY after another; blocks for the same statement are one."""
    block = blocks.get()
    while block is not None:
        statement = block.statement
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            while block is not None and block.statement == statement:
                copy.write(block.content)
                block = blocks.get()


# ---------------------------------------------------------------- the text format of COPY

_NULL = r"\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_block(columns: Iterable[Sequence[Any]]) -> bytes:
    """Rows in COPY's text format. Made column by column, which takes half the time of row by row."""
    lines = map("\t".join, zip(*map(_texts, columns), strict=True))
    return ("\n".join(lines) + "\n").encode()


def _texts(column: Sequence[Any]) -> Iterable[str]:
    kinds = set(map(type, column))
    if len(kinds) == 1:
        return _every(kinds.pop())(column)
    kinds.discard(NoneType)
    if len(kinds) == 1:
        told = iter(_every(kinds.pop())([value for value in column if value is not None]))
        return [_NULL if value is None else next(told) for value in column]
    return [next(iter(_every(type(value))((value,)))) for value in column]


def _every(kind: type) -> Callable[[Sequence[Any]], Iterable[str]]:
    """How the values of a type are written, or those of the type it derives from, as a code of an enum."""
    for known in kind.__mro__:
        if known in _EVERY:
            return _EVERY[known]
    raise TypeError(f"no column holds a {kind.__name__}")


def _escaped(column: Sequence[str]) -> Iterable[str]:
    whole = "".join(column)
    if "\\" in whole or "\n" in whole or "\t" in whole or "\r" in whole:
        return [value.translate(_ESCAPED) for value in column]
    return column


_EVERY: dict[type, Callable[[Sequence[Any]], Iterable[str]]] = {
    NoneType: lambda column: repeat(_NULL, len(column)),
    str: _escaped,
    int: lambda column: map(str, column),
    float: lambda column: map(repr, column),
    bool: lambda column: ["t" if value else "f" for value in column],
    bytes: lambda column: [rf"\\x{value.hex()}" for value in column],
}
