"""Silence of sources, and what it puts in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.views.feeds import feeds_view, silent_activities, span_of
from monitor.cases.activity import Activity
from monitor.store.board import FeedSeen

MINUTE = 60_000_000
NOW = 1_000_000 * MINUTE


def seen(**minutes_ago: int) -> dict[str, FeedSeen]:
    return {name: FeedSeen(name, NOW - ago * MINUTE, "file") for name, ago in minutes_ago.items()}


def test_a_source_is_silent_once_more_than_its_interval_has_passed(page: Callable[..., Any]) -> None:
    pages = {"a": page("30m"), "b": page("30m")}
    feeds = feeds_view(seen(a=30, b=31), pages, NOW)
    assert [(feed.source, feed.silent) for feed in feeds] == [("a", False), ("b", True)]


def test_a_source_that_promised_nothing_is_never_silent(page: Callable[..., Any]) -> None:
    feeds = feeds_view(seen(log=999_999, record=5), {"log": page(None)}, NOW)
    assert [(feed.source, feed.silent, feed.label is None) for feed in feeds] == [
        ("log", False, False),
        ("record", False, True),
    ]


def test_a_source_that_never_delivered_is_not_missed(page: Callable[..., Any]) -> None:
    assert feeds_view({}, {"a": page("30m")}, NOW) == ()


def test_only_what_no_living_source_brings_is_in_doubt(page: Callable[..., Any]) -> None:
    pages = {
        "treasury": page("30m", Activity.PAY_CONFIRMED, Activity.PAID),
        "ledger": page("12h", Activity.PAID, Activity.RELEASED),
    }
    assert silent_activities(feeds_view(seen(treasury=52, ledger=6), pages, NOW)) == {"pay_confirmed"}
    assert silent_activities(feeds_view(seen(treasury=5, ledger=6), pages, NOW)) == frozenset()


def test_intervals_are_minutes_hours_or_days() -> None:
    assert [span_of(text) for text in ("30m", "12h", "7d", None)] == [
        30 * MINUTE,
        720 * MINUTE,
        7 * 1440 * MINUTE,
        None,
    ]
