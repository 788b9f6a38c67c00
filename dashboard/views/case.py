"""Everything the case page shows: the head, three clocks and why, the gate, findings, file rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson

from dashboard.views.case_payments import CasePayments, case_payments
from dashboard.views.said import At, Code, Day, Kg, Said, Span, Value
from dashboard.views.strip import Strip, strip_of
from dashboard.views.timeline import Timeline, timeline_of
from dashboard.views.weights import Weights, weights_of
from monitor.cases.activity import Lane
from monitor.cases.branch import OpenStep, branches, held_after_removal
from monitor.cases.clock import Clock, Reading, clock_a, clock_b, clock_c, paused_within
from monitor.cases.gate import gate_of
from monitor.cases.summary import Mark, Summary, summary_of
from monitor.settings.stations import BEYOND_LAW, Need

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage
    from monitor.cases.state import CaseState, Finding
    from monitor.settings.clocks import ClockLimit
    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Name
    from monitor.settings.stations import Station
    from monitor.store.cases import CaseFile
    from monitor.store.notes import Note

CLOCK_ENDS = {"a": ("confirmed", "released"), "b": ("accepted", "decided"), "c": ("detained", "handed_in")}
"""Between which two activities each clock runs."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of the page. `plate` is whole here; the summary holds the masked one."""

    summary: Summary
    plate: str | None
    station: Name | None
    vehicle: str | None
    axles: int | None
    strip: Strip | None
    axis_hours: float
    limit_hours: float
    net: int | None
    pause: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock. `over`: by how much the limit is passed; `since`: from when it counts on, while it runs."""

    name: str
    reading: Reading
    elapsed: int | None
    limit: int | None
    remaining: int | None
    over: int | None
    since: int | None
    deadline_at: int | None
    reasons: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class GateNeed:
    need: str
    done: bool


@dataclass(frozen=True, slots=True)
class GateView:
    """What the release waits for at this station, on what ground, who confirmed it, and what it costs.

    `beyond`: more than the law asks for; `holds_money`: payment among it. `held` is the time held since the
    violation ended, `held_since` that moment while it runs on. `cost` is how long a step beyond the law has
    been all that kept the vehicle.
    """

    needs: tuple[GateNeed, ...]
    beyond: bool
    holds_money: bool
    ground: Name | None
    confirmed_by: str | None
    confirmed: bool
    held: int | None
    held_since: int | None
    cost: int | None
    waiting: OpenStep | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a delivery that told something of this case."""

    delivery_id: int
    file: str
    source: str
    source_label: Name | None
    sheet: str | None
    row: int
    received_at: int
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell of this case that was refused, why, and what would be accepted."""

    file: str
    sheet: str | None
    row: int
    column: str | None
    value: str | None
    reason: str
    params: Mapping[str, str]
    accepted: str
    activity: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page of one case at one moment."""

    head: Head
    timeline: Timeline
    clocks: tuple[ClockView, ...]
    weights: Weights | None
    gate: GateView | None
    payments: CasePayments | None
    findings: tuple[Said, ...]
    rows: tuple[FileRow, ...]
    refused: tuple[RefusedCell, ...]
    notes: tuple[Note, ...]
    versions: int
    zone: ZoneInfo


def case_view(
    file: CaseFile,
    notes: Sequence[Note],
    configuration: Configuration,
    sources: Mapping[str, SourcePage],
    now: int,
    zone: ZoneInfo,
) -> CaseView:
    """The case page. `zone` is used where the station is not configured."""
    state = file.state
    station = configuration.stations.get(state.station)
    summary = summary_of(state, configuration, now)
    return CaseView(
        head=_head(state, station, summary, configuration, now),
        timeline=timeline_of(file, station, sources, configuration.board.late_entry_minutes),
        clocks=_clocks(file, station, configuration, sources, now, zone if station is None else station.tz),
        weights=weights_of(file, station, configuration.limits),
        gate=_gate(state, station, summary, now) if state.custody else None,
        payments=case_payments(
            file, configuration, sources, now, zone if station is None else station.tz
        ),
        findings=(*(_finding(one) for one in state.findings), *_other_findings(file, now)),
        rows=_rows(file, sources),
        refused=tuple(_refused(file)),
        notes=tuple(notes),
        versions=file.versions,
        zone=zone if station is None else station.tz,
    )


