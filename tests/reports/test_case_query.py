"""What an address says of a list, value by value."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.cases.event import DAY, HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.cell_names import UnknownCell
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


def test_what_stands_behind_a_mark_is_asked_of_its_figure(told: County) -> None:
    questions: list[tuple[Ask, str]] = []

    def behind(ask: Ask, cell: str) -> list[int]:
        questions.append((ask, cell))
        return [3, 1]

    asked = {
        "behind": "hours.on_time.22", "period": "2026-08-31/2026-11-26", "vehicle": "truck", "station": WEST,
        "as_of": "2026-11-26T14:32:00.000007+08:00",
    }  # fmt: skip
    chosen = case_filter(asked, told.configuration.stations, NOW + 5, behind)
    assert (chosen.ids, chosen.vehicle, chosen.since) == ([3, 1], "truck", None)
    expected = Ask(NOW + 7, (WEST,), date(2026, 8, 31), date(2026, 11, 27), ("truck",))
    assert questions == [(expected, "hours.on_time.22")]


def test_as_of_is_now_where_the_mark_does_not_say_it(told: County) -> None:
    seen: list[Ask] = []

    def behind(ask: Ask, _: str) -> list[int]:
        seen.append(ask)
        return []

    case_filter({"behind": "ages.all"}, told.configuration.stations, NOW, behind)
    assert seen == [Ask(NOW)]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"behind": "moon.all"}, "behind"),
        ({"behind": "ages.all", "period": "2026-08-31"}, "period"),
        ({"behind": "ages.all", "period": "2026-08-31/2026-08-30"}, "period"),
        ({"behind": "ages.all", "as_of": "2026-08-31T12:00:00"}, "as_of"),
        ({"behind": "ages.all", "as_of": "yesterday"}, "as_of"),
        ({"period": "2026-08-31/2026-09-30"}, "period"),
        ({"as_of": "2026-08-31T12:00:00+08:00"}, "as_of"),
        ({"vehicle": "boat"}, "vehicle"),
    ],
)
def test_a_mark_that_cannot_be_is_named(told: County, asked: dict[str, str], name: str) -> None:
    def behind(_: Ask, cell: str) -> list[int]:
        if cell.startswith("moon"):
            raise UnknownCell(cell)
        return []

    with pytest.raises(BadQuery) as bad:
        case_filter(asked, told.configuration.stations, NOW, behind)
    assert bad.value.name == name


def test_without_a_lake_nothing_is_found_behind_a_mark_and_it_is_said(told: County) -> None:
    with pytest.raises(BadQuery) as bad:
        case_filter({"behind": "ages.all"}, told.configuration.stations, NOW)
    assert bad.value.name == "behind"
