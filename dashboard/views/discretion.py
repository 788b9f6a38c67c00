"""What the Discretion page shows of a period, a station and a kind of vehicle; a part that fails, alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from dashboard.views.discretion_rules import AUTHORITIES, DrawnBand, drawn_band, sets_used
from dashboard.views.figure_view import FigureView, period_of, with_extent
from dashboard.views.flow_ask import FlowAsk
from dashboard.views.snapshot import Failure, attempt

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.ask import Ask
    from monitor.metrics.consistency import Line
    from monitor.metrics.engine import Engine
    from monitor.metrics.exemptions import Exempted
    from monitor.metrics.fine_points import Dot, Part, Placed
    from monitor.metrics.repeat_offenders import Repeats

PATH = "/discretion"
UNITS = ("team", "station", "officer")
"""What funnels are of; the first where nothing is chosen."""
STEPS = 100
"""Into so many steps the height of the points' figure is cut."""
PLACED_INSIDE = ("low", "middle", "high", "no_discretion")
PLACED = (*PLACED_INSIDE, "below", "above")


@dataclass(frozen=True, slots=True)
class PointsPart:
    """The fines of an authority beside its band. `inside` of `n` that could be held against one; `missing`:
    how many could not, by the reason; `other_sets`: decisions were held against other sets too."""

    authority: str
    band: DrawnBand | None
    dots: tuple[Dot, ...]
    inside: int
    n: int
    missing: Mapping[str, int]
    other_sets: tuple[str, ...]

    @property
    def drawn(self) -> int:
        """How many of the fines are among the dots."""
        return sum(dot.n for dot in self.dots)


@dataclass(frozen=True, slots=True)
class HeadPart:
    """Fines held against a band, those inside, those that could not be, and decisions without a fine."""

    inside: int
    n: int
    low: float
    high: float
    unassessed: int
    spared: int
    example: int
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinesPart:
    """What the metric of consistency says: tiers, units, circumstances, changes with time."""

    lines: tuple[Line, ...]

    def of(self, *kinds: str) -> tuple[Line, ...]:
        """The lines of some kinds, in their order."""
        return tuple(line for line in self.lines if line.kind in kinds)


@dataclass(frozen=True, slots=True)
class ActsPart:
    """Decisions that met an exemption, and vehicles by their acts within a year."""

    exempted: tuple[Exempted, ...]
    repeats: tuple[Repeats, ...]


@dataclass(frozen=True, slots=True)
class DiscretionView(FigureView):
    """What the page shows."""

    head: HeadPart | Failure
    points: Mapping[str, PointsPart | Failure]
    places: tuple[Part, ...] | Failure
    lines: LinesPart | Failure
    acts: ActsPart | Failure

    @property
    def unit(self) -> str:
        """What the funnel is of."""
        return self.asked.by or UNITS[0]

    @property
    def empty(self) -> bool:
        """Whether nothing was decided in the period."""
        return isinstance(self.head, HeadPart) and not (
            self.head.n or self.head.unassessed or self.head.spared
        )


def discretion_view(services: Services, asked: FlowAsk, now: int) -> DiscretionView:
    """Reads and works out the page. `now` is when it is asked, `asked.as_of` the moment it is asked about."""
    from monitor.metrics.consistency import consistency
    from monitor.metrics.exemptions import exemptions
    from monitor.metrics.fine_points import placed, places
    from monitor.metrics.repeat_offenders import repeat_offenders

    period = period_of(services, asked, now)
    ask, engine, since, until, today = period
    few = services.configuration.board.few_n
    counted = attempt("discretion places", lambda: placed(engine, ask))
    head: HeadPart | Failure = (
        counted if isinstance(counted, Failure) else attempt("discretion head", lambda: _head(counted))
    )
    day = min(until, today)

    def read_points(authority: str) -> PointsPart:
        assert not isinstance(counted, Failure)
        return _points(services, engine, ask, authority, day, counted)

    points = {
        authority: counted
        if isinstance(counted, Failure)
        else attempt(f"discretion {authority}", partial(read_points, authority))
        for authority in AUTHORITIES
    }
    view = DiscretionView(
        asked,
        ask.as_of,
        since,
        until,
        today,
        head,
        points,
        attempt("discretion positions", lambda: tuple(places(engine, ask))),
        attempt("discretion consistency", lambda: LinesPart(tuple(consistency(engine, ask, few)))),
        attempt(
            "discretion acts",
            lambda: ActsPart(
                tuple(exemptions(engine, ask, few)), tuple(repeat_offenders(engine, ask, few))
            ),
        ),
    )
    return with_extent(view, period)


def _head(counted: list[Placed]) -> HeadPart:
    from monitor.metrics.small_numbers import wilson

    fined = [one for one in counted if one.fined]
    inside = sum(one.n for one in fined if one.place in PLACED_INSIDE)
    n = sum(one.n for one in fined if one.place in PLACED)
    interval = wilson(inside, n)
    return HeadPart(
        inside,
        n,
        interval.low if interval else 0.0,
        interval.high if interval else 0.0,
        sum(one.n for one in fined if one.place == "unassessed"),
        sum(one.n for one in counted if not one.fined),
        sum(one.n for one in counted if one.example),
        sets_used([one.rule_set for one in counted]),
    )


def _points(
    services: Services, engine: Engine, ask: Ask, authority: str, day: date, counted: list[Placed]
) -> PointsPart:
    from monitor.metrics.fine_points import points

    band = drawn_band(services.configuration.rules, authority, day)
    own = [one for one in counted if one.authority == authority and one.fined]
    missing: dict[str, int] = {}
    for one in own:
        if one.place == "unassessed":
            missing[one.why or ""] = missing.get(one.why or "", 0) + one.n
    dots: tuple[Dot, ...] = ()
    if band is not None:
        step = max(100, band.top_fen // STEPS)
        dots = tuple(points(engine, ask, authority, band.measure, step))
    used = sets_used([one.rule_set for one in own])
    mine = {one.partition("@")[0] for one in (band.rule_set,)} if band is not None else set()
    others = tuple(
        one for one in used if band is not None and one != band.rule_set and one.partition("@")[0] in mine
    )
    return PointsPart(
        authority,
        band,
        dots,
        sum(one.n for one in own if one.place in PLACED_INSIDE),
        sum(one.n for one in own if one.place in PLACED),
        missing,
        others,
    )
