"""What the API says of cases. Instants are RFC 3339 with the station's offset; units stand in the names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel, ConfigDict, Field

from monitor.cases.clock import Clock, clock_a, clock_b, clock_c
from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate

if TYPE_CHECKING:
    from monitor.cases.branch import OpenStep
    from monitor.cases.event import Event
    from monitor.cases.state import CaseState
    from monitor.cases.summary import Summary
    from monitor.settings.configuration import Configuration
    from monitor.store.cases import CaseFile


class Answered(BaseModel):
    model_config = ConfigDict(frozen=True)


class Moment(Answered):
    """When something happened. Either `at`, or `day` where its source knows only the day."""

    at: datetime | None = Field(None, description="RFC 3339 with offset; null where only the day is known.")
    day: date | None = Field(None, description="Local day of the station; null where the instant is known.")

    @classmethod
    def of(cls, at: int | None, until: int | None, zone: ZoneInfo) -> Self | None:
        """From an instant in microseconds and, for a day, the last possible one."""
        if at is None:
            return None
        local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
        return cls(at=local, day=None) if until is None else cls(at=None, day=local.date())


class Waiting(Answered):
    """The step that the release waits for."""

    step: str = Field(description="Code of the step, e.g. `pay`, `reweigh`, `decide`.")
    owner: str = Field(description="Who owes it: `station`, `police`, `party` or `treasury`.")
    since: Moment = Field(description="When the wait began.")


class CaseLine(Answered):
    """A case in one line. Plates are masked."""

    station: str = Field(description="Station code.")
    case_no: str
    state: str = Field(
        description="`overdue`, `near`, `running`, `released_on_time`, `released_late`, `undetermined`, "
        "`no_deadline`, `not_held`, `weighed_over` or `weighed_within` (not held, and no more than a "
        "weighing at a station, over its limit or within it) or `implausible`."
    )
    plate: str | None = Field(description="Masked, e.g. 晋D·8**21.")
    plate_colour: str | None
    confirmed: Moment | None = Field(description="检测认定: the start of clock A.")
    deadline: Moment | None
    released: Moment | None = Field(description="放行: the end of clock A.")
    taken_s: int | None = Field(
        description="Seconds from confirmation to release, or to now while held; gross, pauses included."
    )
    remaining_s: int | None = Field(description="Seconds to the deadline while held; negative past it.")
    held_after_removal_s: int | None = Field(description="Seconds held since the violation ended.")
    gross_kg: int | None
    limit_kg: int | None
    over_kg: int | None = Field(description="gross − limit; below 0 within the limit.")
    over_share: float | None = Field(description="(gross − limit) / limit, a ratio.")
    waiting: Waiting | None
    authority: str | None = Field(description="Who decides: `transport` or `police`.")
    findings: int = Field(description="How many things a person should look at.")

    @classmethod
    def of(cls, one: Summary, zone: ZoneInfo) -> Self:
        """From a summary; `zone` is that of the station."""
        waiting = one.waiting
        return cls(
            station=one.station,
            case_no=one.case_no,
            state=one.mark.value,
            plate=one.plate,
            plate_colour=one.plate_colour,
            confirmed=Moment.of(one.confirmed_at, one.confirmed_until, zone),
            deadline=Moment.of(one.deadline_at, one.deadline_until, zone),
            released=Moment.of(one.released_at, one.released_until, zone),
            taken_s=_seconds(one.taken),
            remaining_s=_seconds(one.remaining),
            held_after_removal_s=_seconds(one.held_after),
            gross_kg=one.gross_kg,
            limit_kg=one.limit_kg,
            over_kg=one.over_kg,
            over_share=one.over_share,
            waiting=None
            if waiting is None
            else Waiting(step=waiting.step, owner=waiting.owner, since=_since(waiting, zone)),
            authority=one.authority,
            findings=one.findings,
        )


class CaseLines(Answered):
    """One page of a list, newest activity first."""

    as_of: datetime = Field(description="The moment for which states and times to go were worked out.")
    total: int = Field(description="How many cases the filter matches.")
    limit: int
    offset: int
    cases: list[CaseLine]


class ClockOut(Answered):
    """One of the three clocks; `reasons` are codes with the values they rest on."""

    name: str = Field(
        description="`a`: confirmed → released. `b`: accepted → decision. `c`: detained → handed in."
    )
    reading: str
    elapsed_s: int | None = Field(description="Gross seconds.")
    net_s: int | None = Field(description="Without the suspended spans.")
    limit_s: int | None
    remaining_s: int | None
    reasons: list[str]

    @classmethod
    def of(cls, clock: Clock) -> Self:
        return cls(
            name=clock.name,
            reading=clock.reading.value,
            elapsed_s=_seconds(clock.elapsed),
            net_s=_seconds(clock.net),
            limit_s=_seconds(clock.limit),
            remaining_s=_seconds(clock.remaining),
            reasons=[key for key, _ in clock.reasons],
        )


class EventOut(Answered):
    """One version of one event."""

    activity: str
    occurred: Moment
    recorded_at: datetime | None = Field(description="What its source claims.")
    received_at: datetime = Field(description="When it came here; never goes back.")
    source: str
    valid: bool = Field(description="False for a version that was corrected, voided or moved.")
    data: dict[str, object] = Field(
        description="Weights in kg (`…_kg`), money in the minor unit of the source's currency (`…_fen`). "
        "Personal values are left out; plates are masked."
    )

    @classmethod
    def of(cls, event: Event, valid: bool, zone: ZoneInfo) -> Self:
        data = orjson.loads(event.data) if event.data else {}
        shown = {key: value for key, value in data.items() if not key.endswith("_digest")}
        if "plate" in shown:
            shown["plate"] = masked_plate(shown["plate"])
        return cls(
            activity=event.activity,
            occurred=Moment.of(event.occurred_at, event.occurred_until, zone) or Moment(),
            recorded_at=None if event.recorded_at is None else instant_of(event.recorded_at, zone),
            received_at=instant_of(event.received_at, zone),
            source=event.source,
            valid=valid,
            data=shown,
        )


class FindingOut(Answered):
    """Something a person should look at."""

    code: str
    at: datetime | None
    params: dict[str, str]


class RefusedOut(Answered):
    """A cell of this case that was not taken. Its content is on the case page alone."""

    delivery: str = Field(description="Name of the delivery.")
    sheet: str | None
    row: int
    column: str | None
    reason: str
    accepted: str
    activity: str | None


class CaseOut(Answered):
    """Everything known of one case."""

    as_of: datetime
    case: CaseLine
    clocks: list[ClockOut]
    limit_rule: str | None = Field(
        description="The rule that gave the limit; `recorded` where a source wrote it."
    )
    reweigh_kg: int | None
    events: list[EventOut] = Field(description="Every version of every event, by time.")
    findings: list[FindingOut]
    refused: list[RefusedOut]

    @classmethod
    def of(
        cls, file: CaseFile, line: Summary, configuration: Configuration, now: int, zone: ZoneInfo
    ) -> Self:
        state = file.state
        return cls(
            as_of=instant_of(now, zone),
            case=CaseLine.of(line, zone),
            clocks=[ClockOut.of(clock) for clock in clocks_of(state, configuration, now, zone)],
            limit_rule=state.limit_rule,
            reweigh_kg=state.reweigh_kg,
            events=[EventOut.of(event, file.is_valid(event), zone) for event in file.events],
            findings=[
                FindingOut(
                    code=one.code,
                    at=None if one.at is None else instant_of(one.at, zone),
                    params=dict(one.params),
                )
                for one in state.findings
            ],
            refused=[
                RefusedOut(
                    delivery=_name_of(file, one.delivery_id),
                    sheet=one.sheet,
                    row=one.row,
                    column=one.column,
                    reason=one.reason,
                    accepted=one.accepted,
                    activity=one.activity,
                )
                for one in file.refused
            ],
        )  # fmt: skip


def _name_of(file: CaseFile, delivery_id: int) -> str:
    brought = file.deliveries.get(delivery_id)
    return "" if brought is None else brought.name


def clocks_of(
    state: CaseState, configuration: Configuration, now: int, zone: ZoneInfo
) -> tuple[Clock, Clock, Clock]:
    """The three clocks with the limits in force at their starts."""
    limits = configuration.clocks
    return (
        clock_a(state, now),
        clock_b(state, now, limit=limits.b_at(state.accepted_at, zone).span),
        clock_c(state, now, limit=limits.c_at(state.detained_at, zone).span),
    )


def _since(waiting: OpenStep, zone: ZoneInfo) -> Moment:
    until = waiting.since if waiting.day else None
    return Moment.of(waiting.since, until, zone) or Moment()


def _seconds(span: int | None) -> int | None:
    return None if span is None else span // SECOND


def instant_of(at: int, zone: ZoneInfo) -> datetime:
    """An instant (microseconds) on the clock of a zone, whole seconds."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
