"""外环: off-site cases from a web system, an HTML table named .xls. It knows days, no hours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..case import SimCase
from ..moments import day_start, local
from ..telling import Account, Layout, Tells, Written
from .ledger_rows import SAID, ledger_row

SOURCE = "sim-offsite"

COLUMNS = {
    "station": "检测点", "case_no": "案件编号", "plate": "号牌号码", "plate_colour": "号牌颜色",
    "vehicle": "车型", "axles": "轴数", "gross": "总重(吨)", "limit": "限重(吨)",
    "confirmed": "检测日期", "filed": "立案日期",
    "notified": "告知日期", "decided": "决定日期", "decision_no": "决定书文号", "outcome": "处罚结果",
    "fine": "罚款金额(元)", "procedure": "适用程序", "officers": "执法人员编号", "team": "班组",
    "factors": "裁量因素", "evidence": "因素证据", "departure_reason": "偏离基准理由",
    "departure_evidence": "偏离基准证据", "departure_review": "偏离基准审核", "legal_review": "法制审核日期",
    "committee": "集体讨论日期", "stated": "陈述申辩日期", "notified_fine": "告知罚款(元)",
    "company": "统一社会信用代码", "party": "当事人类型",
    "length": "车货总长(米)", "width": "车货总宽(米)", "height": "车货总高(米)", "closed": "结案日期",
}  # fmt: skip

LAYOUT = Layout(
    ("plate", "plate_colour", "vehicle", "axles", "gross", "limit", "length", "width", "height", "company",
     "party"),
    (
        Tells("confirmed", ("confirmed",)),
        Tells("filed", ("filed",)),
        Tells("notified", ("notified",), ("notified_fine",)),
        Tells("stated", ("stated",)),
        Tells("legal_review", ("legal_review",)),
        Tells("committee", ("committee",)),
        Tells("decided", ("decided",), ("decision_no", "outcome", "fine", *SAID)),
        Tells("closed", ("closed",)),
    ),
)

_DAYS = frozenset(tells.at[0] for tells in LAYOUT.events)


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key in _DAYS:
        return f"{local(value):%Y-%m-%d}"
    if key in ("gross", "limit", "length", "width", "height"):
        return f"{value / 1000:.2f}"
    return f"{value / 100:.2f}" if key in ("fine", "notified_fine") else str(value)


def write(path: Path, cases: Sequence[SimCase], export: int, account: Account) -> Written:
    """Write the table as of an export."""
    written = Written(path.name, SOURCE)
    lines = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>',
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>',
        '<table border="1">',
        f'<tr><td colspan="{len(COLUMNS)}">非现场执法案件清单</td></tr>',
        "<tr>" + "".join(f"<th>{head}</th>" for head in COLUMNS.values()) + "</tr>",
    ]
    for case in cases:
        if case.first("confirmed", export) is None:
            continue
        row = ledger_row(case, export)
        for key in _DAYS:
            if row.values.get(key) is not None:
                row.values[key] = day_start(row.values[key])
        cells = "".join(f"<td>{escape(_text(key, row.values.get(key)))}</td>" for key in COLUMNS)
        lines.append(f"<tr>{cells}</tr>")
        account.ledger_row(written, LAYOUT, row)
    lines.append("</table></body></html>")
    path.write_bytes("\n".join(lines).encode())
    return written
