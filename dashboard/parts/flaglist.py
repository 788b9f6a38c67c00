"""The list of flags: filters with their counts, a line for each, and what was given up by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.addresslist import station_name
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.flagopen import opened, way_name
from dashboard.parts.rows import case_address, link
from dashboard.parts.sentence import Speech
from dashboard.views.flag_steps import level_name, reason
from dashboard.views.flags import ALIVE, KINDS, OVER, TABS, FlagLine, FlagsView
from dashboard.views.moments import length
from monitor.alerts.message import what
from monitor.store.flags import ACKNOWLEDGED, LIVE, OPEN

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.store.flags import Flag


def flags_card(
    view: FlagsView, now: int, speech: Speech, configuration: Configuration, told: str = ""
) -> Node:
    """The list with its filters; `told` is the answer to what was just pressed."""
    words = speech.words
    title = _title(view, speech)
    rows = [_row(one, view, now, speech, configuration) for one in view.lines]
    return element(
        "section",
        [
            element("h2", title),
            element("p", words.get("flags.page.caption"), "fx-caption"),
            *_filters(view, speech, configuration),
            *_dead(view, speech, configuration),
            element("p", told, "fx-flags-told", id="fx-flags-told", role="status"),
            element("ul", rows, "fx-flags-list") if rows else _nothing(view, speech),
            _turns(view, speech),
        ],
        "fx-card fx-flags-card",
        aria_label=title,
    )


def _title(view: FlagsView, speech: Speech) -> str:
    words, n = speech.words, view.counts[ALIVE]
    if not n:
        return words.get("flags.page.calm" if view.any_flag else "flags.page.never")
    return words.get("flags.page.title", n=n, k=view.counts[OPEN])


def _nothing(view: FlagsView, speech: Speech) -> Node:
    words, asked = speech.words, view.asked
    if not view.any_flag:
        said = words.get("flags.page.never_text")
    elif asked.tab == ALIVE and asked.kind is None:
        said = words.get("flags.page.calm_text")
    else:
        said = words.get("flags.page.none")
    return div([shape("ring-dashed"), element("p", said)], "fx-flags-none")


def _filters(view: FlagsView, speech: Speech, configuration: Configuration) -> list[Node]:
    words, asked, n = speech.words, view.asked, view.counts[ALIVE]
    tabs = []
    for tab in TABS:
        count = view.counts[tab]
        text = words.get(f"flags.tabs.{tab}", n=count)
        # Of how many it is counted: of those that live, but those that are over.
        said = text if tab in (ALIVE, OVER) else words.get("flags.page.of", k=count, n=n, tab=text)
        to = asked.address(state=None if tab == ALIVE else tab)
        tabs.append(_choice(text, to, tab == asked.tab, said))
    kinds = [_choice(words.get("flags.page.every_kind"), asked.address(kind=None), asked.kind is None)]
    for kind in KINDS:
        count = view.kinds.get(kind, 0)
        if count or kind == asked.kind:
            text = f"{words.get(f'flags.kinds.{kind}')} {count}"
            kinds.append(_choice(text, asked.address(kind=kind), kind == asked.kind))
    groups = [("state", tabs), ("kind", kinds)]
    if len(view.stations) > 1:
        stations = [
            _choice(words.get("board.all"), asked.address(station=None), asked.station is None),
            *(
                _choice(
                    station_name(code, speech, configuration.stations),
                    asked.address(station=code),
                    code == asked.station,
                )
                for code in view.stations
            ),
        ]
        groups.append(("station", stations))
    names = "fx-seg-control fx-pay-filter"
    return [
        div(choices, names, role="group", aria_label=words.get(f"flags.filter.{name}"))
        for name, choices in groups
    ]


def _choice(text: str, href: str, here: bool, said: str | None = None) -> Node:
    made = link(text, href, "fx-here" if here else "")
    if said is not None:
        made["props"]["title"] = said
    return made


def _dead(view: FlagsView, speech: Speech, configuration: Configuration) -> list[Node]:
    """What was given up, by channel: mended once, all of it is sent again."""
    words = speech.words
    return [
        div(
            [
                shape("octagon"),
                div(
                    [
                        words.get(
                            "flags.page.dead", n=one.n, why=reason(one.error or "", words),
                            channel=way_name(one.channel, configuration, words),
                        ),
                        *([] if one.at is None else [_last(one.at, speech)]),
                    ]
                ),
                element(
                    "button", words.get("flags.page.all_again"), "fx-btn", type="button",
                    id={"flags": "channel", "name": one.channel},
                ),
            ],
            "fx-flags-dead",
            role="status",
        )
        for one in view.dead
    ]  # fmt: skip


def _last(at: int, speech: Speech) -> Node:
    return div(speech.words.get("flags.page.last_given_up", time=speech.moment(at)), "fx-caption")


def _row(line: FlagLine, view: FlagsView, now: int, speech: Speech, configuration: Configuration) -> Node:
    words, flag = speech.words, line.flag
    is_open = view.asked.chosen == flag.id
    about = what(flag.clock, flag.threshold, words, view.names)
    to = view.asked.address(flag=None if is_open else flag.id)
    key = "shut" if is_open else "work" if flag.state in LIVE else "look"
    work = link(words.get(f"flags.page.{key}"), to, "fx-btn fx-flags-work")
    work["props"]["aria-label"] = f"{words.get(f'flags.page.{key}')}:{about} {flag.case_no or ''}".strip()
    cells = [
        shape(sign_of(flag, silent=line.silence is not None)),
        div([element("b", about), _whose(line, speech)], "fx-flags-what"),
        div([element("b", speech.moment(flag.due_at)), _age(line, now, speech)], "fx-flags-when"),
        div([element("b", standing(line, speech, configuration)), _sent(line, speech)], "fx-flags-state"),
        work,
    ]
    parts = [div(cells, "fx-flags-row")]
    if is_open and view.opened is not None:
        parts.append(opened(line, view.opened, now, speech, configuration, view.names))
    name = f"fx-flags-one fx-flags-is-{flag.state}"
    return element("li", parts, f"{name} fx-flags-open" if is_open else name)


def sign_of(flag: Flag, *, silent: bool = False) -> str:
    """The drawing before a flag: taken over, over, held back; else past its limit or before it."""
    if flag.state == ACKNOWLEDGED:
        return "tick-ring"
    if flag.state not in LIVE:
        return "ring"
    if silent:
        return "ring-dashed"
    return "triangle" if flag.threshold.startswith("left-") else "octagon"


def standing(line: FlagLine, speech: Speech, configuration: Configuration) -> str:
    """How a flag stands, in words."""
    words, flag = speech.words, line.flag
    if flag.state == ACKNOWLEDGED:
        return words.get("flags.page.taken", name=flag.acknowledged_by or "")
    if flag.state != OPEN:
        return words.get(f"flags.states.{flag.state}")
    if line.silence is not None:
        return words.get("flags.page.silenced", until=speech.moment(line.silence.until))
    if flag.level > 0:
        levels = configuration.alerts.levels_of(flag.station)
        name = levels[flag.level].name if flag.level < len(levels) else str(flag.level)
        return words.get("flags.page.escalated", level=level_name(name, words))
    return words.get("flags.states.open")


def _whose(line: FlagLine, speech: Speech) -> Node:
    words, flag = speech.words, line.flag
    place = speech.named(line.station, flag.station) or words.get("delivery.no_station")
    if flag.case_no is None:
        return div(place, "fx-caption")
    said = " ".join(part for part in (flag.case_no, line.plate) if part)
    return div([f"{place} · ", link(said, case_address((flag.station, flag.case_no)), "")], "fx-caption")


def _age(line: FlagLine, now: int, speech: Speech) -> Node:
    words, flag = speech.words, line.flag
    if flag.ended_at is not None:
        return div(words.get("flags.page.ended", time=speech.moment(flag.ended_at)), "fx-caption")
    return div(words.get("flags.page.ago", span=length(max(0, now - flag.due_at), words)), "fx-caption")


def _sent(line: FlagLine, speech: Speech) -> Node:
    """How many of its messages arrived: k of n."""
    words = speech.words
    if not line.wanted:
        return div(words.get("flags.page.nobody_told"), "fx-caption")
    dead, failed = line.messages.get("dead"), line.messages.get("failed")
    said: list[Node | str] = [words.get("flags.page.delivered", k=line.delivered, n=line.wanted)]
    if failed:
        said.append(f" · {words.get('delivery.state.failed')} {failed}")
    if dead and line.given_up is None:
        said.append(f" · {words.get('flags.page.given_up_n', n=dead)}")
    elif dead and line.given_up is not None:
        told = words.get("flags.page.given_up_last", n=dead, time=speech.moment(line.given_up))
        said += [" · ", span(told, "fx-flags-whole")]
    return div(said, "fx-caption fx-late-ink" if dead else "fx-caption")


def _turns(view: FlagsView, speech: Speech) -> Node:
    words, page = speech.words, min(view.asked.page, view.pages)
    parts: list[Node | str] = []
    if view.total:
        parts.append(span(words.get("flags.page.total", n=view.total)))
    if view.pages > 1:
        parts.append(span(words.get("payments.differences.page", page=page, pages=view.pages)))
        for name, to in (("before", page - 1), ("after", page + 1)):
            if 1 <= to <= view.pages:
                href = view.asked.address(page=to if to > 1 else None)
                parts.append(link(words.get(f"payments.differences.{name}"), href, "fx-btn"))
    return div(parts, "fx-pay-turns")
