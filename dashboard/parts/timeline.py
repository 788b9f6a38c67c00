"""The history of a case: one line per event under its day; versions that no longer count on demand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flagopen import way_name
from dashboard.parts.rows import link
from dashboard.views.flag_steps import OF_A_THRESHOLD, named, step_name, step_note
from dashboard.views.moments import local
from dashboard.views.timeline import Entry, FlagEntry, Standing, Timeline
from monitor.alerts.message import what

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from monitor.settings.configuration import Configuration


def timeline(view: Timeline, speech: Speech, configuration: Configuration) -> Node:
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
        gone = all(isinstance(one, Entry) and one.standing is not Standing.VALID for one in entries)
        name = "fx-day fx-old" if gone else "fx-day"
        lines.append(element("li", element("h3", day_name(day, speech)), name))
        lines += [
            _entry(one, speech) if isinstance(one, Entry) else _flag(one, speech, configuration)
            for one in entries
        ]
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


def _flag(entry: FlagEntry, speech: Speech, configuration: Configuration) -> Node:
    """What became of a flag: which one, what was done, by whom."""
    words, flag = speech.words, entry.flag
    actor = ""
    said: list[str] = []
    if entry.step is not None:
        actor, note = entry.step.actor, step_note(entry.step, flag, configuration, words)
        said.append(step_name(entry.step, words))
        said += [note] if note and entry.step.kind not in OF_A_THRESHOLD else []
    if entry.sending is not None:
        name = named(entry.sending.recipient, configuration, words)
        way = way_name(entry.sending.channel, configuration, words)
        said += [words.get("flags.case.delivered"), words.get("flags.case.to", name=name, channel=way)]
    threshold = flag.threshold
    if entry.step is not None and entry.step.kind in OF_A_THRESHOLD and entry.step.note:
        threshold = entry.step.note
    told = [
        element("b", what(flag.clock, threshold, words)),
        span(words.get("case.between").join(said), "fx-ev-said"),
    ]
    there = link(words.get("flags.page.heading"), f"/flags?flag={flag.id}", "")
    source = [span([there]), element("br"), actor or words.get("flags.case.itself")]
    return element(
        "li",
        [
            span(speech.time(entry.at), "fx-ev-time"),
            div(told, "fx-ev-what"),
            div(source, "fx-ev-source"),
        ],
        "fx-ev fx-ev-flag",
    )


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
