"""The mark of a case: what clock A says, and of what was weighed and no more, whether it was over."""

from __future__ import annotations

import pytest

from monitor.cases.summary import Mark, mark_of
from tests.factories import HOUR, MINUTE, at, case, event

START = at("2024-11-26 14:32")
OVER = event("weighed", START, gross_kg=50_200, limit_kg=49_000)
WITHIN = event("weighed", START, gross_kg=48_600, limit_kg=49_000)


def mark(*events: object, at_station: bool = True) -> Mark:
    return mark_of(case(*events), 4.0, START + HOUR, at_station=at_station)  # type: ignore[arg-type]


def test_what_was_weighed_and_not_confirmed_is_marked_by_its_weight_at_a_station_alone() -> None:
    assert mark(OVER) is Mark.WEIGHED_OVER
    assert mark(WITHIN) is Mark.WEIGHED_WITHIN
    assert mark(event("weighed", START, gross_kg=49_000, limit_kg=49_000)) is Mark.WEIGHED_WITHIN
    assert mark(event("weighed", START, gross_kg=50_200)) is Mark.NOT_HELD
    assert mark(OVER, at_station=False) is Mark.NOT_HELD


@pytest.mark.parametrize("activity", ["filed", "decided", "paid", "withdrawn"])
def test_what_went_on_to_a_procedure_is_no_mere_weighing(activity: str) -> None:
    assert mark(OVER, event(activity, START + MINUTE)) is Mark.NOT_HELD


def test_a_confirmed_vehicle_is_marked_by_its_clock() -> None:
    assert mark(OVER, event("confirmed", START + MINUTE)) is Mark.RUNNING


def test_only_marks_without_custody_hold_nothing() -> None:
    nothing = {one for one in Mark if one.held_nothing}
    assert nothing == {Mark.NOT_HELD, Mark.WEIGHED_OVER, Mark.WEIGHED_WITHIN}
