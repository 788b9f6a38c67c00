"""交警移交: what the police system exports, GB18030, each event with an id of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import SimCase, Step
from ..ledger_defects import FOREIGN
from ..moments import HOUR, MINUTE
from ..plan import Plan
from ..telling import Plant, Row
from .event_file import EventDialect, copy_with, event_row
from .labels import OUTCOMES
from .ledger_rows import SAID, said

DIALECT = EventDialect(
    "sim-police", "交警移交", ".csv", "gb18030",
    {
        "event_id": "移交编号", "station": "检测站", "case_no": "案件编号", "plate": "号牌号码",
        "label": "环节", "at": "时间", "decision_no": "决定书文号", "outcome": "处罚结果",
        "fine": "罚款金额(元)", "points": "记分", "approved_load": "核定载质量(kg)", "tare": "整备质量(kg)",
        "procedure": "适用程序", "officers": "执法人员编号", "team": "班组", "factors": "裁量因素",
        "evidence": "因素证据", "departure_reason": "偏离基准理由", "departure_evidence": "偏离基准证据",
        "departure_review": "偏离基准审核",
        "ground": "依据", "driver": "驾驶员", "driver_id": "身份证号", "told_at": "录入时间",
    },
    ("plate", "decision_no", "outcome", "fine", "points", "approved_load", "tare", *SAID, "ground", "driver",
     "driver_id"),
)  # fmt: skip

ACTIVITIES = (
    "detained", "handed_in", "handed_over", "accepted", "decided", "notified", "stated", "committee",
)  # fmt: skip


def rows(cases: Sequence[SimCase], plan: Plan, until: int) -> list[Row]:
    """Every event the police wrote down by `until`, with the planned defects."""
    found: list[Row] = []
    for case in cases:
        if case.authority != "police":
            continue
        own = [one for step in case.steps if (one := _row(case, step, until))]
        found += own
        if kind := plan.kind("police", case.case_no):
            found += _defects(kind, next(row for row in own if row.values["activity"] == "accepted"))
    return found


def _row(case: SimCase, step: Step, until: int) -> Row | None:
    if step.activity not in ACTIVITIES or step.told_at > until:
        return None
    decided = step.activity == "decided"
    car = case.vehicle if decided and case.load_told else None
    row = event_row(
        case, step, DIALECT,
        plate=case.vehicle.plate,
        decision_no=step.data.get("decision_no"),
        outcome=OUTCOMES[step.data["outcome"]] if decided else None,
        fine=step.data.get("fine_fen"),
        points=step.data.get("points"),
        approved_load=car and car.approved_load_kg,
        tare=car and car.tare_kg,
        **(said(step.data) if decided else {}),
        ground=step.data.get("ground"),
        driver=case.party.driver,
        driver_id=case.party.id_number,
    )  # fmt: skip
    row.event_id = event_id(case, step.activity)
    return row


def event_id(case: SimCase, activity: str) -> str:
    """The police system's own id of an event."""
    return f"JJ{case.case_no}-{ACTIVITIES.index(activity) + 1}"


def _defects(kind: str, row: Row) -> list[Row]:
    """Rows beside `row`; what changes it itself is done in place."""
    if kind == "late_entry":
        row.values["told_at"] = row.values["at"] + 5 * HOUR
        row.plants.append(Plant(kind, "late_entry", "", "told_at", "accepted"))
        return []
    if kind == "duplicate_row":
        return [copy_with(row, Plant(kind, "duplicate", "", None, "accepted"))]
    if kind == "unknown_station":
        return [
            copy_with(row, Plant(kind, "row_lost", "unknown_station", "station"), whole=True, station=FOREIGN)
        ]
    if kind == "unknown_activity":
        plant = Plant(kind, "row_lost", "unknown_activity", "label")
        other = copy_with(row, plant, whole=True, label="车辆年检")
        other.event_id = f"{row.event_id}X"
        return [other]
    corrected = copy_with(row, Plant(kind, "revision", "", "at", "accepted"))
    corrected.values["at"] = row.values["at"] - 4 * MINUTE
    corrected.values["told_at"] = row.values["told_at"] + 40 * MINUTE
    return [corrected]
