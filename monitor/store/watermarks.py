"""How far each database view has been read, and what its answer looked like."""

from __future__ import annotations

from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from monitor.store.database import Database
from monitor.store.marks import mark_of, set_mark

PREFIX = "view:"


class ViewState(NamedTuple):
    """What is remembered of a view from poll to poll.

    `asked` is the digest of the question: a view that asks something else begins anew. `watermark` is the
    highest value whose rows are committed, as its kind and text. `columns`: name → kind of value that stood
    in it, empty where none did yet. `seen` is the digest of the last answer, `refused` that of the problem
    that was entered last and still stands.
    """

    asked: str
    watermark: tuple[str, str] | None = None
    columns: dict[str, str] | None = None
    seen: str | None = None
    refused: str | None = None


def view_state(connection: Connection, view: str) -> ViewState | None:
    """What is remembered of a view; None where it was never read."""
    told = mark_of(connection, PREFIX + view)
    if told is None:
        return None
    known = orjson.loads(told)
    watermark = known["watermark"]
    return ViewState(
        known["asked"], None if watermark is None else (watermark[0], watermark[1]), known["columns"],
        known["seen"], known["refused"],
    )  # fmt: skip


def keep_view_state(database: Database, view: str, state: ViewState) -> None:
    """Remember this of a view, whatever was remembered before."""
    with database.write() as connection:
        set_mark(connection, PREFIX + view, orjson.dumps(state._asdict()).decode())
