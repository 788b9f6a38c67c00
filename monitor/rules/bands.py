"""Which tier a decision falls in, and what it allows: pure arithmetic on whole kilograms and fen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from monitor.rules.assessment import Band, Place
from monitor.rules.book import ActRule, InForce, TierRule
from monitor.rules.decision import Decision
from monitor.settings.measure import share_place
from monitor.settings.penalties import Penalty

_WARNING = Penalty.WARNING.value
_NO_PENALTY = Penalty.NO_PENALTY.value


class Tiered(NamedTuple):
    """An act with the tier a decision falls in."""

    act: ActRule
    tier: TierRule


class Allowed(NamedTuple):
    """What the acts of a decision allow together, or why that cannot be told.

    `relaxed`: no fine is wanted, a warning or nothing is the penalty. `confirmed`: every rule used was held
    against its published text, and the reading of a part-tonne as well where it made a difference.
    """

    acts: tuple[Tiered, ...]
    band: Band | None
    why: str | None
    relaxed: bool = False
    confirmed: bool = True


def _over_kg(d: Decision) -> int | None:
    return None if d.gross_kg is None or d.limit_kg is None else d.gross_kg - d.limit_kg


def _over_percent(d: Decision) -> int | None:
    if d.gross_kg is None or d.limit_kg is None or d.limit_kg <= 0:
        return None
    return share_place(d.gross_kg - d.limit_kg, d.limit_kg)


def _load_over_kg(d: Decision) -> int | None:
    if d.gross_kg is None or d.tare_kg is None or d.approved_load_kg is None:
        return None
    return d.gross_kg - d.tare_kg - d.approved_load_kg


def _load_over_percent(d: Decision) -> int | None:
    over = _load_over_kg(d)
    if over is None or d.approved_load_kg is None or d.approved_load_kg <= 0:
        return None
    return share_place(over, d.approved_load_kg)


PLACES: dict[str, Callable[[Decision], int | None]] = {
    "over_kg": _over_kg,
    "over_percent": _over_percent,
    "load_over_kg": _load_over_kg,
    "load_over_percent": _load_over_percent,
    "gross_kg": lambda d: d.gross_kg,
    "prior_acts": lambda d: d.prior_acts,
    "prior_driver_acts": lambda d: d.prior_driver_acts,
    "height_mm": lambda d: d.height_mm,
    "width_mm": lambda d: d.width_mm,
    "length_mm": lambda d: d.length_mm,
}
"""The place of a decision on each measure; None where what it needs is not told."""


def _missing(measure: str, d: Decision) -> str:
    """Why a measure has no place: a text `rules.why.<why>`."""
    if measure.startswith("load_over"):
        if not d.approved_load_kg or d.approved_load_kg < 0:
            return "approved_load_missing"
        return "tare_missing" if d.tare_kg is None else "weights_missing"
    if measure.startswith("prior"):
        return "repeats_unknown"
    return "sizes_missing" if measure.endswith("_mm") else "weights_missing"


def tier_of(act: ActRule, d: Decision) -> TierRule | str | None:
    """The tier that a decision falls in; None where the act was not done; else why it is not known."""
    grid = act.grid
    places = [PLACES[measure](d) for measure in grid.measures]
    found = grid.find(places)
    if found is None:
        for measure, place in zip(grid.measures, places, strict=True):
            if place is None:
                return _missing(measure, d)
    return None if found is None or found < 0 else act.tiers[found]


def over_size(d: Decision, sizes: tuple[int, int, int] | None) -> bool:
    """Whether a size that is told exceeds its limit."""
    if sizes is None:
        return False
    height, width, length = sizes
    return (
        (d.height_mm is not None and d.height_mm > height)
        or (d.width_mm is not None and d.width_mm > width)
        or (d.length_mm is not None and d.length_mm > length)
    )


def allowed(d: Decision, rules: InForce, *, by_law: bool = False) -> Allowed:
    """What the acts of a decision allow together; `by_law` leaves baselines aside."""
    named = rules.named.get(d.act) if d.act is not None else None
    acts = (named,) if named is not None else rules.acts
    if not acts:
        return Allowed((), None, "no_rule_set")
    found: list[Tiered] = []
    why: str | None = None
    for act in acts:
        if act.key == "size" and not over_size(d, rules.sizes):
            continue
        if by_law and act.baseline:
            law = rules.law.get(act.key)
            if law is None:
                continue
            act = law
        tier = tier_of(act, d)
        if isinstance(tier, str):
            # What weighs most is said first; an act of unknown tier leaves the sum unknown.
            why = why or tier
        elif tier is not None:
            found.append(Tiered(act, tier))
    if why is not None:
        return Allowed(tuple(found), None, why)
    if not found:
        return Allowed((), None, "nothing_over")
    return _sum(found, d, rules.together)


def _sum(found: list[Tiered], d: Decision, most: int | None) -> Allowed:
    low = high = other_low = other_high = 0
    relaxed = confirmed = True
    for act, tier in found:
        confirmed = confirmed and act.confirmed
        if tier.penalty not in (_WARNING, _NO_PENALTY):
            relaxed = False
        if not tier.every_kg:
            low, high = low + tier.low, high + tier.high
            other_low, other_high = other_low + tier.low, other_high + tier.high
            continue
        steps, rest = divmod(_over_kg(d) or 0, tier.every_kg)
        fen = min(tier.most, (steps if act.floor or not rest else steps + 1) * tier.step)
        other = min(tier.most, (steps + 1 if act.floor and rest else steps) * tier.step)
        low, high = low + fen, high + fen
        other_low, other_high = other_low + other, other_high + other
        if fen != other:
            confirmed = confirmed and act.rounding_confirmed
    if most is not None:
        low, high = min(low, most), min(high, most)
        other_low, other_high = min(other_low, most), min(other_high, most)
    differs = (low, high) != (other_low, other_high)
    band = Band(low, high, other_low, other_high) if differs else Band(low, high)
    return Allowed(tuple(found), band, None, relaxed, confirmed)


def within(fine: int, band: Band) -> bool:
    """Whether a fine lies in a band by either reading of a part-tonne."""
    if band.low <= fine <= band.high:
        return True
    return (
        band.other_low is not None
        and band.other_high is not None
        and (band.other_low <= fine <= band.other_high)
    )


def placed(fine: int, band: Band) -> tuple[Place, float | None]:
    """Where a fine lies in its band and how far up; the thirds of a band with room are low, middle, high.

    A fine that only the other reading of a part-tonne allows is placed in that one.
    """
    low, high = band.low, band.high
    if not low <= fine <= high and within(fine, band) and band.other_low is not None:
        low, high = band.other_low, band.other_high or 0
    room = high - low
    position = (fine - low) / room if room else None
    if fine < low:
        return Place.BELOW, position
    if fine > high:
        return Place.ABOVE, position
    if not room:
        return Place.NO_DISCRETION, None
    if 3 * (fine - low) < room:
        return Place.LOW, position
    return (Place.MIDDLE if 3 * (fine - low) <= 2 * room else Place.HIGH), position
