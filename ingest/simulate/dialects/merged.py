"""城西: a workbook with a sheet a month, typed by hand over the years.

Title rows, heads of two rows merged into groups, date and time in two columns, tonnes, fines in 万元, the
station named once and merged or left blank below, subtotals, a hidden row, full-width digits here and there,
dates now as dates and now as text, a signature at the foot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from ..case import SimCase
from ..ledger_defects import defective_rows
from ..moments import OFFSET, day_start, local
from ..plan import Plan
from ..telling import Account, Layout, Planted, Row, Tells, Written
from .ledger_rows import OF_POLICE, OF_VEHICLE, SAID, ledger_row

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SOURCE = "sim-merged"

COLUMNS = (
    ("no", "", "序号"), ("station", "", "站点"), ("case_no", "", "案件编号"),
    ("plate", "车辆", "号牌号码"), ("plate_colour", "车辆", "颜色"), ("vehicle", "车辆", "车型"),
    ("axles", "车辆", "轴数"), ("trailer", "车辆", "挂车号牌"),
    ("confirmed_date", "初检", "日期"), ("confirmed_time", "初检", "时间"), ("gross", "初检", "总重"),
    ("authority", "处罚", "处理机关"), ("filed", "处罚", "立案时间"), ("notified", "处罚", "告知时间"),
    ("decided_date", "处罚", "决定日期"), ("decided_time", "处罚", "决定时间"),
    ("decision_no", "处罚", "决定书文号"), ("outcome", "处罚", "结果"), ("fine", "处罚", "罚款(万元)"),
    ("withdrawn", "处罚", "撤案时间"),
    ("reweighed_date", "复检", "日期"), ("reweighed_time", "复检", "时间"), ("reweigh", "复检", "总重"),
    ("released_date", "放行", "日期"), ("released_time", "放行", "时间"),
    ("driver", "当事人", "驾驶员"), ("driver_phone", "当事人", "联系电话"),
    ("party", "当事人", "类型"), ("company", "当事人", "信用代码"),
    ("approved_load", "车辆证件", "核定载质量"), ("tare", "车辆证件", "整备质量"),
    ("length", "尺寸", "车货总长(m)"), ("width", "尺寸", "车货总宽(m)"), ("height", "尺寸", "车货总高(m)"),
    ("notified_fine", "裁量", "告知罚款(万元)"), ("stated", "裁量", "陈述申辩时间"),
    ("legal_review", "裁量", "法制审核时间"), ("committee", "裁量", "集体讨论时间"),
    ("procedure", "裁量", "适用程序"), ("officers", "裁量", "执法人员编号"), ("team", "裁量", "班组"),
    ("factors", "裁量", "裁量因素"), ("evidence", "裁量", "因素证据"),
    ("departure_reason", "裁量", "偏离基准理由"), ("departure_evidence", "裁量", "偏离基准证据"),
    ("departure_review", "裁量", "偏离基准审核"),
)  # fmt: skip
"""Key, group, head."""

LAYOUT = Layout(
    ("plate", "plate_colour", "vehicle", "axles", "trailer", "gross", "authority", "driver", "driver_phone",
     *OF_VEHICLE),
    (
        Tells("confirmed", ("confirmed_date", "confirmed_time")),
        Tells("filed", ("filed",)),
        Tells("notified", ("notified",), ("notified_fine",)),
        Tells("stated", ("stated",)),
        Tells("legal_review", ("legal_review",)),
        Tells("committee", ("committee",)),
        Tells(
            "decided", ("decided_date", "decided_time"),
            ("decision_no", "outcome", "fine", "authority", *SAID),
        ),
        Tells("withdrawn", ("withdrawn",)),
        Tells("reweighed", ("reweighed_date", "reweighed_time"), ("reweigh",)),
        Tells("released", ("released_date", "released_time")),
    ),
)

_FIRST_ROW = 4
"""Rows of a sheet before the first case, counted from 0: two titles and two rows of heads."""

_SUBTOTAL_EVERY = 12
_FULL_WIDTH = str.maketrans("0123456789:.", "０１２３４５６７８９：．")


def sheet_row(case: SimCase, told_by: int) -> Row:
    """The row with dates and times apart. What police decide stands in this ledger only now and then."""
    row = ledger_row(case, told_by)
    values = row.values
    if case.authority == "police" and Random(f"overlap/{case.case_no}").random() > 0.3:
        for key in OF_POLICE:
            values.pop(key, None)
    for name in ("confirmed", "decided", "reweighed", "released"):
        at = values.get(name)
        values[f"{name}_date"] = None if at is None else day_start(at)
        values[f"{name}_time"] = None if at is None else at - day_start(at)
    values["trailer"] = case.vehicle.trailer
    return row


def write(
    path: Path, cases: Sequence[SimCase], plan: Plan, export: int, exports: Sequence[int], account: Account
) -> tuple[Written, list[Planted]]:
    """Write the workbook as of an export."""
    import xlsxwriter

    written = Written(path.name, SOURCE)
    planted: list[Planted] = []
    months: dict[str, list[SimCase]] = {}
    for case in cases:
        if case.first("confirmed", export) is not None:
            moment = local(case.confirmed_at)
            months.setdefault(f"{moment.year}年{moment.month}月", []).append(case)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": local(export).replace(tzinfo=None)})
        if not months:
            months[f"{local(export).year}年{local(export).month}月"] = []
        for month, here in months.items():
            rows = [
                row
                for case in here
                for row in defective_rows(sheet_row(case, export), case, plan, export, exports)
            ]
            sheet = _Sheet(book, book.add_worksheet(month), month, here[0].site.name if here else "")
            for row in rows:
                number = sheet.case(row)
                account.ledger_row(written, LAYOUT, row)
                planted += [_planted(plant, row, path.name, month, number) for plant in row.plants]
            sheet.finish()
    return written, planted


def _planted(plant: Any, row: Row, file: str, sheet: str, number: int) -> Planted:
    heads = {key: f"{group}/{name}" if group else name for key, group, name in COLUMNS}
    head = heads.get(plant.column) if plant.column else None
    return Planted(
        plant.kind, plant.expect, plant.reason, SOURCE, file, sheet, number, head, row.station, row.case_no,
        plant.activity,
    )  # fmt: skip


class _Sheet:
    def __init__(self, book: Workbook, sheet: Worksheet, month: str, station: str) -> None:
        self._sheet = sheet
        self._station = station
        self._date = book.add_format({"num_format": "yyyy/m/d"})
        self._time = book.add_format({"num_format": "h:mm"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._middle = book.add_format({"valign": "vcenter", "align": "center"})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        self._row = _FIRST_ROW
        self._since_total = 0
        self._number = 0
        self._stations: list[int] = []
        self._weight = 0
        last = len(COLUMNS) - 1
        sheet.merge_range(0, 0, 0, last, f"襄垣县治超台账 {month}", head)
        sheet.write(1, 0, f"填报单位:{station}")
        sheet.write(1, last - 3, "单位:吨/元")
        self._heads(head)

    def _heads(self, look: Format) -> None:
        start = 0
        for place, (_, group, name) in enumerate(COLUMNS):
            if not group:
                self._sheet.merge_range(2, place, 3, place, name, look)
                continue
            self._sheet.write(3, place, name, look)
            following = COLUMNS[place + 1][1] if place + 1 < len(COLUMNS) else ""
            if not place or COLUMNS[place - 1][1] != group:
                start = place
            if following != group:
                self._sheet.merge_range(2, start, 2, place, group, look)

    def case(self, row: Row) -> int:
        """Write a case; returns its row number, counted from 1."""
        if self._since_total == _SUBTOTAL_EVERY:
            self._subtotal()
        number = self._row
        self._number += 1
        self._since_total += 1
        self._stations.append(number)
        rng = Random(f"typed/{row.case_no}")
        for place, (key, _, _) in enumerate(COLUMNS):
            if key == "no":
                self._sheet.write(number, place, self._number)
            elif key != "station":
                self._cell(number, place, key, row, rng)
        self._weight += row.values["gross"]
        if self._number == 4:
            self._sheet.set_row(number, None, None, {"hidden": True})
        self._row += 1
        return number + 1

    def _cell(self, number: int, place: int, key: str, row: Row, rng: Random) -> None:
        style = rng.random()
        if key in row.shown:
            if row.shown[key] is not None:
                self._sheet.write_string(number, place, str(row.shown[key]))
            return
        value = row.values.get(key)
        if value is None:
            return
        if key.endswith("_date"):
            day = local(value)
            if style < 0.7:
                self._sheet.write_datetime(number, place, day.replace(tzinfo=None), self._date)
            else:
                text = f"{day.year}年{day.month}月{day.day}日" if style > 0.85 else f"{day:%Y.%m.%d}"
                self._sheet.write_string(number, place, text)
        elif key.endswith("_time"):
            moment = local(value - OFFSET)
            if style < 0.7:
                self._sheet.write_datetime(number, place, dt.time(moment.hour, moment.minute), self._time)
            else:
                text = f"{moment:%H:%M}"
                self._sheet.write_string(number, place, text.translate(_FULL_WIDTH) if style > 0.8 else text)
        elif key in ("filed", "notified", "withdrawn", "stated", "legal_review", "committee"):
            self._sheet.write_datetime(number, place, local(value).replace(tzinfo=None), self._moment)
        elif key in ("gross", "reweigh", "approved_load", "tare"):
            if style < 0.85:
                self._sheet.write_number(number, place, value / 1000)
            else:
                self._sheet.write_string(number, place, f"{value / 1000:.2f}".translate(_FULL_WIDTH))
        elif key in ("length", "width", "height"):
            self._sheet.write_number(number, place, value / 1000)
        elif key in ("fine", "notified_fine"):
            self._sheet.write_number(number, place, value / 1_000_000)
        else:
            self._sheet.write(number, place, value)

    def _subtotal(self) -> None:
        self._name_stations()
        self._sheet.write(self._row, 0, "小计")
        self._sheet.write(self._row, 2, f"{self._since_total} 辆")
        self._sheet.write(self._row, 10, self._weight / 1000)
        self._row += 1
        self._since_total = 0

    def _name_stations(self) -> None:
        """The station once for a block: merged over its rows in the first block, blank below it in others."""
        rows, self._stations = self._stations, []
        if not rows:
            return
        if rows[0] == _FIRST_ROW and len(rows) > 1:
            self._sheet.merge_range(rows[0], 1, rows[-1], 1, self._station, self._middle)
        else:
            self._sheet.write(rows[0], 1, self._station)

    def finish(self) -> None:
        if self._since_total:
            self._subtotal()
        self._sheet.write(self._row + 1, 0, "填表人:            审核人:            单位负责人:")
