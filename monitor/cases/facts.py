"""The valid events of a case with their data read, by activity."""

from __future__ import annotations

from typing import Any

from monitor.cases.event import Event

Fact = tuple[Event, dict[str, Any]]
"""A valid event and its data."""

Facts = dict[str, list[Fact]]
"""Valid events by activity, each list in the order of time."""


def first_at(facts: Facts, activity: str) -> int | None:
    """The instant of the first event of an activity."""
    found = facts.get(activity)
    return found[0][0].occurred_at if found else None


def instants(found: list[Fact]) -> set[int]:
    """The different instants at which an activity is told to have happened."""
    return {event.occurred_at for event, _ in found}
