"""Weights of a case against the limit that was applied, and why it is that limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from monitor.cases.limit import Vehicle, applied_limit

if TYPE_CHECKING:
    from monitor.settings.limits import LegalSource, Limits, WeightRule
    from monitor.settings.stations import Station
    from monitor.store.cases import CaseFile

STEP_KG = 2_000
CUT_STEP_KG = 10_000
CUT_SHARE = 0.9
"""The axis begins at the last ten tonnes below nine tenths of the least weight shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the limits with the text it comes from; `kg` is what it gives for this vehicle."""

    code: str
    kg: int
    rule: WeightRule
    source: LegalSource | None


@dataclass(frozen=True, slots=True)
class Weights:
    """Kilograms. `low_kg` and `high_kg` are the ends of the axis; where it does not begin at 0, it is cut.

    `limit_kg` is the limit that was applied: `recorded_kg`, what a source wrote, else what `rule` gives.
    """

    first_kg: int | None
    reweigh_kg: int | None
    limit_kg: int | None
    over_kg: int | None
    over_share: float | None
    recorded_kg: int | None
    rule: Rule | None
    axles: int | None
    vehicle: str | None
    low_kg: int
    high_kg: int

    def position(self, kg: int) -> float:
        """Where a weight lies on the axis, in per cent."""
        share = (kg - self.low_kg) / (self.high_kg - self.low_kg)
        return round(100 * min(max(share, 0.0), 1.0), 2)


def weights_of(file: CaseFile, station: Station | None, limits: Limits) -> Weights | None:
    """The weights; None where nothing was weighed and no limit is known."""
    state = file.state
    known = [kg for kg in (state.gross_kg, state.reweigh_kg, state.limit_kg) if kg is not None]
    if not known:
        return None
    recorded, weighed_at = _recorded(file)
    day = None if station is None else station.day_of(weighed_at)
    applied = None if day is None else applied_limit(limits, Vehicle(state.axles, state.vehicle), day)
    rule = None
    if applied is not None:
        found = limits.rules[applied.rule]
        rule = Rule(applied.rule, applied.kg, found, limits.sources.get(found.source))
    low = int(min(known) * CUT_SHARE) // CUT_STEP_KG * CUT_STEP_KG
    high = -(-int(max(known) * 1.03) // STEP_KG) * STEP_KG
    over = state.over_kg
    return Weights(
        first_kg=state.gross_kg,
        reweigh_kg=state.reweigh_kg,
        limit_kg=state.limit_kg,
        over_kg=over,
        over_share=over / state.limit_kg if over is not None and state.limit_kg else None,
        recorded_kg=recorded,
        rule=rule,
        axles=state.axles,
        vehicle=state.vehicle,
        low_kg=low,
        high_kg=max(high, low + STEP_KG),
    )


def _recorded(file: CaseFile) -> tuple[int | None, int]:
    """The limit a source wrote (the first by time, as in the fold), and when the vehicle was weighed."""
    recorded: int | None = None
    weighed_at: int | None = None
    for event in sorted(filter(file.is_valid, file.events), key=lambda one: one.occurred_at):
        data: dict[str, Any] = orjson.loads(event.data) if event.data else {}
        if recorded is None and data.get("limit_kg") is not None:
            recorded = data["limit_kg"]
        if weighed_at is None and data.get("gross_kg") is not None:
            weighed_at = event.occurred_at
    return recorded, file.state.first_at if weighed_at is None else weighed_at
