"""Many rows at once, while the program goes on with what comes next.

By COPY where the database has it, else by inserts of many rows each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice, repeat
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

_ROWS_AT_ONCE = 1000
"""Rows of one INSERT of SQLite, where so many values fit: while it runs, Python runs on."""


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def append_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows whose values stand in the order of `columns`.

    Many rows are on their way when this returns: PostgreSQL's server is a process of its own, and SQLite
    writes without holding Python up, so that waiting would leave a processor idle. Whatever is asked of the
    connection next, its commit too, waits for them, and raises what became wrong. Who has many brings them in
    parts, as they are made.
    """
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        _send(connection, _Block(f"COPY {table} ({names}) FROM STDIN", copy_block(rows)), len(rows), _copy)
        return
    insert = f"INSERT INTO {table} ({names}) VALUES "
    _send(connection, _Block(insert, rows), len(rows), _insert)


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
    """Rows for a statement: for COPY as it takes them, for INSERT as they are."""

    statement: str
    rows: Any


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
    alone = carry is _insert and SHARED_BY_THREADS not in connection.info
    if count < _WORTH_A_THREAD or alone:
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
    """Insert after insert, each of as many rows as SQLite takes values for."""
    most = driver.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER)
    while (block := blocks.get()) is not None:
        width = len(block.rows[0])
        marks = f"({', '.join('?' * width)})"
        for part in chunks(block.rows, min(_ROWS_AT_ONCE, most // width)):
            # Not `executemany`: it lets go of Python for every row, and to get hold of it again waits longer
            # than the row takes.
            statement = block.statement + ", ".join([marks] * len(part))
            driver.execute(statement, list(chain.from_iterable(part)))


def _copy(driver: Any, blocks: SimpleQueue[_Block | None]) -> None:
    """One COPY after another; blocks for the same statement are one."""
    block = blocks.get()
    while block is not None:
        statement = block.statement
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            while block is not None and block.statement == statement:
                copy.write(block.rows)
                block = blocks.get()


# ---------------------------------------------------------------- the text format of COPY

_NULL = r"\N"
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_block(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The rows in COPY's text format. Made column by column, which takes half the time of row by row."""
    columns = [_texts(column) for column in zip(*rows, strict=True)]
    lines = map("\t".join, zip(*columns, strict=True))
    return ("\n".join(lines) + "\n").encode()


def _texts(column: tuple[Any, ...]) -> Iterable[str]:
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
