"""What the database refused is said without the values that it was about."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from monitor.store.bulk import append_rows
from monitor.store.database import ask
from tests.engines import database_on

NAME = "王小明"
PEOPLE = ("digest", "kind", "value", "first_delivery_id")


def _insert(connection: Connection, values: tuple[object, ...]) -> None:
    ask(connection, "INSERT INTO people (digest, kind, value, first_delivery_id) VALUES (?, ?, ?, ?)", values)


def _by_statement(connection: Connection) -> None:
    _insert(connection, (NAME, "name", NAME, None))


def _by_copy(connection: Connection) -> None:
    append_rows(connection, "people", PEOPLE, [(NAME, "name", NAME, None)])


def _by_a_long_copy(connection: Connection) -> None:
    append_rows(connection, "people", PEOPLE, [(f"{NAME}{n}", "name", NAME, None) for n in range(1_000)])


@pytest.mark.parametrize("way", [_by_statement, _by_copy, _by_a_long_copy])
def test_a_row_that_breaks_a_constraint_is_not_quoted(
    tmp_path: Path, way: Callable[[Connection], None]
) -> None:
    with database_on("postgresql", tmp_path) as database:
        with pytest.raises(IntegrityError) as caught, database.write() as connection:
            way(connection)
        _said_without_values(caught.value)
        assert 'null value in column "first_delivery_id"' in str(caught.value)


@pytest.mark.parametrize("size", [1, 1_000])
def test_a_value_of_the_wrong_form_is_named_by_its_kind(tmp_path: Path, size: int) -> None:
    with database_on("postgresql", tmp_path) as database:
        with pytest.raises(DataError) as caught, database.write() as connection:
            append_rows(connection, "people", PEOPLE, [("d", "name", "v", NAME)] * size)
        _said_without_values(caught.value)
        assert "InvalidTextRepresentation (22P02)" in str(caught.value.orig)


def _said_without_values(error: DBAPIError) -> None:
    told = [str(error), str(error.orig), repr(error), *traceback.format_exception(error)]
    assert all(NAME not in text and "DETAIL" not in text for text in told)
