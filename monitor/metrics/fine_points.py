"""Fines beside what the rules allow, as figures draw them: points, places in the band, findings by decision.

Fines are never summed here: a figure counts decisions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics import undecided
from monitor.metrics.ask import Ask
from monitor.metrics.decisions import INSIDE, OUTSIDE, decisions_known, held_against_band
from monitor.metrics.engine import Engine, answer
from monitor.metrics.gates import GateSpan

MEASURES: Mapping[str, tuple[str, float]] = {
    "load_over_percent": ("load_over_share", 0.01),
    "load_over_kg": ("load_over_kg", 500),
    "over_percent": ("over_share", 0.01),
    "over_kg": ("over_kg", 500),
}
"""Measures that points may lie along: the column of each, and how wide one step of it is drawn."""

PARTS = 5
"""Into so many equal parts a band with room is cut."""
KINDS = ("inside", "below", "above", "below_explained", "above_explained")


@dataclass(frozen=True, slots=True)
class Dot:
    """n cases whose decisions are drawn as one, around `x` (share or kg) and a fine. `cell` opens them; with
    one of them `station` and `case_no` are its own."""

    kind: str
    x: float
    fine_fen: float
    n: int
    cell: str
    station: str
    case_no: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Decisions of an authority (None where none is named) by outcome and place; `why` says why some cannot
    be assessed."""

    authority: str | None
    place: str
    why: str | None
    fined: bool
    example: bool
    rule_set: str | None
    n: int


@dataclass(frozen=True, slots=True)
class Part:
    """n like cases in one of the five parts of their band, the lowest first."""

    alike: str
    part: int
    n: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A decision with a finding, of its own or of the payments of its case. `date`: its local day,
    YYYY-MM-DD; `plate` is whole: who shows it masks it. `known_from`: since when the decision is known as it
    is, microseconds; None of money without a decision."""

    station: str
    case_no: str
    code: str
    date: str
    plate: str | None
    decision_no: str | None
    known_from: int | None = None


def points(engine: Engine, ask: Ask, authority: str, measure: str, step_fen: int) -> list[Dot]:
    """The decisions of an authority that were held against a band, those close together as one."""

    def build(engine: Engine, ask: Ask) -> ir.Table:
        cells = _gridded(engine, ask, authority, measure, step_fen)
        grouped = cells.group_by("kind", "x_bin", "y_bin").agg(
            x=_.x.mean(),
            fine_fen=_.fine_fen.mean(),
            n=_.case_id.nunique(),
            station=_.station.min(),
            case_no=_.case_no.min(),
        )
        return grouped.order_by("kind", "x_bin", "y_bin")

    return [
        Dot(
            row["kind"], float(row["x"]), float(row["fine_fen"]), int(row["n"]),
            f"fine_points.{authority}.{measure}.{step_fen}.{row['kind']}.{row['x_bin']}.{row['y_bin']}",
            row["station"], row["case_no"],
        )
        for row in answer(engine, ask, ("fine_points", authority, measure, step_fen), build)
    ]  # fmt: skip


def _gridded(engine: Engine, ask: Ask, authority: str, measure: str, step_fen: int) -> ir.Table:
    column, wide = MEASURES[measure]
    held = held_against_band(decisions_known(engine, ask))
    explained = (_.departure == "explained").fill_null(False)
    return (
        held.filter(_.authority == ibis.literal(authority), _[column].notnull(), _.fine_fen >= 0)
        .mutate(
            kind=_.outside.ifelse(_.place + explained.ifelse("_explained", ""), "inside"),
            x=_[column],
            x_bin=(_[column] / wide).floor().cast("int64"),
            y_bin=(_.fine_fen / step_fen).floor().cast("int64"),
        )
    )  # fmt: skip


def fine_rows(engine: Engine, ask: Ask, authority: str) -> list[dict[str, Any]]:
    """Each decision of an authority that has a fine, for files."""
    held = decisions_known(engine, ask).filter(_.authority == ibis.literal(authority), _.fine_fen.notnull())
    columns = (
        "station", "case_no", "decision_no", "decided_date", "rule_set", "alike", "over_kg", "over_share",
        "load_over_kg", "load_over_share", "fine_fen", "low_fen", "high_fen", "place", "position", "why",
        "departure",
    )  # fmt: skip
    return engine.rows(held.select(*columns).order_by("decided_date", "station", "case_no", "decision_no"))


def placed(engine: Engine, ask: Ask) -> list[Placed]:
    """How many decisions lie where."""
    names = ("authority", "place", "why", "fined", "example", "rule_set")

    def build(engine: Engine, ask: Ask) -> ir.Table:
        every = decisions_known(engine, ask).mutate(fined=_fined())
        return every.group_by(*names).agg(n=_.count())

    rows = answer(engine, ask, "fines_placed", build)
    rows.sort(key=lambda row: tuple(str(row[name]) for name in names))
    return [Placed(**{name: row[name] for name in names}, n=int(row["n"])) for row in rows]


def _fined() -> ibis.Deferred:
    return (_.fine_fen > 0).fill_null(False) | (_.outcome == "fine").fill_null(False)


def places(engine: Engine, ask: Ask) -> list[Part]:
    """Decisions inside a band with room by the part of it in which their fine lies."""

    def build(engine: Engine, ask: Ask) -> ir.Table:
        return _parts(engine, ask).group_by("alike", "part").agg(n=_.case_id.nunique())

    rows = answer(engine, ask, "fine_places", build)
    found = [Part(row["alike"], int(row["part"]), int(row["n"])) for row in rows]
    return sorted(found, key=lambda one: (one.alike, one.part))


def _parts(engine: Engine, ask: Ask) -> ir.Table:
    free = held_against_band(decisions_known(engine, ask)).filter(_.free, _.position.notnull())
    part = ibis.least((_.position * PARTS).floor().cast("int64"), PARTS - 1)
    return free.mutate(part=part)


def noted(engine: Engine, ask: Ask) -> list[Noted]:
    """Every finding of every decision and of the payments of its case, the oldest decision first."""

    def build(engine: Engine, ask: Ask) -> ir.Table:
        known = decisions_known(engine, ask).rename(date="decided_date")
        names = ("station", "case_no", "date", "plate", "decision_no", "known_from")
        of_decision = known.select(*names, code=_.findings.unnest())
        of_payments = known.select(*names, code=_.payment_findings.unnest())
        return of_decision.union(of_payments).distinct()

    rows = answer(engine, ask, "fines_noted", build)
    found = [Noted(**row) for row in rows]
    found.sort(key=lambda one: (one.date, one.station, one.case_no, one.code, one.decision_no or ""))
    return found


def _cases(decisions: ir.Table) -> ir.Table:
    return decisions.select("case_id").distinct()


_POINT = re.compile(
    r"(?P<authority>[a-z]{1,20})\.(?P<measure>[a-z_]{1,20})\.(?P<step>[1-9]\d{0,9})\."
    r"(?P<kind>[a-z_]{1,20})\.(?P<x>-?\d{1,7})\.(?P<y>\d{1,9})"
)


def in_fines(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Decisions with a fine, or those of an authority: inside or outside of their band, or not assessed."""
    what, _dot, authority = rest.partition(".")
    every = decisions_known(engine, ask)
    if authority:
        every = every.filter(_.authority == ibis.literal(authority))
    kept: Mapping[str, Any] = {
        "all": _fined(),
        "assessed": _fined() & _.place.isin([*INSIDE, *OUTSIDE]),
        "inside": _fined() & _.place.isin(list(INSIDE)),
        "outside": _fined() & _.place.isin(list(OUTSIDE)),
        "unassessed": _fined() & (_.place == "unassessed"),
        "spared": ~_fined(),
    }
    return _cases(every.filter(kept[what])) if what in kept else None


