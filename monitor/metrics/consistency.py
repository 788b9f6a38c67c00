"""Whether like cases get like penalties: within their band, between units, with circumstances, over time.

Like cases are those of one authority, rule set and tier. Nothing here says that anyone broke a rule: it says
where a person should look, and never how much money anyone brought in. Units stand in the order of their
codes; below the minimum size nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.decisions import decisions_known, held_against_band, refuse
from monitor.metrics.drift import LEVEL, Change, changes, rule_changes
from monitor.metrics.engine import Engine, answer
from monitor.metrics.like_cells import FACTS, Cells, cells
from monitor.metrics.small_numbers import wilson
from monitor.metrics.unit_effects import Fit, effects, fit, shares

UNIFORM = 0.95
"""This share of the fines of one amount is uniform."""
EACH_WAY = 3
"""Cases with a circumstance, and as many without, for circumstances to differ."""
CIRCUMSTANCES = ("mitigating", "aggravating", "repeats")
UNITS = ("station", "team", "officer")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the answer. By `kind`:

    `tier`: like cases named by `name`; k of n inside the band; `middle`, `lower`, `upper`: median and
    quartiles of the place in the band (0 its floor, 1 its ceiling) of the `free` cases inside a band with
    room.
    `note`: `no_discretion` where the rule leaves no room, `uniform_fines`, `too_few`.
    `uniform`: like cases at `station` with k of n fines of one amount although circumstances differ.
    `station`, `team`, `officer`: the unit `name` (a team with its `station`): k outside the band of n and
    what its mix of like cases would give (`expected`), `place` in the exact funnel; `above_middle` of
    `free` cases, `expected_above` and `place_above`; `effect` of the band beyond the middle unit with the
    facts of the cases accounted for, 95 % interval, `spread`, `p` after control of false discoveries.
    `note`: `stands_out`, `too_few`.
    `circumstance`: what a recorded circumstance adds, k cases with it of n. `note`: `no_effect_shown`,
    `lower`, `higher`, `too_few`.
    `drift`: by authority (`name`), from month `period` on, k cases before of n. `rule_change`: like cases
    before and after version `period` of their rule set.
    """

    kind: str
    name: str
    station: str | None = None
    period: str | None = None
    k: int | None = None
    n: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    place: str | None = None
    free: int | None = None
    above_middle: int | None = None
    expected_above: float | None = None
    place_above: str | None = None
    lower: float | None = None
    middle: float | None = None
    upper: float | None = None
    effect: float | None = None
    spread: float | None = None
    p: float | None = None
    note: str | None = None


def consistency(engine: Engine, ask: Ask, few_n: int) -> list[Line]:
    """Every line; nothing where no decision can be held against a band."""
    refuse("consistency", ask)
    by_tier = answer(engine, ask, "consistency.tiers", lambda engine, ask: _tiers(members(engine, ask)))
    if not by_tier:
        return []
    amounts = _amounts_told(engine, ask)
    found = _tier_lines(by_tier, amounts, few_n) + _uniform_lines(amounts, few_n)
    teams = cells(
        engine, ask, ["station", "team"], lambda facts: facts.mutate(team=ibis.coalesce(_.team, ""))
    )
    officers = cells(engine, ask, ["officer"], lambda facts: facts.mutate(officer=_.officers.unnest()))
    found += _unit_lines("station", teams.joined(lambda unit: unit[:1]), few_n)
    found += _unit_lines("team", _named_teams(teams), few_n)
    found += _unit_lines("officer", officers, few_n)
    if any(row["free"] for row in by_tier):
        fitted = fit(teams)
        found += _circumstances(teams, fitted, few_n)
        months = cells(engine, ask, ["decided_month"], lambda facts: facts)
        found += [_change("drift", one) for one in changes(months, fitted, few_n)]
        found += [_change("rule_change", one) for one in rule_changes(months, fitted, few_n)]
    return found


def uniform_fines(engine: Engine, ask: Ask, few_n: int) -> list[Line]:
    """The lines `uniform` alone, which need no model."""
    refuse("consistency", ask)
    return _uniform_lines(_amounts_told(engine, ask), few_n)


