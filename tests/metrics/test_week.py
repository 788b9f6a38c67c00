"""The week's figures by hand: what lies in it, what has come due, and what is counted beside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingest.candidate import Candidate
from monitor.lake.keeper import bring_up
from monitor.metrics.ask import Ask
from monitor.metrics.compliance import compliance
from monitor.metrics.hours import hours
from monitor.metrics.lake_engine import LakeEngine
from monitor.metrics.week import week_figures, week_span
from monitor.store.database import Database
from tests.factories import HOUR, ROME, SHANGHAI, at, candidate, day, deliver, terms

# Week 48 of 2024 runs from Monday 25 November to Sunday 1 December.
MONDAY = at("2024-11-25 00:00")
NEXT = at("2024-12-02 00:00")
LATER = at("2024-12-20 09:00")


def held(name: str, due: int, hours: float | None = None) -> list[Candidate]:
    """A vehicle with its deadline at `due`, released so many hours after its confirmation."""
    start = due - 24 * HOUR
    told = [candidate("confirmed", start, case_no=name)]
    if hours is not None:
        told.append(candidate("released", start + round(hours * HOUR), case_no=name))
    return told


def test_a_week_begins_on_monday_at_local_midnight() -> None:
    assert week_span(MONDAY, SHANGHAI) == ("2024-W48", MONDAY, NEXT)
    assert week_span(NEXT - 1, SHANGHAI) == ("2024-W48", MONDAY, NEXT)
    assert week_span(NEXT, SHANGHAI)[0] == "2024-W49"
    # Monday 02:30 in Shanghai is Sunday 18:30 in UTC: the week is that of the station.
    assert week_span(at("2024-11-25 02:30"), SHANGHAI)[0] == "2024-W48"


def test_the_iso_year_goes_with_the_iso_week() -> None:
    assert week_span(at("2024-12-30 00:00"), SHANGHAI)[0] == "2025-W01"
    assert week_span(at("2021-01-03 23:59"), SHANGHAI)[0] == "2020-W53"


def test_a_week_with_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    spring, autumn = (
        week_span(at("2024-03-28 12:00", ROME), ROME),
        week_span(at("2024-10-24 12:00", ROME), ROME),
    )
    assert spring[2] - spring[1] == 167 * HOUR
    assert autumn[2] - autumn[1] == 169 * HOUR


def test_a_case_belongs_to_the_week_of_its_deadline_to_the_microsecond(database: Database) -> None:
    told = [
        *held("sunday before", MONDAY - 1, 1),
        *held("monday", MONDAY, 1),
        *held("monday 02:30", at("2024-11-25 02:30"), 30),
        *held("sunday", NEXT - 1, 1),
        *held("next monday", NEXT, 1),
    ]
    deliver(database, told, LATER)
    assert [_kn(database, moment) for moment in (MONDAY - 1, NEXT - 1, NEXT + HOUR)] == [
        (1, 1),
        (2, 3),
        (1, 1),
    ]


def _kn(database: Database, now: int) -> tuple[int, int]:
    figures = week_figures(database, None, now, SHANGHAI)
    return figures.k, figures.n


def test_a_case_counts_from_its_deadline_on_whether_released_or_not(database: Database) -> None:
    due = at("2024-11-27 14:32")
    deliver(database, [*held("early", due, 3), *held("held", due)], LATER)
    assert _kn(database, due - 1) == (0, 0)
    assert _kn(database, due) == (1, 2)


def test_what_cannot_be_judged_stands_beside_and_withdrawn_ones_within_and_beside(database: Database) -> None:
    due = at("2024-11-27 14:32")
    told = [
        *held("on time", due, 24),
        *held("late", due, 25),
        *held("withdrawn", due),
        candidate("withdrawn", due, case_no="withdrawn"),
        candidate("confirmed", day("2024-11-26"), case_no="either"),
        candidate("released", day("2024-11-27"), case_no="either"),
        *held("before", due, -1),
        *held("to come", due, 24 * 30),
        candidate("detained", due, case_no="no start"),
    ]
    deliver(database, told, LATER)
    figures = week_figures(database, None, at("2024-12-01 12:00"), SHANGHAI)
    assert (figures.k, figures.n) == (1, 3)
    assert figures.beside == {"undetermined": 1, "implausible": 2, "withdrawn": 1}


def test_off_site_cases_are_outside(database: Database) -> None:
    off_site = terms(holds=False, hours=None)
    deliver(database, held("x", at("2024-11-27 14:32"), 3), LATER, terms_of=lambda station: off_site)
    figures = week_figures(database, None, NEXT - 1, SHANGHAI)
    assert (figures.n, figures.timed, figures.median_hours) == (0, 0, None)


def test_the_median_is_of_the_cases_of_the_rate_and_counts_those_still_held(database: Database) -> None:
    told = [
        # Released on Sunday 30 minutes before the week, and due in it.
        *held("half an hour", MONDAY + 23 * HOUR, 0.5),
        *held("two", at("2024-11-26 12:00"), 2),
        *held("thirty", at("2024-11-27 12:00"), 30),
        *held("ten", at("2024-11-28 12:00"), 10),
        *held("still there", at("2024-11-28 12:00")),
        # Released in the week and due after it; and known to the day.
        *held("next week", NEXT + HOUR, 1),
        candidate("confirmed", day("2024-11-28"), case_no="of a day"),
        candidate("released", at("2024-11-29 12:00"), case_no="of a day"),
    ]
    deliver(database, told, LATER)
    # Of five with a time 4/5 are held after 0.5 hours, 3/5 after 2, 2/5 after 10; of the released alone the
    # middle would be 6 hours.
    figures = week_figures(database, None, NEXT - 1, SHANGHAI)
    assert (figures.median_hours, figures.timed) == (10.0, 5)
    early = week_figures(database, None, at("2024-11-27 00:00"), SHANGHAI)
    assert (early.median_hours, early.timed) == (0.5, 2)


def test_without_half_of_the_cases_released_there_is_no_median(database: Database) -> None:
    due = at("2024-11-27 14:32")
    deliver(database, [*held("three", due, 3), *held("a", due), *held("b", due)], LATER)
    figures = week_figures(database, None, NEXT - 1, SHANGHAI)
    assert (figures.median_hours, figures.timed) == (None, 3)


def test_only_the_stations_asked_for_count(database: Database) -> None:
    due = at("2024-11-27 14:32")
    told = [*held("here", due, 3), *(one._replace(station="S2") for one in held("there", due, 30))]
    deliver(database, told, LATER)
    here = week_figures(database, ["S1"], NEXT - 1, SHANGHAI)
    assert (here.k, here.n) == (1, 1)
    assert week_figures(database, None, NEXT - 1, SHANGHAI).n == 2
    assert week_figures(database, [], NEXT - 1, SHANGHAI).n == 0


def test_the_board_counts_what_the_metric_counts_over_the_lake(database: Database, tmp_path: Path) -> None:
    """Every verdict there is, at moments through the week: one definition, read in two ways."""
    due = at("2024-11-27 14:32")
    told = [
        *held("on time", due, 3),
        *held("late", due + HOUR, 30),
        *held("still there", due),
        *held("withdrawn", due, 5),
        candidate("withdrawn", due - 20 * HOUR, case_no="withdrawn"),
        *held("released before", due, -1),
        candidate("confirmed", day("2024-11-26"), case_no="days"),
        candidate("released", day("2024-11-27"), case_no="days"),
        *held("week before", MONDAY - 1, 1),
        *(one._replace(station="S2") for one in held("there", due, 30)),
    ]
    deliver(database, told, at("2024-11-25 00:00"))
    bring_up(database, tmp_path / "lake", lambda _: SHANGHAI, LATER)
    engine = LakeEngine.open(tmp_path / "lake")
    for now in (MONDAY + HOUR, due - 1, due, due + 2 * HOUR, due + 40 * HOUR, NEXT - 1):
        week = week_span(now, SHANGHAI)[0]
        for stations in (None, ["S1"], ["S2"]):
            asked = Ask(
                now, None if stations is None else tuple(stations), date(2024, 11, 25), date(2024, 12, 2)
            )
            found = compliance(engine, asked)
            shown = week_figures(database, stations, now, SHANGHAI)
            assert week == "2024-W48"
            k, n = (found[0].k, found[0].n) if found else (0, 0)
            beside = {name: count for name, count in found[0].beside.items() if count} if found else {}
            assert (shown.k, shown.n, shown.beside) == (k, n, beside), (now, stations)
            timed = hours(engine, asked)
            told_of = (timed.median, timed.n) if timed else (None, 0)
            assert (shown.median_hours, shown.timed) == told_of, (now, stations)
    assert shown.n == 1
