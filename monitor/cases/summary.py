"""A case in one line: what a list, an export and the API say of it at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.cases.activity import HELD_SITE_TYPES
from monitor.cases.branch import OpenStep, held_after_removal, waiting_on
from monitor.cases.clock import Reading, clock_a
from monitor.cases.event import HOUR
from monitor.cases.gate import gate_of
from monitor.cases.plate import masked_plate
from monitor.cases.state import CaseState

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration


class Mark(StrEnum):
    """The state a case is shown in. As the reading of clock A, with those near the limit told apart, and of
    those not held the ones that are no more than a weighing at a station."""

    OVERDUE = "overdue"
    NEAR = "near"
    RUNNING = "running"
    ON_TIME = "released_on_time"
    LATE = "released_late"
    UNDETERMINED = "undetermined"
    NO_DEADLINE = "no_deadline"
    NOT_HELD = "not_held"
    WEIGHED_OVER = "weighed_over"
    """Weighed over the limit at a station; of a confirmation this case knows nothing."""
    WEIGHED_WITHIN = "weighed_within"
    IMPLAUSIBLE = "implausible"

    @property
    def held_nothing(self) -> bool:
        """Whether no vehicle is, or was, held: clock A reads `not_held`."""
        return self in (Mark.NOT_HELD, Mark.WEIGHED_OVER, Mark.WEIGHED_WITHIN)


@dataclass(frozen=True, slots=True)
class Summary:
    """One case at one moment. Instants and spans in microseconds, weights in kilograms.

    Where only a day is known, the `*_until` beside an instant is the last possible one. `taken` is the gross
    time from confirmation to release, or to now while the vehicle stands there; None where it cannot be told.
    `over_share` is (gross − limit) / limit. `held_after` is the time held since the violation ended.
    """

    station: str
    case_no: str
    mark: Mark
    plate: str | None
    plate_colour: str | None
    confirmed_at: int | None
    confirmed_until: int | None
    deadline_at: int | None
    deadline_until: int | None
    released_at: int | None
    released_until: int | None
    first_at: int
    last_at: int
    taken: int | None
    remaining: int | None
    gross_kg: int | None
    limit_kg: int | None
    over_kg: int | None
    over_share: float | None
    waiting: OpenStep | None
    failures: int
    held_after: int | None
    authority: str | None
    findings: int


def mark_of(state: CaseState, near_hours: float, now: int, *, at_station: bool = False) -> Mark:
    """The mark of a case at `now`; near where no more than `near_hours` are left.

    `at_station`: its site confirms and holds on the spot.
    """
    clock = clock_a(state, now)
    near = clock.remaining is not None and clock.remaining <= near_hours * HOUR
    over = state.over_kg
    if clock.reading is Reading.NOT_HELD and at_station and over is not None and _only_weighed(state):
        return Mark.WEIGHED_OVER if over > 0 else Mark.WEIGHED_WITHIN
    return Mark.NEAR if clock.reading is Reading.RUNNING and near else Mark(clock.reading.value)


def _only_weighed(state: CaseState) -> bool:
    """Whether nothing followed a weighing: no confirmation, no procedure, no payment, no withdrawal."""
    after = (
        state.confirmed_at, state.accepted_at, state.handed_over_at, state.filed_at, state.notified_at,
        state.decided_at, state.pay_requested_at, state.first_paid_at, state.released_at, state.withdrawn_at,
    )  # fmt: skip
    return all(moment is None for moment in after)


def summary_of(state: CaseState, configuration: Configuration, now: int) -> Summary:
    """The line of one case, its plate masked."""
    station = configuration.stations.get(state.station)
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    gate = gate_of(None if station is None else station.gate_at(start))
    clock = clock_a(state, now)
    at_station = station is not None and station.site_type in HELD_SITE_TYPES
    mark = mark_of(state, configuration.board.near_hours, now, at_station=at_station)
    over = state.over_kg
    return Summary(
        station=state.station,
        case_no=state.case_no,
        mark=mark,
        plate=masked_plate(state.plate),
        plate_colour=state.plate_colour,
        confirmed_at=state.confirmed_at,
        confirmed_until=state.confirmed_until,
        deadline_at=state.deadline_at,
        deadline_until=state.deadline_until,
        released_at=state.released_at,
        released_until=state.released_until,
        first_at=state.first_at,
        last_at=state.last_at,
        taken=clock.elapsed,
        remaining=clock.remaining,
        gross_kg=state.gross_kg,
        limit_kg=state.limit_kg,
        over_kg=over,
        over_share=over / state.limit_kg if over is not None and state.limit_kg else None,
        waiting=None if mark is Mark.IMPLAUSIBLE else waiting_on(state, gate),
        failures=state.pay_failures,
        held_after=held_after_removal(state, now),
        authority=state.authority,
        findings=len(state.findings),
    )
