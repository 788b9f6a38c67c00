"""Vehicles by the number of their illegal overloads within one rolling year, as the rules count them
(公路安全保护条例第六十六条: what follows from more than three)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.plate import masked_plate
from monitor.metrics.ask import Ask
from monitor.metrics.decisions import decisions_known
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan
from monitor.metrics.known import keys
from monitor.metrics.payment_channels import in_order
from monitor.metrics.small_numbers import wilson

FOURTH = 4
"""The last band: this many acts and more."""
MOST_PLATES = 100


@dataclass(frozen=True, slots=True)
class Repeats:
    """k of the n vehicles of a cell had so many acts (`acts`: 1, 2, 3, 4+) in the year that ended with the
    last of those in the cell. `unread`: decisions whose plate was not read, in no k or n. `plates`: of the
    last band, masked, at most a hundred."""

    cell: dict[str, Any]
    acts: str
    k: int
    n: int
    unread: int
    share: float | None
    few: bool
    low: float | None
    high: float | None
    plates: tuple[str, ...] = ()


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per decision for which an act counts, with `acts`: the how-manieth of its vehicle in the year."""
    illegal = decisions_known(engine, ask).filter(
        _.outcome.isin(["fine", "warning"]).fill_null(False) | (_.fine_fen > 0).fill_null(False)
    )
    return illegal.mutate(acts=ibis.least(_.prior_acts + 1, FOURTH))


def _one_colour(acts: ir.Table, names: Sequence[str]) -> ir.Table:
    """A plate of another colour is another vehicle, where both colours are told."""
    some = acts.plate_colour.max().over(ibis.window(group_by=[*names, "plate"]))
    return acts.mutate(plate_colour=ibis.coalesce(acts.plate_colour, some))


def repeat_offenders(engine: Engine, ask: Ask, few_n: int) -> list[Repeats]:
    """The bands of every cell, the fewest acts first."""
    names = keys(ask, "decided_date", "decided_week")

    def build(engine: Engine, ask: Ask) -> ir.Table:
        acts = _one_colour(members(engine, ask).mutate(**names), list(names))
        by_vehicle = acts.group_by([*names, "plate", "plate_colour"]).agg(
            acts=_.acts.max(), decisions=_.count()
        )
        counted = by_vehicle.mutate(
            read=_.plate.notnull() & _.acts.notnull(), shown=(_.acts >= FOURTH).ifelse(_.plate, None)
        )
        cells = counted.group_by([*names, "read", "acts", "shown"])
        return cells.agg(vehicles=_.count(), decisions=_.decisions.sum())

    cells: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in answer(engine, ask, "repeat_offenders", build):
        cells.setdefault(tuple(row[name] for name in names), []).append(row)
    found = []
    for place in sorted(cells, key=in_order):
        found += _bands(dict(zip(names, place, strict=True)), cells[place], few_n)
    return found


def _bands(cell: dict[str, Any], rows: list[dict[str, Any]], few_n: int) -> list[Repeats]:
    read = [row for row in rows if row["read"]]
    n = sum(int(row["vehicles"]) for row in read)
    unread = sum(int(row["decisions"]) for row in rows if not row["read"])
    found = []
    for acts in range(1, FOURTH + 1):
        k = sum(int(row["vehicles"]) for row in read if row["acts"] == acts)
        interval, few = wilson(k, n), n < few_n
        plates = sorted({row["shown"] for row in read if row["acts"] == acts and row["shown"]})
        found.append(
            Repeats(
                cell, f"{acts}+" if acts == FOURTH else str(acts), k, n, unread,
                None if few else k / n, few, interval.low if interval else None,
                interval.high if interval else None,
                tuple(masked_plate(plate) or "" for plate in plates[:MOST_PLATES]),
            )
        )  # fmt: skip
    return found


def in_repeats(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """The cases of the vehicles with so many acts, `1|2|3|4+`, or `unread`."""
    acts = _one_colour(members(engine, ask), ())
    most = acts.acts.max().over(ibis.window(group_by=["plate", "plate_colour"]))
    acts = acts.mutate(most=most)
    read = acts.plate.notnull() & acts.most.notnull()
    bands = {"1": 1, "2": 2, "3": 3, f"{FOURTH}+": FOURTH}
    if rest != "unread" and rest not in bands:
        return None
    kept = acts.filter(~read) if rest == "unread" else acts.filter(read, acts.most == bands[rest])
    return kept.select("case_id").distinct()
