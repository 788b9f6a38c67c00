"""The branches that run side by side, what a release still waits for, and who owes that step.

Release follows in law from the removal of the violation; a station's gate may wait for more, and then it is
the gate, with its legal ground, that this shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.cases.activity import Authority, Lane, Owner, Step
from monitor.cases.state import CaseState


@dataclass(frozen=True, slots=True)
class Gate:
    """What a station waits for before it releases a vehicle.

    `needs` holds lanes; `payment_confirmed` says whether paying is enough (False) or the money must have
    arrived (True). A gate beyond removal names its ground and who confirmed it.
    """

    needs: frozenset[Lane]
    payment_confirmed: bool = False
    legal_ground: str | None = None
    confirmed_by: str | None = None
    example: bool = False


LAWFUL_GATE = Gate(frozenset({Lane.REMOVAL}))
"""Release follows the removal of the violation alone."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """The step a branch waits for, who owes it and since when it waits.

    With `day` the wait began some time on the local day that `since` begins.
    """

    lane: Lane
    step: Step
    owner: Owner
    since: int
    day: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch: begun at `since`, finished at `done_at` (None while open), and its open step.

    `needed` says whether the gate waits for it. A branch that has not begun has `since` None.
    """

    lane: Lane
    since: int | None
    done_at: int | None
    open_step: OpenStep | None
    needed: bool


def branches(state: CaseState, gate: Gate) -> tuple[Branch, Branch, Branch]:
    """Decision, payment and removal of a case, in this order."""
    return _decision(state, gate), _payment(state, gate), _removal(state, gate)


def waiting_on(state: CaseState, gate: Gate) -> OpenStep | None:
    """The one step that the release waits for: of the needed open branches the one waiting longest.

    Once nothing needed is open the station owes the release itself, since the last needed branch was done.
    None where the vehicle is not in custody or already released.
    """
    if not state.custody or state.released_at is not None:
        return None
    needed = [branch for branch in branches(state, gate) if branch.needed]
    steps = [branch.open_step for branch in needed if branch.open_step is not None]
    if steps:
        return min(steps, key=lambda step: step.since)
    done = [branch.done_at for branch in needed if branch.done_at is not None]
    since = max(done, default=state.first_at)
    return _step(state, Lane.REMOVAL, Step.RELEASE, Owner.STATION, since)


def _step(state: CaseState, lane: Lane, step: Step, owner: Owner, since: int) -> OpenStep:
    return OpenStep(lane, step, owner, since, since in state.days)


def _decider(state: CaseState) -> Owner:
    return Owner.POLICE if state.authority == Authority.POLICE else Owner.STATION


def _start(state: CaseState) -> int:
    return state.first_at if state.confirmed_at is None else state.confirmed_at


def _decision(state: CaseState, gate: Gate) -> Branch:
    since = _start(state)
    needed = Lane.DECISION in gate.needs
    if state.decided_at is not None:
        return Branch(Lane.DECISION, since, state.decided_at, None, needed)
    if state.withdrawn_at is not None:
        return Branch(Lane.DECISION, since, state.withdrawn_at, None, needed)
    begun = [t for t in (state.handed_over_at, state.accepted_at, state.filed_at, state.notified_at) if t]
    waiting_since = max(begun, default=since)
    step = _step(state, Lane.DECISION, Step.DECIDE, _decider(state), waiting_since)
    return Branch(Lane.DECISION, since, None, step, needed)


def _payment(state: CaseState, gate: Gate) -> Branch:
    needed = Lane.PAYMENT in gate.needs
    finish = state.pay_confirmed_at if gate.payment_confirmed else state.paid_at
    if finish is None and not gate.payment_confirmed:
        finish = state.pay_confirmed_at
    begun = [
        t for t in (state.pay_requested_at, state.first_paid_at, state.pay_confirmed_at) if t is not None
    ]
    since = min(begun, default=state.decided_at)
    if finish is not None:
        return Branch(Lane.PAYMENT, since, finish, None, needed)
    if state.decided_at is not None and state.outcome in NOTHING_TO_PAY:
        return Branch(Lane.PAYMENT, None, state.decided_at, None, needed)
    if state.withdrawn_at is not None:
        return Branch(Lane.PAYMENT, since, state.withdrawn_at, None, needed)
    if state.paid_at is not None:
        step = _step(state, Lane.PAYMENT, Step.CONFIRM_PAYMENT, Owner.TREASURY, state.paid_at)
    elif state.pay_failed_at is not None:
        begun_at = state.pay_failed_at if state.pay_requested_at is None else state.pay_requested_at
        step = _step(state, Lane.PAYMENT, Step.PAY_AGAIN, _decider(state), begun_at)
    elif state.pay_requested_at is not None:
        step = _step(state, Lane.PAYMENT, Step.PAY, Owner.PARTY, state.pay_requested_at)
    elif state.decided_at is not None:
        step = _step(state, Lane.PAYMENT, Step.REQUEST_PAYMENT, _decider(state), state.decided_at)
    else:
        # Nothing can be paid before there is a decision: what a gate that needs payment waits for is that.
        waiting = _decision(state, gate).open_step
        return Branch(Lane.PAYMENT, None, None, waiting if needed else None, needed)
    return Branch(Lane.PAYMENT, since, None, step, needed)


NOTHING_TO_PAY = ("warning", "none")
"""Outcomes of a decision after which there is nothing to pay."""


def _removal(state: CaseState, gate: Gate) -> Branch:
    since = _start(state)
    needed = Lane.REMOVAL in gate.needs
    if state.removed_at is not None:
        return Branch(Lane.REMOVAL, since, state.removed_at, None, needed)
    if state.reweigh_failed_at is not None and (state.unloaded_at or 0) <= state.reweigh_failed_at:
        step = _step(state, Lane.REMOVAL, Step.UNLOAD_MORE, Owner.PARTY, state.reweigh_failed_at)
    elif state.unloaded_at is not None:
        step = _step(state, Lane.REMOVAL, Step.REWEIGH, Owner.STATION, state.unloaded_at)
    elif state.unloading_at is not None:
        step = _step(state, Lane.REMOVAL, Step.UNLOAD, Owner.PARTY, state.unloading_at)
    else:
        step = _step(state, Lane.REMOVAL, Step.ARRANGE_UNLOADING, Owner.STATION, since)
    return Branch(Lane.REMOVAL, since, None, step, needed)


def held_after_removal(state: CaseState, now: int) -> int | None:
    """Microseconds between the removal of the violation and the release, or now while it is held.

    None where the removal is not known, or known only to the day.
    """
    if state.removed_at is None or state.removed_until is not None or not state.custody:
        return None
    if state.released_at is not None and state.released_until is not None:
        return None
    return max(0, (now if state.released_at is None else state.released_at) - state.removed_at)
