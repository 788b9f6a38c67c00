"""What every page of figures asks and holds alike: a period of a station, and where its marks and files lead.

No page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dashboard.views.flow_ask import FlowAsk, moment_text
from dashboard.views.flow_findings import nothing_finding
from dashboard.views.said import Said
from dashboard.views.snapshot import Failure, attempt, zone_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.ask import Ask
    from monitor.metrics.engine import Engine
    from monitor.metrics.extent import Extent


@dataclass(frozen=True, slots=True)
class FigureView:
    """A page at a moment (`now`, which is `as_of` where one is asked for); `since` and `until` are local
    days, the last one included. `extent` is read only where the period holds nothing."""

    asked: FlowAsk
    now: int
    since: date
    until: date
    today: date
    extent: Extent | Failure | None = field(default=None, kw_only=True)

    @property
    def whole(self) -> bool:
        """Whether every part was worked out."""
        parts = [getattr(self, one.name) for one in fields(self)]
        parts += [part for one in parts if isinstance(one, Mapping) for part in one.values()]
        return not any(isinstance(part, Failure) for part in parts)

    @property
    def empty(self) -> bool:
        """Whether the period holds nothing."""
        raise NotImplementedError

    @property
    def why_empty(self) -> Said:
        """Why the period holds nothing, in the words of the page where it is only that nothing happened."""
        assert not isinstance(self.extent, Failure)
        said = nothing_finding(self.extent, self.since, self.until, self.today, self.now)
        return Said(f"{self.asked.name}.nothing.none") if said.key == "flow.nothing.none" else said

    def behind(self, cell: str, days: tuple[date, date] | None = None, station: str | None = None) -> str:
        """The list of exactly the cases behind a mark: of `days` where its figure looks at other ones, of
        `station` where it is of one of them."""
        return self.asked.behind(cell, days or (self.since, self.until), self.now, station)

    def file(self, figure: str, kind: str) -> str:
        """Where the data or the picture of a figure is, as it is on this page."""
        return self.asked.address(f"{self.asked.path}/{figure}.{kind}", as_of=moment_text(self.now))


class Period(NamedTuple):
    """What is asked of metrics, and by which engine; the first and last local day, and today."""

    ask: Ask
    engine: Engine
    since: date
    until: date
    today: date


def period_of(services: Services, asked: FlowAsk, now: int) -> Period:
    """What a page asks for at `now`; `asked.as_of` is the moment it is about. Raises LookupError: no lake."""
    from monitor.metrics.ask import Ask

    if services.lake is None:
        raise LookupError("no lake")
    today = asked.today(now, zone_of(services, asked.station))
    since, until = asked.days(today)
    as_of = now if asked.as_of is None else asked.as_of
    stations = None if asked.station is None else (asked.station,)
    vehicles = None if asked.vehicle is None else (asked.vehicle,)
    ask = Ask(as_of, stations, since, until + timedelta(days=1), vehicles)
    return Period(ask, services.lake.engine(now), since, until, today)


View = TypeVar("View", bound=FigureView)


def with_extent(view: View, period: Period) -> View:
    """The page; of one that holds nothing, also from when to when there is data."""
    from monitor.metrics.extent import extent

    if not view.empty:
        return view
    return replace(view, extent=attempt("extent", lambda: extent(period.engine, period.ask)))
