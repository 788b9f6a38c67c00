"""What the tiers of a rule set are told apart by: measures with their units, and bounds open or closed.

A bound becomes a whole number: kilograms, millimetres and counts as they are; a share as twice its hundredths
of a percent, odd for whatever lies strictly between two of them. So `to: 30` and `above: 30` meet without a
gap, exactly, and no float decides a case.
"""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, NamedTuple

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from monitor.settings.entry import Entry

HIGHEST = 10**15
"""Beyond every value; the last place of a tier without an upper bound."""

UNITS = {
    "over": ("kg", "t", "percent"),
    "load_over": ("kg", "t", "percent"),
    "gross": ("kg", "t"),
    "height": ("mm", "cm", "m"),
    "width": ("mm", "cm", "m"),
    "length": ("mm", "cm", "m"),
}
"""Measures with a unit, which ends their key: `over_kg`, `height_m`."""

COUNTS = ("prior_acts", "prior_driver_acts")
"""Measures without one: illegal overloads in the rolling year before the act."""

FACTOR = {"kg": 1, "t": 1_000, "mm": 1, "cm": 10, "m": 1_000, "percent": 100}
"""What one unit is in kg, mm or hundredths of a percent."""

MEASURES = (
    "over_kg", "over_percent", "load_over_kg", "load_over_percent", "gross_kg", "prior_acts",
    "prior_driver_acts", "height_mm", "width_mm", "length_mm",
)  # fmt: skip
"""Every measure in the unit in which it is held.

`over` is the gross mass over the limit that was applied, in percent of it; `load_over` the load (gross mass
less 整备质量) over the approved load (核定载质量), in percent of that.
"""

LOWEST = {name: 1 if "over" in name else 0 for name in MEASURES}
"""The first place of a measure: nothing is over that is not strictly over."""


def _number(value: Any, _: ValidatorFunctionWrapHandler) -> int | float:
    """As it stands: neither text nor true and false, and finite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise PydanticCustomError("not_a_number", "not a number", {"value": str(value)})
    return value


Number = Annotated[int | float, WrapValidator(_number)]


class Bounds(Entry):
    """From where to where: `above` >, `from` ≥, `to` ≤, `below` <; one left out leaves that side open."""

    above: Number | None = None
    since: Number | None = Field(default=None, alias="from")
    to: Number | None = None
    below: Number | None = None


class BadMeasure(ValueError):
    """A measure or bound that cannot be used; `code` is a problem of configuration, `params` fill it."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Reach(NamedTuple):
    """The places of a measure from `first` to `last`, both within."""

    measure: str
    first: int
    last: int


def reach_of(key: str, bounds: Bounds) -> Reach:
    """A measure's key and bounds as places. Raises BadMeasure."""
    measure, factor = _measure(key)
    if bounds.above is not None and bounds.since is not None:
        raise BadMeasure("two_bounds", one="above", other="from")
    if bounds.to is not None and bounds.below is not None:
        raise BadMeasure("two_bounds", one="to", other="below")
    share = measure.endswith("_percent")
    first, last = LOWEST[measure], HIGHEST
    for told, step in ((bounds.since, 0), (bounds.above, 1)):
        if told is not None:
            first = max(first, _place(told, factor, share) + step)
    for told, step in ((bounds.to, 0), (bounds.below, -1)):
        if told is not None:
            last = _place(told, factor, share) + step
    if first > last:
        raise BadMeasure("empty_bounds")
    return Reach(measure, first, last)


def _measure(key: str) -> tuple[str, int]:
    if key in COUNTS:
        return key, 1
    stem, _, unit = key.rpartition("_")
    if stem not in UNITS:
        known = [f"{name}_{unit}" for name, units in UNITS.items() for unit in units]
        raise BadMeasure("unknown_measure", value=key, known=", ".join((*known, *COUNTS)))
    if unit not in UNITS[stem]:
        known = [f"{stem}_{one}" for one in UNITS[stem]]
        raise BadMeasure("unknown_unit", value=unit, known=", ".join(known))
    held = {"kg": "kg", "t": "kg", "percent": "percent"}.get(unit, "mm")
    return f"{stem}_{held}", FACTOR[unit]


def _place(told: int | float, factor: int, share: bool) -> int:
    exact = Decimal(str(told)) * factor
    if abs(exact) > 10**12:
        raise BadMeasure("out_of_range", value=str(told), bound=f"≤ {10**12 // factor}")
    if exact != int(exact):
        raise BadMeasure("too_fine", value=str(told))
    return int(exact) * 2 if share else int(exact)


def share_place(part: int, whole: int) -> int:
    """The place of a share: `part` of `whole`, two whole numbers, without rounding."""
    hundredths, rest = divmod(part * 10_000, whole)
    return 2 * hundredths + (rest > 0)


def told(reach: Reach) -> str:
    """A reach as people read it, in the units of `MEASURES`: `over_kg > 1000, ≤ 5000`."""
    measure, first, last = reach
    share = measure.endswith("_percent")
    if first == last and not (share and first % 2):
        return f"{measure} = {_per_cent(first // 2) if share else first}"
    sides = []
    if first > LOWEST[measure]:
        sides.append(f"{'>' if first % 2 else '≥'} {_per_cent(first // 2)}" if share else f"≥ {first}")
    if last < HIGHEST:
        sides.append(f"{'<' if last % 2 else '≤'} {_per_cent((last + 1) // 2)}" if share else f"≤ {last}")
    return f"{measure} {', '.join(sides)}" if sides else measure


def _per_cent(hundredths: int) -> str:
    return f"{Decimal(hundredths) / 100:f}"
