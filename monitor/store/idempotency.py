"""Answers to pushes by the key their sender gave them, so that a repeated push gets the first answer."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from monitor.cases.event import DAY
from monitor.store.database import ask

KEPT = 7 * DAY
"""After this a key is free again; a sender that repeats does so within hours."""


class Kept(NamedTuple):
    """An answer that was given. `request` is the digest of what was asked."""

    request: bytes
    answer: str


def kept_answer(connection: Connection, actor: str, key: str, now: int) -> Kept | None:
    """The answer kept under this key, or None where there is none any more."""
    found = ask(connection, _KEPT, (actor, key, now - KEPT))
    return Kept(*found[0]) if found else None


def keep_answer(connection: Connection, actor: str, key: str, kept: Kept, now: int) -> None:
    """Keep the answer to a key that has none, and drop those whose time is up. Needs the write transaction
    in which the key was found free and what was asked was done: all of it is committed or none."""
    ask(connection, "DELETE FROM idempotency WHERE kept_at <= ?", (now - KEPT,))
    ask(connection, _KEEP, (actor, key, kept.request, kept.answer, now))


_KEPT = "SELECT request, answer FROM idempotency WHERE actor = ? AND key = ? AND kept_at > ?"
_KEEP = "INSERT INTO idempotency (actor, key, request, answer, kept_at) VALUES (?, ?, ?, ?, ?)"
