"""What can happen to a case, and who can owe the next step. Codes are stored; labels are texts."""

from __future__ import annotations

from enum import StrEnum


class Activity(StrEnum):
    """The activities of a case, in the order in which they usually follow one another.

    The order settles which of two events at one instant is read first.
    """

    WEIGHED = "weighed"
    CONFIRMED = "confirmed"
    DETAINED = "detained"
    HANDED_IN = "handed_in"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    FILED = "filed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    UNLOADING = "unloading"
    CARGO_TRANSFERRED = "cargo_transferred"
    UNLOADED = "unloaded"
    REWEIGHED = "reweighed"
    VIOLATION_REMOVED = "violation_removed"
    NOTIFIED = "notified"
    STATED = "stated"
    HEARING = "hearing"
    LEGAL_REVIEW = "legal_review"
    COMMITTEE = "committee"
    DECIDED = "decided"
    DECISION_CHANGED = "decision_changed"
    DECISION_REVOKED = "decision_revoked"
    DISPATCHED = "dispatched"
    SERVED = "served"
    PAY_REQUESTED = "pay_requested"
    PAY_FAILED = "pay_failed"
    PAID = "paid"
    PAY_CONFIRMED = "pay_confirmed"
    REFUNDED = "refunded"
    DEFERRED = "deferred"
    SURCHARGED = "surcharged"
    URGED = "urged"
    ENFORCED = "enforced"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    COPIED_HOME = "copied_home"
    PUBLISHED = "published"
    CLOSED = "closed"
    VISITED = "visited"
    FILE_REVIEWED = "file_reviewed"
    VOIDED = "voided"


ORDER: dict[str, int] = {activity.value: position for position, activity in enumerate(Activity)}
"""Position of each activity code in the usual order of a case."""

PLATE_COLOURS = ("blue", "yellow", "black", "white", "green", "yellow_green")
"""Named plate colours. Numeric codes clash between systems, so a source names its code set."""

HELD_SITE_TYPES = frozenset({"21"})
"""Site types (siteType of the exchange records) where a confirmed vehicle stands in custody: stations."""


class Owner(StrEnum):
    """Who owes the next step of a case."""

    STATION = "station"
    POLICE = "police"
    PARTY = "party"
    TREASURY = "treasury"


class Authority(StrEnum):
    """Which authority decides: the transport track (art. 43) or the police track (art. 92)."""

    TRANSPORT = "transport"
    POLICE = "police"


class Lane(StrEnum):
    """The three branches that run side by side between confirmation and release."""

    DECISION = "decision"
    PAYMENT = "payment"
    REMOVAL = "removal"


class Step(StrEnum):
    """What an open branch waits for; the text of each names it on the board."""

    HAND_OVER = "hand_over"
    DECIDE = "decide"
    REQUEST_PAYMENT = "request_payment"
    PAY = "pay"
    PAY_AGAIN = "pay_again"
    CONFIRM_PAYMENT = "confirm_payment"
    ARRANGE_UNLOADING = "arrange_unloading"
    UNLOAD = "unload"
    REWEIGH = "reweigh"
    UNLOAD_MORE = "unload_more"
    RELEASE = "release"
