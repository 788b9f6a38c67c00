"""Putting planned defects into the rows of a ledger, export by export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from .case import SimCase
from .moments import DAY, HOUR, MINUTE, local
from .plan import Plan
from .telling import Plant, Row

FOREIGN = "襄垣石板沟超限检测站"
"""A station that no configuration knows."""

_MENDED = ("impossible_date", "hour_24", "negative_weight")
"""Kinds that a later export of a ledger with a column of saving times may put right."""


def first_export(case: SimCase, exports: Sequence[int]) -> int:
    """The first export that shows a case."""
    return min(at for at in exports if case.first("confirmed", at) is not None)


def mended_at(kind: str, case: SimCase, exports: Sequence[int]) -> int | None:
    """The export from which the row is put right, or gone; None where it stays as it is."""
    later = [at for at in exports if at > first_export(case, exports)]
    if case.site.dialect != "gbk" or not later:
        return None
    rng = Random(f"mended/{case.case_no}")
    if kind in ("corrected_row", "row_gone"):
        return rng.choice(later)
    return rng.choice([None, *later[:3]]) if kind in _MENDED else None


def defective_rows(row: Row, case: SimCase, plan: Plan, export: int, exports: Sequence[int]) -> list[Row]:
    """The row as this export shows it with its planned defect: twice where it was put in twice, not at all
    where it is gone. Plants are noted where they stand first."""
    kind = plan.kind(case.site.dialect, case.case_no)
    if kind is None:
        return [row]
    first = export == first_export(case, exports)
    if kind in _TWICE:
        return [row, _TWICE[kind](row)] if first else [row]
    if case.site.dialect != "gbk" and kind == "corrected_row":
        corrected = _other_reweigh(row)
        if first:
            return [row, corrected]
        # somebody took the wrong row out since
        corrected.plants.clear()
        return [corrected]
    mended = mended_at(kind, case, exports)
    if mended is not None and export >= mended:
        return [] if kind == "row_gone" else [_put_right(row, kind, mended, noted=export == mended)]
    plant = _SPOIL[kind](row)
    if first and plant is not None:
        row.plants.append(plant)
    return [row]


def _put_right(row: Row, kind: str, mended: int, *, noted: bool) -> Row:
    row.values["recorded_at"] = mended - 3 * HOUR
    if noted and kind == "corrected_row":
        row.plants.append(Plant(kind, "revision", "", "released", "released"))
    return row


def _bad(row: Row, key: str, text: str, plant: Plant) -> Plant:
    row.shown[key] = text
    row.lost.add(key)
    return plant


def _impossible_date(row: Row) -> Plant:
    year = local(row.values["confirmed"]).year
    if row.values.get("decided_date") is not None:
        plant = Plant("impossible_date", "event_lost", "impossible_date", "decided_date", "decided")
        return _bad(row, "decided_date", f"{year}-02-30", plant)
    name = "notified" if "weighed" in row.values else "filed"
    plant = Plant("impossible_date", "event_lost", "impossible_date", name, name)
    return _bad(row, name, f"{year}-02-30 10:20", plant)


def _hour_24(row: Row) -> Plant:
    text = f"{local(row.values['notified']):%Y-%m-%d} 24:00:00"
    plant = Plant("hour_24", "event_lost", "impossible_time", "notified", "notified")
    return _bad(row, "notified", text, plant)


def _negative_weight(row: Row) -> Plant:
    plant = Plant("negative_weight", "fact_lost", "negative", "gross")
    return _bad(row, "gross", f"-{row.values['gross']}", plant)


def _absurd_weight(row: Row) -> Plant:
    # what stands there is 999 t, in kilograms where the column is in kilograms
    text = "999" if "reweighed_date" in row.values else "999000"
    plant = Plant("absurd_weight", "event_lost", "too_large", "reweigh", "reweighed")
    return _bad(row, "reweigh", text, plant)


def _without_hour(activity: str, kind: str) -> Callable[[Row], Plant]:
    def spoil(row: Row) -> Plant:
        row.values[f"{activity}_time"] = None
        return Plant(kind, "day_only", "", f"{activity}_date", activity)

    return spoil


def _released_before(row: Row) -> Plant:
    row.values["released_date"] = row.values["confirmed_date"] - DAY
    return Plant(
        "released_before_confirmed", "finding", "released_before_confirmed", "released_date", "released"
    )


def _limit_unknown(row: Row) -> Plant:
    row.values["vehicle"] = None
    return Plant("limit_unknown", "finding", "limit_unknown", "vehicle")


def _limit_differs(row: Row) -> Plant:
    row.values["limit"] = 46_000
    return Plant("limit_differs", "finding", "limit_differs", "limit")


def _future_time(row: Row) -> Plant:
    row.values["notified"] += 365 * DAY
    return Plant("future_time", "finding", "future_time", "notified", "notified")


def _late_entry(row: Row) -> Plant:
    row.shown["recorded_at"] = row.values["released"] + 31 * HOUR
    return Plant("late_entry", "late_entry", "", "recorded_at")


def _entered_wrong(row: Row) -> None:
    """Released half an hour too late by the first entry; the correction is the plant."""
    row.values["released"] += 35 * MINUTE


def _still_there(row: Row) -> None:
    """A row that a later export no longer has is as good as any before that."""
    del row


_SPOIL: dict[str, Callable[[Row], Plant | None]] = {
    "impossible_date": _impossible_date,
    "hour_24": _hour_24,
    "negative_weight": _negative_weight,
    "absurd_weight": _absurd_weight,
    "date_only_confirmation": _without_hour("confirmed", "date_only_confirmation"),
    "date_only_release": _without_hour("released", "date_only_release"),
    "released_before_confirmed": _released_before,
    "limit_unknown": _limit_unknown,
    "limit_differs": _limit_differs,
    "future_time": _future_time,
    "late_entry": _late_entry,
    "corrected_row": _entered_wrong,
    "row_gone": _still_there,
}


def _without_number(row: Row) -> Row:
    copy = row.copy()
    copy.shown["case_no"] = None
    copy.whole = True
    copy.plants.append(Plant("missing_case_no", "row_lost", "missing_case_no", "case_no"))
    return copy


def _elsewhere(row: Row) -> Row:
    copy = row.copy()
    copy.shown["station"] = FOREIGN
    copy.whole = True
    copy.plants.append(Plant("unknown_station", "row_lost", "unknown_station", "station"))
    return copy


def _again(row: Row) -> Row:
    copy = row.copy()
    copy.plants.append(Plant("duplicate_row", "duplicate", ""))
    return copy


def _other_reweigh(row: Row) -> Row:
    copy = row.copy()
    copy.values["reweigh"] -= 240
    copy.plants.append(Plant("corrected_row", "revision", "", "reweigh", "reweighed"))
    return copy


_TWICE: dict[str, Callable[[Row], Row]] = {
    "missing_case_no": _without_number,
    "unknown_station": _elsewhere,
    "duplicate_row": _again,
}