def in_points(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Those that one dot stands for."""
    asked = _POINT.fullmatch(rest)
    if asked is None or asked["measure"] not in MEASURES or asked["kind"] not in KINDS:
        return None
    cells = _gridded(engine, ask, asked["authority"], asked["measure"], int(asked["step"]))
    kind = ibis.literal(asked["kind"])
    return _cases(cells.filter(_.kind == kind, _.x_bin == int(asked["x"]), _.y_bin == int(asked["y"])))


def in_places(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Like cases inside their band with room, or those in one part of it: `ALIKE~all|0-4`."""
    alike, _tilde, part = rest.rpartition("~")
    if not alike or not (part == "all" or re.fullmatch(r"[0-4]", part)):
        return None
    free = _parts(engine, ask).filter(_.alike == ibis.literal(alike))
    return _cases(free if part == "all" else free.filter(_.part == int(part)))


def in_units(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """What a unit decided inside bands with room, or outside of any: `station|team|officer~WHICH~NAME`, a
    team as `STATION~NAME`."""
    unit, _tilde, told = rest.partition("~")
    which, _tilde, name = told.partition("~")
    held = held_against_band(decisions_known(engine, ask))
    if which not in ("free", "outside", "held") or not name:
        return None
    held = held if which == "held" else held.filter(_[which])
    if unit == "station":
        return _cases(held.filter(_.station == ibis.literal(name)))
    if unit == "team":
        station, _tilde, team = name.partition("~")
        return _cases(held.filter(_.station == ibis.literal(station), _.team == ibis.literal(team)))
    if unit == "officer":
        return _cases(held.filter(_.officers.contains(ibis.literal(name))))
    return None


def in_findings(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Those with a finding, of the decision or of the payments of its case."""
    if re.fullmatch(r"[a-z0-9_]{1,40}", rest) is None:
        return None
    if rest == "paid_without_decision":
        return undecided.members(engine, ask)
    code, known = ibis.literal(rest), decisions_known(engine, ask)
    told = _.findings.contains(code) | _.payment_findings.contains(code).fill_null(False)
    return _cases(known.filter(told))
