"""Titles of the Flow page: one test per rule, and the neutral sentence where none fires."""

from __future__ import annotations

import pytest

from dashboard.views.flow import flow_ask, weekly
from dashboard.views.flow_findings import (
    ages_finding,
    hours_finding,
    hours_note,
    rate_finding,
    stages_finding,
    target_finding,
    week_hours_finding,
)
from monitor.metrics.bunching import Answer, Bunching
from monitor.metrics.control_chart import share_chart
from monitor.metrics.open_ages import OpenAge
from monitor.metrics.stages import Stage, StageShare
from monitor.metrics.throughput import HourOfWeek


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


def rate(counts: list[tuple[int, int]]) -> str:
    weeks = [f"2024-W{index + 1:02d}" for index in range(len(counts))]
    return rate_finding(share_chart(counts, 0.8), weeks).key


def test_the_weekly_rate_is_better_or_worse_only_by_a_rule() -> None:
    assert rate([(40, 50), (41, 50), (39, 50)]) == "flow.rate.ordinary"
    assert rate([(39, 50), *[(44, 50)] * 8]) == "flow.rate.better_since"
    assert rate([(41, 50), (20, 50)]) == "flow.rate.worse_week"
    assert rate([(8, 10), (2, 10)]) == "flow.rate.few"
    assert rate_finding(None, []).key == "flow.rate.few"


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


def test_the_week_that_is_not_over_takes_no_part_in_centre_and_rules() -> None:
    found = weekly([("2024-W01", 8, 10), ("2024-W02", 9, 10), ("2024-W03", 0, 4)], "2024-W03")
    assert found.centre == pytest.approx(0.85)
    assert (found.base, found.running) == (("2024-W01", "2024-W02"), True)
    assert found.chart is not None
    assert len(found.chart.points) == 2
