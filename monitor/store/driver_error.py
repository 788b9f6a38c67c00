"""What the database says of an error, without the values that it was about: they may be names and plates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

_DATA_EXCEPTION = "22"


def strip(context: ExceptionContext) -> None:
    """For the event `handle_error` of an engine on PostgreSQL."""
    _without_values(context.original_exception)
    told = context.sqlalchemy_exception
    if isinstance(told, DBAPIError):
        told.args = (_first_line(context.original_exception), *told.args[1:])


def refused(connection: Connection, statement: str, error: BaseException) -> BaseException:
    """The error of a statement that went past SQLAlchemy, as SQLAlchemy would have raised it."""
    driver: Any = connection.dialect.loaded_dbapi
    if not isinstance(error, driver.Error):
        return error
    _without_values(error)
    told: BaseException = DBAPIError.instance(statement, None, error, driver.Error, hide_parameters=True)
    return told


def _without_values(error: BaseException) -> None:
    """Keep the first line alone: DETAIL quotes the key, or the row, that broke a constraint, CONTEXT the line
    of a COPY. What has the wrong form is quoted in the first line itself, so there its kind has to do."""
    diagnosis = getattr(error, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    if primary is None:
        return
    state = getattr(error, "sqlstate", None) or ""
    error.args = (f"{type(error).__name__} ({state})" if state.startswith(_DATA_EXCEPTION) else primary,)


def _first_line(error: BaseException) -> str:
    kind = type(error)
    return f"({kind.__module__}.{kind.__name__}) {error}"
