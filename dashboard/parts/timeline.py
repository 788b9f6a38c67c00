"""The history of a case: one line per event under its day; versions that no longer count on demand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.views.moments import local
from dashboard.views.timeline import Entry, Standing, Timeline

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech


def timeline(view: Timeline, speech: Speech) -> Node:
    """The card. Older versions are in the page and shown when asked for, struck through."""
    words = speech.words
    title = (
        words.get("case.timeline.title_late", n=view.count, late=view.late)
        if view.late
        else words.get("case.timeline.title", n=view.count)
    )
    parts: list[Node] = [
        element("h2", title),
        element("p", words.get("case.timeline.about"), "fx-caption"),
    ]
    if view.old:
        asked = element("summary", words.get("case.timeline.old", n=view.old))
        parts.append(element("details", asked, "fx-old-asked"))
    lines: list[Node] = []
    for day, entries in view.days:
        gone = all(entry.standing is not Standing.VALID for entry in entries)
        name = "fx-day fx-old" if gone else "fx-day"
        lines.append(element("li", element("h3", day_name(day, speech)), name))
        lines += [_entry(entry, speech) for entry in entries]
    parts.append(element("ol", lines, "fx-timeline"))
    foot = words.get(
        "case.timeline.foot", files=view.files, rows=view.rows, old=view.old, refused=view.refused
    )
    parts.append(element("p", foot, "fx-card-foot"))
    return element("section", parts, "fx-card fx-case-history")


def day_name(day: date, speech: Speech) -> str:
    """Month, day, weekday and year."""
    words = speech.words
    written = words.get("board.date", month=day.month, day=day.day)
    return f"{written} {words.get(f'board.week.{day.isoweekday()}')} · {day.year}"


def _entry(entry: Entry, speech: Speech) -> Node:
    words = speech.words
    time = words.get("case.day_only") if entry.until is not None else speech.time(entry.at)
    details = [speech.say(one) for one in entry.details]
    told: list[Node] = [element("b", speech.say(entry.title))]
    if entry.standing is not Standing.VALID:
        told.append(span(words.get(f"case.timeline.standing.{entry.standing.value}"), "fx-badge fx-few"))
    if details:
        told.append(span(words.get("case.between").join(details), "fx-ev-said"))
    name = f"fx-ev fx-ev-{entry.kind.value}"
    if entry.standing is not Standing.VALID:
        name += " fx-old"
    if entry.until is not None:
        name += " fx-ev-day"
    return element(
        "li",
        [span(time, "fx-ev-time"), div(told, "fx-ev-what"), _source(entry, speech)],
        name,
    )


def _source(entry: Entry, speech: Speech) -> Node:
    words = speech.words
    label = speech.named(entry.source_label, entry.source)
    if entry.recorded_at is None:
        when = words.get("case.timeline.received", time=_near(entry.received_at, entry, speech))
        return div([span(label), element("br"), when], "fx-ev-source")
    time = _near(entry.recorded_at, entry, speech)
    if entry.late:
        when_late = element("b", words.get("case.timeline.late", time=time), "fx-near")
        return div([span(label), element("br"), when_late], "fx-ev-source")
    return div([span(label), element("br"), words.get("case.timeline.recorded", time=time)], "fx-ev-source")


def _near(at: int, entry: Entry, speech: Speech) -> str:
    """The time of day; with the day where it is not the day on which the event happened."""
    same = local(at, speech.zone).date() == local(entry.at, speech.zone).date()
    return speech.time(at) if same else speech.moment(at)
