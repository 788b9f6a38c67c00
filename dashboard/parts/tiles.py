"""Vehicles that have no row of their own on the board: tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import Saying, case_address, link
from dashboard.views.board import BoardView, Rest, Row
from dashboard.views.moments import countdown, hours_minutes
from monitor.store.flags import OPEN

if TYPE_CHECKING:
    from monitor.settings.texts import Texts


def rest(view: Rest, board: BoardView, saying: Saying) -> Node:
    """The vehicles beyond the whole rows, in time order, and what may be said of all of them."""
    words = saying.words
    hours = None if view.least is None else view.least // 3_600_000_000
    if view.untimed == 0 and hours is not None and hours >= 1:
        title = words.get("board.rest.all_above", n=len(view.rows), hours=hours)
    elif view.least is not None and view.least >= 0 and view.untimed == 0:
        title = words.get("board.rest.least", n=len(view.rows), time=hours_minutes(view.least))
    else:
        title = words.get("board.rest.title", n=len(view.rows))
    owed = " · ".join(f"{words.get(f'board.owner.{owner}')} {n}" for owner, n in board.owed)
    about = [words.get("board.rest.who", n=board.held, list=owed)]
    if view.untimed:
        about.append(words.get("board.rest.some_untimed", n=view.untimed))
    shown = view.rows[:WALL_TILES] if saying.wall else view.rows
    parts: list[Node] = [
        element("h2", [title, span(" · ".join(about))]),
        element("ul", [tile(one, saying) for one in shown], "fx-tiles"),
    ]
    if len(shown) < len(view.rows):
        parts.append(element("p", words.get("board.rest.more", n=len(view.rows) - len(shown)), "fx-left-off"))
    return div(parts, "fx-rest")


WALL_TILES = 24
"""A wall neither scrolls nor turns its pages: so many tiles fit under the rows."""


def tile(one: Row, saying: Saying) -> Node:
    """Owner, plate, step, time left: four elements, since there may be hundreds."""
    words, waiting = saying.words, one.waiting
    step = "" if waiting is None else words.get(f"board.step_short.{waiting.step.value}")
    owner = "station" if waiting is None else waiting.owner.value
    sign = words.get(f"board.owner_sign.{owner}")
    plate = one.plate or words.get("board.no_plate")
    label: Node | str = plate if saying.wall else link(plate, case_address(one.key), "fx-stretched")
    if one.remaining is None:
        left = words.get(f"board.remaining_short.{one.state.value}")
    else:
        left = countdown(one.remaining)
    deadline = None if one.deadline_at is None else one.deadline_at // 1000
    return element(
        "li",
        [
            element("i", sign, f"fx-owner fx-owner-{owner}"),
            span([label, element("small", f" {step}"), *_tile_mark(one, words)], "fx-tile-name"),
            element("b", left, data_deadline=deadline),
        ],
        f"fx-tile fx-is-{one.state.value.replace('_', '-')}",
    )


def _tile_mark(one: Row, words: Texts) -> list[Node]:
    """A bell on the tile of a vehicle with a flag that nobody has taken over."""
    if all(flag.state != OPEN for flag in one.flags):
        return []
    said = words.get("flags.states.open")
    return [element("i", None, "fx-icon fx-icon-flags fx-tile-flag", role="img", aria_label=said)]
