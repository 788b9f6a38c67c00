"""Letting the limits of a weekly chart begin anew after a lasting change, and taking that back."""

from __future__ import annotations

import re
from datetime import date

from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.rebasings import ALL_STATIONS, Rebased, append_rebasing, rebasings_of

LONGEST = 300
"""Characters of a reason."""


class NotRebasedError(ValueError):
    """Why nothing was changed: `no_reason`, `no_week` (no ISO week), `not_begun` (a week still to come),
    `already` (limits begin anew there already), `not_there` (nothing to take back)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rebase(
    database: Database,
    sender: Sender,
    station: str | None,
    week: str,
    reason: str,
    *,
    now: int,
    today: date,
    in_force: bool = True,
) -> None:
    """Say that limits begin anew with `week` (YYYY-Www) at a station, or (None) in the chart of all; with
    `in_force` False, that they no longer do. `today` is the local day. Raises NotRebasedError.

    Nothing is deleted: who said what, when and why stays on record.
    """
    words = reason.strip()[:LONGEST]
    if not words:
        raise NotRebasedError("no_reason")
    if _monday(week) > today:
        raise NotRebasedError("not_begun")
    there = any(one.week == week for one in rebasings_of(database, station, now))
    if in_force == there:
        raise NotRebasedError("already" if in_force else "not_there")
    with database.write() as connection:
        append_rebasing(
            connection,
            ALL_STATIONS if station is None else station,
            Rebased(week, in_force, words, now, sender.actor),
            sender.origin,
        )


def _monday(week: str) -> date:
    if re.fullmatch(r"\d{4}-W\d\d", week) is None:
        raise NotRebasedError("no_week")
    try:
        return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    except ValueError:
        raise NotRebasedError("no_week") from None
