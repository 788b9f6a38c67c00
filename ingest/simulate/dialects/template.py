"""河口: the workbook that `fangxing template ledger` writes, filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from ..case import SimCase
from ..ledger_defects import defective_rows
from ..moments import local, stamp
from ..plan import Plan
from ..telling import Account, Layout, Planted, Tells, Written
from .ledger_rows import OF_VEHICLE, SAID, ledger_row

SOURCE = "ledger-template"
SHEET = "放行台账"

COLUMNS = {
    "station": "站点", "case_no": "案件号", "check_no": "检测单号", "plate": "车牌号",
    "plate_colour": "车牌颜色", "vehicle": "车辆类型", "axles": "轴数", "gross": "总重(kg)",
    "limit": "限重(kg)", "approved_load": "核定载质量(kg)", "tare": "整备质量(kg)", "length": "车货总长(mm)",
    "width": "车货总宽(mm)", "height": "车货总高(mm)", "company": "统一社会信用代码",
    "company_trucks": "单位货运车辆总数", "party": "当事人类型",
    "authority": "处理机关", "weighed": "称重时间", "confirmed": "检测认定时间",
    "detained": "扣留时间", "handed_in": "扣留移送时间", "handed_over": "移交交警时间",
    "accepted": "接受处理时间", "filed": "立案时间", "notified": "处罚告知时间",
    "notified_fine": "告知罚款(元)", "stated": "陈述申辩时间", "legal_review": "法制审核时间",
    "committee": "集体讨论时间", "decided": "处罚决定时间",
    "decision_no": "决定书文号", "outcome": "处罚结果", "fine": "罚款金额(元)", "points": "记分",
    "procedure": "适用程序", "officers": "执法人员编号", "team": "班组", "factors": "裁量因素",
    "evidence": "因素证据", "departure_reason": "偏离基准理由", "departure_evidence": "偏离基准证据",
    "departure_review": "偏离基准审核",
    "pay_requested": "生成缴款码时间", "payment_code": "缴款码", "paid": "缴款时间",
    "amount": "缴款金额(元)", "channel": "缴款渠道", "ground": "当场收缴依据", "pay_confirmed": "到账时间",
    "unloading": "开始卸载时间", "unloaded": "卸载完成时间", "reweighed": "复检时间",
    "reweigh": "复检总重(kg)", "violation_removed": "违法状态消除时间", "released": "放行时间",
    "withdrawn": "撤案时间", "closed": "结案时间", "driver": "驾驶员姓名", "note": "备注",
    "recorded_at": "填写时间",
}  # fmt: skip

FACTS = (
    "plate", "plate_colour", "vehicle", "axles", "gross", "limit", *OF_VEHICLE, "check_no", "authority",
    "driver", "note",
)  # fmt: skip
LAYOUT = Layout(
    FACTS,
    (
        Tells("weighed", ("weighed",)),
        Tells("confirmed", ("confirmed",)),
        Tells("filed", ("filed",)),
        Tells("notified", ("notified",), ("notified_fine",)),
        Tells("stated", ("stated",)),
        Tells("legal_review", ("legal_review",)),
        Tells("committee", ("committee",)),
        Tells("decided", ("decided",), ("decision_no", "outcome", "fine", "points", "authority", *SAID)),
        Tells("pay_requested", ("pay_requested",), ("payment_code",)),
        Tells("paid", ("paid",), ("amount", "channel", "payment_code", "ground")),
        Tells("unloading", ("unloading",)),
        Tells("unloaded", ("unloaded",)),
        Tells("reweighed", ("reweighed",), ("reweigh",)),
        Tells("violation_removed", ("violation_removed",)),
        Tells("released", ("released",)),
        Tells("withdrawn", ("withdrawn",)),
        Tells("closed", ("closed",)),
    ),
)

_LEFT_BLANK = ("pay_confirmed", "recorded_at")
"""The treasury tells of arrival; when a row was filled in is told only where it was late."""

_HEAD = 2
_TIMES = frozenset(tells.at[0] for tells in LAYOUT.events) | {"recorded_at"}


def write(
    path: Path, cases: Sequence[SimCase], plan: Plan, export: int, exports: Sequence[int], account: Account
) -> tuple[Written, list[Planted]]:
    """Write the workbook as of an export."""
    import xlsxwriter

    written = Written(path.name, SOURCE)
    planted: list[Planted] = []
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": local(export).replace(tzinfo=None)})
        sheet = book.add_worksheet(SHEET)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write(0, 0, "放行台账")
        for place, head in enumerate(("序号", *COLUMNS.values())):
            sheet.write(_HEAD, place, head)
        number = _HEAD
        for case in cases:
            if case.first("confirmed", export) is None:
                continue
            whole = ledger_row(case, export)
            for key in _LEFT_BLANK:
                whole.values.pop(key, None)
            for row in defective_rows(whole, case, plan, export, exports):
                number += 1
                sheet.write_number(number, 0, number - _HEAD)
                rng = Random(f"filled/{case.case_no}")
                for place, key in enumerate(COLUMNS, 1):
                    shown = row.shown.get(key, row.values.get(key))
                    typed = rng.random() < 0.12
                    if shown is None:
                        continue
                    if isinstance(shown, str):
                        sheet.write_string(number, place, shown)
                    elif key in _TIMES and typed:
                        sheet.write_string(number, place, stamp(shown)[:16])
                    elif key in _TIMES:
                        sheet.write_datetime(number, place, local(shown).replace(tzinfo=None), moment)
                    elif key in ("fine", "amount", "notified_fine"):
                        sheet.write_number(number, place, shown / 100)
                    else:
                        sheet.write_number(number, place, shown)
                account.ledger_row(written, LAYOUT, row)
                planted += [
                    Planted(plant.kind, plant.expect, plant.reason, SOURCE, path.name, SHEET, number + 1,
                            COLUMNS.get(plant.column or ""), row.station, row.case_no, plant.activity)
                    for plant in row.plants
                ]  # fmt: skip
    return written, planted
