"""Instants and spans as people read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.views.moments import ago, countdown, hours_minutes, length, spoken, when, when_briefly
from monitor.settings.texts import texts

ZONE = ZoneInfo("Asia/Shanghai")
SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
ZH, EN = texts("zh"), texts("en")


def instant(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


def test_time_left_fits_the_clock_on_the_wall() -> None:
    assert countdown(instant("2026-11-26T15:44") - instant("2026-11-26T14:32")) == "1:12"
    assert countdown(instant("2026-11-26T15:44") - (instant("2026-11-26T14:32") + 30 * SECOND)) == "1:12"


@pytest.mark.parametrize(
    ("remaining", "shown"),
    [
        (SECOND, "0:01"),
        (MINUTE, "0:01"),
        (MINUTE + 1, "0:02"),
        (0, "0:00"),
        (-1, "+0:00"),
        (-100 * MINUTE, "+1:40"),
        (-100 * MINUTE - 59 * SECOND, "+1:40"),
        (26 * HOUR, "26:00"),
    ],
)
def test_time_left_is_rounded_up_and_time_over_is_rounded_down(remaining: int, shown: str) -> None:
    assert countdown(remaining) == shown


def test_a_span_counts_whole_minutes_that_have_passed() -> None:
    assert hours_minutes(10 * HOUR + 18 * MINUTE + 59 * SECOND) == "10:18"


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        ("2026-11-26T23:59", "23:59", "23:59"),
        ("2026-11-27T00:00", "明日 00:00", "00:00 tmrw"),
        ("2026-11-28T04:10", "11月28日 04:10", "28/11 04:10"),
        ("2026-11-25T16:44", "11月25日 16:44", "25/11 16:44"),
    ],
)
def test_a_time_of_another_day_names_its_day(at: str, chinese: str, english: str) -> None:
    now = instant("2026-11-26T14:32")
    assert when(instant(at), now, ZONE, ZH) == chinese
    assert when(instant(at), now, ZONE, EN) == english


def test_a_narrow_list_gives_the_time_of_today_and_the_day_of_others() -> None:
    now = instant("2026-11-26T14:32")
    assert when_briefly(instant("2026-11-26T08:31"), now, ZONE, ZH) == "08:31"
    assert when_briefly(instant("2026-11-25T21:15"), now, ZONE, ZH) == "11-25"
    assert when_briefly(instant("2026-11-25T21:15"), now, ZONE, EN) == "25/11"


def test_the_day_is_that_of_the_station_not_of_utc() -> None:
    # 00:30 in Shanghai on the 27th is still the 26th in UTC.
    assert when(instant("2026-11-27T00:30"), instant("2026-11-26T23:30"), ZONE, ZH) == "明日 00:30"


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (0, "刚刚"),
        (4 * SECOND, "4 秒前"),
        (59 * SECOND, "59 秒前"),
        (60 * SECOND, "1 分前"),
        (59 * MINUTE + 59 * SECOND, "59 分前"),
        (HOUR, "1 小时前"),
        (47 * HOUR, "47 小时前"),
        (48 * HOUR, "2 天前"),
    ],
)
def test_ages_are_told_in_their_largest_unit(span: int, shown: str) -> None:
    assert ago(span, ZH) == shown


def test_lengths_stay_minutes_below_two_hours() -> None:
    assert [length(span, ZH) for span in (52 * MINUTE, 119 * MINUTE, 2 * HOUR, 7 * 24 * HOUR)] == [
        "52 分",
        "119 分",
        "2 小时",
        "7 天",
    ]


def test_a_screen_reader_hears_hours_and_minutes_without_sign() -> None:
    assert spoken(-100 * MINUTE, ZH) == "1 小时 40 分"
    assert spoken(9 * MINUTE, EN) == "9 minutes"
