"""The frame of the wall board: name, place, age of the data, the time. Nothing to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.shell import simulated_badge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.settings.stations import Station
    from monitor.settings.texts import Texts


def wall(board: Any, age: Node, stations: Sequence[Station], simulated: bool, words: Texts) -> Node:
    """A page for 1920×1080, read from three metres."""
    names = [station.short.in_language(words.language) for station in stations]
    place = names[0] if len(names) == 1 else ""
    if len(names) > 1:
        comma = "、" if words.language == "zh" else ", "
        place = words.get("board.place", names=comma.join(names), n=len(names))
    top = element(
        "header",
        [
            div([element("i", None, "fx-mark", aria_hidden="true"), element("h1", _name(words))], "fx-brand"),
            span(place, "fx-where"),
            *([simulated_badge(words)] if simulated else []),
            span(None, "fx-space"),
            age,
            div([div(None, id="fx-date"), div(None, id="fx-weekday")], "fx-date"),
            div(None, "fx-clock", id="fx-clock"),
        ],
        "fx-top",
    )
    return div([top, board], "fx-wall")


def _name(words: Texts) -> str:
    return f"{words.get('shell.name')} · {words.get('board.title')}"
