"""The two rates of overload and late entries, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from monitor.cases.validity import ValidSpan
from monitor.lake.event_rows import WEIGHINGS, CaseSpans, Described, event_table, weighing_table
from monitor.metrics.ask import Ask, By
from monitor.metrics.engine import MemoryEngine
from monitor.metrics.late_entry import late_entry
from monitor.metrics.overload_rate import overload_rate
from tests.factories import MINUTE, SHANGHAI, at, day, event

NOW = at("2024-08-01 00:00")


def weighed(**told: Any) -> dict[str, Any]:
    row = {
        "station": "S1", "case_no": "1", "month": "2024-07", "occurred_at": at("2024-07-22 02:30"),
        "known_from": 0, "date": "2024-07-22", "week": "2024-W30", "hour": 2, "first": True,
        "plate_read": True, "gross_kg": 40_000, "limit_kg": 49_000,
    }  # fmt: skip
    return {**row, **told}


def rates(*rows: dict[str, Any], **asked: Any) -> Any:
    table = pa.Table.from_pylist(list(rows), schema=WEIGHINGS)
    return overload_rate(MemoryEngine({"weighings": table}), Ask(NOW, **asked))


def test_overloaded_of_weighed_and_how_far_over_are_two_figures() -> None:
    (found,) = rates(
        weighed(), weighed(gross_kg=53_900), weighed(gross_kg=58_800), weighed(gross_kg=60_000, first=False)
    )
    assert (found.k, found.n) == (2, 3)
    # 10 % and 20 % over: median 15 %, 90 % quantile 19 %.
    assert (found.median_over, found.p90_over) == (pytest.approx(0.15), pytest.approx(0.19))


def test_unread_plates_count_and_what_has_no_limit_stands_beside() -> None:
    (found,) = rates(weighed(plate_read=False), weighed(limit_kg=None), weighed(gross_kg=None))
    assert (found.k, found.n, found.unknown, found.unread) == (0, 1, 2, 1)
    assert found.median_over is None


def test_without_a_recorded_limit_that_of_the_rules_applies() -> None:
    (found,) = rates(weighed(limit_kg=None, rule_kg=31_000), weighed(limit_kg=49_000, rule_kg=31_000))
    assert (found.k, found.n, found.rule_k) == (1, 2, 2)


def test_weeks_are_local_and_half_open() -> None:
    found = rates(weighed(), weighed(date="2024-07-21", week="2024-W29"), by=(By.WEEK,))
    assert [(one.cell["period"], one.n) for one in found] == [("2024-W29", 1), ("2024-W30", 1)]
    (only,) = rates(weighed(), weighed(date="2024-07-23"), since=date(2024, 7, 22), until=date(2024, 7, 23))
    assert only.n == 1


def test_weighings_of_a_case_are_read_from_its_events() -> None:
    first = event(
        "weighed", at("2024-07-22 08:00"), plate="晋D12345", gross_kg=60_000, limit_kg=49_000, axles=6
    )
    again = event("reweighed", at("2024-07-22 12:00"), plate="晋D12345", gross_kg=48_000)
    spans = [ValidSpan(first, 5, None), ValidSpan(again, 6, 9)]
    table = weighing_table(event_table([CaseSpans(7, "S1", "C7", "2024-07", spans)], lambda _: SHANGHAI), {})
    rows = table.to_pylist()
    assert [(row["first"], row["gross_kg"], row["known_to"]) for row in rows] == [
        (True, 60_000, None), (False, 48_000, 9),
    ]  # fmt: skip
    assert (rows[0]["week"], rows[0]["hour"], rows[0]["plate_read"]) == ("2024-W30", 8, True)


def entries(*spans: ValidSpan, threshold: int = 60 * MINUTE) -> Any:
    table = event_table([CaseSpans(1, "S1", "C1", "2024-07", spans)], lambda _: SHANGHAI)
    return late_entry(MemoryEngine({"events": table}), Ask(NOW), threshold)


def test_a_delay_is_by_the_sources_own_time_else_by_the_receipt() -> None:
    own = event(
        "released", at("2024-07-22 08:00"), recorded=at("2024-07-22 10:00"), received=at("2024-07-29 08:00")
    )
    ours = event("released", at("2024-07-22 09:00"), received=at("2024-07-22 09:30"))
    (found,) = entries(ValidSpan(own, 0, None), ValidSpan(ours, 0, None))
    assert (found.activity, found.n, found.late, found.median, found.longest) == ("released", 2, 1, 1.25, 2.0)


def test_backfilled_history_and_days_say_nothing_of_a_delay() -> None:
    old = event(
        "released", at("2024-07-22 08:00"), received=at("2024-07-29 08:00"), known=at("2024-07-22 08:00")
    )
    by_day = event("confirmed", day("2024-07-22"), received=at("2024-07-29 08:00"))
    (found,) = entries(ValidSpan(old, 0, None), ValidSpan(by_day, 0, None))
    assert (found.activity, found.n, found.untold, found.median) == ("released", 0, 1, None)


def test_what_a_weighing_leaves_out_its_case_tells_in_the_span_in_which_it_does() -> None:
    weighed = event("weighed", at("2024-07-22 08:00"), plate="晋D1", gross_kg=52_000)
    spans = [CaseSpans(7, "S1", "C7", "2024-07", [ValidSpan(weighed, 100, None)])]
    said = {
        7: [Described(100, 200, None, None, None, None), Described(200, None, "truck", 6, 50_000, 49_000)]
    }
    rows = weighing_table(event_table(spans, lambda _: SHANGHAI), said).to_pylist()
    told = [(row["known_from"], row["known_to"], row["limit_kg"], row["rule_kg"]) for row in rows]
    assert told == [(100, 200, None, None), (200, None, 50_000, 49_000)]
    assert [row["vehicle"] for row in rows] == [None, "truck"]
