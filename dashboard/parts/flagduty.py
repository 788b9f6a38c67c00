"""Beside the list of flags: whether the loop lives, who is on duty, and which silences hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.addresslist import station_name
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.flagopen import way_name
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.views.flag_steps import level_name, named
from dashboard.views.loop import LOOP, Loop
from dashboard.views.moments import ago, length
from monitor.alerts.message import clock_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboard.views.duty import DutyLevel, DutyList
    from monitor.alerts.telling import Silence
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts


def loop_card(loop: Loop, now: int, speech: Speech) -> Node:
    """The heartbeats of scheduler, scan and sender; red when old."""
    words = speech.words
    found = {beat.job: beat for beat in loop.beats}
    lines = [_beat("scheduler", words.get("flags.loop.runs" if loop.attended else "flags.loop.stopped"),
                   not loop.attended, speech)]  # fmt: skip
    for name in LOOP:
        beat = found.get(name)
        if beat is None:
            lines.append(_beat(name, words.get("flags.loop.not_planned"), True, speech))
        elif beat.at is None:
            lines.append(_beat(name, words.get("flags.loop.never"), False, speech))
        else:
            lines.append(_beat(name, ago(max(0, now - beat.at), words), beat.late, speech))
    title = words.get("flags.loop.title" if loop.well else "flags.loop.title_bad")
    return element("section", [element("h2", title), element("ul", lines, "fx-flags-beats")], "fx-card")


def _beat(name: str, said: str, is_bad: bool, speech: Speech) -> Node:
    drawing, called = "octagon" if is_bad else "tick-ring", speech.words.get(f"flags.loop.{name}")
    parts = [shape(drawing), span(called), span(said)]
    return element("li", parts, "fx-late-ink fx-flags-bad" if is_bad else "")


def loop_line(loop: Loop, words: Texts, *, wall: bool = False) -> Node | None:
    """One line for a page that is not about flags: None where all is well or nothing of it is configured."""
    if not loop.planned or loop.well:
        return None
    late = ["scheduler"] if not loop.attended else [beat.job for beat in loop.beats if beat.late]
    if not late:
        # What has not begun yet is no news: the process has just started.
        return None
    names = words.get("flags.join").join(words.get(f"flags.loop.{name}") for name in late)
    parts = [shape("octagon"), span(words.get("flags.loop.line", names=names))]
    parts += [] if wall else [link(words.get("flags.loop.see"), "/flags", "")]
    return div(parts, "fx-flags-loop", role="status")


def duty_card(lists: Sequence[DutyList], now: int, speech: Speech, configuration: Configuration) -> Node:
    """Level by level who is told now, and the coming hours in which nobody is."""
    words = speech.words
    parts: list[Node] = [element("h2", words.get("flags.duty.title"))]
    if not lists or not any(one.levels for one in lists):
        parts.append(element("p", words.get("flags.duty.none"), "fx-caption"))
    for one in lists:
        if len(lists) > 1 or one.station is not None:
            name = (
                words.get("flags.duty.every")
                if one.station is None
                else station_name(one.station, speech, configuration.stations)
            )
            parts.append(element("h3", name))
        levels = [_level(level, speech, configuration) for level in one.levels]
        parts.append(element("ol", levels, "fx-flags-duty"))
    parts.append(element("p", words.get("flags.duty.where"), "fx-caption"))
    return element("section", parts, "fx-card")


def _level(level: DutyLevel, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    after = words.get("flags.duty.at_once")
    if level.delay:
        after = words.get("flags.duty.after", span=length(level.delay, words))
    people = []
    for key in level.told:
        channel = configuration.alerts.recipients[key].channel
        way = way_name(channel, configuration, words)
        people.append(div([element("b", named(key, configuration, words)), span(f" {way}", "fx-mut")]))
    if not people:
        people = [div(words.get("flags.duty.nobody"), "fx-late-ink")]
    if level.hole is not None:
        since, until = level.hole
        said = words.get("flags.duty.hole", since=speech.moment(since), until=speech.moment(until))
        people.append(div(said, "fx-near fx-caption"))
    return element("li", [span(level_name(level.name, words)), span(after, "fx-mut"), div(people)])


def silences_card(
    silences: Sequence[Silence],
    speech: Speech,
    configuration: Configuration,
    names: Mapping[str, str] | None = None,
) -> Node:
    """What holds back messages now; what a person set is ended here."""
    words = speech.words
    lines = [_silence(one, speech, configuration, names) for one in silences]
    title = words.get("flags.silences.title", n=len(lines)) if lines else words.get("flags.silences.none")
    return element(
        "section",
        [
            element("h2", title),
            element("ul", lines, "fx-flags-silences") if lines
            else element("p", words.get("flags.silences.none_text"), "fx-caption"),
        ],
        "fx-card",
    )  # fmt: skip


def silence_scope(
    one: Silence, speech: Speech, configuration: Configuration, names: Mapping[str, str] | None = None
) -> str:
    """What a silence is about, in words."""
    words = speech.words
    parts = [station_name(code, speech, configuration.stations) for code in one.stations if code]
    parts += list(one.cases)
    parts += [clock_name(clock, words, names) for clock in one.clocks]
    return " · ".join(parts) or words.get("flags.silences.everything")


def _silence(
    one: Silence, speech: Speech, configuration: Configuration, names: Mapping[str, str] | None
) -> Node:
    words = speech.words
    about = silence_scope(one, speech, configuration, names)
    parts = [
        element("b", about),
        div(words.get("flags.silences.why", owner=one.owner, reason=one.reason)),
        div(words.get("flags.silences.until", time=speech.moment(one.until)), "fx-caption"),
    ]
    if one.key is None:
        parts.append(div(words.get("flags.silences.configured"), "fx-caption"))
    else:
        end = words.get("flags.silences.end")
        parts.append(
            element("button", end, "fx-btn", type="button", id={"flags": "end", "silence": one.key},
                    aria_label=f"{end}:{about}")
        )  # fmt: skip
    return element("li", parts)
