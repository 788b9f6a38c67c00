"""What an address says of a list, value by value."""

from __future__ import annotations

import pytest

from monitor.cases.event import DAY, HOUR
from monitor.reports.case_query import BadQuery, case_filter, duration
from tests.county import NORTH, NOW, WEST, County
from tests.factories import MINUTE, at


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT4H", 4 * HOUR),
        ("PT90M", 90 * MINUTE),
        ("P1D", DAY),
        ("P1DT12H", DAY + 12 * HOUR),
        ("P2W", 14 * DAY),
        ("PT0S", 0),
    ],
)
def test_iso_durations_of_fixed_length_are_read(text: str, span: int) -> None:
    assert duration(text) == span


@pytest.mark.parametrize("text", ["4h", "P", "PT", "P1DT", "P1M", "P1Y", "-PT4H", "PT4.5H", "PT4H ", "pt4h"])
def test_what_is_no_such_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadQuery) as bad:
        duration(text)
    assert "PT4H" in bad.value.accepted


def test_the_span_runs_from_local_midnight_to_the_midnight_after_the_last_day(told: County) -> None:
    chosen = case_filter({"from": "2026-11-20", "to": "2026-11-21"}, told.configuration.stations, NOW)
    assert chosen.since == at("2026-11-20 00:00")
    assert chosen.until == at("2026-11-22 00:00")


def test_midnight_is_that_of_the_station_asked_for(told: County) -> None:
    asked = {"station": "road-traffic-fines", "from": "2026-07-01"}
    chosen = case_filter(asked, told.configuration.stations, NOW)
    # Rome in summer is six hours behind Shanghai.
    assert chosen.since == at("2026-07-01 06:00")


def test_due_within_ends_so_long_after_now(told: County) -> None:
    assert case_filter({"due_within": "PT4H"}, told.configuration.stations, NOW).due_by == NOW + 4 * HOUR


def test_stations_are_joined_by_commas_and_must_be_known(told: County) -> None:
    stations = told.configuration.stations
    assert case_filter({"station": f"{WEST}, {NORTH}"}, stations, NOW).stations == [WEST, NORTH]
    assert case_filter({}, stations, NOW).stations is None
    with pytest.raises(BadQuery) as bad:
        case_filter({"station": f"{WEST},x"}, stations, NOW)
    assert (bad.value.name, bad.value.value) == ("station", "x")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"to": "2026/11/20"}, "to"),
        ({"from": "20261120"}, "from"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "to"),
        ({"state": "Overdue"}, "state"),
        ({"authority": "army"}, "authority"),
        ({"findings": "2"}, "findings"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(told: County, asked: dict[str, str], name: str) -> None:
    with pytest.raises(BadQuery) as bad:
        case_filter(asked, told.configuration.stations, NOW)
    assert bad.value.name == name
