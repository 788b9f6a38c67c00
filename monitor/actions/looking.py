"""Marking a finding about a decision as looked at, with a reason, and opening it again."""

from __future__ import annotations

from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.looked_at import FindingKey, LookedAt, append_look, looks_of

LONGEST = 300
"""Characters of a reason."""


class NotLookedError(ValueError):
    """Why nothing was changed: `no_reason`, `no_finding` (no case, or no code of one), `already` (looked at
    before), `not_there` (nothing to open again)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look(
    database: Database, sender: Sender, finding: FindingKey, reason: str, *, now: int, done: bool = True
) -> None:
    """Say that a person has looked at a finding and why it needs nothing more, or, with `done` False, that it
    does need something after all. Raises NotLookedError.

    Nothing is deleted, and the finding itself stays as the rules give it: who said what, when and why is
    kept beside it.
    """
    words = reason.strip()[:LONGEST]
    if not words:
        raise NotLookedError("no_reason")
    if not all(finding):
        raise NotLookedError("no_finding")
    known = looks_of(database, now, [finding[0]]).get(finding)
    if done == (known is not None and known.done):
        raise NotLookedError("already" if done else "not_there")
    with database.write() as connection:
        append_look(connection, finding, LookedAt(done, words, now, sender.actor), sender.origin)