def _clocks(
    file: CaseFile,
    station: Station | None,
    configuration: Configuration,
    sources: Mapping[str, SourcePage],
    now: int,
    zone: ZoneInfo,
) -> tuple[ClockView, ...]:
    """The three clocks, each with the limit in force at its start and where that limit comes from."""
    state = file.state
    limit_b = configuration.clocks.b_at(state.accepted_at, zone)
    limit_c = configuration.clocks.c_at(state.detained_at, zone)
    limit_a: list[Said] = []
    if station is not None and state.confirmed_at is not None and state.limit_s is not None:
        in_force = station.limit_at(state.confirmed_at)
        if in_force is not None and in_force.source is not None:
            limit_a.append(_limit_from(in_force.hours, in_force.source, confirmed=True))
    told = (
        (clock_a(state, now), limit_a),
        (clock_b(state, now, limit=limit_b.span), [_sourced(limit_b, configuration)]),
        (clock_c(state, now, limit=limit_c.span), [_sourced(limit_c, configuration)]),
    )
    return tuple(_clock(clock, tuple(said), file, sources) for clock, said in told)


def _sourced(limit: ClockLimit, configuration: Configuration) -> Said:
    document = configuration.clocks.sources[limit.source].document
    return _limit_from(limit.hours, document, confirmed=limit.confirmed)


def _limit_from(hours: float, source: Value, *, confirmed: bool) -> Said:
    key = "clocks.limit_from" if confirmed else "clocks.limit_from_unconfirmed"
    return Said(key, {"hours": f"{hours:g}", "source": source})


def _head(
    state: CaseState, station: Station | None, summary: Summary, configuration: Configuration, now: int
) -> Head:
    limit_hours = 24.0 if state.limit_s is None else state.limit_s / 3600
    rules = configuration.board
    axis_hours = max(rules.axis_hours, limit_hours * rules.axis_hours / 24)
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    gate = gate_of(None if station is None else station.gate_at(start))
    drawn = state.released_until is None and not summary.mark.held_nothing
    drawn = drawn and summary.mark is not Mark.IMPLAUSIBLE
    paused = paused_within(state.pauses, start, now if state.released_at is None else state.released_at)
    running = [pause.reason for pause in state.pauses if pause.until is None and pause.since <= now]
    return Head(
        summary=summary,
        plate=state.plate,
        station=None if station is None else station.short,
        vehicle=state.vehicle,
        axles=state.axles,
        strip=strip_of(state, gate, now, axis_hours) if drawn else None,
        axis_hours=axis_hours,
        limit_hours=limit_hours,
        net=summary.taken - paused if paused and summary.taken is not None else None,
        pause=running[-1] if running and state.released_at is None else None,
        withdrawn=state.withdrawn_at is not None,
    )


def _clock(
    clock: Clock, limit_said: tuple[Said, ...], file: CaseFile, sources: Mapping[str, SourcePage]
) -> ClockView:
    late = clock.reading in (Reading.OVERDUE, Reading.LATE)
    over = clock.elapsed - clock.limit if late and clock.elapsed is not None and clock.limit else None
    running = clock.end_at is None and clock.elapsed is not None
    return ClockView(
        name=clock.name,
        reading=clock.reading,
        elapsed=clock.elapsed,
        limit=clock.limit,
        remaining=clock.remaining,
        over=over,
        since=clock.start_at if running else None,
        deadline_at=clock.deadline_at,
        reasons=(
            *(_reason(clock, key, values, file, sources) for key, values in clock.reasons),
            *(limit_said if clock.start_at is not None else ()),
        ),
    )


def _reason(
    clock: Clock,
    key: str,
    values: Mapping[str, int | str],
    file: CaseFile,
    sources: Mapping[str, SourcePage],
) -> Said:
    """A reason of a clock as a sentence: which activity, when, and who said so."""
    start, end = CLOCK_ENDS[clock.name]
    activity = end if key in ("end", "end_day", "no_end", "missing_end") else start
    fields: dict[str, Value] = {"activity": Code("activities", activity)}
    if key in ("end_before_start", "time_to_come", "both_possible"):
        fields = {"start": Code("activities", start), "end": Code("activities", end)}
    for name, value in values.items():
        if name == "paused":
            fields |= {"paused": Span(int(value)), "net": Span(clock.net or 0)}
        else:
            fields["at"] = Day(int(value)) if name == "day_at" else At(int(value))
            source = _source_of(file, activity, int(value), sources)
            if source is not None and key != "withdrawn_runs_on":
                fields["source"] = source
                return Said(f"clocks.{key}_from", fields)
    return Said(f"clocks.{key}", fields)


