"""What the titles of the Discretion page may say: a fixed sentence per rule, else the neutral one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.views.said import Code, Said, Value

if TYPE_CHECKING:
    from dashboard.views.discretion import LinesPart, PointsPart
    from dashboard.views.discretion_units import Funnel
    from monitor.metrics.consistency import Line


def points_finding(part: PointsPart, few: int) -> Said:
    """k of n inside the band, or of the amount that a formula gives; with few of them no more than that."""
    authority = Code("authorities", part.authority)
    if not part.n:
        return Said("discretion.points.neutral", {"authority": authority})
    fields: dict[str, Value] = {"authority": authority, "k": part.inside, "n": part.n}
    if part.n < few:
        return Said("discretion.points.few", fields)
    room = part.band is not None and part.band.room
    return Said("discretion.points.inside" if room else "discretion.points.agree", fields)


def places_finding(lines: tuple[Line, ...]) -> Said:
    """Whether fines of one amount stand where circumstances differ."""
    uniform = [line for line in lines if line.kind == "tier" and line.note == "uniform_fines"]
    if uniform:
        return Said("discretion.places.uniform", {"n": len(uniform)})
    return Said("discretion.places.neutral")


def units_finding(found: Funnel) -> Said:
    """How many units stand out, after all were looked at together; of too small ones nothing."""
    kind = Code("discretion.unit_of", found.kind)
    n = len(found.units)
    if not n:
        return Said("discretion.units.none", {"kind": kind})
    if found.small == n:
        return Said("discretion.units.all_few", {"kind": kind, "n": n})
    if found.out:
        return Said("discretion.units.out", {"kind": kind, "n": n, "out": found.out, "few": found.small})
    return Said("discretion.units.within", {"kind": kind, "n": n, "few": found.small})


def time_findings(part: LinesPart) -> list[Said]:
    """What recorded circumstances add, and what changed with time; nothing that is not shown."""
    found = []
    for line in part.of("circumstance"):
        fields: dict[str, Value] = {
            "what": Code("rules.effects", line.name),
            "k": line.k or 0,
            "n": line.n or 0,
        }
        found.append(Said(f"discretion.time.{line.note}", {**fields, **_effect(line)}))
    for line in part.of("drift"):
        fields = {"what": Code("authorities", line.name), "month": line.period or ""}
        found.append(Said("discretion.time.drift", {**fields, **_effect(line)}))
    for line in part.of("rule_change"):
        key = "discretion.time.rule_change" if line.note == "changed" else "discretion.time.rule_same"
        authority, _, rest = line.name.partition("|")
        fields = {"what": Code("authorities", authority), "tier": rest.rpartition("|")[2]}
        found.append(Said(key, {**fields, "version": line.period or "", **_effect(line)}))
    return found


def _effect(line: Line) -> dict[str, Value]:
    """In hundredths of the band, signed."""
    told = {"effect": line.effect, "low": line.low, "high": line.high}
    return {name: "—" if value is None else f"{100 * value:+.0f}" for name, value in told.items()}
