"""The cases behind a mark of a figure: the same expression that counted them, cut to one cell.

How a cell is written: `monitor.metrics.cell_names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics import (
    compliance,
    exemptions,
    fine_points,
    held_after_removal,
    hours,
    late_gaps,
    open_ages,
    payment_cells,
    repeat_offenders,
    stages,
    stages_by_time,
    throughput,
)
from monitor.metrics.ask import Ask
from monitor.metrics.cell_names import UnknownCell
from monitor.metrics.compliance import LATE, ON_TIME
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.known import Lean, in_days
from monitor.metrics.stages import Stage
from monitor.metrics.stages_by_time import Slot


def case_ids(
    engine: Engine,
    ask: Ask,
    gates: Sequence[GateSpan],
    cell: str,
    days_off: tuple[date, ...] | None = None,
) -> list[int]:
    """The `case_id` of each case behind a cell, as known at `as_of`. Raises UnknownCell. `days_off`: the days
    asked for that are no working days; where they are not known, no cell is of them."""
    times = partial(payment_cells.times, days_off=days_off)
    figures: Mapping[str, Find] = {**_FIGURES, "payment_time": times}

    def build(engine: Engine, ask: Ask) -> ir.Table:
        figure, _dot, rest = cell.partition(".")
        find = figures.get(figure)
        reads = engine if figure in _OF_DECISIONS else Lean(engine)
        found = None if find is None else find(reads, ask, gates, rest)
        if found is None:
            raise UnknownCell(cell)
        return found.select("case_id")

    return [row["case_id"] for row in answer(engine, ask, ("cell", cell, tuple(gates), days_off), build)]


def _rate(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    every = compliance.members(engine, ask)
    inside = every.filter(_.place.isin([ON_TIME, LATE]))
    if rest == "all":
        return inside
    if rest == "withdrawn":
        return inside.filter(_.withdrawn_at.notnull())
    places = (ON_TIME, LATE, "not_held", "no_deadline", "undetermined", "implausible")
    return every.filter(_.place == rest) if rest in places else None


def _weeks(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    week, _dot, place = rest.partition(".")
    places = {"": [ON_TIME, LATE], ON_TIME: [ON_TIME], LATE: [LATE]}
    if re.fullmatch(r"\d{4}-W\d\d", week) is None or place not in places:
        return None
    return compliance.members(engine, ask).filter(_.placed_week == week, _.place.isin(places[place]))


def _gaps(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    if re.fullmatch(r"\d{1,9}", rest) is None:
        return None
    return late_gaps.members(engine, ask).filter(_.gap == int(rest))


def _stages(engine: Engine, ask: Ask, gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    if rest == "all":
        return stages.members(engine, ask, gates)
    name, *apart = rest.split(".")
    if name not in [stage.value for stage in Stage] or len(apart) not in (0, 2):
        return None
    if not apart:
        return stages.members(engine, ask, gates).filter(_[name] > 0)
    by, value = apart
    if by == "authority":
        cases = stages.members(engine, ask, gates).filter(_[name] > 0)
        return cases.filter(_.authority.isnull() if value == "unknown" else _.authority == value)
    if by not in [slot.value for slot in Slot] or re.fullmatch(r"\d{1,2}", value) is None:
        return None
    slots = stages_by_time.members(engine, ask, gates, Slot(by))
    return slots.filter(_.slot == int(value), _[name] > 0)


def _removal(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    return held_after_removal.members(engine, ask).filter(_.after_us.notnull()) if rest == "known" else None


def _hours(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    cases = hours.members(engine, ask).filter(_.timed)
    if rest == "all":
        return cases
    asked = re.fullmatch(r"(on_time|late|held|released)\.(\d{1,4})(\+|-\d{1,4})?", rest)
    if asked is None:
        return None
    kind, low, end = asked.groups()
    until = None if end == "+" else int(low) + 1 if end is None else int(end[1:])
    cases = cases.filter(_.hour_bin >= int(low))
    cases = cases if until is None else cases.filter(_.hour_bin < until)
    if kind == "held":
        return cases.filter(~_.released)
    cases = cases.filter(_.released)
    return cases if kind == "released" else cases.filter(_.place == kind)


def _moves(kind: str) -> Find:
    def found(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
        moves = in_days(throughput.members(engine, ask), ask, "date").filter(
            _.kind == ibis.literal(kind), _.hour.notnull()
        )
        if rest == "all":
            return moves
        return moves.filter(_.hour == int(rest)) if re.fullmatch(r"\d{1,3}", rest) else None

    return found


def _ages(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    held = open_ages.members(engine, ask)
    if rest == "all":
        return held
    return held.filter(ibis.coalesce(_.deadline_until, _.deadline_at) < ask.as_of) if rest == "past" else None


Find = Callable[[Engine, Ask, Sequence[GateSpan], str], "ir.Table | None"]

_FIGURES: dict[str, Find] = {
    "rate": _rate,
    "weeks": _weeks,
    "gaps": _gaps,
    "stages": _stages,
    "removal": _removal,
    "hours": _hours,
    "arrivals": _moves("arrival"),
    "releases": _moves("release"),
    "ages": _ages,
    "paid": payment_cells.paid,
    "payment_failures": payment_cells.failures,
    "payment_outages": payment_cells.outages,
    "waiting": payment_cells.waiting,
    "fines": fine_points.in_fines,
    "fine_points": fine_points.in_points,
    "fine_places": fine_points.in_places,
    "fine_units": fine_points.in_units,
    "findings": fine_points.in_findings,
    "exemptions": exemptions.in_exemptions,
    "repeats": repeat_offenders.in_repeats,
}

_OF_DECISIONS = ("fines", "fine_points", "fine_places", "fine_units", "findings", "exemptions", "repeats")
"""These look at more of a decision than is counted by: they read the whole table."""
