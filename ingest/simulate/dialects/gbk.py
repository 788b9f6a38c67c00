"""北关: a system that exports its whole ledger every week as CSV in GBK, with the time each row was saved."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ..case import SimCase
from ..ledger_defects import defective_rows, mended_at
from ..moments import stamp
from ..plan import Plan
from ..telling import Account, Layout, Planted, Row, Tells, Written
from .ledger_rows import OF_POLICE, OF_VEHICLE, SAID, ledger_row

SOURCE = "sim-gbk"

COLUMNS = {
    "case_no": "案件编号", "station": "站名", "check_no": "检测单号", "plate": "车牌号码",
    "plate_colour": "车牌颜色", "vehicle": "车型", "axles": "轴数", "gross": "总重(kg)", "limit": "限重(kg)",
    "approved_load": "核定载质量(kg)", "tare": "整备质量(kg)", "length": "车货总长(mm)",
    "width": "车货总宽(mm)", "height": "车货总高(mm)", "company": "统一社会信用代码", "party": "当事人类型",
    "authority": "处理机关", "confirmed": "认定时间", "filed": "立案时间", "notified": "告知时间",
    "notified_fine": "告知罚款(元)", "stated": "陈述申辩时间", "legal_review": "法制审核时间",
    "committee": "集体讨论时间",
    "decided": "决定时间", "decision_no": "决定书文号", "outcome": "处罚结果",
    "fine": "罚款(元)", "procedure": "适用程序", "officers": "执法人员编号", "team": "班组",
    "factors": "裁量因素", "evidence": "因素证据", "departure_reason": "偏离基准理由",
    "departure_evidence": "偏离基准证据", "departure_review": "偏离基准审核",
    "violation_removed": "违法消除时间",
    "released": "放行时间", "withdrawn": "撤案时间", "closed": "结案时间", "driver": "驾驶员姓名",
    "recorded_at": "录入时间",
}  # fmt: skip

LAYOUT = Layout(
    ("plate", "plate_colour", "vehicle", "axles", "gross", "limit", *OF_VEHICLE, "check_no", "authority",
     "driver"),
    (
        Tells("confirmed", ("confirmed",)),
        Tells("filed", ("filed",)),
        Tells("notified", ("notified",), ("notified_fine",)),
        Tells("stated", ("stated",)),
        Tells("legal_review", ("legal_review",)),
        Tells("committee", ("committee",)),
        Tells("decided", ("decided",), ("decision_no", "outcome", "fine", "authority", *SAID)),
        Tells("violation_removed", ("violation_removed",)),
        Tells("released", ("released",)),
        Tells("withdrawn", ("withdrawn",)),
        Tells("closed", ("closed",)),
    ),
)

TIMES = frozenset(tells.at[0] for tells in LAYOUT.events) | {"recorded_at"}


def text_of(key: str, value: Any) -> str:
    """A cell as such a system writes it."""
    if value is None:
        return ""
    if key in TIMES and not isinstance(value, str):
        return stamp(value)
    if key in ("fine", "notified_fine"):
        return f"{value / 100:.2f}"
    return str(value)


def export_row(case: SimCase, told_by: int) -> Row:
    """The row of a case; police decisions come from the police alone."""
    row = ledger_row(case, told_by)
    if case.authority == "police":
        for key in OF_POLICE:
            row.values.pop(key, None)
    return row


def write(
    path: Path, cases: Sequence[SimCase], plan: Plan, export: int, exports: Sequence[int], account: Account
) -> tuple[Written, list[Planted]]:
    """Write the whole ledger as of an export."""
    written = Written(path.name, SOURCE)
    planted: list[Planted] = []
    out = StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS.values())
    number = 1
    for case in cases:
        if case.first("confirmed", export) is None:
            continue
        rows = defective_rows(export_row(case, export), case, plan, export, exports)
        if not rows and export == mended_at("row_gone", case, exports):
            planted.append(
                Planted("row_gone", "absence", "", SOURCE, path.name, None, 0, None, case.site.code,
                        case.case_no, None)
            )  # fmt: skip
        for row in rows:
            number += 1
            lines.writerow([text_of(key, {**row.values, **row.shown}.get(key)) for key in COLUMNS])
            account.ledger_row(written, LAYOUT, row)
            planted += [
                Planted(plant.kind, plant.expect, plant.reason, SOURCE, path.name, None, number,
                        COLUMNS.get(plant.column or ""), row.station, row.case_no, plant.activity)
                for plant in row.plants
            ]  # fmt: skip
    path.write_bytes(out.getvalue().encode("gbk"))
    return written, planted
