"""Due times of jobs, by instants worked out by hand; clocks that are put forward and back included."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.settings.cadence import at, every

SHANGHAI, BERLIN, LORD_HOWE = (
    ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe")
)


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_every_five_minutes_lies_on_whole_five_minutes() -> None:
    cadence = every("5m")
    assert cadence.last(utc("2026-11-24 10:04:59")) == utc("2026-11-24 10:00")
    assert cadence.last(utc("2026-11-24 10:05")) == utc("2026-11-24 10:05")
    assert cadence.next(utc("2026-11-24 10:05")) == utc("2026-11-24 10:10")


def test_eight_in_shanghai_is_midnight_utc_and_counts_from_its_very_instant() -> None:
    cadence = at("08:00", SHANGHAI)
    assert cadence.last(utc("2026-11-24 00:00")) == utc("2026-11-24 00:00")
    assert cadence.last(utc("2026-11-24 00:00") - 1) == utc("2026-11-23 00:00")
    assert cadence.next(utc("2026-11-24 00:00")) == utc("2026-11-25 00:00")
    assert cadence.next(utc("2026-11-24 00:00") - 1) == utc("2026-11-24 00:00")


@pytest.mark.parametrize(
    ("now", "last", "next_"),
    [
        # 2026-11-23 is a Monday; 07:30 in Shanghai is 23:30 UTC of the Sunday before.
        ("2026-11-22 23:29:59", "2026-11-15 23:30", "2026-11-22 23:30"),
        ("2026-11-22 23:30", "2026-11-22 23:30", "2026-11-29 23:30"),
        ("2026-11-28 12:00", "2026-11-22 23:30", "2026-11-29 23:30"),
    ],
)
def test_once_a_week_follows_the_day_of_the_place_not_that_of_utc(now: str, last: str, next_: str) -> None:
    cadence = at("mon 07:30", SHANGHAI)
    assert (cadence.last(utc(now)), cadence.next(utc(now))) == (utc(last), utc(next_))


def test_eight_stays_eight_when_the_clock_is_put_forward_and_back() -> None:
    cadence = at("08:00", BERLIN)
    # 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00.
    assert cadence.next(utc("2026-03-28 07:00")) == utc("2026-03-29 06:00")
    assert cadence.next(utc("2026-10-24 06:00")) == utc("2026-10-25 07:00")


def test_a_time_that_the_clock_skips_comes_an_hour_later_and_once() -> None:
    cadence = at("02:30", BERLIN)
    assert cadence.next(utc("2026-03-28 01:30")) == utc("2026-03-29 01:30")  # shown as 03:30
    assert cadence.next(utc("2026-03-29 01:30")) == utc("2026-03-30 00:30")
    assert cadence.last(utc("2026-03-29 01:29:59")) == utc("2026-03-28 01:30")


def test_a_time_that_the_clock_shows_twice_counts_the_first_time_alone() -> None:
    cadence = at("02:30", BERLIN)
    first, second = utc("2026-10-25 00:30"), utc("2026-10-25 01:30")
    assert cadence.last(second) == first
    assert cadence.next(first) == utc("2026-10-26 01:30")


def test_half_an_hour_of_summer_time_is_half_an_hour() -> None:
    # Lord Howe goes from +10:30 to +11:00 on 2026-10-04 at 02:00: 02:15 is skipped and comes at 02:45.
    assert at("02:15", LORD_HOWE).next(utc("2026-10-03 12:00")) == utc("2026-10-03 15:45")


def test_over_a_year_with_both_changes_it_comes_once_a_day() -> None:
    cadence = at("02:30", BERLIN)
    now, days = utc("2026-01-01 00:00"), []
    while now < utc("2027-01-01 00:00"):
        now = cadence.next(now)
        days.append(datetime.fromtimestamp(now // 1_000_000, BERLIN).date())
    assert len(days) == len(set(days)) == 366  # to 2027-01-01 02:30
