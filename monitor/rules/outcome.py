"""Lines of statements, and what they and payments came to when they were held against each other."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from monitor.rules.owed import Taking


class Kind(StrEnum):
    """What a line or a payment came to; text `reconciliation.kinds.<kind>`."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    FACTOR_OF_10000 = "factor_of_10000"
    POSTED_LATE = "posted_late"
    UNKNOWN_CODE = "unknown_code"
    AMBIGUOUS_CODE = "ambiguous_code"
    """More than one case knows the code."""
    PAID_TWICE = "paid_twice"
    NOT_POSTED = "not_posted"
    """Collected and not on a statement (收费不入账), although one goes past the day by which it should be."""
    REFUND_DUE = "refund_due"
    """More was paid than the decision, which was changed or revoked since, asks for."""
    REFUND_UNEXPLAINED = "refund_unexplained"
    """Money went back and nothing says why."""
    CHANGED_LINE = "changed_line"
    """A line of a past statement came again and said something else."""
    PENDING = "pending"
    NOT_COVERED = "not_covered"
    TOLD_AGAIN = "told_again"
    """The same payment as another source tells it."""


OUTSIDE = (Kind.PENDING, Kind.NOT_COVERED, Kind.TOLD_AGAIN)
"""No difference and not yet to be matched: the day of posting is still to come, no statement holds such
payments, or another source has told it."""

DIFFERENCES = tuple(kind for kind in Kind if kind not in (Kind.MATCHED, *OUTSIDE))
"""Kinds that a person works through."""


class Posting(NamedTuple):
    """A line of a statement as it stands. `id` is its identity in hexadecimal; instants in microseconds UTC,
    `*_until` where only the day is known; `station` empty where it names none; `refund`: it went back."""

    id: str
    source: str
    line: str
    station: str
    code: str | None
    decision_no: str | None
    amount_fen: int
    refund: bool
    paid_at: int | None
    paid_until: int | None
    posted_at: int
    posted_until: int | None
    channel: str | None


class Outcome(NamedTuple):
    """What one line, one payment, or the two of them together came to.

    `at` places it in a period: the payment, else the posting. `since` is when the difference began. Amounts
    in fen: `expected_fen` by decision or payment, `found_fen` on the statement (for `paid_twice` and
    `refund_due` what is too much).
    """

    kind: Kind
    station: str
    case_no: str | None
    line: Posting | None
    taking: Taking | None
    at: int
    since: int
    expected_fen: int | None = None
    found_fen: int | None = None

    @property
    def subject(self) -> str:
        """By which it is known again: the line, else the payment."""
        return self.line.id if self.line is not None else self.taking.id if self.taking is not None else ""

    @property
    def code(self) -> str | None:
        """The payment code that either names."""
        told = (self.line.code if self.line else None, self.taking.code if self.taking else None)
        return next((code for code in told if code), None)

    @property
    def amount_fen(self) -> int | None:
        """As the statement says, else as the payment was told."""
        return (
            self.line.amount_fen if self.line is not None else self.taking.amount_fen if self.taking else None
        )
