"""A case on the hour axis: three lanes of segments between confirmation and now. Numbers only, no words.

Position says which branch, the kind of a segment says its state. Positions are per cent of the axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.cases.activity import Lane, Step
from monitor.cases.branch import Branch, Gate, OpenStep, branches, held_after_removal, waiting_on
from monitor.cases.event import DAY, HOUR
from monitor.cases.state import CaseState


class Kind(StrEnum):
    """What a segment says."""

    DONE = "done"
    WAIT = "wait"
    """The one step that the release waits for; it starts when the wait starts, so its length is the wait."""
    NEXT = "next"
    """Open and needed, but another needed step has waited longer."""
    OPEN = "open"
    """Open, and the release does not wait for it."""
    HELD = "held"
    """The violation is removed and the vehicle is still held."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a lane. `tick`: its end is finished. `over_held`: on time held after removal."""

    kind: Kind
    left: float
    width: float
    tick: bool = False
    over_held: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A pause: a gap through the lanes, with its reason code."""

    left: float
    width: float
    reason: str


@dataclass(frozen=True, slots=True)
class Strip:
    """`lanes` are decision, payment, removal. `end` is now, or the release.

    `late` (left, width) is past the limit, cut at the end of the axis where `beyond`. `held` is the time held
    after removal in microseconds; `held_at` is the middle of its hatch, `held_width` the hatch's width.
    """

    lanes: tuple[tuple[Segment, ...], tuple[Segment, ...], tuple[Segment, ...]]
    gaps: tuple[Gap, ...]
    limit: float
    end: float
    late: tuple[float, float] | None
    beyond: bool
    held: int | None
    held_at: float
    held_width: float
    released: bool


class _Axis:
    """Hours since the start, as per cent; what lies outside of [start, stop] is cut off."""

    def __init__(self, start: int, stop: int, hours: float) -> None:
        self.start, self.stop, self.length = start, stop, hours * HOUR

    def position(self, at: int) -> float:
        return round(100 * min(max(at - self.start, 0), self.length) / self.length, 2)

    def segment(
        self, kind: Kind, since: int, until: int, *, tick: bool = False, over_held: bool = False
    ) -> Segment | None:
        left = self.position(min(since, self.stop))
        right = self.position(min(until, self.stop))
        if right <= left:
            return None
        return Segment(kind, left, round(right - left, 2), tick and until <= self.stop, over_held)


def strip_of(state: CaseState, gate: Gate, now: int, axis_hours: float) -> Strip | None:
    """The strip of a case at `now` (up to its release); None where its start is not known to the minute."""
    if state.confirmed_at is None or state.confirmed_until is not None or state.limit_s is None:
        return None
    start = state.confirmed_at
    end = now if state.released_at is None else state.released_at
    limit_at = start + state.limit_s * 1_000_000
    axis = _Axis(start, min(end, limit_at), axis_hours)
    waiting = waiting_on(state, gate)
    decision, payment, removal = branches(state, gate)
    held = held_after_removal(state, end)
    lanes = (
        _lane(decision, waiting, state, end, axis),
        _lane(payment, waiting, state, end, axis),
        _removal(removal, waiting, state, end, axis),
    )
    late = None
    if end > limit_at:
        left, right = axis.position(limit_at), axis.position(end)
        late = (left, round(right - left, 2))
    hatch = next((one for one in lanes[2] if one.kind is Kind.HELD or one.over_held), None)
    return Strip(
        lanes=lanes,
        gaps=_gaps(state, end, axis),
        limit=axis.position(limit_at),
        end=axis.position(end),
        late=late,
        beyond=end - start > axis.length,
        held=held or None,
        held_at=0.0 if hatch is None else round(hatch.left + hatch.width / 2, 2),
        held_width=0.0 if hatch is None else hatch.width,
        released=state.released_at is not None,
    )


def _lane(
    branch: Branch, waiting: OpenStep | None, state: CaseState, end: int, axis: _Axis
) -> tuple[Segment, ...]:
    """The lane of a branch. What happened on a day, at an hour nobody told, lies in its hollow part."""
    if branch.since is None:
        return ()
    if branch.done_at is not None:
        done = min(branch.done_at, end)
        day_over = min(done + DAY, end) if branch.done_at in state.days else done
        return _some(
            axis.segment(Kind.DONE, branch.since, done, tick=day_over == done),
            axis.segment(Kind.OPEN, max(branch.since, done), day_over),
        )
    if waiting is not None and waiting.lane is branch.lane:
        paid = waiting.step is Step.CONFIRM_PAYMENT
        begun = min(waiting.since + DAY, end) if waiting.day else waiting.since
        return _some(
            axis.segment(Kind.DONE, branch.since, waiting.since, tick=paid and not waiting.day),
            axis.segment(Kind.OPEN, max(branch.since, waiting.since), begun),
            axis.segment(Kind.WAIT, begun, end),
        )
    return _some(axis.segment(Kind.NEXT if branch.needed else Kind.OPEN, branch.since, end))


def _removal(
    branch: Branch, waiting: OpenStep | None, state: CaseState, end: int, axis: _Axis
) -> tuple[Segment, ...]:
    if branch.done_at is None or branch.since is None or state.removed_until is not None:
        return _lane(branch, waiting, state, end, axis)
    releasing = waiting is not None and waiting.step is Step.RELEASE and waiting.lane is Lane.REMOVAL
    turn = max(waiting.since, branch.done_at) if releasing and waiting is not None else end
    return _some(
        axis.segment(Kind.DONE, branch.since, branch.done_at, tick=True),
        axis.segment(Kind.HELD, branch.done_at, turn),
        axis.segment(Kind.WAIT, turn, end, over_held=True),
    )


def _gaps(state: CaseState, end: int, axis: _Axis) -> tuple[Gap, ...]:
    gaps = []
    for pause in state.pauses:
        left = axis.position(min(pause.since, end))
        right = axis.position(end if pause.until is None else min(pause.until, end))
        if right > left:
            gaps.append(Gap(left, round(right - left, 2), pause.reason))
    return tuple(gaps)


def _some(*segments: Segment | None) -> tuple[Segment, ...]:
    return tuple(segment for segment in segments if segment is not None)
