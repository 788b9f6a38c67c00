"""An event as the log keeps it, and the identity by which deliveries of it are told apart."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple, NewType

Micros = NewType("Micros", int)
"""An instant: microseconds since 1970-01-01T00:00:00Z."""

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR


class Event(NamedTuple):
    """One version of one event of a case.

    `occurred_at` is exact where `occurred_until` is None; else only the local day is known and the true
    instant lies in the closed interval [occurred_at, occurred_until]. `known_at` is when the event counts
    as known: its receipt, or for history loaded as backfill what the source recorded.
    """

    identity: bytes
    content: bytes
    activity: str
    occurred_at: int
    occurred_until: int | None
    recorded_at: int | None
    revision: int | None
    received_at: int
    known_at: int
    source: str
    event_id: str | None
    data: str
    delivery_id: int
    sheet: str | None
    row: int
    named: bool
    """Whether the identity comes from the source's own id and so holds across cases."""

    @property
    def latest(self) -> int:
        """The last instant at which it can have happened."""
        return self.occurred_at if self.occurred_until is None else self.occurred_until


DIGEST_BYTES = 16


def digest(*parts: object) -> bytes:
    """`DIGEST_BYTES` that stand for the parts; used for identity and content, never for secrecy."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=DIGEST_BYTES).digest()


def precedence(event: Event) -> tuple[int, int, int, bytes]:
    """Sorts versions of one event; the last one is valid.

    The source's own revision number decides first, then the time the source recorded it, then the order
    of receipt, then the digest of the content.
    """
    return (
        -1 if event.revision is None else event.revision,
        -1 if event.recorded_at is None else event.recorded_at,
        event.received_at,
        event.content,
    )
