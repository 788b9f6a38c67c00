"""Marking a finding about a decision as looked at, with a reason, and opening it again."""

from __future__ import annotations

from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.looked_at import FindingKey, LookedAt, append_look, changed_since, looks_of

LONGEST = 300
"""Characters of a reason."""


class NotLookedError(ValueError):
    """Why nothing was changed: `no_reason`, `no_finding` (no case, or no code of one), `already` (looked at
    before), `not_there` (nothing to open again), `changed` (something else is known of the case since the
    list was made that somebody looked at)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look(
    database: Database,
    sender: Sender,
    finding: FindingKey,
    reason: str,
    *,
    now: int,
    done: bool = True,
    listed_at: int | None = None,
) -> None:
    """Say that a person has looked at a finding and why it needs nothing more, or, with `done` False, that it
    does need something after all. Raises NotLookedError.

    Nothing is deleted, and the finding itself stays as the rules give it: who said what, when and why is
    kept beside it. `listed_at`: as of when the person saw it (microseconds). What was looked at and has
    changed since may be looked at again.
    """
    words = reason.strip()[:LONGEST]
    if not words:
        raise NotLookedError("no_reason")
    if not all(finding):
        raise NotLookedError("no_finding")
    known = looks_of(database, now, [finding[0]]).get(finding)
    before = known if known is not None and known.done else None
    if not done and before is None:
        raise NotLookedError("not_there")
    with database.write() as connection:
        if done and before is not None and not changed_since(connection, finding, before.at):
            raise NotLookedError("already")
        if done and listed_at is not None and changed_since(connection, finding, listed_at):
            raise NotLookedError("changed")
        append_look(connection, finding, LookedAt(done, words, now, sender.actor), sender.origin)
