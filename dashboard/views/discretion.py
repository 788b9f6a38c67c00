"""What the Discretion page shows of a period, a station and a kind of vehicle; a part that fails, alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from dashboard.views.discretion_rules import AUTHORITIES, DrawnBand, drawn_band, sets_used
from dashboard.views.flow_ask import FlowAsk, moment_text
from dashboard.views.snapshot import Failure, attempt, zone_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.ask import Ask
    from monitor.metrics.consistency import Line
    from monitor.metrics.engine import Engine
    from monitor.metrics.exemptions import Exempted
    from monitor.metrics.extent import Extent
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
class DiscretionView:
    """The page at a moment (`now`, which is `as_of` where one is asked for); `since` and `until` are local
    days, the last one included. `extent` is read only where the period holds nothing."""

    asked: FlowAsk
    now: int
    since: date
    until: date
    today: date
    head: HeadPart | Failure
    points: Mapping[str, PointsPart | Failure]
    places: tuple[Part, ...] | Failure
    lines: LinesPart | Failure
    acts: ActsPart | Failure
    extent: Extent | Failure | None = None

    @property
    def unit(self) -> str:
        """What the funnel is of."""
        return self.asked.by or UNITS[0]

    @property
    def whole(self) -> bool:
        """Whether every part was worked out."""
        parts = (self.head, *self.points.values(), self.places, self.lines, self.acts, self.extent)
        return not any(isinstance(part, Failure) for part in parts)

    @property
    def empty(self) -> bool:
        """Whether nothing was decided in the period."""
        return isinstance(self.head, HeadPart) and not (
            self.head.n or self.head.unassessed or self.head.spared
        )

    def behind(self, cell: str, station: str | None = None) -> str:
        """The list of exactly the cases behind a mark; `station` where it is of one of them."""
        return self.asked.behind(cell, (self.since, self.until), self.now, station)

    def file(self, figure: str, kind: str) -> str:
        """Where the data or the picture of a figure is, as it is on this page."""
        return self.asked.address(f"{PATH}/{figure}.{kind}", as_of=moment_text(self.now))


def ask_of(services: Services, asked: FlowAsk, now: int) -> tuple[Ask, date, date, date]:
    """What is asked of metrics, the first and last local day, and today."""
    from monitor.metrics.ask import Ask

    today = asked.today(now, zone_of(services, asked.station))
    since, until = asked.days(today)
    as_of = now if asked.as_of is None else asked.as_of
    stations = None if asked.station is None else (asked.station,)
    vehicles = None if asked.vehicle is None else (asked.vehicle,)
    return Ask(as_of, stations, since, until + timedelta(days=1), vehicles), since, until, today


def discretion_view(services: Services, asked: FlowAsk, now: int) -> DiscretionView:
    """Reads and works out the page. `now` is when it is asked, `asked.as_of` the moment it is asked about."""
    from monitor.metrics.consistency import consistency
    from monitor.metrics.exemptions import exemptions
    from monitor.metrics.extent import extent
    from monitor.metrics.fine_points import placed, places
    from monitor.metrics.repeat_offenders import repeat_offenders

    if services.lake is None:
        raise LookupError("no lake")
    engine: Engine = services.lake.engine(now)
    ask, since, until, today = ask_of(services, asked, now)
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
    if not view.empty:
        return view
    return replace(view, extent=attempt("discretion extent", lambda: extent(engine, ask)))


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
