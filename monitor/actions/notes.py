"""Acknowledging a case and noting something on it. Neither stops a clock."""

from __future__ import annotations

from monitor.actions.flags import acknowledge_flags_of
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.flags import flags_of
from monitor.store.log import CaseKey, case_ids
from monitor.store.notes import ACKNOWLEDGED, NOTE, append_note

LONGEST = 500
"""Characters of a note."""


class EmptyNoteError(ValueError):
    """A note without words."""


def acknowledge(database: Database, sender: Sender, key: CaseKey, *, now: int, text: str = "") -> None:
    """Say that somebody has seen the case and takes over its open flags. Raises LookupError where it is not
    known."""
    with database.write() as connection:
        append_note(
            connection, key, ACKNOWLEDGED, at=now, actor=sender.actor, origin=sender.origin,
            text=text.strip()[:LONGEST],
        )  # fmt: skip
        known = flags_of(connection, case_ids(connection, [key]).values())
        acknowledge_flags_of(connection, sender, known, now, text)


def add_note(database: Database, sender: Sender, key: CaseKey, text: str, *, now: int) -> None:
    """Note something on a case. Raises EmptyNoteError without words, LookupError without the case."""
    words = text.strip()[:LONGEST]
    if not words:
        raise EmptyNoteError
    with database.write() as connection:
        append_note(connection, key, NOTE, at=now, actor=sender.actor, origin=sender.origin, text=words)
