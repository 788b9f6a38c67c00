"""The figures above the board, with what a small number allows to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.views.board import CaseKey
from dashboard.views.plate import masked_plate
from dashboard.views.strip import Strip, strip_of
from monitor.cases.branch import held_after_removal
from monitor.cases.gate import gate_of
from monitor.cases.state import CaseState, Verdict
from monitor.metrics.small_numbers import wilson

if TYPE_CHECKING:
    from monitor.metrics.week import WeekFigures
    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Name


@dataclass(frozen=True, slots=True)
class Rate:
    """k of n, and the interval in per cent. `percent` is None where n is too small for a headline or 0."""

    k: int
    n: int
    percent: int | None
    interval: tuple[int, int] | None
    few: bool
    beside: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Release:
    """A release that has come to pass. `took` and `after_removal` (microseconds) are None where only days are
    known."""

    key: CaseKey
    plate: str | None
    station: Name | None
    at: int
    exact: bool
    took: int | None
    verdict: str
    after_removal: int | None
    strip: Strip | None


def rate_view(week: WeekFigures, few_n: int) -> Rate:
    """The week's 24-hour rate. Nothing to count has no rate, which is not 100 %."""
    interval = wilson(week.k, week.n)
    return Rate(
        week.k,
        week.n,
        round(100 * week.k / week.n) if week.n >= few_n else None,
        None if interval is None else (round(100 * interval.low), round(100 * interval.high)),
        0 < week.n < few_n,
        week.beside,
    )


def releases_view(
    states: Sequence[CaseState], configuration: Configuration, axis_hours: float | None = None
) -> tuple[Release, ...]:
    """Releases in the order given; with `axis_hours` each carries its strip."""
    releases = []
    for state in states:
        if state.released_at is None:
            continue
        station = configuration.stations.get(state.station)
        started = state.confirmed_at is not None and state.confirmed_until is None
        exact = started and state.released_until is None
        start = state.first_at if state.confirmed_at is None else state.confirmed_at
        gate = gate_of(None if station is None else station.gate_at(start))
        releases.append(
            Release(
                (state.station, state.case_no),
                masked_plate(state.plate),
                None if station is None else station.short,
                state.released_at,
                state.released_until is None,
                state.released_at - state.confirmed_at if exact and state.confirmed_at is not None else None,
                state.verdict,
                held_after_removal(state, state.released_at),
                strip_of(state, gate, state.released_at, axis_hours) if axis_hours and exact else None,
            )
        )
    return tuple(releases)


def on_time(releases: Sequence[Release]) -> tuple[int, int]:
    """How many of the releases whose verdict is known were on time."""
    judged = [one for one in releases if one.verdict in (Verdict.ON_TIME, Verdict.LATE)]
    return sum(one.verdict == Verdict.ON_TIME for one in judged), len(judged)
