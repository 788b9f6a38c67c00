"""Rows in bulk: written as they are, on their way while the program goes on, refused where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from monitor.cases.state import Verdict
from monitor.store.bulk import append_rows, copy_block
from monitor.store.database import Database, ask, ask_among
from tests.engines import database_on

COLUMNS = ("n", "t", "b", "f", "y")
ODD = ["", "\\N", "\\.", "tab\tin", "line\nend\r\n", "back\\slash", "晋D·“引”", "\\x41", "'; --", "\x7f\x1b"]


def _table(connection: Connection) -> None:
    kind = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    ask(connection, f"CREATE TABLE odd (n INTEGER UNIQUE, t TEXT, b {kind}, f DOUBLE PRECISION, y BOOLEAN)")


@pytest.mark.parametrize("times", [1, 100])
def test_what_is_appended_is_read_back_as_it_was(database: Database, times: int) -> None:
    rows = [
        (n, text, bytes([n % 256, 92, 0, 255]), n / 7, n % 2 == 0) if n % 3 else (n, None, None, None, None)
        for n, text in enumerate(ODD * times)
    ]
    with database.write() as connection:
        _table(connection)
        append_rows(connection, "odd", COLUMNS, rows)
        found = ask(connection, "SELECT n, t, b, f, y FROM odd ORDER BY n")
    assert [tuple(row) for row in found] == rows


def test_columns_that_tell_the_same_are_kept_apart_from_those_that_are_merely_equal(
    database: Database,
) -> None:
    digests = [bytes([n]) for n in range(200)]
    with database.write() as connection:
        kind = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
        ask(connection, f"CREATE TABLE twice (a INTEGER, b {kind}, c {kind}, d INTEGER, e BOOLEAN)")
        rows = [(n, digest, digest, n, bool(n)) for n, digest in enumerate(digests)]
        append_rows(connection, "twice", ("a", "b", "c", "d", "e"), rows)
        append_rows(connection, "twice", ("a", "d", "e"), [(1, 1, True), (0, 0, False)])
        found = ask(connection, "SELECT a, b, c, d, e FROM twice")
    assert [tuple(row) for row in found] == [*rows, (1, None, None, 1, True), (0, None, None, 0, False)]


def test_a_code_of_an_enumeration_is_written_as_its_text(database: Database) -> None:
    with database.write() as connection:
        _table(connection)
        append_rows(connection, "odd", ("n", "t"), [(1, Verdict.LATE), (2, "x"), (3, None)])
        assert ask(connection, "SELECT t FROM odd ORDER BY n") == [("released_late",), ("x",), (None,)]


def test_a_value_that_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        copy_block([(1j,)])


def test_many_keys_are_all_found(database: Database) -> None:
    with database.write() as connection:
        _table(connection)
        append_rows(connection, "odd", ("n",), [(n,) for n in range(2_000)])
        query = "SELECT n FROM odd WHERE n >= ? AND n {among}"
        found = ask_among(connection, query, range(0, 4_000, 2), (100,))
        assert sorted(n for (n,) in found) == list(range(100, 2_000, 2))
        assert ask_among(connection, query, [], (100,)) == []


def test_rows_that_are_refused_on_their_way_fail_what_follows_and_leave_nothing(tmp_path: Path) -> None:
    twice = [(n % 600, "x") for n in range(1_000)]
    with database_on("postgresql", tmp_path) as database:
        with database.write() as connection:
            _table(connection)
        with pytest.raises(IntegrityError), database.write() as connection:
            append_rows(connection, "odd", ("n", "t"), [(5_000, "before")])
            append_rows(connection, "odd", ("n", "t"), twice)
        with pytest.raises(IntegrityError), database.write() as connection:
            append_rows(connection, "odd", ("n", "t"), twice)
            ask(connection, "SELECT 1")
        with database.read() as connection:
            assert ask(connection, "SELECT count(*) FROM odd") == [(0,)]
