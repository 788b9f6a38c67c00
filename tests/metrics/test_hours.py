"""Hours to release, arrivals and releases, vehicles in custody, clocks B and C: by hand."""

from __future__ import annotations

from datetime import date

from monitor.cases.event import SECOND
from monitor.metrics.ask import Ask, By
from monitor.metrics.clocks_bc import clock_rates
from monitor.metrics.hours import HourBin, hours
from monitor.metrics.open_ages import open_ages
from monitor.metrics.throughput import hours_of_week, throughput
from tests.metrics.case_versions import at, engine, version

CASES = (
    version(1, "2024-07-22T08:00", "2024-07-22T18:00"),  # 10 h
    version(2, "2024-07-22T08:00", "2024-07-23T08:00"),  # 24 h, on time
    version(3, "2024-07-22T08:00", "2024-07-23T08:30"),  # 24.5 h, late
    version(4, "2024-07-22T08:00"),  # still held
)


def test_bins_tell_on_time_late_and_held_apart() -> None:
    found = hours(engine(*CASES), Ask(at("2024-07-23T14:00")))
    assert found is not None
    assert found.bins == (HourBin(10, 1, 0, 0), HourBin(24, 1, 1, 0), HourBin(30, 0, 0, 1))
    assert (found.n, found.held, found.longest) == (4, 1, 30.0)


def test_a_held_vehicle_lengthens_the_median() -> None:
    found = hours(engine(*CASES), Ask(at("2024-07-23T14:00")))
    assert found is not None
    assert [step.held for step in found.curve] == [0.75, 0.5, 0.25]
    assert (found.median, found.p90) == (24.0, None)


def test_hours_known_to_the_day_are_counted_beside() -> None:
    by_day = version(5, "2024-07-22T08:00", "2024-07-22T00:00", released_until="2024-07-22T23:59")
    found = hours(engine(CASES[0], by_day), Ask(at("2024-07-23T14:00")))
    assert found is not None and (found.n, found.untimed) == (1, 1)
    assert hours(engine(CASES[0]), Ask(at("2024-07-22T09:00"))) is None


def test_arrivals_and_releases_lie_in_their_own_local_days_and_the_open_ones_are_carried() -> None:
    flows = throughput(engine(*CASES), Ask(at("2024-07-24T00:00"), by=(By.DAY,)))
    assert [(f.cell["period"], f.arrivals, f.releases, f.open_at_end) for f in flows] == [
        ("2024-07-22", 4, 1, 3),
        ("2024-07-23", 0, 2, 1),
    ]
    (later,) = throughput(engine(*CASES), Ask(at("2024-07-24T00:00"), since=date(2024, 7, 23), by=(By.DAY,)))
    assert later.open_at_end == 1


def test_in_and_out_of_all_days_are_those_of_its_days_and_of_nothing_there_is_no_row() -> None:
    moment = "2024-07-24"
    lake = engine(*CASES, version(5, "2024-07-22T09:00", "2024-07-23T09:00", station="S2"))
    (whole,) = throughput(lake, Ask(at(moment)))
    assert (whole.cell, whole.arrivals, whole.releases, whole.open_at_end) == ({}, 5, 4, None)
    since, until = date(2024, 7, 1), date(2024, 8, 1)
    (of_days,) = throughput(lake, Ask(at(moment), since=since, until=until))
    assert of_days == whole
    assert throughput(lake, Ask(at(moment), by=(By.STATION,))) == throughput(
        lake, Ask(at(moment), since=since, until=until, by=(By.STATION,))
    )
    # A release later than it is asked as of is none yet.
    (then,) = throughput(lake, Ask(at("2024-07-23T08:15")))
    assert (then.arrivals, then.releases) == (5, 2)
    assert throughput(lake, Ask(at("2024-07-22T07:00"))) == []
    assert throughput(lake, Ask(at(moment), stations=("S9",))) == []
    assert throughput(lake, Ask(at(moment), since=date(2024, 8, 1), until=date(2024, 8, 2))) == []


def test_the_hour_of_the_week_is_local() -> None:
    # Monday 02:30 local is still Sunday in UTC.
    found = hours_of_week(
        engine(version(1, "2024-07-22T02:30", "2024-07-28T23:10")), Ask(at("2024-07-30T00:00"))
    )
    assert [(one.hour, one.arrivals, one.releases) for one in found if one.arrivals or one.releases] == [
        (2, 1, 0), (167, 0, 1),
    ]  # fmt: skip
    assert len(found) == 168


def test_those_in_custody_stand_by_age_the_longest_first() -> None:
    rows = (
        *CASES,
        version(5, "2024-07-23T10:00"),
        version(6, None),
        version(7, "2024-07-24T10:00"),  # begins later than it is asked
    )
    found = open_ages(engine(*rows), Ask(at("2024-07-23T14:00")))
    assert [(one.case_no, one.hours, one.past_limit) for one in found] == [
        ("4", 30.0, True), ("5", 4.0, False), ("6", None, None),
    ]  # fmt: skip


def test_clock_b_counts_a_missing_decision_as_late_once_its_limit_has_come() -> None:
    rows = (
        version(1, "2024-07-22T08:00", accepted_at="2024-07-22T09:00", police_decided_at="2024-07-23T09:00"),
        version(2, "2024-07-22T08:00", accepted_at="2024-07-22T09:00"),
        version(3, "2024-07-22T08:00", accepted_at="2024-07-23T12:00"),  # its limit has not come
        version(4, "2024-07-22T08:00"),  # no clock
    )
    (found,) = clock_rates(engine(*rows), Ask(at("2024-07-23T14:00")), "b", 86_400 * SECOND)
    assert (found.k, found.n, found.undetermined) == (1, 2, 0)


def test_clock_c_says_so_where_days_allow_both() -> None:
    rows = (
        version(
            1, "2024-07-22T08:00", detained_at="2024-07-22T09:00", handed_in_at="2024-07-23T00:00",
            handed_in_until="2024-07-23T23:59",
        ),
    )  # fmt: skip
    (found,) = clock_rates(engine(*rows), Ask(at("2024-07-25T14:00")), "c", 86_400 * SECOND)
    assert (found.k, found.n, found.undetermined) == (0, 0, 1)
