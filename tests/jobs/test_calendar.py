"""The look for the coming year's calendar: silent, then a notice while there is time, then a failure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from monitor.jobs.calendar import check_calendar
from monitor.jobs.outcome import Outcome, Problem
from monitor.settings.calendar import Calendar, read_calendar
from tests.factories import at

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def calendar() -> Calendar:
    """The shipped years, which end with 2026."""
    return read_calendar(None)


def look(calendar: Calendar, moment: str) -> Outcome:
    return check_calendar(calendar, 60, SHANGHAI, lambda: at(moment))


def test_before_the_sixtieth_day_there_is_nothing_to_say(calendar: Calendar) -> None:
    assert look(calendar, "2026-11-01 23:59") == Outcome()


def test_from_the_sixtieth_day_the_year_the_days_left_and_the_file_are_told(calendar: Calendar) -> None:
    assert look(calendar, "2026-11-02 00:00") == Outcome(
        0, "calendar_missing", {"year": "2027", "file": "calendar/2027.yaml", "days": "60"}
    )
    assert look(calendar, "2026-11-24 18:00").params["days"] == "38"


def test_once_the_year_has_begun_in_the_place_it_is_a_failure(calendar: Calendar) -> None:
    assert look(calendar, "2026-12-31 23:59").params["days"] == "1"
    with pytest.raises(Problem) as caught:
        look(calendar, "2027-01-01 00:00")
    assert (caught.value.code, caught.value.params["year"]) == ("calendar_missing_now", "2027")


def test_with_the_year_entered_it_is_silent(calendar: Calendar) -> None:
    entered = Calendar({**calendar.years, 2027: calendar.years[2026]})
    assert look(entered, "2026-12-31 23:59") == Outcome()
