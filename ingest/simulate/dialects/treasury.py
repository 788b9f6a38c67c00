"""财政到账: statements of the treasury, UTF-8 with BOM, known by payment code; events have no ids."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import SimCase
from ..plan import Plan
from ..telling import Plant, Row
from .event_file import EventDialect, copy_with, event_row
from .labels import CHANNELS

DIALECT = EventDialect(
    "sim-treasury", "财政到账", ".csv", "utf-8-sig",
    {
        "payment_code": "缴款码", "station": "执收单位", "case_no": "案件编号", "label": "业务类型",
        "at": "业务时间", "amount": "金额(元)", "channel": "缴款渠道", "reason": "原因",
    },
    ("payment_code", "amount", "channel", "reason"),
)  # fmt: skip

ACTIVITIES = ("pay_requested", "pay_failed", "paid", "pay_confirmed")
BY_LEDGER = ("pay_requested", "paid")
"""The template ledger tells these itself; told twice, the amount would count twice."""


def rows(cases: Sequence[SimCase], plan: Plan, until: int) -> list[Row]:
    """Every step of payment by `until`, with the planned defects."""
    found: list[Row] = []
    for case in cases:
        ledger = case.site.dialect == "template"
        own = [
            event_row(
                case, step, DIALECT,
                payment_code=step.data["payment_code"],
                amount=step.data["amount_fen"],
                channel=CHANNELS[step.data["channel"]] if "channel" in step.data else None,
                reason=step.data.get("reason"),
            )
            for step in case.steps
            if step.activity in ACTIVITIES and step.told_at <= until
            and not (ledger and step.activity in BY_LEDGER)
        ]  # fmt: skip
        found += own
        if kind := plan.kind("treasury", case.case_no):
            paid = next(row for row in own if row.values["activity"] == "paid")
            if kind == "duplicate_row":
                found.append(copy_with(paid, Plant(kind, "duplicate", "", None, "paid")))
            else:
                plant = Plant(kind, "row_lost", "missing_case_no", "case_no")
                found.append(copy_with(paid, plant, whole=True, case_no=None))
    return found
