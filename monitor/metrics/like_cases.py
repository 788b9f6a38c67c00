"""The nearest like cases of a decision and what they were fined, with why each counts as alike.

Like cases have the same authority, rule set and tiers; among them the distance says how far the facts lie
apart. Each part of it is a difference divided by what makes a difference worth one: it is explained per case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ibis import _
from ibis.expr import types as ir

from monitor.lake.decision_rows import judged
from monitor.lake.judging import Judging
from monitor.metrics.ask import Ask
from monitor.metrics.engine import AS_OF, Engine, Question, variable
from monitor.rules.decision import Decision

SCALES: Mapping[str, float] = {
    "compared_kg": 2_000.0,
    "compared_share": 0.05,
    "axles": 1.0,
    "prior_acts": 1.0,
}
"""What makes a difference of one: 2,000 kg, 5 % of the limit or load, an axle, a repeat. Set by judgement."""
FACTORS, PROCEDURE, PARTY = 1.0, 0.5, 0.5
"""Other recorded circumstances (the numbers of mitigating and of aggravating ones), another procedure,
another kind of party; one side unknown counts as different."""
NEAREST = 10
NEAR = (250, 4_000, None)
"""Kilograms around a case that are looked into first; None is everything."""

FACTS = (*SCALES, "mitigating", "aggravating", "procedure", "party")
TOLD = (
    "station", "case_no", "decision_no", "decided_date", "fine_fen", "outcome",
    "place", "position", "factors", *FACTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alike:
    """A like case: what it was fined and where in the band, its facts, and `apart`: each part of the distance
    that is not zero, by the name of the fact."""

    station: str
    case_no: str
    decision_no: str | None
    decided_date: str
    outcome: str | None
    fine_fen: int | None
    place: str
    position: float | None
    distance: float
    apart: dict[str, float]
    facts: dict[str, Any]
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LikeCases:
    """A decision with its nearest like cases. `why` says what they have in common (authority, rule set and
    tiers); empty `nearest` and `why` None where the decision falls in no tier."""

    case_no: str
    decision_no: str | None
    fine_fen: int | None
    why: str | None
    facts: dict[str, Any]
    nearest: list[Alike] = field(default_factory=list)


def apart(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, float]:
    """The parts of the distance between the facts of two decisions, those that are zero left out.

    A number that one side does not tell counts one; what neither tells counts nothing.
    """
    found = {name: _gap(own[name], other[name], scale) for name, scale in SCALES.items()}
    found["factors"] = FACTORS * (
        abs((own["mitigating"] or 0) - (other["mitigating"] or 0))
        + abs((own["aggravating"] or 0) - (other["aggravating"] or 0))
    )
    found["procedure"] = PROCEDURE * (own["procedure"] != other["procedure"])
    found["party"] = PARTY * (own["party"] != other["party"])
    return {name: gap for name, gap in found.items() if gap}


def _gap(own: float | None, other: float | None, scale: float) -> float:
    if own is None or other is None:
        return 0.0 if own is other else 1.0
    return abs(own - other) / scale


def distance(own: Mapping[str, Any]) -> Any:
    """The sum of `apart` as an expression over decisions; own facts that are told are variables."""
    parts: list[Any] = []
    for name, scale in SCALES.items():
        if own[name] is None:
            parts.append(_[name].notnull().ifelse(1.0, 0.0))
        else:
            parts.append(((_[name] - variable(name, float)).abs() / scale).fill_null(1.0))
    for name in ("mitigating", "aggravating"):
        parts.append((_[name].fill_null(0) - variable(name, float)).abs() * FACTORS)
    for name, weight in (("procedure", PROCEDURE), ("party", PARTY)):
        told = own[name] is not None
        same = (_[name] == variable(name, str)).fill_null(False) if told else _[name].isnull()
        parts.append(same.ifelse(0.0, weight))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def like_cases(engine: Engine, own: Mapping[str, Any], as_of: int) -> LikeCases:
    """The ten nearest like cases of a decision, nearest first; ties by station and number. `own` is a row of
    decisions, or what `judged` says of one."""
    facts = {name: own[name] for name in FACTS}
    told = LikeCases(own["case_no"], own["decision_no"], own["fine_fen"], own["alike"], facts)
    if own["alike"] is None:
        return told
    values: dict[str, Any] = {name: value for name, value in facts.items() if value is not None}
    values |= {
        "mitigating": own["mitigating"] or 0, "aggravating": own["aggravating"] or 0,
        "alike": own["alike"], "own_station": own["station"], "own_case_no": own["case_no"],
    }  # fmt: skip
    for reach in NEAR if own["compared_kg"] is not None else (None,):
        if reach is not None:
            values |= {"from_kg": own["compared_kg"] - reach, "to_kg": own["compared_kg"] + reach}
        shape = ("like_cases", tuple(sorted(values)), reach is None)
        rows = engine.rows(Question(shape, Ask(as_of), partial(_nearest, engine, own, reach), values))
        # Whatever lies beyond the reach is farther than this.
        sure = reach is None or (
            len(rows) == NEAREST and rows[-1]["distance"] < reach / SCALES["compared_kg"]
        )
        if sure:
            break
    told.nearest.extend(_alike(own, row) for row in rows)
    return told


def like_cases_of(
    engine: Engine, decisions: Iterable[Decision], judged_by: Judging, as_of: int
) -> list[LikeCases]:
    """The nearest like cases of each decision of a case."""
    return [like_cases(engine, judged(one, judged_by), as_of) for one in decisions]


def _alike(own: Mapping[str, Any], row: Mapping[str, Any]) -> Alike:
    return Alike(
        row["station"], row["case_no"], row["decision_no"], row["decided_date"], row["outcome"],
        row["fine_fen"], row["place"], row["position"], row["distance"], apart(own, row),
        {name: row[name] for name in FACTS}, tuple(row["factors"] or ()),
    )  # fmt: skip


def _nearest(engine: Engine, own: Mapping[str, Any], reach: int | None) -> ir.Table:
    table = engine.counted("decisions")
    own_case = (table.station == variable("own_station", str)) & (
        table.case_no == variable("own_case_no", str)
    )
    others = table.filter(
        table.alike == variable("alike", str),
        table.known_from <= AS_OF,
        table.known_to.isnull() | (table.known_to > AS_OF),
        ~own_case,
    )
    if reach is not None:
        low, high = variable("from_kg", float), variable("to_kg", float)
        others = others.filter(
            others.compared_kg >= low.cast("int64"), others.compared_kg <= high.cast("int64")
        )
    return (
        others.mutate(distance=distance(own).round(9))
        .select("distance", *TOLD)
        .order_by("distance", "station", "case_no")
        .limit(NEAREST)
    )
