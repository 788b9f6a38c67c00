"""What came of sending a message. Reasons are codes of the texts, `flags.reason`; they hold no secret, no
address and nothing that the other side wrote."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has taken the message."""


@dataclass(frozen=True, slots=True)
class Again:
    """Not taken now; the same may be taken later.

    `after`: so many seconds the provider asks to be left alone; None where it says nothing. `unsure`: it may
    have taken the message and its answer was lost or could not be read.
    """

    reason: str
    after: float | None = None
    unsure: bool = False
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Not taken, and no repetition would change that: somebody has to mend the configuration."""

    reason: str
    params: dict[str, str] = field(default_factory=dict)


Answer = Sent | Again | Refused
