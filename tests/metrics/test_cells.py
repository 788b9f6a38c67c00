"""The cases behind every mark are those that the metric counted there: as many, and by hand these."""

from __future__ import annotations

import re
from datetime import date

import pytest

from monitor.metrics.ask import Ask, By
from monitor.metrics.cell_names import UnknownCell
from monitor.metrics.cells import case_ids
from monitor.metrics.compliance import compliance
from monitor.metrics.held_after_removal import held_after_removal
from monitor.metrics.hours import hours
from monitor.metrics.hours_in_order import hours_in_order
from monitor.metrics.late_gaps import late_gaps
from monitor.metrics.open_ages import open_ages
from monitor.metrics.stages import Stage, stages
from monitor.metrics.stages_by_time import Slot, stages_by_time
from monitor.metrics.throughput import hours_of_week
from tests.metrics.case_versions import at, engine, version

AS_OF = at("2024-08-01T12:00")
ASK = Ask(AS_OF, None, date(2024, 7, 22), date(2024, 8, 5))
CASES = engine(
    # Monday 08:30 to 11:15: decided after 45 minutes, removed 90 minutes later, then half an hour of nothing.
    version(1, "2024-07-22T08:30", "2024-07-22T11:15", decided_at="2024-07-22T09:15",
            removed_at="2024-07-22T10:45", authority="police"),
    # Sunday night, over the end of the week, late.
    version(2, "2024-07-21T23:30", "2024-07-23T02:00", removed_at="2024-07-22T10:45", authority="transport"),
    version(3, "2024-07-24T23:30", "2024-07-25T02:00", authority="police"),
    version(4, "2024-07-25T10:00", "2024-07-26T10:00", withdrawn_at="2024-07-25T12:00"),
    version(5, "2024-07-29T00:00", "2024-07-30T12:00", authority="police"),
    version(6, "2024-07-31T09:00", authority="police"),
    version(7, "2024-08-01T09:00", vehicle="truck"),
    version(8, "2024-07-25T10:00", verdict="not_held", custody=False, deadline_at=None, deadline_date=None,
            deadline_week=None, confirmed_at=None),
    version(9, None, "2024-07-26T10:00"),
    version(10, "2024-07-26T10:00", "2024-07-26T09:00", verdict="implausible"),
)  # fmt: skip


def behind(cell: str, ask: Ask = ASK) -> set[int]:
    found = case_ids(CASES, ask, (), cell)
    assert len(found) == len(set(found)), "a case stands twice behind a mark"
    return set(found)


@pytest.mark.parametrize(
    ("cell", "cases"),
    [
        ("rate.all", {1, 2, 3, 4, 5, 6}),
        ("rate.late", {2, 5, 6}),
        ("rate.not_held", {8}),
        ("rate.no_deadline", {9}),
        ("rate.implausible", {10}),
        ("rate.withdrawn", {4}),
        ("weeks.2024-W30", {1, 2, 3, 4}),
        ("weeks.2024-W30.late", {2}),
        ("weeks.2024-W31", {5, 6}),
        ("stages.removal", {1, 2, 3, 4, 5, 6}),
        ("stages.release", {1, 2}),
        ("stages.removal.authority.police", {1, 3, 5, 6}),
        ("stages.removal.authority.unknown", {4}),
        ("stages.release.hour.10", {1, 2}),
        ("stages.release.hour.1", {2}),
        ("stages.removal.weekday.6", {2}),
        ("removal.known", {1, 2}),
        ("hours.on_time.2", {1, 3}),
        ("hours.released.24+", {2, 4, 5}),
        ("hours.held.24+", {6}),
        ("hours.released.22-24", set()),
        ("arrivals.0", {5}),
        ("releases.11", {1}),
        ("ages.all", {6, 7, 9} - {9}),
        ("ages.past", {6}),
        ("gaps.0", {2}),
        ("gaps.1", {1, 3, 4, 5}),
        ("gaps.2", {6}),
    ],
)
def test_the_cases_behind_a_cell_by_hand(cell: str, cases: set[int]) -> None:
    assert behind(cell) == cases


