"""卸载复检: the log of the unloading yard, tab-separated UTF-8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..case import SimCase
from ..moments import MINUTE
from ..plan import Plan
from ..telling import Account, Plant, Planted, Row, Written
from .event_file import EventDialect, copy_with, event_row, write_file

DIALECT = EventDialect(
    "sim-unload", "卸载复检", ".tsv", "utf-8",
    {
        "station": "检测站", "case_no": "案件编号", "slip_no": "卸载单号", "label": "环节", "at": "时间",
        "gross": "复检总重(kg)", "reason": "原因",
    },
    ("slip_no", "gross", "reason"),
    delimiter="\t",
)  # fmt: skip

WITHOUT_UNIT = replace(DIALECT, columns={**DIALECT.columns, "gross": "复检总重"})
"""The form that a colleague made for late entries: nobody wrote the unit."""

ACTIVITIES = ("unloading", "unloaded", "cargo_transferred", "reweighed", "suspended", "resumed")


def rows(cases: Sequence[SimCase], plan: Plan, until: int) -> list[Row]:
    """Every event of the yard by `until`, with the planned defects. 河口 keeps no yard log."""
    found: list[Row] = []
    for case in cases:
        if case.site.dialect not in ("merged", "gbk"):
            continue
        # the system of 北关 writes removal into its ledger, 城西 has no column for it
        told = ACTIVITIES if case.site.dialect == "gbk" else (*ACTIVITIES, "violation_removed")
        own = [
            event_row(
                case, step, DIALECT,
                slip_no=case.slip_no, gross=step.data.get("gross_kg"), reason=step.data.get("reason"),
            )
            for step in case.steps if step.activity in told and step.told_at <= until
        ]  # fmt: skip
        found += own
        if kind := plan.kind("unload", case.case_no):
            found += _defects(kind, case, own)
    return found


def _defects(kind: str, case: SimCase, own: Sequence[Row]) -> list[Row]:
    if kind == "unit_missing":
        return []
    if kind == "reweigh_heavier":
        # weighed with a second vehicle on the scale, found out and weighed again
        row = next(row for row in own if row.values["activity"] == "reweighed")
        heavier = copy_with(row, Plant(kind, "finding", "reweigh_heavier", "gross", "reweighed"))
        heavier.values["gross"] = case.vehicle.gross_kg + 1_240
        heavier.values["at"] = row.values["at"] - 3 * MINUTE
        return [heavier]
    row = own[0]
    if kind == "unknown_activity":
        plant = Plant(kind, "row_lost", "unknown_activity", "label")
        return [copy_with(row, plant, whole=True, label="过磅打印")]
    name, label = ("confirmed", "检测认定") if kind == "second_confirmation" else ("released", "放行")
    step = case.first(name)
    assert step is not None
    again = copy_with(row, Plant(kind, "finding", kind, "at", name))
    again.values.update(activity=name, label=label, gross=None, reason=None)
    again.values["at"] = step.at + 20 * MINUTE
    again.values["told_at"] = step.at + 24 * MINUTE
    return [again]


def write_without_unit(
    path: Path, cases: Sequence[SimCase], plan: Plan, until: int, account: Account
) -> tuple[list[Written], list[Planted]]:
    """The file whose weights have no unit: reweighings that the log has already. No file without such."""
    chosen = set(plan.cases("unload", "unit_missing"))
    found: dict[str, Row] = {}
    for row in rows([case for case in cases if case.case_no in chosen], plan, until):
        if row.values["activity"] == "reweighed":
            plant = Plant("unit_missing", "row_lost", "unit_unknown", "gross", "reweighed")
            found[row.case_no] = copy_with(row, plant, whole=True)
    if not found:
        return [], []
    written, planted = write_file(path, WITHOUT_UNIT, list(found.values()), account)
    return [written], planted