def _source_of(file: CaseFile, activity: str, at: int, sources: Mapping[str, SourcePage]) -> Value | None:
    told = (e for e in file.events if e.activity == activity and e.occurred_at == at and file.is_valid(e))
    event = next(told, None)
    if event is None:
        return None
    page = sources.get(event.source)
    return event.source if page is None else page.feed


def _gate(state: CaseState, station: Station | None, summary: Summary, now: int) -> GateView | None:
    start = state.first_at if state.confirmed_at is None else state.confirmed_at
    configured = None if station is None else station.gate_at(start)
    gate = gate_of(configured)
    done = {branch.lane: branch.done_at is not None for branch in branches(state, gate)}
    needs = (Need.REMOVAL,) if configured is None else configured.needs
    lanes = {Need.REMOVAL: Lane.REMOVAL, Need.DECISION: Lane.DECISION}
    beyond = BEYOND_LAW.intersection(needs)
    held = held_after_removal(state, now)
    standing = state.released_at is None
    waiting = summary.waiting
    cost = None
    told = waiting is not None and waiting.lane is not Lane.REMOVAL and not waiting.day
    if held is not None and waiting is not None and told:
        cost = now - max(waiting.since, state.removed_at or waiting.since)
    return GateView(
        needs=tuple(GateNeed(need.value, done[lanes.get(need, Lane.PAYMENT)]) for need in needs),
        beyond=bool(beyond),
        holds_money=bool(beyond - {Need.DECISION}),
        ground=None if configured is None else configured.legal_ground,
        confirmed_by=None if configured is None else configured.confirmed_by,
        confirmed=configured is None or configured.confirmed,
        held=held,
        held_since=state.removed_at if held is not None and standing else None,
        cost=cost,
        waiting=waiting,
    )


def _finding(found: Finding) -> Said:
    fields: dict[str, Value] = {}
    if found.at is not None:
        fields["at"] = At(found.at)
    for name, value in found.params:
        if name.endswith("_kg"):
            fields[name] = Kg(int(value))
        else:
            fields[name] = Code("activities", value) if name == "activity" else value
    return Said(f"findings.{found.code}", fields)


def _other_findings(file: CaseFile, now: int) -> list[Said]:
    """What the log knows beside the fold: rows gone from a later ledger, refused cells, a release to come."""
    said = []
    for number in file.gone_from:
        brought = file.deliveries.get(number)
        if brought is not None:
            said.append(
                Said("findings.row_gone", {"file": brought.name, "at": At(brought.received_at)}),
            )
    if file.state.released_at is not None and file.state.released_at > now:
        said.append(Said("findings.release_to_come", {"at": At(file.state.released_at)}))
    if file.refused:
        said.append(Said("findings.refused", {"n": len(file.refused)}))
    return said


def _rows(file: CaseFile, sources: Mapping[str, SourcePage]) -> tuple[FileRow, ...]:
    """The rows behind the events, newest delivery first."""
    told: dict[tuple[int, str | None, int], list[str]] = {}
    received: dict[tuple[int, str | None, int], int] = {}
    for event in file.events:
        place = (event.delivery_id, event.sheet, event.row)
        told.setdefault(place, []).append(event.activity)
        received.setdefault(place, event.received_at)
    rows = []
    for place in sorted(told, key=lambda one: (-one[0], one[1] or "", one[2])):
        number, sheet, row = place
        brought = file.deliveries.get(number)
        source = "" if brought is None else brought.source
        page = sources.get(source)
        rows.append(
            FileRow(
                number,
                "" if brought is None else brought.name,
                source,
                None if page is None else page.feed,
                sheet,
                row,
                received[place],
                tuple(dict.fromkeys(told[place])),
            )
        )
    return tuple(rows)


def _refused(file: CaseFile) -> list[RefusedCell]:
    cells = []
    for one in file.refused:
        brought = file.deliveries.get(one.delivery_id)
        cells.append(
            RefusedCell(
                "" if brought is None else brought.name,
                one.sheet,
                one.row,
                one.column,
                one.value,
                one.reason,
                orjson.loads(one.params),
                one.accepted,
                one.activity,
            )
        )
    return cells
