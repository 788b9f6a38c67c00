"""Stations, teams and officers as their funnel shows them: in the order of their codes, never ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from monitor.metrics.funnel import ALARM, WARNING, limits

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from monitor.metrics.consistency import Line
    from monitor.settings.entry import Name

STEPS = 48
"""At so many sizes the limits are worked out."""


class AtSize(NamedTuple):
    """The limits for a unit of n, the outer pair before the inner one."""

    n: float
    limits: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class UnitTold:
    """A unit: k of its n fines inside bands with room lie in the upper half, `expected` by its mix of like
    cases. `height`: its share, moved by what its mix explains. `state`: `within`, `out`, `few`."""

    line: Line
    station: Name | None
    k: int
    n: int
    height: float
    state: str

    @property
    def cell(self) -> str:
        """The cases behind it."""
        name = self.line.name if self.line.kind != "team" else f"{self.line.station}~{self.line.name}"
        return f"fine_units.{self.line.kind}~free~{name}"

    def label(self, speech: Speech) -> str:
        """Its name: an officer's code, a station's name, a team with its station."""
        if self.line.kind == "officer":
            return self.line.name
        if self.line.kind == "station":
            return speech.named(self.station, self.line.name)
        return f"{speech.named(self.station, self.line.station or '')} {self.line.name}"

    def said(self, speech: Speech) -> str:
        """What is said of it; of a small one its numbers alone."""
        words = speech.words
        fields: Mapping[str, str | int] = {"name": self.label(speech), "k": self.k, "n": self.n}
        if self.state == "few" or self.line.expected_above is None:
            return words.get("discretion.units.mark_few", **fields)
        expected = round(100 * self.line.expected_above)
        return words.get(f"discretion.units.mark_{self.state}", **fields, expected=expected)


@dataclass(frozen=True, slots=True)
class Funnel:
    """`centre`: the share over all; `course`: the limits by size up to `most`."""

    kind: str
    units: tuple[UnitTold, ...]
    centre: float | None
    course: tuple[AtSize, ...]
    most: float
    few: int

    @property
    def out(self) -> int:
        """How many stand out after all were looked at together."""
        return sum(one.state == "out" for one in self.units)

    @property
    def small(self) -> int:
        """Of how many nothing is said."""
        return sum(one.state == "few" for one in self.units)


def funnel_of(lines: tuple[Line, ...], kind: str, names: Mapping[str, Name], few: int) -> Funnel:
    """The funnel of the lines of one kind of unit."""
    k = sum(line.above_middle or 0 for line in lines)
    n = sum(line.free or 0 for line in lines)
    centre = k / n if n else None
    units = []
    for line in sorted(lines, key=lambda one: (one.station or "", one.name)):
        own, size = line.above_middle or 0, line.free or 0
        share = own / size if size else 0.0
        judged = line.expected_above is not None and size >= few
        moved = share
        if judged and centre is not None and line.expected_above is not None:
            moved = share - line.expected_above + centre
        state = "few" if not judged else "out" if line.note == "stands_out" else "within"
        code = line.name if kind == "station" else line.station
        station = names.get(code or "")
        units.append(UnitTold(line, station, own, size, min(1.0, max(0.0, moved)), state))
    most = 1.08 * max([one.n for one in units] + [2 * few])
    course: list[AtSize] = []
    if centre is not None:
        for step in range(STEPS + 1):
            at = max(1.0, most * step / STEPS)
            outer, inner = (limits(round(at), centre, within) for within in (ALARM, WARNING))
            course.append(AtSize(at, ((outer.low, outer.high), (inner.low, inner.high))))
    return Funnel(kind, tuple(units), centre, tuple(course), most, few)
