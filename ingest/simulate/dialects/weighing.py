"""称重记录: first weighings under the names and codes of the exchange with the province."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import SimCase
from ..telling import Row
from .event_file import EventDialect, event_row
from .labels import COLOUR_NUMBERS

DIALECT = EventDialect(
    "sim-weighing", "称重记录", ".csv", "utf-8",
    {
        "check_no": "checkNo", "station": "siteCode", "case_no": "caseNo", "label": "checkType",
        "at": "checkTime", "plate": "plateNum", "plate_colour": "plateNumColor", "axles": "axleCnt",
        "gross": "sumWeight(kg)",
    },
    ("check_no", "plate", "plate_colour", "axles", "gross"),
    station="code",
)  # fmt: skip


def rows(cases: Sequence[SimCase], until: int) -> list[Row]:
    """First weighings of the cases; the template's station notes them in its ledger."""
    found: list[Row] = []
    for case in cases:
        step = case.first("weighed", until)
        if step is None or case.site.dialect == "template":
            continue
        row = event_row(
            case, step, DIALECT,
            check_no=case.check_no,
            plate=case.vehicle.plate,
            plate_colour=COLOUR_NUMBERS[case.vehicle.colour],
            axles=case.vehicle.axles,
            gross=case.vehicle.gross_kg,
        )  # fmt: skip
        row.values["label"] = "1"
        found.append(row)
    return found
