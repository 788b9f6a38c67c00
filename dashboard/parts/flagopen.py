"""A flag that is open: the record of its delivery, its history, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.casefile import table
from dashboard.parts.element import Node, div, element
from dashboard.parts.sentence import Speech
from dashboard.views.flag_steps import level_name, named, reason, step_name, step_note
from dashboard.views.moments import length
from dashboard.views.silence_end import CHOSEN, bounds, first_end, offered_spans
from monitor.actions.flags import LONGEST
from monitor.alerts.message import channel_name, clock_name
from monitor.cases.event import HOUR
from monitor.settings.cadence import span
from monitor.store.flags import ACKNOWLEDGED, LIVE, OPEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from dashboard.views.flags import FlagLine, OpenFlag
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts
    from monitor.store.flag_list import Sending
    from monitor.store.flags import Flag, FlagStep

HIDDEN = {"display": "none"}
SCOPES = ("case", "clock", "station")
"""What a silence from a flag is about: its case, its clock at its station, everything at its station."""


def opened(
    line: FlagLine,
    held: OpenFlag,
    now: int,
    speech: Speech,
    configuration: Configuration,
    names: Mapping[str, str],
) -> Node:
    """Everything of one flag."""
    words, flag = speech.words, line.flag
    sent = table(
        [words.get(f"flags.sent.{head}") for head in ("who", "way", "level", "state", "when", "attempts")],
        [_sending(one, flag, speech, configuration) for one in held.sendings],
        "fx-flags-sendings",
    )
    parts: list[Node] = []
    goes = coming(flag, now, speech, configuration)
    if goes:
        parts.append(element("p", goes, "fx-flags-next"))
    if line.silence is not None:
        one = line.silence
        said = words.get(
            "flags.page.silence_of", owner=one.owner, reason=one.reason, until=speech.moment(one.until)
        )
        parts.append(element("p", said, "fx-flags-next"))
    if flag.acknowledged_at is not None:
        said = words.get(
            "flags.page.taken_at", name=flag.acknowledged_by or "", time=speech.moment(flag.acknowledged_at),
            note=flag.acknowledged_note or words.get("flags.page.no_note"),
        )  # fmt: skip
        parts.append(element("p", said, "fx-flags-next"))
    steps = [history_line(one, flag, speech, configuration, names) for one in held.steps]
    parts += [
        element("h3", words.get("flags.sent.title")),
        sent if held.sendings else element("p", words.get("flags.sent.none"), "fx-caption"),
        element("h3", words.get("flags.page.history")),
        element("ol", steps, "fx-flags-steps"),
    ]
    if flag.state in LIVE:
        parts += _forms(flag, now, speech, configuration, names)
    return div(parts, "fx-flags-working")


def _sending(one: Sending, flag: Flag, speech: Speech, configuration: Configuration) -> list[Node | str]:
    words = speech.words
    levels = configuration.alerts.levels_of(flag.station)
    level = levels[one.level].name if one.level < len(levels) else str(one.level)
    said = words.find(f"delivery.state.{one.state}") or one.state
    state: list[Any] = [element("b", said)]
    if one.error:
        state.append(div(reason(one.error, words), "fx-caption"))
    if one.state == "dead":
        state.append(
            element(
                "button", words.get("flags.sent.again"), "fx-btn", type="button",
                id={"flags": "again", "message": one.id},
                aria_label=f"{words.get('flags.sent.again')}:{named(one.recipient, configuration, words)}",
            )
        )  # fmt: skip
    if one.sent_at is not None:
        when = speech.moment(one.sent_at)
    elif one.state == "failed":
        when = words.get("flags.sent.next", time=speech.moment(one.next_at))
    elif one.given_up_at is not None:
        when = words.get("flags.page.given_up", time=speech.moment(one.given_up_at))
    elif one.state == "dead":
        when = words.get("flags.sent.not_noted")
    else:
        when = "—"
    return [
        named(one.recipient, configuration, words),
        way_name(one.channel, configuration, words),
        level_name(level, words),
        div(state),
        when,
        str(one.attempts),
    ]


def way_name(name: str, configuration: Configuration, words: Texts) -> str:
    """A channel by which messages leave; of one configured no more its key."""
    known = configuration.alerts.channels.get(name)
    return name if known is None else channel_name(name, known, words)


def history_line(
    step: FlagStep, flag: Flag, speech: Speech, configuration: Configuration, names: Mapping[str, str]
) -> Node:
    """A step in a line: when, what, who, and what belongs to it."""
    words = speech.words
    said = [step_name(step, words)]
    said += [step.actor] if step.actor else []
    note = step_note(step, flag, configuration, words, names)
    said += [note] if note else []
    return element("li", [element("span", speech.moment(step.at), "fx-mut"), " ", " · ".join(said)])


def coming(flag: Flag, now: int, speech: Speech, configuration: Configuration) -> str:
    """Whom it goes to next, and when."""
    levels = configuration.alerts.levels_of(flag.station)
    if flag.state != OPEN or flag.next_level_at is None or flag.level + 1 >= len(levels):
        return ""
    words = speech.words
    level = level_name(levels[flag.level + 1].name, words)
    left = length(max(0, flag.next_level_at - now), words)
    return words.get("flags.page.next", level=level, time=speech.moment(flag.next_level_at), span=left)


def _forms(
    flag: Flag, now: int, speech: Speech, configuration: Configuration, names: Mapping[str, str]
) -> list[Node]:
    words = speech.words
    people = [
        {"value": key, "label": one.name.in_language(words.language)}
        for key, one in configuration.alerts.recipients.items()
    ]
    about = clock_name(flag.clock, words, names)
    scopes = [one for one in SCOPES if (one != "case" or flag.case_no) and (one != "station" or flag.station)]
    named_scopes = [
        {"value": one, "label": words.get(f"flags.scope.{one}", case=flag.case_no or "", clock=about)}
        for one in scopes
    ]
    longest = span(configuration.alerts.delivery.longest_silence)
    ends = [
        {
            "value": str(one // HOUR),
            "label": words.get("flags.page.until", span=length(one, words), time=speech.moment(now + one)),
        }
        for one in offered_spans(longest)
    ]
    ends.append({"value": CHOSEN, "label": words.get("flags.page.chosen_end")})
    taken = flag.state == ACKNOWLEDGED
    return [
        element("h3", words.get("flags.page.act")),
        div(
            [
                _text("note", words),
                _button("take", words, "fx-btn fx-primary", hidden=taken),
                _select("to", people, None, words),
                _button("hand", words),
            ],
            "fx-flow-form fx-flags-form",
        ),
        element("h3", words.get("flags.page.silence")),
        element("p", words.get("flags.page.silence_text"), "fx-caption"),
        div(
            [
                _select("scope", named_scopes, scopes[0], words),
                _text("owner", words),
                _text("reason", words),
                _select("for", ends, ends[min(1, len(ends) - 1)]["value"], words),
                _end(now, longest, configuration.zone_of(flag.station), words),
                _button("silence", words),
            ],
            "fx-flow-form fx-flags-form",
        ),
    ]


def _text(name: str, words: Any) -> Any:
    return dmc.TextInput(
        id=f"fx-flags-{name}", label=words.get(f"flags.fields.{name}"), value="", size="xs",
        attributes={"input": {"maxLength": LONGEST}},
    )  # fmt: skip


def _end(now: int, longest: int, zone: ZoneInfo, words: Texts) -> Any:
    """A day and time on the station's clock; shown where that is chosen."""
    first, last = bounds(now, longest, zone)
    field = {
        "type": "datetime-local", "min": first.isoformat("T", "minutes"),
        "max": last.isoformat("T", "minutes"),
    }  # fmt: skip
    return dmc.TextInput(
        id="fx-flags-until", label=words.get("flags.fields.until"), size="xs", style=HIDDEN,
        value=first_end(now, longest, zone).isoformat("T", "minutes"), attributes={"input": field},
    )  # fmt: skip


def _select(name: str, options: list[dict[str, str]], value: str | None, words: Any) -> Any:
    return dmc.Select(
        id=f"fx-flags-{name}", label=words.get(f"flags.fields.{name}"), data=options, value=value, size="xs",
        searchable=len(options) > 8, allowDeselect=False, comboboxProps={"withinPortal": True},
        placeholder=words.get("flags.fields.choose"),
    )  # fmt: skip


def _button(name: str, words: Any, class_: str = "fx-btn", hidden: bool = False) -> Node:
    said = words.get(f"flags.acts.{name}")
    return element("button", said, class_, type="button", id=f"fx-flags-{name}", hidden=hidden)
