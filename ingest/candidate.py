"""What mapping hands to `accept`: events as the source tells them, and what could not become one."""

from __future__ import annotations

from typing import NamedTuple


class Candidate(NamedTuple):
    """An event as its source tells it, before the log knows it. Instants are microseconds, UTC."""

    station: str
    case_no: str
    activity: str
    occurred_at: int
    occurred_until: int | None
    """Last instant (inclusive) where only a day is known; None where the instant is exact."""
    recorded_at: int | None
    revision: int | None
    event_id: str | None
    ordinal: int
    """In a ledger 0, 1, … among several columns of one activity; 0 in event files."""
    data: str
    """Canonical JSON: sorted keys, no spaces, empty for nothing."""


class Refusal(NamedTuple):
    """A cell or a row that did not become an event, with the reason and what would be accepted."""

    column: str | None
    value: str | None
    """As it stood in the file, cut to 200 characters; personal columns show nothing of it."""
    reason: str
    accepted: str
    params: dict[str, str]
    activity: str | None
    """The activity that was lost with the cell, where there is one."""


class RowResult(NamedTuple):
    """What one row of a delivery became.

    `aside` names why a row is not data (title, head, blank, subtotal, signature); such a row is read and
    counted. A row with refusals and candidates landed in part. `raw` is the row as text by column name,
    personal values replaced by their digests; it is given only where there are refusals, for the retry.
    """

    row: int
    sheet: str | None
    station: str | None
    case_no: str | None
    candidates: list[Candidate]
    refusals: list[Refusal]
    aside: str | None
    hidden: bool
    raw: dict[str, str] | None


class Person(NamedTuple):
    """A personal value met while mapping; only its digest goes into events."""

    digest: str
    kind: str
    """name, id_number, phone, address or company_contact."""
    value: str
