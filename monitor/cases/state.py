"""What the events of a case add up to."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What clock A says of a case, before anyone asks what time it is now.

    `running` has a start and no end; whether it is overdue depends on the moment of asking.
    """

    RUNNING = "running"
    ON_TIME = "released_on_time"
    LATE = "released_late"
    NOT_HELD = "not_held"
    NO_DEADLINE = "no_deadline"
    UNDETERMINED = "undetermined"
    IMPLAUSIBLE = "implausible"


class Finding(NamedTuple):
    """Something about a case that a person should look at; it never stops a row and accuses nobody."""

    code: str
    at: int | None
    params: tuple[tuple[str, str], ...] = ()


class Pause(NamedTuple):
    """A span in which the case was suspended; `until` is None while it runs on."""

    since: int
    until: int | None
    reason: str


class CaseState(NamedTuple):
    """The state of one case: a pure function of its valid events and of the station's configuration.

    A tuple rather than a data class: a first load makes hundreds of thousands of them.
    Every `*_at` is an instant in microseconds UTC; a `*_until` beside it is the last possible instant where
    only the day is known, else None. Weights are integer kilograms, money the minor unit of the source's
    currency (fen).
    """

    station: str
    case_no: str
    verdict: str
    custody: bool
    events: int
    first_at: int
    last_at: int
    # vehicle and weight
    plate: str | None = None
    plate_colour: str | None = None
    vehicle: str | None = None
    axles: int | None = None
    gross_kg: int | None = None
    limit_kg: int | None = None
    limit_rule: str | None = None
    reweigh_kg: int | None = None
    # clock A
    confirmed_at: int | None = None
    confirmed_until: int | None = None
    limit_s: int | None = None
    deadline_at: int | None = None
    deadline_until: int | None = None
    released_at: int | None = None
    released_until: int | None = None
    # clocks B and C
    accepted_at: int | None = None
    accepted_until: int | None = None
    police_decided_at: int | None = None
    police_decided_until: int | None = None
    detained_at: int | None = None
    detained_until: int | None = None
    handed_in_at: int | None = None
    handed_in_until: int | None = None
    # decision branch
    authority: str | None = None
    handed_over_at: int | None = None
    filed_at: int | None = None
    notified_at: int | None = None
    decided_at: int | None = None
    outcome: str | None = None
    decision_no: str | None = None
    fine_fen: int | None = None
    # payment branch
    payment_code: str | None = None
    pay_requested_at: int | None = None
    pay_failures: int = 0
    pay_failed_at: int | None = None
    first_paid_at: int | None = None
    paid_at: int | None = None
    paid_fen: int | None = None
    channel: str | None = None
    pay_confirmed_at: int | None = None
    # removal branch
    unloading_at: int | None = None
    unloaded_at: int | None = None
    reweighed_at: int | None = None
    reweigh_failed_at: int | None = None
    removed_at: int | None = None
    removed_until: int | None = None
    removed_derived: bool = False
    # the rest
    withdrawn_at: int | None = None
    closed_at: int | None = None
    days: tuple[int, ...] = ()
    """Those of the instants above, of a case in custody, of which only the day is known: each is the first
    instant of its local day, and no hour may be claimed of it."""
    pauses: tuple[Pause, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def over_kg(self) -> int | None:
        """Kilograms over the limit that was applied at the first weighing; None where either is unknown."""
        if self.gross_kg is None or self.limit_kg is None:
            return None
        return self.gross_kg - self.limit_kg
