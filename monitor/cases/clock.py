"""The three clocks of a case, and in words why each says what it says.

A: confirmed → released, the 24-hour goal. B: accepted → police decision. C: detained → handed in.
A value that is only known to the day is an interval; a verdict is given only where every instant in it
gives the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.cases.event import SECOND
from monitor.cases.state import CaseState, Pause, Verdict


class Reading(StrEnum):
    """What a clock shows at a given moment."""

    RUNNING = "running"
    OVERDUE = "overdue"
    ON_TIME = "released_on_time"
    LATE = "released_late"
    NOT_HELD = "not_held"
    NO_DEADLINE = "no_deadline"
    UNDETERMINED = "undetermined"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock at one moment.

    `elapsed` is the gross time in microseconds from start to end, or to now while it runs; None where it
    cannot be told (no start, or only days known). `net` is the same without the suspended spans. `remaining`
    counts down to the deadline and is negative past it; None once ended. `reasons` are text keys with their
    parameters: instants as microseconds under keys ending in `_at`, durations in microseconds.
    """

    name: str
    reading: Reading
    start_at: int | None
    start_until: int | None
    end_at: int | None
    end_until: int | None
    limit: int | None
    deadline_at: int | None
    elapsed: int | None
    net: int | None
    remaining: int | None
    reasons: tuple[tuple[str, dict[str, int | str]], ...]


def verdict(
    custody: bool,
    start: tuple[int, int] | None,
    end: tuple[int, int] | None,
    limit: int,
) -> Verdict:
    """The verdict of clock A from closed intervals of possible starts and ends and the limit (microseconds).

    Released exactly at the deadline is on time.
    """
    if not custody:
        return Verdict.NOT_HELD
    if start is None:
        return Verdict.NO_DEADLINE
    if end is None:
        return Verdict.RUNNING
    if end[1] < start[0]:
        return Verdict.IMPLAUSIBLE
    if end[1] <= start[0] + limit:
        return Verdict.ON_TIME
    if end[0] > start[1] + limit:
        return Verdict.LATE
    return Verdict.UNDETERMINED


def reading_a(state: CaseState, now: int) -> Reading:
    """What clock A shows at `now`: the stored verdict, the passing of the deadline, times to come."""
    stored = state.verdict
    if stored == Verdict.RUNNING:
        if state.confirmed_at is not None and state.confirmed_at > now:
            return Reading.IMPLAUSIBLE
        if state.deadline_at is None:
            return Reading.NO_DEADLINE
        if now <= state.deadline_at:
            return Reading.RUNNING
        if state.deadline_until is None or now > state.deadline_until:
            return Reading.OVERDUE
        return Reading.UNDETERMINED
    if stored in _ENDED and state.released_at is not None and state.released_at > now:
        return Reading.IMPLAUSIBLE
    return Reading(stored)


_ENDED = (Verdict.ON_TIME, Verdict.LATE, Verdict.UNDETERMINED)


def in_custody(state: CaseState, now: int) -> bool:
    """Whether the vehicle stands at the station at `now`: custody, and no release that has come to pass."""
    if not state.custody or state.verdict == Verdict.IMPLAUSIBLE:
        return False
    if state.confirmed_at is not None and state.confirmed_at > now:
        return False
    return state.released_at is None


def paused_within(pauses: tuple[Pause, ...], since: int, until: int) -> int:
    """Microseconds of [since, until] covered by the union of the pauses; one not resumed runs on."""
    total, reached = 0, since
    for pause in sorted(pauses, key=lambda pause: pause.since):
        begin = max(pause.since, reached)
        end = until if pause.until is None else min(pause.until, until)
        if end > begin:
            total += end - begin
            reached = end
    return total