def test_the_kind_of_vehicle_cuts_every_cell() -> None:
    assert behind("ages.all", Ask(AS_OF, vehicles=("truck",))) == {7}


def test_every_mark_of_every_figure_has_as_many_cases_as_it_says() -> None:
    [rate] = compliance(CASES, ASK)
    said = {"rate.on_time": rate.k, "rate.all": rate.n}
    said |= {f"rate.{name}": count for name, count in rate.beside.items()}
    for row in compliance(CASES, Ask(ASK.as_of, None, ASK.since, ASK.until, None, (By.WEEK,))):
        said[f"weeks.{row.period}"] = row.n
        said[f"weeks.{row.period}.on_time"] = row.k
    for stage in stages(CASES, ASK, ()):
        said[f"stages.{stage.stage.value}"] = stage.cases
        said["stages.all"] = stage.n
    for one in stages(CASES, Ask(ASK.as_of, None, ASK.since, ASK.until, None, (By.AUTHORITY,)), ()):
        name = one.cell["authority"] or "unknown"
        said[f"stages.{one.stage.value}.authority.{name}"] = one.cases
    for slot in Slot:
        for part in stages_by_time(CASES, ASK, (), slot):
            said[f"stages.{part.stage.value}.{slot.value}.{part.slot}"] = part.cases
    [after] = held_after_removal(CASES, ASK)
    said["removal.known"] = after.cases
    spread = hours(CASES, ASK)
    assert spread is not None
    for bin_ in spread.bins:
        said |= {f"hours.{kind}.{bin_.low}": getattr(bin_, kind) for kind in ("on_time", "late", "held")}
    for hour in hours_of_week(CASES, ASK):
        said |= {f"arrivals.{hour.hour}": hour.arrivals, f"releases.{hour.hour}": hour.releases}
    ages = open_ages(CASES, ASK)
    said |= {"ages.all": len(ages), "ages.past": sum(one.past_limit is True for one in ages)}
    for gap in late_gaps(CASES, ASK):
        said[f"gaps.{gap.number}"] = gap.on_time + gap.ended
    alike: dict[str, list[str]] = {}
    for cell in (cell for cell, count in said.items() if count):
        alike.setdefault(re.sub(r"\d+$", "", cell), []).append(cell)
    # One of each kind: the others differ by their number alone.
    counted = {cells[-1]: said[cells[-1]] for cells in alike.values()}
    assert len(alike) > 20
    assert {cell: len(behind(cell)) for cell in counted} == counted


def test_hours_of_a_stage_by_hour_and_by_day_add_up_to_those_of_the_stage() -> None:
    whole = {one.stage: one.hours for one in stages(CASES, ASK, ())}
    for slot in Slot:
        parts = stages_by_time(CASES, ASK, (), slot)
        for stage in Stage:
            own = sum(one.hours for one in parts if one.stage is stage)
            assert own == pytest.approx(whole[stage], abs=1e-9)
    by_hour = {(one.slot, one.stage): one.hours for one in stages_by_time(CASES, ASK, (), Slot.HOUR)}
    # Case 1 waits for its removal from 08:30, case 2 since the evening before, case 5 and 6 the whole day.
    assert by_hour[8, Stage.REMOVAL] == pytest.approx(0.5 + 1 + 1 + 2 + 1)
    assert by_hour[10, Stage.RELEASE] == pytest.approx(0.25 + 0.25)


def test_hours_stand_in_the_order_of_release() -> None:
    assert [(one.case_no, one.hours) for one in hours_in_order(CASES, ASK)] == [
        ("1", 2.75), ("2", 26.5), ("3", 2.5), ("4", 24.0), ("5", 36.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    ["", "rate", "rate.x", "weeks.30", "stages.sleep", "stages.removal.hour.x", "hours.on_time", "hours.x.1",
     "arrivals.x", "ages.old", "gaps.x", "removal.all", "nothing.all", "stages.removal.moon.1"],
)  # fmt: skip
def test_what_is_no_cell_is_refused(cell: str) -> None:
    with pytest.raises(UnknownCell):
        case_ids(CASES, ASK, (), cell)
