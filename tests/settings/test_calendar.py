"""Working days: against notices known by heart, a second reckoning, and years that nobody entered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.settings.calendar import Calendar, CalendarMissing, read_calendar
from monitor.settings.check import check_config

Write = Callable[[str, str], Path]
YEAR = """source: {title: {zh: 通知}, document: 一号}
holidays:
  - {from: 2027-01-01, until: 2027-01-03, name: {zh: 元旦}}
working_days: [2026-12-27]
"""


@pytest.fixture
def calendar() -> Calendar:
    return read_calendar(None)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 8), True),  # the Thursday after it
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 16), False),  # a Monday of it
        (date(2024, 2, 9), True),  # New Year's Eve of 2024, a Friday, which the notice left to employers
        (date(2024, 5, 11), True),  # a Saturday worked for Labour Day
    ],
)
def test_a_day_is_worked_or_not_as_the_notice_has_it(calendar: Calendar, day: date, working: bool) -> None:
    assert calendar.is_working_day(day) is working


def test_the_days_off_of_a_span_leave_out_weekend_days_that_are_worked(calendar: Calendar) -> None:
    found = calendar.days_off(date(2026, 10, 6), date(2026, 10, 13))
    assert found == (date(2026, 10, 6), date(2026, 10, 7), date(2026, 10, 11))
    with pytest.raises(CalendarMissing):
        calendar.days_off(date(2026, 12, 31), date(2099, 1, 1))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 9, 28), 7, date(2026, 10, 13)),  # 29, 30, then 8, 9, Saturday 10, 12, 13
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # Saturday 14 is worked, then nothing until the 24th
        (date(2026, 11, 24), 7, date(2026, 12, 3)),  # an ordinary week between
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_periods_in_working_days_end_on_the_day_counted_by_hand(
    calendar: Calendar, start: date, n: int, end: date
) -> None:
    assert calendar.add_working_days(start, n) == end


def test_a_year_has_as_many_working_days_as_its_notice_leaves(calendar: Calendar) -> None:
    # 261 weekdays, less those off, plus 6 weekend days worked. Weekdays off: 1 and 2 January; 16 to 20 and 23
    # February; 6 April; 1, 4 and 5 May; 19 June; 25 September; 1, 2, 5, 6 and 7 October: 19.
    days = (date(2026, 1, 1) + timedelta(days=place) for place in range(365))
    assert sum(calendar.is_working_day(day) for day in days) == 261 - 19 + 6


def test_a_year_nobody_entered_is_not_guessed_and_names_the_file_to_write(calendar: Calendar) -> None:
    with pytest.raises(CalendarMissing) as caught:
        calendar.is_working_day(date(2027, 1, 4))
    assert caught.value.year == 2027
    assert "calendar/2027.yaml" in str(caught.value)


def test_a_period_that_runs_into_a_year_nobody_entered_has_no_end(calendar: Calendar) -> None:
    assert calendar.add_working_days(date(2026, 12, 28), 3) == date(2026, 12, 31)
    with pytest.raises(CalendarMissing):
        calendar.add_working_days(date(2026, 12, 28), 4)


def test_days_are_not_counted_backwards(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="-1"):
        calendar.add_working_days(date(2026, 11, 24), -1)


def test_what_a_bureau_enters_counts_with_the_december_before_it(overlay: Write) -> None:
    entered = read_calendar(overlay("calendar/2027.yaml", YEAR))
    assert not entered.is_working_day(date(2027, 1, 1))
    assert entered.is_working_day(date(2027, 1, 4))
    assert entered.is_working_day(date(2026, 12, 27))  # a Sunday, worked for the new year
    assert entered.missing_by(date(2026, 11, 24), 60) is None


def test_the_year_that_is_missing_is_told_from_the_day_it_comes_near(calendar: Calendar) -> None:
    assert calendar.missing_by(date(2026, 11, 1), 60) is None  # 61 days before
    assert calendar.missing_by(date(2026, 11, 2), 60) == 2027
    assert calendar.missing_by(date(2027, 5, 1), 60) == 2027
    assert Calendar().missing_by(date(2026, 6, 1), 1) == 2026


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message"),
    [
        ("2026-12-27", "2027-01-06", 4, "working_days.0", "worked_anyway"),
        ("2026-12-27", "2027-01-02", 4, "working_days.0", "off_and_worked"),
        ("2026-12-27", "2025-12-27", 4, "working_days.0", "other_year"),
        ("until: 2027-01-03", "until: 2028-01-03", 3, "holidays.0.until", "other_year"),
        ("until: 2027-01-03", "until: 2026-12-31", 3, "holidays.0", "ends_before_start"),
        ("from: 2027-01-01", "from: soon", 3, "holidays.0.from", "not_a_date"),
        ("  - {from: 2027-01-01, until: 2027-01-03, name: {zh: 元旦}}", "  []", 2, "holidays", "empty"),
        ("source: {title: {zh: 通知}, document: 一号}", "", 0, "source", "missing_key"),
    ],
)
def test_the_check_names_what_cannot_be_meant_with_its_line(
    overlay: Write, old: str, new: str, line: int, key: str, message: str
) -> None:
    [problem] = check_config(overlay("calendar/2027.yaml", YEAR.replace(old, new)))
    assert (problem.line, problem.key, problem.message) == (line, key, message)


def test_the_check_takes_a_year_and_refuses_another_name(overlay: Write) -> None:
    assert check_config(overlay("calendar/2027.yaml", YEAR)) == []
    [problem] = check_config(overlay("calendar/next.yaml", YEAR))
    assert (problem.message, problem.params["value"]) == ("unknown_file", "calendar/next.yaml")
