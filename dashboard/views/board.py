"""The board: vehicles in custody in the order of the time left. States and configuration in, rows out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dashboard.views.plate import masked_plate
from dashboard.views.strip import Strip, strip_of
from monitor.cases.activity import Activity, Lane, Step
from monitor.cases.branch import Gate, OpenStep, waiting_on
from monitor.cases.clock import Reading, in_custody, paused_within, reading_a
from monitor.cases.event import HOUR
from monitor.cases.gate import gate_of
from monitor.cases.state import CaseState

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Name
    from monitor.store.flags import Flag
    from monitor.store.notes import Note

CaseKey = tuple[str, str]


class RowState(StrEnum):
    """What the sign before a row says."""

    OVERDUE = "overdue"
    NEAR = "near"
    RUNNING = "running"
    UNDETERMINED = "undetermined"
    NO_DEADLINE = "no_deadline"


ORDER = {
    RowState.OVERDUE: 0,
    RowState.NEAR: 0,
    RowState.RUNNING: 0,
    RowState.UNDETERMINED: 1,
    RowState.NO_DEADLINE: 2,
}
"""Rows with a countdown stand by their deadline, the others after them."""

BRINGS: Mapping[Step, tuple[Activity, ...]] = {
    Step.HAND_OVER: (Activity.HANDED_OVER,),
    Step.DECIDE: (Activity.DECIDED,),
    Step.REQUEST_PAYMENT: (Activity.PAY_REQUESTED,),
    Step.PAY: (Activity.PAID, Activity.PAY_CONFIRMED),
    Step.PAY_AGAIN: (Activity.PAID, Activity.PAY_CONFIRMED),
    Step.CONFIRM_PAYMENT: (Activity.PAY_CONFIRMED,),
    Step.ARRANGE_UNLOADING: (Activity.UNLOADING, Activity.CARGO_TRANSFERRED, Activity.UNLOADED),
    Step.UNLOAD: (Activity.UNLOADED, Activity.CARGO_TRANSFERRED),
    Step.REWEIGH: (Activity.REWEIGHED, Activity.VIOLATION_REMOVED),
    Step.UNLOAD_MORE: (Activity.UNLOADED, Activity.REWEIGHED),
    Step.RELEASE: (Activity.RELEASED,),
}
"""The activities whose arrival would end the wait for a step."""


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle. Instants and spans in microseconds.

    `remaining` is negative past the deadline, None without a countdown. `net` is the time taken without
    pauses where there were any. `ground` is the legal ground a gate beyond the law names, `gate_confirmed`
    whether somebody answers for it; `payment_holds` whether the step waited for is one of paying.
    """

    key: CaseKey
    plate: str | None
    station: Name | None
    zone_of: str
    over_kg: int | None
    state: RowState
    deadline_at: int | None
    remaining: int | None
    net: int | None
    strip: Strip | None
    waiting: OpenStep | None
    failures: int
    silent: bool
    payment_holds: bool
    ground: Name | None
    gate_confirmed: bool
    withdrawn: bool
    pause: str | None
    notes: tuple[Note, ...] = ()
    flags: tuple[Flag, ...] = ()
    """Those that live, the latest last."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The vehicles that are tiles. At least `least` microseconds are left to each that has a countdown (None
    where none has); `untimed` have none."""

    rows: tuple[Row, ...]
    least: int | None
    untimed: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """Rows with a strip, the rest as tiles; who owes how many of all; how many are left off."""

    rows: tuple[Row, ...]
    rest: Rest | None
    held: int
    overdue: int
    owed: tuple[tuple[str, int], ...]
    nearest: Row | None
    implausible: int
    axis_hours: float
    limit_hours: float
    waits_for_silent: Mapping[str, int]
    """How many rows wait for a step that only silent sources bring, by step."""

    def noted(self, notes: Mapping[CaseKey, tuple[Note, ...]]) -> BoardView:
        """The same with what people said of the rows that are shown whole."""
        return replace(self, rows=tuple(replace(row, notes=notes.get(row.key, ())) for row in self.rows))

    def flagged(self, flags: Mapping[CaseKey, tuple[Flag, ...]]) -> BoardView:
        """The same with the flags of every vehicle."""

        def marked(rows: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple(replace(row, flags=flags[row.key]) if row.key in flags else row for row in rows)

        rest = None if self.rest is None else replace(self.rest, rows=marked(self.rest.rows))
        return replace(self, rows=marked(self.rows), rest=rest)


def board_view(
    states: Sequence[CaseState],
    silent_activities: Collection[str],
    configuration: Configuration,
    now: int,
) -> BoardView:
    """The board at `now`. `silent_activities` are those that only sources now silent would bring."""
    rules = configuration.board
    held = [state for state in states if in_custody(state, now)]
    limits = [state.limit_s / 3600 for state in held if state.limit_s is not None]
    limit_hours = max(limits, default=24.0)
    axis_hours = max(rules.axis_hours, limit_hours * rules.axis_hours / 24)
    readings = [(state, _row_state(state, rules.near_hours, now)) for state in held]
    readings.sort(key=lambda one: (ORDER[one[1]], one[0].deadline_at or one[0].first_at, one[0].case_no))
    rows = tuple(
        _row(
            state,
            sign,
            configuration,
            silent_activities,
            now,
            axis_hours if position < rules.rows_whole else None,
        )
        for position, (state, sign) in enumerate(readings)
    )
    whole, others = rows[: rules.rows_whole], rows[rules.rows_whole :]
    owed = Counter(row.waiting.owner.value for row in rows if row.waiting is not None)
    ahead = [row for row in rows if row.remaining is not None and row.remaining >= 0]
    return BoardView(
        rows=whole,
        rest=_rest(others) if others else None,
        held=len(rows),
        overdue=sum(row.state is RowState.OVERDUE for row in rows),
        owed=tuple(sorted(owed.items(), key=lambda one: -one[1])),
        nearest=ahead[0] if ahead else None,
        implausible=sum(reading_a(state, now) is Reading.IMPLAUSIBLE for state in states),
        axis_hours=axis_hours,
        limit_hours=limit_hours,
        waits_for_silent=Counter(row.waiting.step.value for row in rows if row.silent and row.waiting),
    )


def _rest(rows: tuple[Row, ...]) -> Rest:
    left = [row.remaining for row in rows if row.remaining is not None]
    return Rest(rows, min(left, default=None), len(rows) - len(left))


def _row_state(state: CaseState, near_hours: float, now: int) -> RowState:
    reading = reading_a(state, now)
    if reading is Reading.OVERDUE:
        return RowState.OVERDUE
    if reading is Reading.UNDETERMINED or state.confirmed_until is not None:
        return RowState.UNDETERMINED
    if reading is Reading.NO_DEADLINE or state.deadline_at is None:
        return RowState.NO_DEADLINE
    return RowState.NEAR if state.deadline_at - now <= near_hours * HOUR else RowState.RUNNING


def _row(
    state: CaseState,
    sign: RowState,
    configuration: Configuration,
    silent_activities: Collection[str],
    now: int,
    axis_hours: float | None,
) -> Row:
    station = configuration.stations.get(state.station)
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    configured = None if station is None else station.gate_at(start)
    gate = gate_of(configured)
    waiting = waiting_on(state, gate)
    exact = state.confirmed_at is not None and state.confirmed_until is None
    timed = exact and state.deadline_at is not None and sign is not RowState.UNDETERMINED
    paused = paused_within(state.pauses, start, now) if exact else 0
    pausing = [pause.reason for pause in state.pauses if pause.until is None and pause.since <= now]
    return Row(
        key=(state.station, state.case_no),
        plate=masked_plate(state.plate),
        station=None if station is None else station.short,
        zone_of=state.station,
        over_kg=state.over_kg,
        state=sign,
        deadline_at=state.deadline_at if timed else None,
        remaining=state.deadline_at - now if timed and state.deadline_at is not None else None,
        net=now - start - paused if paused else None,
        strip=None if axis_hours is None else strip_of(state, gate, now, axis_hours),
        waiting=waiting,
        failures=state.pay_failures,
        silent=waiting is not None and _only_silent(waiting.step, silent_activities),
        payment_holds=waiting is not None and _payment_holds(waiting, gate),
        ground=None if configured is None else configured.legal_ground,
        gate_confirmed=configured is None or configured.confirmed,
        withdrawn=state.withdrawn_at is not None,
        pause=pausing[-1] if pausing else None,
    )


def _payment_holds(waiting: OpenStep, gate: Gate) -> bool:
    return waiting.lane is Lane.PAYMENT and Lane.PAYMENT in gate.needs


def _only_silent(step: Step, silent_activities: Collection[str]) -> bool:
    return all(activity.value in silent_activities for activity in BRINGS[step])