def _amounts_told(engine: Engine, ask: Ask) -> list[dict[str, Any]]:
    return answer(engine, ask, "consistency.amounts", lambda engine, ask: _amounts(members(engine, ask)))


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per decision that is compared."""
    return held_against_band(decisions_known(engine, ask))


def _tiers(held: ir.Table) -> ir.Table:
    return held.group_by("alike").agg(
        n=_.count(), inside=(~_.outside).sum(), free=_.free.sum(), room=(_.high_fen > _.low_fen).sum(),
        at=_.position.quantile([0.25, 0.5, 0.75], where=_.free),
    )  # fmt: skip


def _amounts(held: ir.Table) -> ir.Table:
    """Cases inside a band with room by station and amount, and how many have each circumstance."""
    told = {
        "mitigating": _.mitigating > 0, "aggravating": _.aggravating > 0, "repeats": _.prior_acts > 0,
    }  # fmt: skip
    return (
        held.filter(_.free)
        .group_by(["alike", "station", "fine_fen"])
        .agg(n=_.count(), **{name: test.fill_null(False).sum() for name, test in told.items()})
    )


def _tier_lines(tiers: list[dict[str, Any]], amounts: list[dict[str, Any]], few_n: int) -> list[Line]:
    found = []
    for row in sorted(tiers, key=lambda row: row["alike"]):
        n, few = int(row["n"]), row["n"] < few_n
        interval = wilson(int(row["inside"]), n)
        lower, middle, upper = row["at"] if row["free"] >= few_n else (None, None, None)
        note = "too_few" if few else None if row["room"] else "no_discretion"
        if note is None and _uniform([one for one in amounts if one["alike"] == row["alike"]], few_n):
            note = "uniform_fines"
        found.append(
            Line(
                "tier", row["alike"], k=int(row["inside"]), n=n, share=None if few else row["inside"] / n,
                low=interval.low if interval else None, high=interval.high if interval else None,
                free=int(row["free"]), lower=lower, middle=middle, upper=upper, note=note,
            )
        )  # fmt: skip
    return found


def _uniform(amounts: Sequence[dict[str, Any]], few_n: int) -> tuple[int, int] | None:
    """The cases of the commonest amount and all of them, where nearly all are of one although recorded
    circumstances differ and there are enough of them."""
    n = sum(row["n"] for row in amounts)
    top = max((row["n"] for row in amounts), default=0)
    differ = any(EACH_WAY <= sum(row[name] for row in amounts) <= n - EACH_WAY for name in CIRCUMSTANCES)
    return (int(top), int(n)) if n >= few_n and top >= UNIFORM * n and differ else None


def _uniform_lines(amounts: Sequence[dict[str, Any]], few_n: int) -> list[Line]:
    by_station: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in amounts:
        by_station.setdefault((row["alike"], row["station"]), []).append(row)
    found = []
    for (alike, station), rows in sorted(by_station.items()):
        uniform = _uniform(rows, few_n)
        if uniform is not None:
            k, n = uniform
            found.append(Line("uniform", alike, station, k=k, n=n, share=k / n, note="uniform_fines"))
    return found


def _named_teams(teams: Cells) -> Cells:
    """Without the cases that name no team: those are no unit."""
    from dataclasses import replace

    at = [place for place, unit in enumerate(teams.unit) if unit[1]]
    return replace(
        teams, alike=[teams.alike[place] for place in at], unit=[teams.unit[place] for place in at],
        **{name: getattr(teams, name)[at] for name in (
            "n", "outside", "free", "above_middle", "y", "yy", "x", "xy", "xx")},
    )  # fmt: skip


def _unit_lines(kind: str, told: Cells, few_n: int) -> list[Line]:
    if not told.unit:
        return []
    found = []
    lines = zip(
        shares(told, "outside", few_n), shares(told, "above_middle", few_n), effects(told, few_n), strict=True
    )
    for outside, above, effect in lines:
        few = outside.expected is None
        out = outside.stands_out or effect.stands_out
        found.append(
            Line(
                kind, effect.unit[-1], station=effect.unit[0] if kind == "team" else None,
                k=outside.k, n=outside.n, share=None if few else outside.k / outside.n,
                expected=outside.expected, place=outside.place.value, free=above.n, above_middle=above.k,
                expected_above=above.expected, place_above=above.place.value, effect=effect.effect,
                low=effect.low, high=effect.high, spread=effect.spread, p=effect.adjusted,
                note="too_few" if few else "stands_out" if out else None,
            )
        )  # fmt: skip
    return found


def _circumstances(teams: Cells, fitted: Fit, few_n: int) -> list[Line]:
    found = []
    n = int(teams.free.sum())
    for name in ("mitigating", "aggravating"):
        at = FACTS.index(name)
        k = round(float(teams.x[:, at].sum()))
        if min(k, n - k) < few_n or not fitted.estimable[at]:
            found.append(Line("circumstance", name, k=k, n=n, note="too_few"))
            continue
        effect, reach = float(fitted.parts[at]), 1.959963984540054 * float(fitted.errors[at])
        low, high = effect - reach, effect + reach
        note = "lower" if high < 0 else "higher" if low > 0 else "no_effect_shown"
        found.append(Line("circumstance", name, k=k, n=n, effect=effect, low=low, high=high, note=note))
    return found


def _change(kind: str, one: Change) -> Line:
    return Line(
        kind, one.series, period=one.month, k=one.before, n=one.before + one.after, effect=one.effect,
        low=one.low, high=one.high, p=one.p, note="changed" if one.p <= LEVEL else None,
    )  # fmt: skip
