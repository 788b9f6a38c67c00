"""Weighing records of the exchange between station and province (DOMAIN: its names, codes and units)."""

from __future__ import annotations

from typing import Any

from ..moments import stamp
from ..telling import Row
from .traffic import Weighing

TOLL = {"blue": "0", "yellow": "1", "black": "2", "white": "3", "green": "4", "yellow_green": "5"}
JTT415 = {"blue": "1", "yellow": "2", "black": "3", "white": "4", "green": "5", "yellow_green": "5"}
"""JT/T 415 knows no yellow-green; such plates are green there. Its 1 is blue, which is yellow in the set of
the toll systems: read by the wrong set nearly every truck changes its colour."""

FIELDS = (
    "checkNo", "siteCode", "checkType", "lane", "scaleNo", "checkTime", "plateNum", "plateNumColor",
    "axleCnt", "sumWeight", "limitWeight", "overWeight", "overRate", "speed", "length", "width", "height",
)  # fmt: skip
CONTENT = ("check_no", "lane", "scale", "plate", "colour", "axles", "gross", "limit", "speed")
"""What a weighing says beside station, kind and time, as the account of the simulator counts it."""


def row_of(one: Weighing) -> Row:
    """A weighing as a row; it stands under its check number."""
    values: dict[str, Any] = {
        "activity": one.activity,
        "at": one.at,
        "told_at": one.told_at,
        "check_no": one.check_no,
        "check_type": one.check_type,
        "lane": one.lane,
        "scale": one.scale,
        "plate": one.car.plate,
        "colour": one.car.colour,
        "axles": one.car.axles,
        "gross": one.car.gross_kg,
        "limit": one.car.limit_kg,
        "speed": 4 + sum(map(ord, one.check_no)) % 5 if one.site.holds else 60 + int(one.lane),
    }
    return Row(one.site.code, one.check_no, values)


def record(row: Row, colours: dict[str, str], mass: Any) -> dict[str, Any]:
    """The row by the names of the exchange. `mass` writes kilograms as the sender writes them."""
    told = row.values
    over = told["gross"] - told["limit"]
    return {
        "checkNo": told["check_no"],
        "siteCode": row.station,
        "checkType": told["check_type"],
        "lane": told["lane"],
        "scaleNo": told["scale"],
        "checkTime": stamp(told["at"]),
        "plateNum": told["plate"],
        "plateNumColor": row.shown.get("colour", colours[told["colour"]]),
        "axleCnt": told["axles"],
        "sumWeight": row.shown.get("gross", mass(told["gross"])),
        "limitWeight": mass(told["limit"]),
        "overWeight": mass(over) if over > 0 else None,
        "overRate": round(100 * over / told["limit"], 2) if over > 0 else None,
        "speed": told["speed"],
        "length": 17_500 if told["axles"] > 4 else 9_600,
        "width": 2_550,
        "height": 3_980,
    }
