"""The valid events of a case with their data read, by activity."""

from __future__ import annotations

from typing import Any, NamedTuple

from monitor.cases.event import Event


class Fact(NamedTuple):
    """A valid event with its data read."""

    event: Event
    data: dict[str, Any]


Facts = dict[str, list[Fact]]
"""Valid events by activity, each list in the order of time."""
