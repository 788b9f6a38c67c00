"""Errors as answers: what a person is told, and the exit code."""

from __future__ import annotations

import os
import traceback
from enum import IntEnum

import typer

from monitor.cli.words import say, words
from monitor.settings.problem import ConfigError


class Code(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    QUARANTINED = 3


class Answer(Exception):
    """What a person is told instead of a result: the text `cli.answer.<key>` with its fields."""

    def __init__(self, key: str, code: Code = Code.FAILED, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.code = code
        self.params = params


def tell(line: str) -> None:
    """A line for the person who watches, beside what the command puts out."""
    typer.echo(line, err=True)


def answered(error: Exception) -> int:
    """Tell a person what went wrong and return the exit code.

    An error that nobody foresaw is one line with its type: its message may hold what a file holds.
    """
    if os.environ.get("FANGXING_DEBUG") == "1":
        traceback.print_exception(error)
    if isinstance(error, Answer):
        tell(say(f"cli.answer.{error.key}", **error.params))
        return error.code
    if isinstance(error, ConfigError):
        for problem in error.problems:
            tell(problem.sentence(words()))
        return Code.WRONG_USE
    return _foreseen(error)


def _foreseen(error: Exception) -> int:
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    from ingest.tables.fault import TableError

    if isinstance(error, TableError):
        from monitor.cli.reason import sentence

        tell(sentence(error.code, error.params))
    elif isinstance(error, DBAPIError):
        # The driver's own words (locked, no such host, disk full) and never the statement or its values.
        tell(say("cli.answer.database", detail=str(error.orig).splitlines()[0]))
    elif isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        tell(say("cli.answer.no_driver", command="pip install 'fangxing[postgresql]'"))
    elif isinstance(error, OSError):
        detail = error.strerror or type(error).__name__
        tell(say("cli.answer.file", file=error.filename or "-", detail=detail))
    else:
        kind = "cli.answer.database" if isinstance(error, SQLAlchemyError) else "cli.answer.unexpected"
        tell(say(kind, detail=type(error).__name__))
        tell(say("cli.answer.more"))
    return Code.FAILED
