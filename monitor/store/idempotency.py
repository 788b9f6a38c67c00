"""Answers to pushes by the key their sender gave them, so that a repeated push gets the first answer."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from monitor.cases.event import DAY
from monitor.store.tables import idempotency

KEPT = 7 * DAY
"""After this a key is free again; a sender that repeats does so within hours."""


class Kept(NamedTuple):
    """An answer that was given. `request` is the digest of what was asked."""

    request: bytes
    answer: str


def kept_answer(connection: Connection, actor: str, key: str, now: int) -> Kept | None:
    """The answer kept under this key, or None where there is none any more."""
    query = select(idempotency.c.request, idempotency.c.answer).where(
        idempotency.c.actor == actor, idempotency.c.key == key, idempotency.c.kept_at > now - KEPT
    )
    row = connection.execute(query).first()
    return None if row is None else Kept(row.request, row.answer)


def keep_answer(connection: Connection, actor: str, key: str, kept: Kept, now: int) -> Kept:
    """Keep an answer and drop those whose time is up. Where two requests with one key ran beside each other,
    the first answer stands and is returned. Needs the write transaction."""
    connection.execute(delete(idempotency).where(idempotency.c.kept_at <= now - KEPT))
    first = kept_answer(connection, actor, key, now)
    if first is not None:
        return first
    connection.execute(idempotency.insert().values(actor=actor, key=key, kept_at=now, **kept._asdict()))
    return kept
