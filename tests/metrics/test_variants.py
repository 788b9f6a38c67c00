"""Variants and durations of cases: by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from monitor.cases.event import Event
from monitor.cases.validity import validity
from monitor.lake.case_rows import case_table
from monitor.lake.event_rows import CaseSpans, event_table
from monitor.metrics.ask import Ask, By
from monitor.metrics.case_durations import case_durations, durations_us
from monitor.metrics.engine import MemoryEngine
from monitor.metrics.histories import histories
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.variants import variants
from tests.factories import HOUR, SHANGHAI, at, day, event
from tests.metrics.case_versions import version

NOW = at("2024-07-25 00:00")
MORNING, NOON, NIGHT = (at(f"2024-07-22 {hour}:00") for hour in ("08", "12", "23"))


def engine_of(*cases: Sequence[Event], turned: bool = False) -> MemoryEngine:
    """Cases 1, 2, … of stations S1, S2, S1, …; `turned`: with the rows of the events the other way round."""
    spans, versions = [], []
    for number, events in enumerate(cases, 1):
        station = "S2" if number % 2 == 0 else "S1"
        spans.append(CaseSpans(number, station, str(number), "2024-07", validity(events)))
        first = min(one.occurred_at for one in events)
        versions.append(version(number, None, station=station, first_at=first))
    rows = event_table(spans, lambda _: SHANGHAI)
    return MemoryEngine(
        {
            "case_versions": case_table(list[Sequence[Any]](versions), lambda _: SHANGHAI),
            "events": rows.take(list(range(len(rows)))[::-1]) if turned else rows,
        }
    )


def told(engine: MemoryEngine, ask: Ask) -> list[tuple[str, int, int]]:
    return [(one.activities, one.k, one.n) for one in variants(engine, ask)]


@pytest.mark.parametrize("turned", [False, True])
def test_cases_of_one_order_are_counted_together_the_most_frequent_first(turned: bool) -> None:
    straight = [event("confirmed", MORNING), event("decided", NOON), event("released", NIGHT)]
    other = [event("confirmed", MORNING), event("decided", NIGHT), event("released", NOON)]
    engine = engine_of(straight, other, straight[::-1], [event("confirmed", MORNING)], turned=turned)
    assert told(engine, Ask(NOW)) == [
        ("confirmed > decided > released", 2, 4),
        ("confirmed", 1, 4),
        ("confirmed > released > decided", 1, 4),
    ]


def test_activities_of_one_instant_are_read_in_their_usual_order() -> None:
    # Told the other way round, and one of them to the day alone, which begins before all of its hours.
    at_once = [event("released", NIGHT), event("paid", NIGHT), event("weighed", NIGHT)]
    by_day = [event("confirmed", MORNING), event("weighed", day("2024-07-22"))]
    twice = [event("paid", NOON, ident="2"), event("paid", NOON, ident="1"), event("weighed", NOON)]
    assert told(engine_of(at_once, by_day, twice), Ask(NOW)) == [
        ("weighed > confirmed", 1, 3),
        ("weighed > paid > paid", 1, 3),
        ("weighed > paid > released", 1, 3),
    ]


def test_only_what_was_known_then_and_had_happened_counts() -> None:
    late = event("decided", NOON, received=NIGHT, known=NIGHT)
    events = [event("confirmed", MORNING), late, event("released", NOW + HOUR, received=MORNING)]
    engine = engine_of(events)
    assert told(engine, Ask(NOON + HOUR)) == [("confirmed", 1, 1)]
    assert told(engine, Ask(NOW)) == [("confirmed > decided", 1, 1)]
    assert told(engine, Ask(MORNING - 1)) == [] == case_durations(engine, Ask(MORNING - 1))


def test_withdrawing_is_a_step_and_what_was_voided_is_none() -> None:
    withdrawn = [event("confirmed", MORNING), event("withdrawn", NOON)]
    wrong = event("paid", NOON, event_id="P1")
    void = event("voided", NIGHT, event_id="V1", voids="P1")
    engine = engine_of(withdrawn, [event("confirmed", MORNING), wrong, void])
    assert told(engine, Ask(NOW)) == [("confirmed", 1, 2), ("confirmed > withdrawn", 1, 2)]
    assert told(engine, Ask(NIGHT - 1)) == [("confirmed > paid", 1, 2), ("confirmed > withdrawn", 1, 2)]
    (found,) = case_durations(engine, Ask(NOW))
    assert (found.single, found.longest) == (1, 4.0)


def test_durations_with_one_event_and_with_days_alone() -> None:
    cases = (
        [event("confirmed", MORNING), event("released", NIGHT)],  # 15 h
        [event("confirmed", MORNING), event("decided", NOON)],  # 4 h
        [event("confirmed", MORNING)],  # one event
        [event("decided", day("2024-07-22")), event("paid", day("2024-07-24"))],  # 48 h, give or take
    )
    engine = engine_of(*cases)
    (found,) = case_durations(engine, Ask(NOW))
    assert (found.n, found.single, found.by_day) == (4, 1, 1)
    # Type 7 of 0, 4, 15, 48: halfway between 4 and 15; 0.7 of the way from 15 to 48.
    assert (found.median, found.p90, found.longest) == pytest.approx((9.5, 38.1, 48.0))
    spans = durations_us(histories(engine, Ask(NOW)))
    assert spans.tolist() == [15 * HOUR, 4 * HOUR, 0, 48 * HOUR]


def test_stations_days_and_breakdowns() -> None:
    # The second one begins an hour after midnight in Shanghai, which is the day before in UTC.
    engine = engine_of(
        [event("confirmed", MORNING), event("released", at("2024-07-24 09:00"))],
        [event("confirmed", at("2024-07-23 01:00"))],
    )
    assert told(engine, Ask(NOW, stations=("S2",))) == [("confirmed", 1, 1)]
    of_day = Ask(NOW, since=date(2024, 7, 23), until=date(2024, 7, 24))
    assert told(engine, of_day) == [("confirmed", 1, 1)]
    apart = variants(engine, Ask(NOW, by=(By.STATION, By.DAY)))
    assert [(one.cell, one.activities, one.k, one.n) for one in apart] == [
        ({"station": "S1", "period": "2024-07-22"}, "confirmed > released", 1, 1),
        ({"station": "S2", "period": "2024-07-23"}, "confirmed", 1, 1),
    ]
    assert [one.longest for one in case_durations(engine, Ask(NOW, by=(By.STATION,)))] == [49.0, 0.0]
    assert told(engine, Ask(NOW, stations=("S9",))) == []
    with pytest.raises(UnknownBreakdown):
        variants(engine, Ask(NOW, by=(By.HOUR,)))
