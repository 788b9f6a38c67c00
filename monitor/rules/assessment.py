"""What assessing a decision says: which rule, which band, where the fine lies in it, and what to look at."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Place(StrEnum):
    """Where a fine lies in its band. In a band with room, its thirds are low, middle and high."""

    BELOW = "below"
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    ABOVE = "above"
    NO_DISCRETION = "no_discretion"
    """The rule gives one amount and the fine is that amount."""
    EXEMPT = "exempt"
    """No penalty or a warning, where the rules allow or want it."""
    UNASSESSED = "unassessed"
    """Cannot be assessed; `why` says what is missing."""


class Value(NamedTuple):
    """A number or word a finding used: its name is a text `rules.values.<name>`; `unit` is fen, kg, mm, us,
    instant, share, count or text."""

    name: str
    value: int | float | str
    unit: str


class RuleFinding(NamedTuple):
    """Something about a decision that a person should look at; it never says that anyone broke the law.

    `code` is a text `rules.findings.<code>`; `article` is `<rule set>#<source>`, which `Rules.source` looks
    up, or empty where no article is concerned (a negative amount).
    """

    code: str
    article: str
    values: tuple[Value, ...] = ()


class Band(NamedTuple):
    """What a rule allows, in fen; `low` = `high` where a formula leaves no room.

    `other_low`, `other_high` are what the other reading of a part-tonne gives where floor and ceiling differ.
    """

    low: int
    high: int
    other_low: int | None = None
    other_high: int | None = None


class Assessment(NamedTuple):
    """A decision held against the rule set in force on the day of its act."""

    rule_set: str | None
    """Key and version of the set, as `national-transport@2021-08-11`; of acts under several sets all of them,
    joined by `+`."""
    tiers: tuple[str, ...]
    """The tiers that apply, one per act: `mass.per-tonne`, `size.small`."""
    band: Band | None
    place: Place
    position: float | None
    """(fine − low) / (high − low); None without room or band."""
    why: str | None
    """Why it cannot be assessed: a text `rules.why.<why>`; else None."""
    factors: tuple[str, ...]
    """Recorded factors that the rule set knows."""
    departure: str | None
    """None inside the band; else `explained`, `without_reason`, `without_evidence`, `without_review`."""
    example: bool
    """Whether any rule used is marked as an example or is not confirmed."""
    lighter_since: str | None
    """Key of a later set under which the penalty would be lighter."""
    findings: tuple[RuleFinding, ...]
