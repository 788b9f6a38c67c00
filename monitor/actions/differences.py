"""Working through differences: who works on one, closing it with a reason, opening it again."""

from __future__ import annotations

from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.differences import (
    CLOSED,
    Difference,
    Step,
    StepDone,
    append_steps,
    difference,
    set_closed,
    set_open,
    set_owner,
)

LONGEST = 300
"""Characters of a reason, and of a name."""


class NotWorkedError(ValueError):
    """Why nothing was changed: `no_difference`, `no_reason`, `closed` (nobody works on a closed one),
    `already` (it is so already), `not_closed` (nothing to open again)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def assign(database: Database, sender: Sender, key: int, owner: str | None, *, now: int) -> Difference:
    """Say who works on a difference; None or blank: nobody. Returns it as it then stands.

    Raises NotWorkedError, as the others here do.
    """
    name = (owner or "").strip()[:LONGEST] or None
    with database.write() as connection:
        one = _known(difference(connection, key))
        if one.state == CLOSED:
            raise NotWorkedError("closed")
        if one.owner == name:
            raise NotWorkedError("already")
        set_owner(connection, key, name)
        append_steps(connection, [_step(key, now, Step.ASSIGNED, sender, name, None)])
        return one._replace(owner=name)


def close(database: Database, sender: Sender, key: int, reason: str, *, now: int) -> Difference:
    """Close a difference by a person's word. It stays closed as long as it says the same."""
    why = reason.strip()[:LONGEST]
    if not why:
        raise NotWorkedError("no_reason")
    with database.write() as connection:
        one = _known(difference(connection, key))
        if one.state == CLOSED:
            raise NotWorkedError("already")
        set_closed(connection, key, now, sender.actor, why)
        append_steps(connection, [_step(key, now, Step.CLOSED, sender, one.owner, why)])
        return one._replace(state=CLOSED, closed_at=now, closed_by=sender.actor, closed_why=why)


def reopen(database: Database, sender: Sender, key: int, reason: str, *, now: int) -> Difference:
    """Open a closed difference again; one that is found no more closes itself at the next run."""
    why = reason.strip()[:LONGEST]
    if not why:
        raise NotWorkedError("no_reason")
    with database.write() as connection:
        one = _known(difference(connection, key))
        if one.state != CLOSED:
            raise NotWorkedError("not_closed")
        set_open(connection, key)
        append_steps(connection, [_step(key, now, Step.REOPENED, sender, one.owner, why)])
        return one._replace(state="open", closed_at=None, closed_by=None, closed_why=None)


def _known(found: Difference | None) -> Difference:
    if found is None:
        raise NotWorkedError("no_difference")
    return found


def _step(key: int, now: int, step: Step, sender: Sender, owner: str | None, why: str | None) -> StepDone:
    return StepDone(key, now, step.value, sender.actor, sender.origin, owner, why)
