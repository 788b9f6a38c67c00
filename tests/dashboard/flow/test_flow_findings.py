"""Titles of the Flow page: one test per rule, and the neutral sentence where none fires."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

import pytest

from dashboard.address import read_search
from dashboard.views.flow_ask import flow_ask, moment_text
from dashboard.views.flow_findings import (
    ages_finding,
    hours_finding,
    hours_note,
    nothing_finding,
    rate_finding,
    signal_notes,
    stages_finding,
    target_finding,
    week_hours_finding,
)
from monitor.metrics.bunching import Answer, Bunching
from monitor.metrics.control_chart import Rebasing
from monitor.metrics.extent import Extent
from monitor.metrics.hours_in_order import CaseHours
from monitor.metrics.late_gaps import LateGap
from monitor.metrics.open_ages import OpenAge
from monitor.metrics.rate_chart import RateChart, rate_chart
from monitor.metrics.stages import Stage, StageShare
from monitor.metrics.throughput import HourOfWeek
from tests.factories import at


@pytest.mark.parametrize(
    ("interval", "n", "key"),
    [
        ((0.91, 0.97), 200, "met"),
        ((0.70, 0.89), 200, "missed"),
        ((0.85, 0.95), 200, "open"),
        ((0.91, 1.0), 11, "few"),
        (None, 0, "few"),
    ],
)
def test_the_target_is_met_only_where_the_whole_interval_lies_above_it(
    interval: tuple[float, float] | None, n: int, key: str
) -> None:
    assert target_finding(interval, n, 12, 0.9).key == f"flow.target.{key}"


def share(stage: Stage, part: float, n: int) -> StageShare:
    return StageShare({}, stage, 100 * part, part, n, n, 1.0, 2.0)


def test_the_title_names_a_stage_with_many_of_the_hours_and_none_of_few_cases() -> None:
    stages = [share(Stage.DECISION, 0.31, 40), share(Stage.REMOVAL, 0.28, 40)]
    told = stages_finding(stages, 12)
    assert (told.key, told.fields["percent"]) == ("flow.stages.mostly", 31)
    assert stages_finding([share(Stage.DECISION, 0.9, 11)], 12).key == "flow.stages.neutral"
    assert stages_finding([share(Stage.DECISION, 0.29, 40)], 12).key == "flow.stages.neutral"
    assert stages_finding([], 12).key == "flow.stages.neutral"


def test_only_the_test_lets_the_title_say_that_releases_pile_up() -> None:
    piled = Bunching(Answer.PILED, 500, 103, 16.0, 11.0, 23.0)
    assert hours_finding(piled).key == "flow.hours.piled"
    assert hours_note(piled).fields["expected"] == "16"
    assert hours_finding(Bunching(Answer.NOT_SHOWN, 500, 18, 16.0, 11.0, 23.0)).key == "flow.hours.neutral"
    assert hours_note(Bunching(Answer.TOO_FEW, 20, 9)).key == "flow.hours.too_few"


def never() -> NoReturn:
    raise AssertionError("read although it is not needed")


def shares(counts: list[tuple[int, int]], *rebasings: Rebasing) -> RateChart:
    weeks = [(f"2024-W{index + 1:02d}", k, n) for index, (k, n) in enumerate(counts)]
    return rate_chart(weeks, never, never, rebasings)


def gaps(*on_time: int) -> RateChart:
    """Weeks of ten cases, too small for a share; the gaps between late ones."""
    told = [LateGap(number, count, True, f"2024-W{number:02d}") for number, count in enumerate(on_time, 1)]
    return rate_chart([("2024-W01", 9, 10)], lambda: told, never)


USUAL = [(40, 50)] * 12
GAPS = (2, 20, 5, 11, 0, 30, 7, 3, 14, 1, 9, 22, 4, 6, 12, 0, 17, 8, 2, 10)


def test_the_weekly_rate_is_better_or_worse_only_by_a_rule() -> None:
    assert rate_finding(shares([(40, 50), (41, 50), (39, 50)])).key == "flow.rate.ordinary"
    better = rate_finding(shares([(40, 50), *USUAL, *[(44, 50)] * 8]))
    assert (better.key, better.fields) == ("flow.rate.better_since", {"week": 14})
    assert rate_finding(shares([*USUAL, (20, 50)])).key == "flow.rate.worse_week"
    assert rate_finding(rate_chart([], list, list)).key == "flow.rate.few"


def test_points_near_a_limit_are_no_single_point_beyond_it() -> None:
    near = rate_finding(shares([*USUAL, (48, 50), (48, 50), (40, 50), (48, 50)]))
    assert (near.key, near.fields) == ("flow.rate.better_near", {"first": 13, "last": 16})
    # One of them beyond the limit says more, in its own week.
    beyond = rate_finding(shares([*USUAL, (48, 50), (50, 50), (40, 50), (48, 50)]))
    assert (beyond.key, beyond.fields) == ("flow.rate.better_week", {"week": 14})


def test_gaps_between_late_ones_tell_better_and_worse_in_their_own_words() -> None:
    assert rate_finding(gaps(*GAPS)).key == "flow.gaps.ordinary"
    assert rate_finding(gaps(*GAPS, 90)).key == "flow.gaps.better_week"
    assert rate_finding(gaps(*GAPS, *[0] * 8)).key == "flow.gaps.worse_since"


def test_longer_hours_are_worse() -> None:
    hours = [CaseHours("S", str(n), f"2024-W{n:02d}", 5.0 + n % 3) for n in range(1, 21)]
    hours.append(CaseHours("S", "long", "2024-W21", 200.0))
    found = rate_chart([("2024-W01", 4, 4)], list, lambda: hours)
    assert rate_finding(found).key == "flow.single.worse_week"


def test_what_lies_before_limits_began_anew_is_settled_and_its_notes_remain() -> None:
    counts = [*USUAL, *[(46, 50)] * 10]
    assert rate_finding(shares(counts)).key == "flow.rate.better_since"
    anew = shares(counts, Rebasing("2024-W13", "扫码", "local", 0))
    assert rate_finding(anew).key == "flow.rate.ordinary"
    outside = shares([*USUAL[:5], (10, 50), *USUAL[:6], *[(46, 50)] * 10], Rebasing("2024-W13", "x", "y", 0))
    assert rate_finding(outside).key == "flow.rate.ordinary"
    [note] = signal_notes(outside, [f"{k}/50" for k in range(22)])
    assert (note.key, note.fields["last"], note.fields["value"]) == (
        "flow.signal.outside_limits.below", 6, "5/50"
    )  # fmt: skip


EXTENT = Extent(at("2024-07-22 09:00"), "2024-07-20", "2024-09-30")


@pytest.mark.parametrize(
    ("extent", "since", "until", "as_of", "key"),
    [
        (None, "2024-08-01", "2024-08-31", "2024-10-01 12:00", "no_data"),
        (EXTENT, "2024-07-01", "2024-07-31", "2024-07-22 08:59", "before_receipt"),
        (EXTENT, "2025-01-01", "2025-01-31", "2024-10-01 12:00", "future"),
        (EXTENT, "2024-06-01", "2024-07-19", "2024-10-01 12:00", "before_data"),
        (EXTENT, "2024-10-01", "2024-10-01", "2024-10-01 12:00", "after_data"),
        (EXTENT, "2024-08-01", "2024-08-02", "2024-10-01 12:00", "none"),
    ],
)
def test_a_period_that_holds_nothing_says_why(
    extent: Extent | None, since: str, until: str, as_of: str, key: str
) -> None:
    days = date.fromisoformat(since), date.fromisoformat(until)
    assert nothing_finding(extent, *days, date(2024, 10, 1), at(as_of)).key == f"flow.nothing.{key}"


def moves(night: tuple[int, int], day: tuple[int, int]) -> list[HourOfWeek]:
    return [HourOfWeek(2, *night), HourOfWeek(12, *day)]


def test_the_night_is_named_where_vehicles_come_but_seldom_go() -> None:
    assert week_hours_finding(moves((60, 10), (40, 90))).key == "flow.week.night"
    assert week_hours_finding(moves((60, 50), (40, 50))).key == "flow.week.neutral"
    assert week_hours_finding(moves((30, 5), (20, 45))).key == "flow.week.neutral"


def test_open_ages_tell_the_longest_or_that_there_is_nothing() -> None:
    assert ages_finding([]).key == "flow.ages.none"
    told = ages_finding([OpenAge("S", "1", 25 + 40 / 60, True), OpenAge("S", "2", 1.0, False)])
    assert told.fields == {"n": 2, "longest": "25:40"}
    assert ages_finding([OpenAge("S", "1", None, None)]).key == "flow.ages.unknown"


def test_an_address_nobody_offers_is_the_usual_period_and_an_unknown_station_is_said() -> None:
    asked = flow_ask({"weeks": "99", "station": "nowhere", "vehicle": "boat"}, {"S": 1})
    assert (asked.weeks, asked.station, asked.vehicle, asked.unknown) == (13, None, None, "nowhere")
    assert flow_ask({"weeks": "4", "station": "S"}, {"S": 1}).address(vehicle="truck") == (
        "/flow?weeks=4&station=S&vehicle=truck"
    )


def test_days_and_a_moment_in_the_address_are_kept_and_other_weeks_leave_the_days() -> None:
    query = {"from": "2024-07-01", "to": "2024-07-31", "as_of": "2024-08-01T12:00:00+08:00", "by": "hour"}
    asked = flow_ask(query, {})
    assert (asked.since, asked.until, asked.as_of) == (
        date(2024, 7, 1), date(2024, 7, 31), at("2024-08-01 12:00")
    )  # fmt: skip
    assert flow_ask(read_search(asked.address().partition("?")[2]), {}) == asked
    assert asked.address(weeks=4) == "/flow?weeks=4&by=hour&as_of=2024-08-01T04%3A00%3A00Z"
    assert asked.address(as_of=None, by=None) == "/flow?from=2024-07-01&to=2024-07-31"
    assert moment_text(at("2024-08-01 12:00") + 7) == "2024-08-01T04:00:00.000007Z"


def test_weeks_begin_with_a_monday_and_end_with_today() -> None:
    asked = flow_ask({"weeks": "4"}, {})
    assert asked.days(date(2024, 10, 2)) == (date(2024, 9, 9), date(2024, 10, 2))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"from": "2024-07-01"}, "to"),
        ({"to": "2024-07-01"}, "from"),
        ({"from": "july", "to": "2024-07-01"}, "from"),
        ({"from": "2024-07-02", "to": "2024-07-01"}, "to"),
        ({"as_of": "2024-07-02"}, "as_of"),
    ],
)
def test_a_period_or_moment_that_cannot_be_read_is_named(query: dict[str, str], name: str) -> None:
    bad = flow_ask(query, {}).bad
    assert bad is not None
    assert bad.name == name
