"""What the figures say of few cases, of none, and of enough."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.views.figures import on_time, rate_view, releases_view
from monitor.cases.event import HOUR
from monitor.cases.state import CaseState
from monitor.metrics.week import WeekFigures
from monitor.settings.configuration import Configuration

Held = Callable[..., CaseState]


def week(k: int, n: int) -> WeekFigures:
    return WeekFigures("2026-W48", k, n, {}, None, 0)


def test_eighteen_of_twentyone_carry_a_percentage_and_the_wilson_interval() -> None:
    # p = 18/21, z = 1.96: centre (18 + 1.9207)/(21 + 3.8415) = 0.8019, half-width 0.1476.
    rate = rate_view(week(18, 21), 12)
    assert (rate.percent, rate.interval, rate.few) == (86, (65, 95), False)


def test_below_twelve_cases_no_percentage_is_a_headline() -> None:
    rate = rate_view(week(10, 11), 12)
    assert (rate.percent, rate.few) == (None, True)
    assert rate.interval is not None
    assert rate_view(week(11, 12), 12).percent == 92


def test_nothing_to_count_has_no_rate() -> None:
    rate = rate_view(week(0, 0), 12)
    assert (rate.percent, rate.interval, rate.few) == (None, None, False)


def test_a_release_tells_its_time_and_what_came_after_removal(
    held: Held, configuration: Configuration
) -> None:
    state = held(20, removed_h=8.0, released_h=11.4, verdict="released_on_time")
    release = releases_view([state], configuration)[0]
    assert release.took == round(11.4 * HOUR)
    assert release.after_removal == round(3.4 * HOUR)
    assert release.plate == "晋D·8**21"


def test_a_release_known_only_to_the_day_claims_no_time(held: Held, configuration: Configuration) -> None:
    state = held(20, released_h=0.0, verdict="undetermined")
    state = state._replace(released_until=state.released_at + 24 * HOUR - 1)
    release = releases_view([state], configuration, 26.4)[0]
    assert (release.took, release.exact, release.strip) == (None, False, None)


def test_only_known_verdicts_are_judged(held: Held, configuration: Configuration) -> None:
    states = [
        held(20, case_no="1", released_h=10.0, verdict="released_on_time"),
        held(40, case_no="2", released_h=25.0, verdict="released_late"),
        held(20, case_no="3", released_h=10.0, verdict="undetermined"),
    ]
    assert on_time(releases_view(states, configuration)) == (1, 2)
