"""Pages of figures, drawn once for everyone: again only when the data or the minute has changed.

No page of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from dashboard.parts.element import Node
from dashboard.parts.figure_cards import refused
from dashboard.parts.sentence import Speech
from dashboard.views.flow_ask import FlowAsk, moment_text
from dashboard.views.moments import MINUTE
from dashboard.views.snapshot import zone_of
from monitor.store.board import data_version

if TYPE_CHECKING:
    from dashboard.services import Services

KEPT = 32
"""Pages kept drawn: periods × stations × vehicles × languages."""


class Whole(Protocol):
    """A page's numbers."""

    @property
    def whole(self) -> bool:
        """Whether every part was worked out."""


View = TypeVar("View", bound=Whole)


class Kept(Generic[View]):
    """`work_out` reads a page's numbers, `draw_nodes` puts them into words; `version` tells what else may
    change what is drawn, besides data, lake, minute and program."""

    def __init__(
        self,
        services: Services,
        work_out: Callable[[FlowAsk, int], View],
        draw_nodes: Callable[[View, Speech], list[Node]],
        version: Callable[[], str] = str,
    ) -> None:
        self.services = services
        self._work_out = work_out
        self._draw_nodes = draw_nodes
        self._version = version
        self._drawn: OrderedDict[tuple[FlowAsk, str], tuple[str, list[Node]]] = OrderedDict()
        self._views: OrderedDict[str, View] = OrderedDict()
        self._lock = Lock()

    def draw(self, asked: FlowAsk, language: str, now: int) -> tuple[str, list[Node]]:
        """Its key and its nodes; a part that failed is tried again every time."""
        speech = Speech(self.services.texts[language], zone_of(self.services, asked.station))
        said = refused(asked, speech)
        if said is not None:
            return f"refused/{asked.unknown}/{asked.bad}/{language}", said
        version = ".".join(map(str, data_version(self.services.database)))
        if self.services.lake is not None:
            # It follows the database some seconds later.
            version += f"/{self.services.lake.version}"
        version += f"/{self._version()}"
        key = f"{self.services.version}/{version}/{now // MINUTE}/{asked.address()}/{language}"
        with self._lock:
            known = self._drawn.get((asked, language))
        if known is not None and known[0] == key:
            return known
        view = self.view(asked, now)
        drawn = (key, self._draw_nodes(view, speech))
        if view.whole:
            with self._lock:
                self._drawn[(asked, language)] = drawn
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
        return drawn

    def view(self, asked: FlowAsk, now: int) -> View:
        """The page's numbers; a moment that was looked at not long ago is not worked out again."""
        moment = now if asked.as_of is None else asked.as_of
        # Data loaded later may tell of an earlier moment.
        version = data_version(self.services.database)
        key = f"{asked.address(as_of=moment_text(moment))}/{version}"
        with self._lock:
            known = self._views.get(key)
        if known is not None and asked.as_of is not None:
            return known
        view = self._work_out(asked, now)
        if view.whole:
            with self._lock:
                self._views[key] = view
                while len(self._views) > KEPT:
                    self._views.popitem(last=False)
        return view
