"""Limits of clocks B and C: legal values with their source, by the day of the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings

Write = Callable[[str, str], Path]

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3600 * 1_000_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC).timestamp()) * 1_000_000


def test_the_shipped_limits_of_clocks_b_and_c_are_24_hours_by_the_bureaus_notice() -> None:
    clocks = load_configuration(Settings()).clocks
    for limit in (clocks.b_at(None, SHANGHAI), clocks.c_at(None, SHANGHAI)):
        assert limit.span == 24 * HOUR
        assert clocks.sources[limit.source].document == "襄交〔2024〕127号"
        assert limit.confirmed


def test_a_changed_limit_holds_from_local_midnight_of_its_day(overlay: Write) -> None:
    folder = overlay(
        "clocks.yaml",
        "b:\n  - {from: 2024-01-01, hours: 24, source: xiangjiao-2024-127}\n"
        "  - {from: 2025-03-01, hours: 12, source: xiangjiao-2024-127}\n",
    )
    clocks = load_configuration(Settings(config_dir=folder)).clocks
    assert clocks.b_at(at("2025-02-28T23:59:59"), SHANGHAI).span == 24 * HOUR
    assert clocks.b_at(at("2025-03-01T00:00:00"), SHANGHAI).span == 12 * HOUR
    assert clocks.b_at(at("2020-01-01T00:00:00"), SHANGHAI).span == 24 * HOUR
    assert clocks.c_at(at("2025-03-01T00:00:00"), SHANGHAI).span == 24 * HOUR
    assert not clocks.b_at(None, SHANGHAI).confirmed


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ("{from: 2024-01-01, hours: 24, source: nowhere}", "b.0.source", "unknown_source"),
        ("{from: 2024-01-01, hours: 0, source: xiangjiao-2024-127}", "b.0.hours", "out_of_range"),
        ("{from: 2024-01-01, hour: 24, source: xiangjiao-2024-127}", "b.0.hour", "unknown_key"),
    ],
)
def test_a_mistake_is_named_by_its_key(overlay: Write, entry: str, key: str, message: str) -> None:
    folder = overlay("clocks.yaml", f"b:\n  - {entry}\n")
    found = {(problem.key, problem.message) for problem in check_config(folder)}
    assert (key, message) in found


def test_two_limits_from_one_day_are_refused(overlay: Write) -> None:
    entry = "  - {from: 2024-01-01, hours: 24, source: xiangjiao-2024-127}\n"
    [problem] = check_config(overlay("clocks.yaml", "b:\n" + entry + entry))
    assert (problem.key, problem.message) == ("b.1.from", "overlapping_dates")
