"""First weighings as they come by the hundred thousand: columns of plain values instead of events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from monitor.cases.terms import Terms

COLUMNS = ("plate", "plate_colour", "vehicle", "axles", "gross_kg", "limit_kg")
"""Keys of a weighing's data that are columns of their own; `check_no` is one as well."""


class Weighings(NamedTuple):
    """First weighings that name no case, column by column; the i-th values of all are one weighing.

    `rest` is the canonical JSON of the data that has no column here, `{}` for nothing.
    """

    rows: list[int]
    stations: list[str]
    check_nos: list[str]
    ats: list[int]
    plates: list[str | None]
    plate_colours: list[str | None]
    vehicles: list[str | None]
    axles: list[int | None]
    gross_kg: list[int | None]
    limit_kg: list[int | None]
    rest: list[str]

    @classmethod
    def none(cls) -> Weighings:
        """No weighing."""
        return cls([], [], [], [], [], [], [], [], [], [], [])

    def add(self, others: Weighings) -> None:
        """Append other weighings."""
        mine: Any
        more: Any
        for mine, more in zip(self, others, strict=True):
            mine += more

    def each(self) -> Iterator[tuple[Any, ...]]:
        """One weighing after the other, its values in the order of the fields."""
        return zip(*self, strict=True)


def weighing_data(check_no: str, values: tuple[Any, ...], rest: str) -> str:
    """The canonical JSON of a weighing's data: its number, the values of `COLUMNS`, and the rest."""
    told = {key: value for key, value in zip(COLUMNS, values, strict=True) if value is not None}
    data = {**orjson.loads(rest), **told, "check_no": check_no}
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


NO_BOUND = 1_000_000
"""More than any scale weighs."""


def limit_or_bound(terms: Terms, vehicle: str | None, axles: int | None, at: int) -> tuple[int | None, int]:
    """The limit by the rules, if the facts single out one, and the weight above which the vehicle is over it.

    Where class or axles are not known, that is the greatest limit of those it may have: what is over all of
    them is over its own, whichever that is.
    """
    found = terms.weight_limit(vehicle, axles, at)
    if found is not None:
        return found[0], found[0]
    classes = _CLASSES if vehicle is None else (vehicle,)
    several = _AXLES if axles is None else (axles,)
    limits = [terms.weight_limit(one, number, at) for one in classes for number in several]
    return None, max((limit[0] for limit in limits if limit is not None), default=NO_BOUND)


_CLASSES = ("truck", "combination")
_AXLES = range(2, 9)


def numbered(station: str, check_no: str) -> str:
    """What a source calls a first weighing: its check number is unique at its station."""
    return f"{station}/{check_no}"
