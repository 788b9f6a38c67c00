"""The frame of every figure as SVG: what it is of, what is said of it, and where its numbers come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dashboard.parts.picture import SOFT, Picture, lines
from dashboard.parts.sentence import Speech
from dashboard.views.figure_view import FigureView
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from monitor.settings.board import Board

WIDTH, LEFT, RIGHT = 960, 64, 24
DONE, DONE_SOFT, WAIT, LATE, BAND = "#7C8C9B", "#C3CDD6", "#166FBA", "#A8200D", "#EDF1F4"
HEAT = ("#EDF1F4", "#D3E4F4", "#A5C9EA", "#64A0D6", "#2874B8", "#0B4680")


class About(NamedTuple):
    """In which words, by which thresholds; what the figure is of, and where its numbers come from."""

    speech: Speech
    board: Board
    period: str
    source: str


def framed(
    title: str, said: list[str], about: About, body: int, draw: Callable[[Picture, float], None]
) -> str:
    """Title, period, what is said, the figure (`body` pixels high, drawn below y), and the source."""
    told = [part for text in said for part in lines(text, WIDTH - 2 * RIGHT)]
    picture = Picture(WIDTH, 84 + 20 * len(told) + body + 40)
    picture.text(RIGHT, 34, title, size=18, bold=True)
    picture.text(RIGHT, 58, about.period, colour=SOFT)
    for place, text in enumerate(told):
        picture.text(RIGHT, 82 + 20 * place, text, colour=SOFT)
    draw(picture, 76.0 + 20 * len(told))
    picture.text(RIGHT, picture.height - 16, about.source, size=12, colour=SOFT)
    return picture.svg(title)


def words_alone(view: FigureView, about: About, failed: bool) -> str:
    """What there is to say where there is nothing to draw."""
    words = about.speech.words
    if failed or isinstance(view.extent, Failure):
        return framed(words.get("shell.failed.title"), [], about, 0, lambda *_: None)
    title = words.get(f"{view.asked.name}.nothing.title")
    return framed(title, [about.speech.say(view.why_empty)], about, 0, lambda *_: None)
