"""Every metric a second time, as plain as can be: one case after the other, folded anew from its events.

Nothing here reads the lake, a stored version or an expression of `monitor.metrics`: what is shared are the
fold and the clocks of one case, which are proved elsewhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import floor, sqrt
from typing import Any

import orjson

from monitor.cases.activity import Activity
from monitor.cases.branch import Gate, branches, held_after_removal
from monitor.cases.clock import Reading, clock_b, clock_c, in_custody, paused_within, reading_a
from monitor.cases.event import HOUR, SECOND, Event
from monitor.cases.fold import fold
from monitor.cases.gate import gate_of
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState
from monitor.cases.terms import Terms
from monitor.settings.configuration import Configuration
from monitor.store.database import Database, ask
from monitor.store.log import events_of
from monitor.store.weighings import Lying

MINUTE = 60 * SECOND
STAGES = ("decision", "removal", "payment", "arrival", "release")

Cell = tuple[str | None, ...]


@dataclass(frozen=True)
class Weighing:
    station: str
    at: int
    gross_kg: int | None
    limit_kg: int | None
    rule_kg: int | None
    read: bool


@dataclass(frozen=True)
class Known:
    """What was known at a moment."""

    as_of: int
    configuration: Configuration
    states: Sequence[CaseState]
    events: Sequence[tuple[str, Event]]
    weighings: Sequence[Weighing]
    cases: Sequence[tuple[CaseState, Sequence[Event]]] = ()
    """Every case with its valid events."""

    def local(self, station: str, instant: int) -> datetime:
        return datetime.fromtimestamp(instant // SECOND, self.configuration.zone_of(station))

    def period(self, station: str, instant: int, by: str) -> str:
        local = self.local(station, instant)
        year, week, _ = local.isocalendar()
        return {"day": f"{local:%Y-%m-%d}", "month": f"{local:%Y-%m}", "week": f"{year}-W{week:02d}"}[by]


def known(
    database: Database, configuration: Configuration, terms: Callable[[str], Terms], as_of: int
) -> Known:
    """Fold every case from the events that were known then."""
    states, events, weighings, folded = [], [], [], []
    with database.read() as connection:
        cases = ask(connection, "SELECT id, station, case_no FROM cases")
        recorded = events_of(connection, [row[0] for row in cases])
        names = ", ".join(f'"{name}"' for name in Lying._fields)
        lying = [Lying(*row) for row in ask(connection, f"SELECT {names} FROM weighings")]
    for case_id, station, case_no in cases:
        own = [event for event in recorded[case_id].own if event.known_at <= as_of]
        elsewhere = [event for event in recorded[case_id].elsewhere if event.known_at <= as_of]
        state = fold(station, case_no, own, terms(station), elsewhere)
        if state is None:
            continue
        states.append(state)
        valid = valid_events(own, elsewhere).events
        events += [(station, event) for event in valid]
        folded.append((state, valid))
        for event in valid:
            if event.activity == "weighed":
                data = orjson.loads(event.data) if event.data else {}
                vehicle, axles = data.get("vehicle") or state.vehicle, data.get("axles") or state.axles
                rule = terms(station).weight_limit(vehicle, axles, event.occurred_at)
                limit = data.get("limit_kg") or state.limit_kg
                read = data.get("plate") is not None and not data.get("plate_unread")
                weighings.append(
                    Weighing(station, event.occurred_at, data.get("gross_kg"), limit, rule and rule[0], read)
                )
    for one in lying:
        if one.known_at <= as_of:
            read = one.plate is not None and not orjson.loads(one.rest or "{}").get("plate_unread")
            weighings.append(Weighing(one.station, one.at, one.gross_kg, one.limit_kg, one.rule_kg, read))
    return Known(as_of, configuration, states, events, weighings, folded)


def quantile(values: Iterable[float], p: float) -> float | None:
    """Type 7, from its definition."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * p
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def score_interval(k: int, n: int) -> tuple[float, float] | None:
    """Wilson's interval as the two roots of (p - share)² = z² p (1 - p) / n."""
    if not n:
        return None
    z2, share = 1.959963984540054**2, k / n
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share * share
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))