def clock_a(state: CaseState, now: int) -> Clock:
    """Clock A of a case at `now`, with the reasons for what it shows."""
    reading = reading_a(state, now)
    limit = None if state.limit_s is None else state.limit_s * SECOND
    reasons: list[tuple[str, dict[str, int | str]]] = []
    exact_start = state.confirmed_at is not None and state.confirmed_until is None
    exact_end = state.released_at is None or state.released_until is None
    if reading is Reading.NOT_HELD:
        reasons.append(("not_held", {}))
    elif state.confirmed_at is None:
        reasons.append(("no_start", {}))
    elif exact_start:
        reasons.append(("start", {"start_at": state.confirmed_at}))
    else:
        reasons.append(("start_day", {"day_at": state.confirmed_at}))
    if reading is not Reading.NOT_HELD:
        if state.released_at is None:
            reasons.append(("no_end", {}))
        elif state.released_until is None:
            reasons.append(("end", {"end_at": state.released_at}))
        else:
            reasons.append(("end_day", {"day_at": state.released_at}))
    if reading is Reading.IMPLAUSIBLE:
        if state.verdict == Verdict.IMPLAUSIBLE:
            reasons.append(("end_before_start", {}))
        else:
            reasons.append(("time_to_come", {}))
    if reading is Reading.UNDETERMINED:
        reasons.append(("both_possible", {}))
    if state.withdrawn_at is not None and state.released_at is None and state.custody:
        reasons.append(("withdrawn_runs_on", {"at": state.withdrawn_at}))
    elapsed = net = remaining = None
    if exact_start and exact_end and reading in _TIMED and state.confirmed_at is not None:
        until = now if state.released_at is None else state.released_at
        elapsed = until - state.confirmed_at
        paused = paused_within(state.pauses, state.confirmed_at, until)
        net = elapsed - paused
        if paused:
            reasons.append(("paused", {"paused": paused}))
        elif state.custody:
            reasons.append(("no_pause", {}))
        if state.released_at is None and state.deadline_at is not None:
            remaining = state.deadline_at - now
    return Clock(
        "a",
        reading,
        state.confirmed_at,
        state.confirmed_until,
        state.released_at,
        state.released_until,
        limit,
        state.deadline_at,
        elapsed,
        net,
        remaining,
        tuple(reasons),
    )


_TIMED = (Reading.RUNNING, Reading.OVERDUE, Reading.ON_TIME, Reading.LATE)


def clock_b(state: CaseState, now: int, *, limit: int) -> Clock:
    """Clock B, `accepted` → police decision, with its limit in microseconds."""
    return _plain(
        "b",
        (state.accepted_at, state.accepted_until),
        (state.police_decided_at, state.police_decided_until),
        now,
        limit,
    )


def clock_c(state: CaseState, now: int, *, limit: int) -> Clock:
    """Clock C, `detained` → `handed_in`, with its limit in microseconds."""
    return _plain(
        "c",
        (state.detained_at, state.detained_until),
        (state.handed_in_at, state.handed_in_until),
        now,
        limit,
    )


def _plain(
    name: str,
    start: tuple[int | None, int | None],
    end: tuple[int | None, int | None],
    now: int,
    limit: int,
) -> Clock:
    """A clock without custody, pauses or station limits."""
    start_at, start_until = start
    end_at, end_until = end
    begin = None if start_at is None else (start_at, start_at if start_until is None else start_until)
    finish = None if end_at is None else (end_at, end_at if end_until is None else end_until)
    if begin is None:
        return Clock(
            name, Reading.NO_DEADLINE, None, None, end_at, end_until, limit, None, None, None, None,
            (("missing_start", {}),),
        )  # fmt: skip
    deadline = begin[0] + limit
    reasons: list[tuple[str, dict[str, int | str]]] = [
        ("start", {"start_at": begin[0]}) if start_until is None else ("start_day", {"day_at": begin[0]})
    ]
    if finish is None:
        late = begin[1] + limit
        reading = (
            Reading.RUNNING if now <= deadline else Reading.OVERDUE if now > late else Reading.UNDETERMINED
        )
        reasons.append(("missing_end", {}))
    else:
        reading = Reading(verdict(True, begin, finish, limit).value)
        reasons.append(
            ("end", {"end_at": finish[0]}) if end_until is None else ("end_day", {"day_at": finish[0]})
        )
        if reading is Reading.IMPLAUSIBLE:
            reasons.append(("end_before_start", {}))
    elapsed = remaining = None
    if start_until is None and end_until is None and reading in _TIMED:
        elapsed = (now if finish is None else finish[0]) - begin[0]
        remaining = deadline - now if finish is None else None
    return Clock(
        name, reading, start_at, start_until, end_at, end_until, limit, deadline, elapsed, elapsed,
        remaining, tuple(reasons),
    )  # fmt: skip
