"""The hours of each stage by the hour of the day, or the day of the week, in which they passed.

The wall clock of the start stands in the lake; what follows it is counted on by elapsed time, so a change of
the clocks within a stay is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import DAY, HOUR
from monitor.metrics import stages
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.known import Lean, number
from monitor.metrics.stages import Stage


class Slot(StrEnum):
    """Hours 0 to 23 of the day, or days 0 (Monday) to 6 of the week."""

    HOUR = "hour"
    WEEKDAY = "weekday"


SLOTS = {Slot.HOUR: 24, Slot.WEEKDAY: 7}
_WIDTH = {Slot.HOUR: HOUR, Slot.WEEKDAY: DAY}


@dataclass(frozen=True, slots=True)
class StageSlot:
    """Hours of a stage that passed in a slot, and the cases that waited in it for that stage."""

    slot: int
    stage: Stage
    hours: float
    cases: int


def members(engine: Engine, ask: Ask, gates: Sequence[GateSpan], slot: Slot) -> ir.Table:
    """A row per case and slot, and a column of microseconds per stage."""
    width, count = _WIDTH[slot], SLOTS[slot]
    cases = stages.members(engine, ask, gates).filter(_.start_hour.notnull())
    cases = cases.mutate(begun=_.start_hour.cast("int64") * HOUR + _.confirmed_at % HOUR)
    each = cases.mutate(slot=ibis.range(0, count).unnest())

    def until(at: ibis.Deferred) -> ibis.Deferred:
        """Time in this slot from the beginning of the week until an instant of the stay."""
        since = _.begun + at - _.confirmed_at
        within = since % (width * count) - _.slot * width
        return since // (width * count) * width + ibis.least(ibis.greatest(within, 0), width)

    ends = [*(_[f"reached_{place}"] for place in range(len(Stage))), _.end_at]
    spans = {
        stage.value: until(after) - until(before)
        for stage, (before, after) in zip(Stage, pairwise(ends), strict=True)
    }
    return each.mutate(**spans)


def sums(engine: Engine, ask: Ask, gates: Sequence[GateSpan], slot: Slot) -> ir.Table:
    """The expression: per slot and stage the sum and the cases."""
    figures = {}
    for stage in Stage:
        figures[f"{stage}_sum"] = _[stage.value].sum()
        figures[f"{stage}_cases"] = number(_[stage.value] > 0)
    return members(Lean(engine), ask, gates, slot).group_by("slot").agg(**figures)


def stages_by_time(engine: Engine, ask: Ask, gates: Sequence[GateSpan], slot: Slot) -> list[StageSlot]:
    """Every slot and stage in order; empty where no case has hours."""
    gates = tuple(gates)
    rows = answer(
        engine, ask, ("stages_by_time", gates, slot), lambda engine, ask: sums(engine, ask, gates, slot)
    )
    return [
        StageSlot(row["slot"], stage, row[f"{stage}_sum"] / HOUR, row[f"{stage}_cases"])
        for row in sorted(rows, key=lambda row: row["slot"])
        for stage in Stage
    ]
