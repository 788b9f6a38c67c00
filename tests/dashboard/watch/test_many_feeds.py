"""Beside the board there is room for eight sources: which are named, and that none goes unsaid."""

from __future__ import annotations

import json
from dataclasses import replace

from dashboard.parts.board import board
from dashboard.services import Services
from dashboard.views.feeds import Feed
from dashboard.views.snapshot import snapshot
from monitor.cases.event import HOUR


def feed(number: int, *, silent: bool = False, promised: bool = True) -> Feed:
    return Feed(f"source-{number:02d}", None, 0, HOUR if promised else None, silent, frozenset())


def drawn(services: Services, now: int, *feeds: Feed) -> str:
    view = replace(snapshot(services, None, now), feeds=feeds)
    return json.dumps(
        board(view, services.texts["zh"], services.configuration, wall=True), ensure_ascii=False
    )


def test_eight_sources_are_all_named(services: Services, now: int) -> None:
    shown = drawn(services, now, *(feed(number) for number in range(8)))
    assert all(f"source-{number:02d}" in shown for number in range(8))
    assert "另有" not in shown


def test_of_more_the_silent_come_first_then_those_that_owe_a_time(services: Services, now: int) -> None:
    shown = drawn(
        services, now,
        *(feed(number, promised=False) for number in range(6)),
        *(feed(number) for number in range(6, 12)),
        feed(12, silent=True),
    )  # fmt: skip
    named = {number for number in range(13) if f"source-{number:02d}" in shown}
    assert named == {12, 6, 7, 8, 9, 10, 11, 0}
    assert "另有 5 个正常" in shown
    assert "12/13 正常" in shown


def test_silent_ones_that_find_no_room_are_counted_apart(services: Services, now: int) -> None:
    shown = drawn(services, now, *(feed(number, silent=True) for number in range(10)), feed(10))
    assert "另有 2 个静默" in shown
    assert "另有 1 个正常" in shown
