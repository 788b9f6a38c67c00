"""The five figures above the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Children, Node, div, element, span
from dashboard.views.board import BoardView, RowState
from dashboard.views.figures import Rate
from dashboard.views.moments import countdown, when

if TYPE_CHECKING:
    from dashboard.parts.rows import Saying
    from monitor.metrics.week import WeekFigures
    from monitor.settings.texts import Texts


def standing(view: BoardView, saying: Saying) -> list[Node]:
    """How many are held, whose limit is next, how many are past it."""
    words = saying.words
    vehicles = words.get("board.figure.vehicles")
    held = [
        span(words.get("board.figure.held"), "fx-wide"),
        span(words.get("board.figure.held_short"), "fx-narrow"),
    ]
    return [
        _figure(held, str(view.held), [vehicles], "fx-fig-held", data_held=view.held),
        _next(view, saying),
        _figure(
            words.get("board.figure.overdue"),
            str(view.overdue),
            [words.get("board.figure.overdue_unit")],
            "fx-fig-overdue fx-fig-late" if view.overdue else "fx-fig-overdue",
        ),
    ]


def _next(view: BoardView, saying: Saying) -> Node:
    words, nearest = saying.words, view.nearest
    label = words.get("board.figure.next")
    if nearest is None or nearest.remaining is None or nearest.deadline_at is None:
        none, why = words.get("board.figure.next_none"), words.get("board.figure.next_none_why")
        return _figure(label, none, [why], "fx-fig-next")
    who = f"{nearest.plate or words.get('board.no_plate')} {saying.named(nearest.station, nearest.key[0])}"
    at = when(nearest.deadline_at, saying.now, saying.zone_of(nearest.key[0]), words)
    key = "board.figure.next_due" if saying.wall else "board.due"
    name = "fx-fig-next fx-fig-near" if nearest.state is RowState.NEAR else "fx-fig-next"
    return _figure(
        label,
        countdown(nearest.remaining),
        [who, element("br"), words.get(key, when=at)],
        name,
        data_deadline=nearest.deadline_at // 1000,
    )


def week(rate: Rate, figures: WeekFigures, words: Texts) -> list[Node]:
    """The week's 24-hour rate with its interval, and the median time of its releases."""
    return [_rate(rate, words), _median(figures, words)]


def _rate(rate: Rate, words: Texts) -> Node:
    beside = " · ".join(
        words.get(f"board.figure.beside_kind.{kind}", n=n) for kind, n in rate.beside.items() if n
    )
    title = words.get("board.figure.beside", list=beside) if beside else None
    if rate.interval is None:
        why = words.get("board.figure.rate_none_why")
        none = words.get("board.figure.rate_none")
        return _figure(words.get("board.figure.rate"), none, [why], "fx-fig-rate", title=title)
    low, high = rate.interval
    label = [
        span(words.get("board.figure.rate_interval", low=low, high=high), "fx-wide"),
        span(words.get("board.figure.rate"), "fx-narrow"),
    ]
    said: list[Node | str] = []
    if rate.percent is not None:
        said.append(span(f"{rate.percent}%", "fx-percent"))
    if rate.few:
        said.append(span(words.get("board.figure.few"), "fx-badge fx-few"))
    said.append(span(f"{low}–{high}%", "fx-narrow"))
    said.append(interval_bar(rate.k, rate.n, low, high, words))
    return _figure(label, f"{rate.k}/{rate.n}", said, "fx-fig-rate", title=title)


def interval_bar(k: int, n: int, low: int, high: int, words: Texts) -> Node:
    """A scale from 0 to 100 %, the interval on it as a bar and the share as a ring."""
    return div(
        [
            div(None, "fx-interval-band", style={"left": f"{low}%", "width": f"{high - low}%"}),
            div(None, "fx-interval-dot", style={"left": f"{100 * k / n:.1f}%"}),
        ],
        "fx-interval",
        role="img",
        aria_label=words.get("board.figure.rate_spoken", k=k, n=n, low=low, high=high),
    )


def _median(figures: WeekFigures, words: Texts) -> Node:
    label = words.get("board.figure.median")
    if figures.median_hours is None:
        return _figure(label, words.get("board.figure.rate_none"), [], "fx-fig-median")
    said: list[Node | str] = [
        words.get("board.figure.hours"),
        element("br"),
        words.get("board.figure.of", n=figures.timed),
    ]
    return _figure(label, f"{figures.median_hours:.1f}", said, "fx-fig-median")


def _figure(
    label: Children,
    value: str,
    said: list[Node | str],
    class_: str,
    title: str | None = None,
    data_deadline: int | None = None,
    data_held: int | None = None,
) -> Node:
    return div(
        [
            div(label, "fx-fig-label"),
            div(
                [span(value, "fx-fig-value", data_deadline=data_deadline), div(said, "fx-fig-said")],
                "fx-fig-line",
            ),
        ],
        f"fx-figure {class_}",
        title=title,
        data_held=data_held,
    )
