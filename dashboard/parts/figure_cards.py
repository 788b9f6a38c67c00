"""What every page of figures draws alike: its choices, a card for each figure, and why there is none.

No page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dashboard.parts.element import Node, div, element
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.views.figure_view import FigureView
from dashboard.views.flow_ask import VEHICLES, WEEKS, FlowAsk
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import Failure, Told

if TYPE_CHECKING:
    from monitor.settings.stations import Station

Made = tuple[str, object, Callable[[], Any]]
"""The name of a card, its part of the view, and what draws it."""


def choices(asked: FlowAsk, stations: list[Station], speech: Speech) -> list[Node]:
    """Period, station and kind of vehicle, each a link that keeps the rest."""
    words = speech.words
    chosen_days = asked.since is not None and asked.until is not None
    told: list[list[tuple[str, str, bool]]] = [
        [
            (words.get("flow.weeks", n=n), asked.address(weeks=n), n == asked.weeks and not chosen_days)
            for n in WEEKS
        ]
    ]  # fmt: skip
    if chosen_days:
        told[0].append((words.get("flow.days", since=asked.since, until=asked.until), asked.address(), True))
    if asked.as_of is not None:
        at = speech.words.get("flow.as_of", at=speech.moment(asked.as_of))
        told[0] += [
            (at, asked.address(), True),
            (words.get("flow.as_of_now"), asked.address(as_of=None), False),
        ]
    if len(stations) > 1:
        names: list[tuple[str | None, str]] = [(None, words.get("board.all"))]
        names += [(one.code, one.short.in_language(words.language)) for one in stations]
        told.append([(name, asked.address(station=code), code == asked.station) for code, name in names])
    kinds: list[tuple[str | None, str]] = [(None, words.get("flow.all_vehicles"))]
    kinds += [(kind, words.get(f"flow.vehicle.{kind}")) for kind in VEHICLES]
    told.append([(name, asked.address(vehicle=kind), kind == asked.vehicle) for kind, name in kinds])
    return [
        div([link(text, href, "fx-here" if here else "") for text, href, here in group], "fx-seg-control")
        for group in told
    ]


def refused(asked: FlowAsk, speech: Speech) -> list[Node] | None:
    """In words, where the address asks for what cannot be; None where it can."""
    words = speech.words
    if asked.unknown is not None:
        said = words.get("flow.unknown_station", code=asked.unknown)
    elif asked.bad is not None:
        bad = asked.bad
        said = words.get("flow.bad", name=bad.name, value=bad.value, accepted=bad.accepted)
    else:
        return None
    return [div(said, "fx-card fx-flow-none", role="alert")]


def card(title: str, caption: Any, body: list[Any], foot: Any = None) -> Node:
    """A figure under its title; `foot` stands below it in small letters."""
    below = [] if foot is None else [element("p", foot, "fx-flow-foot")]
    return element(
        "section",
        [element("h2", title), element("p", caption, "fx-caption"), *body, *below],
        "fx-card",
        aria_label=title,
    )


def cards(made: Sequence[Made], mark: str, view: FigureView, speech: Speech, class_: str = "") -> Node:
    """A card for each figure, of the class `MARK-NAME`; one that failed says so and the others live on."""
    drawn = [
        div(failed(part, view, speech) if isinstance(part, Failure) else draw(), f"{mark}-{name}")
        for name, part, draw in made
    ]
    return div(drawn, f"fx-flow-cards {class_}".strip())


def failed(failure: Failure, view: FigureView, speech: Speech) -> Node:
    """In place of a figure that could not be worked out."""
    return failed_part(speech.words, failure.reason, clock_time(view.now, speech.zone))


def unread(part: object, view: FigureView, speech: Speech) -> list[Node] | None:
    """One sentence for the whole page where nothing can be read: every part reads the same lake."""
    if isinstance(part, Failure) and isinstance(part.reason, Told):
        return [failed(part, view, speech)]
    return None


def nothing(view: FigureView, speech: Speech) -> Node:
    """In place of the headline of a period that holds nothing."""
    words = speech.words
    return div(
        [
            element("h2", words.get(f"{view.asked.name}.nothing.title")),
            element("p", speech.say(view.why_empty)),
            element("p", words.get("flow.nothing.hint"), "fx-mut"),
        ],
        "fx-card fx-flow-none",
        role="status",
    )
