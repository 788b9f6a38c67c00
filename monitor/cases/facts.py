"""The valid events of a case with their data read, by activity."""

from __future__ import annotations

from typing import Any

from monitor.cases.event import Event

Fact = tuple[Event, dict[str, Any]]
"""A valid event and its data."""

Facts = dict[str, list[Fact]]
"""Valid events by activity, each list in the order of time."""


def earliest(found: list[Fact]) -> tuple[int, int | None]:
    """When the first of them happened, and the last possible instant of that where it is an interval.

    An event known to the day may have come before or after an exact one of that day: the first of both lies
    between the beginning of the day and the exact instant.
    """
    first = found[0][0]
    if first.occurred_until is None:
        return first.occurred_at, None
    until = first.occurred_until if len(found) == 1 else min(event.latest for event, _ in found)
    return first.occurred_at, None if until == first.occurred_at else until


def instants(found: list[Fact]) -> set[int]:
    """The different instants at which an activity is told to have happened."""
    return {event.occurred_at for event, _ in found}
