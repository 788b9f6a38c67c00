"""The 24-hour rate, each figure worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from monitor.metrics.ask import Ask, By
from monitor.metrics.compliance import compliance
from tests.metrics.case_versions import at, engine, version


def asked(rows: list[tuple[Any, ...]], now: str, **told: Any) -> Any:
    return compliance(engine(*rows), Ask(at(now), **told))


def test_a_case_belongs_to_the_week_of_its_deadline_in_local_time() -> None:
    # Monday 02:30 local is Sunday 18:30 UTC; a case confirmed on Sunday 02:30 falls due then.
    rows = [
        version(1, "2024-07-21T02:30", "2024-07-21T20:00"),  # due Monday 22 July 02:30, W30
        version(2, "2024-07-20T23:59", "2024-07-21T20:00"),  # due Sunday 23:59, W29
    ]
    found = asked(rows, "2024-07-30T00:00", by=(By.WEEK,))
    assert [(row.period, row.k, row.n) for row in found] == [("2024-W29", 1, 1), ("2024-W30", 1, 1)]


def test_held_past_the_deadline_counts_and_one_not_yet_due_does_not() -> None:
    rows = [
        version(1, "2024-07-22T08:00"),  # due 23 July 08:00, still held
        version(2, "2024-07-23T12:00"),  # due 24 July 12:00
        version(3, "2024-07-22T09:00", "2024-07-23T09:00"),  # exactly at its deadline
    ]
    (row,) = asked(rows, "2024-07-24T00:00")
    assert (row.k, row.n, row.rate) == (1, 2, 0.5)
    (row,) = asked(rows, "2024-07-24T12:00")
    assert (row.k, row.n) == (1, 3)


def test_what_is_outside_stands_beside_by_its_reason() -> None:
    rows = [
        version(1, "2024-07-22T08:00", "2024-07-22T12:00", withdrawn_at="2024-07-22T10:00"),
        version(2, "2024-07-22T08:00", "2024-07-22T07:00", verdict="implausible"),
        version(3, "2024-07-22T08:00", "2024-07-26T12:00"),  # released later than it is asked
        version(4, "2024-07-22T08:00", "2024-07-23T00:00", verdict="undetermined"),
        version(5, None),
        version(6, None, verdict="not_held", custody=False),
    ]
    (row,) = asked(rows, "2024-07-24T00:00")
    assert (row.k, row.n) == (1, 1)
    assert row.beside == {
        "not_held": 1, "no_deadline": 1, "undetermined": 1, "implausible": 2, "withdrawn": 1,
    }  # fmt: skip


def test_net_time_leaves_the_suspended_spans_out() -> None:
    pause = f'[[{at("2024-07-22T10:00")},{at("2024-07-22T14:00")},"weather"]]'
    rows = [version(1, "2024-07-22T08:00", "2024-07-23T11:00", pauses=pause)]  # 27 h, 23 h net
    (row,) = asked(rows, "2024-07-24T00:00")
    assert (row.k, row.net_k, row.n) == (0, 1, 1)
    open_pause = f'[[{at("2024-07-22T10:00")},null,"weather"]]'
    (row,) = asked([version(1, "2024-07-22T08:00", pauses=open_pause)], "2024-07-24T00:00")
    assert (row.k, row.net_k, row.n) == (0, 1, 1)


def test_what_was_known_then_counts_and_not_what_was_corrected_since() -> None:
    noticed = at("2024-07-25T00:00")
    rows = [
        version(1, "2024-07-22T08:00", "2024-07-23T20:00", known_to=noticed),
        version(1, "2024-07-22T08:00", "2024-07-23T02:00", known_from=noticed),
    ]
    before, after = (asked(rows, now)[0] for now in ("2024-07-24T23:59", "2024-07-25T00:00"))
    assert (before.k, before.n) == (0, 1)
    assert (after.k, after.n) == (1, 1)


def test_days_asked_for_are_local_and_half_open() -> None:
    rows = [
        version(1, "2024-07-21T00:00", "2024-07-21T05:00"),  # due 22 July 00:00
        version(2, "2024-07-21T23:59", "2024-07-22T05:00"),  # due 22 July 23:59
        version(3, "2024-07-22T00:00", "2024-07-22T05:00"),  # due 23 July 00:00
    ]
    (row,) = asked(rows, "2024-08-01T00:00", since=date(2024, 7, 22), until=date(2024, 7, 23))
    assert row.n == 2


def test_nothing_to_count_is_no_row_and_an_empty_span_is_refused() -> None:
    assert asked([version(1, "2024-07-22T08:00")], "2024-07-22T09:00", by=(By.WEEK,)) == []
    with pytest.raises(ValueError, match="no day"):
        Ask(0, since=date(2024, 7, 22), until=date(2024, 7, 22))


def test_net_of_a_pause_a_release_known_to_the_day_counts_only_where_every_instant_does() -> None:
    pause = f'[[{at("2024-07-22T10:00")},{at("2024-07-23T10:00")},"scale"]]'
    late = {"verdict": "released_late", "pauses": pause}
    # 24 h under suspension: net on time up to 08:00 of the 24th.
    by_day = version(1, "2024-07-22T08:00", "2024-07-24T00:00", released_until="2024-07-24T23:59", **late)
    exact = version(2, "2024-07-22T08:00", "2024-07-24T08:00", **late)
    (found,) = compliance(engine(by_day, exact), Ask(at("2024-07-30T00:00")))
    assert (found.k, found.n, found.net_k) == (0, 2, 1)