def grouped(things: Iterable[Any], cell: Callable[[Any], Hashable]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        found[cell(thing)].append(thing)
    return found


def last(at: int | None, until: int | None) -> int | None:
    return at if until is None else until


def placed(known: Known) -> list[tuple[str, CaseState]]:
    """Each case and where it counts: on_time, late, or why it is not in the rate."""
    found = []
    for state in known.states:
        reading = reading_a(state, known.as_of)
        due = last(state.deadline_at, state.deadline_until)
        if reading is Reading.NOT_HELD:
            found.append(("not_held", state))
        elif due is None:
            found.append(("no_deadline", state))
        elif due > known.as_of:
            continue
        elif reading in (Reading.IMPLAUSIBLE, Reading.UNDETERMINED):
            found.append((reading.value, state))
        else:
            found.append(("on_time" if reading is Reading.ON_TIME else "late", state))
    return found


def placed_at(state: CaseState) -> int:
    return state.first_at if state.deadline_at is None else state.deadline_at


def cell_of(known: Known, by: Sequence[str], state: CaseState, instant: int) -> Cell:
    return tuple(
        known.period(state.station, instant, name)
        if name in ("day", "week", "month")
        else getattr(state, name)
        for name in by
    )


def compliance(known: Known, by: Sequence[str]) -> dict[Cell, dict[str, Any]]:
    found = {}
    cells = grouped(placed(known), lambda one: cell_of(known, by, one[1], placed_at(one[1])))
    for cell, cases in cells.items():
        counts = Counter(place for place, _ in cases)
        k, n = counts["on_time"], counts["on_time"] + counts["late"]
        inside = [(place, state) for place, state in cases if place in ("on_time", "late")]
        interval = score_interval(k, n)
        found[cell] = {
            "k": k, "n": n, "rate": k / n if n else None,
            "net_k": sum(1 for place, state in inside if place == "on_time" or _net_on_time(state, known)),
            "beside": {
                **{name: counts[name] for name in ("not_held", "no_deadline", "undetermined", "implausible")},
                "withdrawn": sum(1 for _, state in inside if state.withdrawn_at is not None),
            },
            "low": interval and interval[0], "high": interval and interval[1],
        }  # fmt: skip
    return found


def _net_on_time(state: CaseState, known: Known) -> bool:
    assert state.confirmed_at is not None and state.limit_s is not None
    end = known.as_of if state.released_at is None else state.released_at
    longest = known.as_of if state.released_at is None else last(state.released_at, state.released_until) or 0
    paused = paused_within(state.pauses, state.confirmed_at, end)
    return longest - state.confirmed_at - paused <= state.limit_s * SECOND


def timed(known: Known) -> list[tuple[CaseState, int, bool]]:
    """The cases of the rate with times known to the hour, their end, and whether they were on time."""
    found = []
    for place, state in placed(known):
        exact = state.confirmed_until is None and state.released_until is None
        if place in ("on_time", "late") and exact:
            end = known.as_of if state.released_at is None else state.released_at
            found.append((state, end, place == "on_time"))
    return found


def hours(known: Known) -> dict[str, Any]:
    inside = sum(1 for place, _ in placed(known) if place in ("on_time", "late"))
    cases = [
        ((end - (state.confirmed_at or 0)) // MINUTE, state.released_at is not None, fine, end, state)
        for state, end, fine in timed(known)
    ]
    share, curve = 1.0, []
    for minute in sorted({minute for minute, released, *_ in cases if released}):
        at_risk = sum(1 for other, *_ in cases if other >= minute)
        gone = sum(1 for other, released, *_ in cases if released and other == minute)
        share *= (at_risk - gone) / at_risk
        curve.append((minute / 60, at_risk, gone, share))
    bins: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for minute, released, fine, *_ in cases:
        bins[minute // 60][0 if released and fine else 1 if released else 2] += 1
    return {
        "n": len(cases), "untimed": inside - len(cases), "held": sum(1 for one in cases if not one[1]),
        "median": next((step[0] for step in curve if step[3] <= 0.5 + 1e-12), None),
        "p90": next((step[0] for step in curve if step[3] <= 0.1 + 1e-12), None),
        "longest": max(((end - state.confirmed_at) / HOUR for *_, end, state in cases), default=None),
        "bins": [(low, *bins[low]) for low in sorted(bins)], "curve": curve,
    }  # fmt: skip


def waits(state: CaseState, end: int, known: Known) -> dict[str, int]:
    """Microseconds by stage: of each stretch between two things done, the first thing still to be done."""
    start = state.confirmed_at or 0
    station = known.configuration.stations.get(state.station)
    gate = gate_of(None if station is None else station.gate_at(start))
    decision, payment, removal = branches(state, Gate(gate.needs))
    arrival = branches(state, Gate(gate.needs, payment_confirmed=True))[1]
    order = [
        ("decision", decision.needed, decision.done_at), ("removal", removal.needed, removal.done_at),
        ("payment", payment.needed, payment.done_at),
        ("arrival", payment.needed and gate.payment_confirmed, arrival.done_at),
    ]  # fmt: skip
    moments = sorted({start, end, *(at for _, _, at in order if at is not None and start < at < end)})
    found = dict.fromkeys(STAGES, 0)
    for begin, until in pairwise(moments):
        open_steps = [name for name, needed, at in order if needed and (at is None or at >= until)]
        found[open_steps[0] if open_steps else "release"] += until - begin
    return found


def stages(known: Known, by: Sequence[str]) -> dict[Cell, list[dict[str, Any]]]:
    cases = [(state, waits(state, end, known)) for state, end, _ in timed(known) if not state.days]
    found: dict[Cell, list[dict[str, Any]]] = {}
    cells = grouped(cases, lambda one: cell_of(known, by, one[0], placed_at(one[0])))
    for cell, members in cells.items():
        whole = sum(sum(spans.values()) for _, spans in members)
        found[cell] = []
        for stage in STAGES:
            waited = [spans[stage] / HOUR for _, spans in members if spans[stage] > 0]
            total = sum(spans[stage] for _, spans in members)
            found[cell].append({
                "stage": stage, "hours": total / HOUR, "share": total / whole if whole else None,
                "cases": len(waited), "n": len(members),
                "median": quantile(waited, 0.5), "p90": quantile(waited, 0.9),
            })  # fmt: skip
    return found


def held_after(known: Known, by: Sequence[str]) -> dict[Cell, dict[str, Any]]:
    found = {}
    cells = grouped(timed(known), lambda one: cell_of(known, by, one[0], placed_at(one[0])))
    for cell, members in cells.items():
        spans = [(held_after_removal(state, known.as_of), state) for state, _, _ in members]
        told = [(span / HOUR, state) for span, state in spans if span is not None]
        values = [span for span, _ in told]
        whole = sum((end - (state.confirmed_at or 0)) / HOUR for state, end, _ in members)
        found[cell] = {
            "hours": sum(values), "share": sum(values) / whole if whole else None, "cases": len(values),
            "derived": sum(1 for _, state in told if state.removed_derived), "n": len(members),
            "median": quantile(values, 0.5), "p90": quantile(values, 0.9),
            "longest": max(values, default=None),
        }  # fmt: skip
    return found


def moves(known: Known) -> list[tuple[str, CaseState, int, bool]]:
    """Arrivals and releases: which, the case, when, and whether that is known to the hour."""
    found = []
    for state in known.states:
        start, end = state.confirmed_at, state.released_at
        if not state.custody or state.verdict == "implausible" or start is None or start > known.as_of:
            continue
        found.append(("arrival", state, start, state.confirmed_until is None))
        if end is not None and end <= known.as_of:
            found.append(("release", state, end, state.released_until is None))
    return found


def throughput(known: Known, by: Sequence[str]) -> dict[Cell, tuple[int, int, int | None]]:
    """Arrivals, releases, and those that had come and not gone by the end of the period."""
    everything = moves(known)
    apart = [place for place, name in enumerate(by) if name in ("day", "week", "month")]
    found = {}
    named = [(kind, cell_of(known, by, state, at)) for kind, state, at, _ in everything]
    for cell in {cell for _, cell in named}:
        here = Counter(kind for kind, other in named if other == cell)
        open_then = None
        if apart:
            until = [
                kind for kind, other in named
                if all(
                    (str(a) <= str(b) if place in apart else a == b)
                    for place, (a, b) in enumerate(zip(other, cell, strict=True))
                )
            ]  # fmt: skip
            open_then = until.count("arrival") - until.count("release")
        found[cell] = (here["arrival"], here["release"], open_then)
    return found


def histories(known: Known, by: Sequence[str]) -> dict[Cell, list[list[Event]]]:
    """Of each case what had happened, in order, by the day of the first event."""
    usual = [activity.value for activity in Activity]
    found = defaultdict(list)
    for state, events in known.cases:
        happened = [event for event in events if event.occurred_at <= known.as_of]
        if happened:
            happened.sort(key=lambda event: (event.occurred_at, usual.index(event.activity)))
            found[cell_of(known, by, state, state.first_at)].append(happened)
    return found


def variants(known: Known, by: Sequence[str]) -> dict[tuple[Cell, str], tuple[int, int]]:
    found = {}
    for cell, cases in histories(known, by).items():
        counted = Counter(" > ".join(event.activity for event in events) for events in cases)
        found |= {(cell, path): (k, len(cases)) for path, k in counted.items()}
    return found


def case_durations(known: Known, by: Sequence[str]) -> dict[Cell, dict[str, Any]]:
    found = {}
    for cell, cases in histories(known, by).items():
        hours = [(events[-1].occurred_at - events[0].occurred_at) / HOUR for events in cases]
        found[cell] = {
            "n": len(cases), "single": sum(len(events) == 1 for events in cases),
            "by_day": sum(any(events[at].occurred_until is not None for at in (0, -1)) for events in cases),
            "median": quantile(hours, 0.5), "p90": quantile(hours, 0.9), "longest": max(hours),
        }  # fmt: skip
    return found


def hours_of_week(known: Known) -> list[tuple[int, int, int]]:
    counted: Counter[tuple[str, int]] = Counter()
    for kind, state, at, exact in moves(known):
        if exact:
            local = known.local(state.station, at)
            counted[kind, local.weekday() * 24 + local.hour] += 1
    return [(hour, counted["arrival", hour], counted["release", hour]) for hour in range(168)]


def open_ages(known: Known) -> dict[tuple[str, str], tuple[float | None, bool | None]]:
    found = {}
    for state in known.states:
        if in_custody(state, known.as_of):
            exact = state.confirmed_at is not None and state.confirmed_until is None
            due = last(state.deadline_at, state.deadline_until)
            hours = (known.as_of - (state.confirmed_at or 0)) / HOUR if exact else None
            found[state.station, state.case_no] = hours, None if due is None else known.as_of > due
    return found


def overload_rate(known: Known, by: Sequence[str]) -> dict[Cell, dict[str, Any]]:
    found = {}
    told = [one for one in known.weighings if one.at <= known.as_of]

    def cell(one: Weighing) -> Cell:
        return tuple(
            one.station if name == "station" else known.period(one.station, one.at, name) for name in by
        )

    for key, members in grouped(told, cell).items():
        judged = []
        for one in members:
            limit = one.rule_kg if one.limit_kg is None else one.limit_kg
            if one.gross_kg is not None and limit is not None:
                judged.append((one.gross_kg, limit))
        over = [(gross - limit) / limit for gross, limit in judged if gross > limit]
        interval = score_interval(len(over), len(judged))
        found[key] = {
            "k": len(over), "n": len(judged), "unknown": len(members) - len(judged),
            "rule_k": sum(1 for one in members if (one.gross_kg or 0) > (one.rule_kg or 10**9)),
            "unread": sum(1 for one in members if not one.read),
            "low": interval and interval[0], "high": interval and interval[1],
            "median_over": quantile(over, 0.5), "p90_over": quantile(over, 0.9),
        }  # fmt: skip
    return found


def late_entry(
    known: Known, threshold: int, by_station: bool
) -> dict[tuple[str, str | None], dict[str, Any]]:
    found = {}
    told = [
        (station, event) for station, event in known.events
        if event.occurred_until is None and event.occurred_at <= known.as_of
    ]  # fmt: skip
    cells = grouped(told, lambda one: (one[1].activity, one[0] if by_station else None))
    for cell, members in cells.items():
        delays = []
        for _, event in members:
            backfill = event.known_at < event.received_at
            recorded = event.recorded_at
            if recorded is None and not backfill:
                recorded = event.received_at
            if recorded is not None:
                delays.append(max(0, recorded - event.occurred_at))
        hours = [delay / HOUR for delay in delays]
        found[cell] = {
            "n": len(delays), "late": sum(1 for delay in delays if delay > threshold),
            "untold": len(members) - len(delays), "median": quantile(hours, 0.5), "p90": quantile(hours, 0.9),
            "longest": max(hours, default=None),
        }  # fmt: skip
    return found


def clock_rates(known: Known, limits: dict[str, int], by: Sequence[str]) -> dict[Cell, tuple[int, int, int]]:
    """By clock and cell: in time, judged, undetermined."""
    found: dict[Cell, list[int]] = {}
    for name, clock, start, until in (
        ("b", clock_b, "accepted_at", "accepted_until"), ("c", clock_c, "detained_at", "detained_until"),
    ):  # fmt: skip
        for state in known.states:
            begin = last(getattr(state, start), getattr(state, until))
            if begin is None or begin + limits[name] > known.as_of:
                continue
            reading = clock(state, known.as_of, limit=limits[name]).reading
            if reading is Reading.IMPLAUSIBLE:
                continue
            counts = found.setdefault((name, *cell_of(known, by, state, state.first_at)), [0, 0, 0])
            if reading is Reading.UNDETERMINED:
                counts[2] += 1
            else:
                counts[0] += reading is Reading.ON_TIME
                counts[1] += 1
    return {cell: (k, n, unsure) for cell, (k, n, unsure) in found.items()}
