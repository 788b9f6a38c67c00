"""Where the hours in custody went: each to the earliest thing that the release still waited for.

The order is that of the procedure: decision, removal (unloading, reweighing), payment, arrival of the money,
and then nothing more, the release itself. What a station's gate does not wait for takes no hour. So the hours
of a case add up to the whole, and none is counted twice where several steps were open at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.branch import NOTHING_TO_PAY
from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan, needed
from monitor.metrics.known import Lean, keys, told_apart
from monitor.metrics.rate_cases import rate_cases
from monitor.settings.stations import Need


class Stage(StrEnum):
    """What a release waits for, in the order of the procedure."""

    DECISION = "decision"
    REMOVAL = "removal"
    PAYMENT = "payment"
    ARRIVAL = "arrival"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class StageShare:
    """Hours of one stage over the cases of a cell. `share`: of all their hours; `cases` of `n` waited for it
    at all; median and 90 % quantile (type 7) are over the hours of those."""

    cell: dict[str, str | None]
    stage: Stage
    hours: float
    share: float | None
    cases: int
    n: int
    median: float | None
    p90: float | None


def members(engine: Engine, ask: Ask, gates: Sequence[GateSpan]) -> ir.Table:
    """A row per case of the rate with times known to the hour, and a column of microseconds per stage."""
    cases = rate_cases(engine, ask).filter(_.timed & _.days.isnull())
    decided = ibis.coalesce(_.decided_at, _.withdrawn_at)
    nothing_due = _.outcome.isin(list(NOTHING_TO_PAY)).fill_null(False) & _.decided_at.notnull()
    paid = ibis.coalesce(
        _.paid_at, _.pay_confirmed_at, nothing_due.ifelse(_.decided_at, None), _.withdrawn_at
    )
    arrived = ibis.coalesce(_.pay_confirmed_at, nothing_due.ifelse(_.decided_at, None), _.withdrawn_at)
    done = {
        Stage.DECISION: (needed(Need.DECISION, gates), decided),
        Stage.REMOVAL: (needed(Need.REMOVAL, gates), _.removed_at),
        Stage.PAYMENT: (needed(Need.PAYMENT, gates) | needed(Need.PAYMENT_CONFIRMED, gates), paid),
        Stage.ARRIVAL: (needed(Need.PAYMENT_CONFIRMED, gates), arrived),
    }
    cases = cases.mutate(reached_0=_.confirmed_at)
    for place, (need, finished) in enumerate(done.values(), 1):
        # A step not done by the end of custody was waited for until then; one done before took no hour more.
        # The least of an instant and of none is that instant.
        until = ibis.least(_.end_at, finished)
        reached = need.ifelse(ibis.greatest(_[f"reached_{place - 1}"], until), _[f"reached_{place - 1}"])
        cases = cases.mutate(**{f"reached_{place}": reached})
    spans = {
        stage.value: _[f"reached_{place}"] - _[f"reached_{place - 1}"] for place, stage in enumerate(done, 1)
    }
    return cases.mutate(**spans, **{Stage.RELEASE.value: _.end_at - _[f"reached_{len(done)}"]})


def sums(engine: Engine, ask: Ask, gates: Sequence[GateSpan]) -> ir.Table:
    """The expression: per cell and stage the sum, the cases and the quantiles."""
    figures: dict[str, ibis.Deferred] = {"n": _.count(), "whole": _.held_us.sum()}
    for stage in Stage:
        # No span is negative: what is not 0 was waited for.
        waited = _[stage.value].nullif(0)
        figures[f"{stage}_sum"] = _[stage.value].sum()
        figures[f"{stage}_cases"] = waited.count()
        figures[f"{stage}_at"] = waited.quantile([0.5, 0.9])
    return told_apart(members(Lean(engine), ask, gates), keys(ask, "placed_date", "placed_week"), **figures)


def stages(engine: Engine, ask: Ask, gates: Sequence[GateSpan]) -> list[StageShare]:
    """The stages of every cell, in the order of the procedure; empty where no case has hours."""
    found: list[StageShare] = []
    names = list(keys(ask, "placed_date", "placed_week"))
    gates = tuple(gates)
    rows = answer(engine, ask, ("stages", gates), lambda engine, ask: sums(engine, ask, gates))
    for row in sorted(rows, key=lambda row: [row[name] or "" for name in names]):
        for stage in Stage:
            median, p90 = row[f"{stage}_at"] or (None, None)
            cases = row[f"{stage}_cases"]
            found.append(
                StageShare(
                    {name: row[name] for name in names},
                    stage,
                    row[f"{stage}_sum"] / HOUR,
                    row[f"{stage}_sum"] / row["whole"] if row["whole"] else None,
                    cases,
                    row["n"],
                    median / HOUR if median is not None else None,
                    p90 / HOUR if p90 is not None else None,
                )
            )
    return found
