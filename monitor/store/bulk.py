"""Many rows at once: by COPY where the database has it, while the program goes on with what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat
from queue import SimpleQueue
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import Connection

from monitor.store.driver_error import refused

_UNDER_WAY = "copies under way"
_WORTH_A_THREAD = 500


def append_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows whose values stand in the order of `columns`.

    On PostgreSQL the rows are on their way when this returns: its server has a process of its own, and
    waiting for it would leave ours idle. Whatever is asked of the connection next, its commit too, waits for
    them, and raises what became wrong. Who has many brings them in parts, as they are made.
    """
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        _send(connection, f"COPY {table} ({names}) FROM STDIN", copy_block(rows), len(rows))
        return
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    sqlite: Any = connection.connection.driver_connection
    try:
        sqlite.executemany(insert, rows)
    except Exception as error:
        raise refused(connection, insert, error) from error


def arrived(connection: Connection) -> None:
    """Wait until every row appended on this connection has arrived. Raises what the database refused."""
    under_way: _UnderWay | None = connection.info.pop(_UNDER_WAY, None)
    if under_way is None:
        return
    under_way.blocks.put(None)
    error = under_way.sent.exception()
    if error is not None:
        raise refused(connection, "COPY", error)


class _Block(NamedTuple):
    """Rows for a COPY statement, as the statement takes them."""

    statement: str
    rows: bytes


class _UnderWay(NamedTuple):
    """Blocks for a thread that sends them; None is the last."""

    blocks: SimpleQueue[_Block | None]
    sent: Future[None]


def _send(connection: Connection, statement: str, rows: bytes, count: int) -> None:
    blocks: SimpleQueue[_Block | None] = SimpleQueue()
    driver: Any = connection.connection.driver_connection
    under_way: _UnderWay | None = connection.info.get(_UNDER_WAY)
    if under_way is not None:
        under_way.blocks.put(_Block(statement, rows))
        return
    blocks.put(_Block(statement, rows))
    if count < _WORTH_A_THREAD:
        blocks.put(None)
        try:
            _copy(driver, blocks)
        except Exception as error:
            raise refused(connection, statement, error) from error
        return
    sender = ThreadPoolExecutor(1, "copy")
    connection.info[_UNDER_WAY] = _UnderWay(blocks, sender.submit(_copy, driver, blocks))
    sender.shutdown(wait=False)


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
