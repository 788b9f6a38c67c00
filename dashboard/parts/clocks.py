"""The three clocks of a case, each with the reasons its own function gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.views.moments import hours_minutes
from monitor.cases.clock import Reading

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case import ClockView

COUNTED = (Reading.RUNNING, Reading.OVERDUE, Reading.ON_TIME, Reading.LATE)


def clocks(views: tuple[ClockView, ...], speech: Speech) -> Node:
    """Three cards side by side."""
    return div([_clock(one, speech) for one in views], "fx-case-clocks")


def _clock(one: ClockView, speech: Speech) -> Node:
    words = speech.words
    name = words.get(f"clocks.name.{one.name}")
    if one.elapsed is None:
        figure = span(words.get("clocks.none"), "fx-big")
    else:
        figure = span(
            hours_minutes(one.elapsed),
            "fx-big",
            data_since=None if one.since is None else one.since // 1000,
            data_words=None if one.since is None else "{time}",
        )
    line: list[Node] = [figure]
    if one.limit is not None and one.elapsed is not None:
        line.append(span(words.get("clocks.limit", time=hours_minutes(one.limit)), "fx-mut"))
    late = one.reading in (Reading.OVERDUE, Reading.LATE)
    why = div(
        [
            element("b", words.get("clocks.why")),
            element("p", words.get("case.sentence_space").join(speech.say(reason) for reason in one.reasons)),
        ],
        "fx-why",
    )
    return element(
        "section",
        [
            element("h2", name, "fx-case-clock-name"),
            div(line, "fx-case-clock-line"),
            element("p", _said(one, speech), "fx-caption fx-late-ink" if late else "fx-caption"),
            why,
        ],
        "fx-card fx-case-clock",
    )


def _said(one: ClockView, speech: Speech) -> Node | str:
    words = speech.words
    key = f"clocks.reading.{one.reading.value}"
    if one.reading is Reading.RUNNING and one.remaining is not None:
        return words.get(key, time=hours_minutes(one.remaining + 59_999_999))
    if one.over is not None:
        return words.get(key, time=hours_minutes(one.over))
    if "time" in words.fields(key):
        return words.get(key, time=words.get("clocks.none"))
    return words.get(key)
