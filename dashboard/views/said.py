"""A sentence before it is put into words: the key of its text, and values that know what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Union

if TYPE_CHECKING:
    from monitor.settings.entry import Name


class At(NamedTuple):
    """An instant (microseconds): day and time on the local clock."""

    at: int


class Day(NamedTuple):
    """Only the local day that holds this instant; never an hour."""

    at: int


class Span(NamedTuple):
    """A span in microseconds, h:mm."""

    span: int


class Kg(NamedTuple):
    """Kilograms."""

    kg: int


class Money(NamedTuple):
    """An amount in the minor unit of a currency (ISO 4217)."""

    minor: int
    currency: str


class Code(NamedTuple):
    """A code whose word stands under `section.code`; one that nobody wrote a word for shows as it is."""

    section: str
    code: str


Value = Union[At, Day, Span, Kg, Money, Code, "Name", str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """The text `key` with its fields."""

    key: str
    fields: Mapping[str, Value] = field(default_factory=dict)
