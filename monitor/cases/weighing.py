"""First weighings as they come by the hundred thousand: columns of plain values instead of events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

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


def numbered(station: str, check_no: str) -> str:
    """What a source calls a first weighing: its check number is unique at its station."""
    return f"{station}/{check_no}"
