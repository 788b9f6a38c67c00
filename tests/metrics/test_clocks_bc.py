"""Clocks B and C of cases worked out by hand."""

from __future__ import annotations

from monitor.cases.event import HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.clocks_bc import clock_rates
from tests.metrics.case_versions import at, engine, version

NOW = at("2024-07-26T08:00")


def told(number: int, accepted: str, decided: str | None = None, **more: str) -> tuple[object, ...]:
    return version(number, "2024-07-22T08:00", accepted_at=accepted, police_decided_at=decided, **more)


def test_a_clock_is_in_time_late_unsure_or_none() -> None:
    rows = [
        told(1, "2024-07-22T09:00", "2024-07-23T09:00"),  # to the second 24 h: in time
        told(2, "2024-07-22T09:00", "2024-07-23T09:01"),
        told(3, "2024-07-22T09:00"),  # nothing came
        told(4, "2024-07-22T09:00", "2024-07-23T00:00", police_decided_until="2024-07-23T23:59"),
        told(5, "2024-07-22T09:00", "2024-07-21T09:00"),  # ended before it began
        told(6, "2024-07-26T07:00"),  # still has time
    ]
    (found,) = clock_rates(engine(*rows), Ask(NOW), "b", 24 * HOUR)
    assert (found.k, found.n, found.undetermined) == (1, 3, 1)
    assert clock_rates(engine(*rows), Ask(NOW), "c", 24 * HOUR) == []
