"""A delivery before it is read."""

from __future__ import annotations

from typing import NamedTuple

from monitor.store.deliveries import Sender


class Letter(NamedTuple):
    """A delivery before it is read: what it is, who sent it, and how its source tells events apart.

    `ledger`: an event is its source, case, activity and ordinal, so that a later export corrects it. Else it
    is its id, and without one its content. `distinct`: equal events of one delivery are several events.
    `full`: a case missing from it although its source told of it before is a finding. `backfill`: history,
    known from when its source recorded it. `statement`: its rows are lines of the treasury's statement.
    """

    source: str
    name: str
    sender: Sender
    ledger: bool = False
    distinct: bool = False
    full: bool = False
    backfill: bool = False
    sha256: str | None = None
    size: int | None = None
    statement: bool = False
