"""What an event log tells, before a page says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

CASE = "case:"
"""What stands before the name of an attribute of the trace."""


class Told(NamedTuple):
    """Names and texts of an event, those of its trace first. No name stands twice."""

    names: tuple[str, ...]
    texts: tuple[str, ...]


class Fault(NamedTuple):
    """Why the attributes of one event or trace cannot be told, and how they start."""

    code: str
    params: dict[str, str]
    start: str


@dataclass(frozen=True, eq=False, slots=True)
class TraceForm:
    """A trace without its values, and the same for every trace of that form."""

    own: int
    """How many of the values are those of the trace itself, which come first."""
    events: tuple[tuple[tuple[str, ...], int, int], ...]
    """Of each event the names, those of the trace first, and from where to where among the values are its
    own."""
    floats: tuple[int, ...]
    """Which of the values must be plain numbers."""


class PlainTrace(NamedTuple):
    """A trace of a form that is known, and its values."""

    form: TraceForm
    values: list[str]

    def told(self) -> list[Told]:
        """Its events."""
        form, values = self
        own = tuple(values[: form.own])
        new = tuple.__new__
        return [new(Told, (names, (*own, *values[first:last]))) for names, first, last in form.events]
