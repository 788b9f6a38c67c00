"""Rows and tiles of vehicles in custody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.strip import axis_head, strip
from dashboard.views.board import BoardView, CaseKey, Row, RowState
from dashboard.views.moments import began_on, clock_time, countdown, hours_minutes, spoken, when
from monitor.alerts.message import briefly, what
from monitor.store.flags import OPEN

if TYPE_CHECKING:
    from monitor.cases.branch import OpenStep
    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Name
    from monitor.settings.texts import Texts
    from monitor.store.notes import Note

SIGNS = {
    RowState.OVERDUE: "octagon",
    RowState.NEAR: "triangle",
    RowState.RUNNING: "ring",
    RowState.UNDETERMINED: "ring-half",
    RowState.NO_DEADLINE: "ring-dashed",
}


@dataclass(frozen=True)
class Saying:
    """In which words, for when and where, and whether for the wall, where nothing can be pressed."""

    words: Texts
    configuration: Configuration
    zone: ZoneInfo
    now: int
    wall: bool

    def zone_of(self, station: str) -> ZoneInfo:
        known = self.configuration.stations.get(station)
        return self.zone if known is None else known.tz

    def named(self, name: Name | None, fallback: str) -> str:
        return fallback if name is None else name.in_language(self.words.language)


def case_address(key: CaseKey) -> str:
    """Where a case is shown."""
    return f"/case/{quote(key[0], safe='')}/{quote(key[1], safe='')}"


def rows(view: BoardView, saying: Saying, rest: Node | None = None) -> Node:
    """All vehicles: rows, then those that are tiles (`rest`)."""
    words = saying.words
    head = div(
        [
            span(
                words.get("board.columns.vehicle_wall" if saying.wall else "board.columns.vehicle"),
                "fx-head-id",
            ),
            span(words.get("board.columns.remaining")),
            axis_head(view.axis_hours, view.limit_hours, words),
            span([words.get("board.columns.waiting"), *_bell(view, saying)], "fx-head-waiting"),
            *([] if saying.wall else [span(words.get("board.columns.acts"), "fx-head-acts")]),
        ],
        "fx-row-head",
    )
    parts = [head, *(row(one, view.axis_hours, saying) for one in view.rows)]
    if rest is not None:
        parts.append(rest)
    if view.implausible:
        parts.append(element("p", words.get("board.implausible", n=view.implausible), "fx-left-off"))
    return div(parts, "fx-rows fx-busy" if view.rest is not None else "fx-rows")


def _bell(view: BoardView, saying: Saying) -> list[Node]:
    """What a bell on the wall says; elsewhere it says so itself."""
    shown = (*view.rows, *(view.rest.rows if view.rest else ()))
    if not saying.wall or not any(flag.state == OPEN for one in shown for flag in one.flags):
        return []
    bell = element("i", None, "fx-icon fx-icon-flags", aria_hidden="true")
    return [span([bell, saying.words.get("flags.mark.wall")], "fx-flag-key fx-flag-is-open")]


def row(one: Row, axis_hours: float, saying: Saying) -> Node:
    """One vehicle with its strip; the sentence is what a screen reader says."""
    words = saying.words
    parts = [
        div([shape(SIGNS[one.state]), div([_plate(one, saying), div(_sub(one, saying), "fx-sub")])], "fx-id"),
        _countdown(one, saying),
        strip(one.strip, axis_hours, words),
        _waiting(one, saying),
    ]
    if not saying.wall:
        parts.append(_acts(one, saying))
    said = [note for note in one.notes if note.kind == "note"]
    if said and not saying.wall:
        parts.append(_note_line(said[-1], one, saying))
    return element(
        "article",
        parts,
        f"fx-row fx-is-{one.state.value.replace('_', '-')}",
        aria_label=sentence(one, saying),
        data_row="/".join(one.key),
    )


def sentence(one: Row, saying: Saying) -> str:
    """The row in one sentence."""
    words = saying.words
    if one.remaining is None:
        left = words.get("board.row_unknown")
    else:
        key = "board.row_late" if one.remaining < 0 else "board.row_left"
        left = words.get(key, time=spoken(one.remaining, words))
    waiting = one.waiting
    return words.get(
        "board.row",
        plate=one.plate or words.get("board.no_plate"),
        station=saying.named(one.station, one.key[0]),
        state=words.get(f"board.state.{one.state.value}"),
        remaining=left,
        step="-" if waiting is None else _step(waiting, one.failures, words),
        owner="-" if waiting is None else words.get(f"board.owner.{waiting.owner.value}"),
        waited="-" if waiting is None else _spoken_wait(waiting, one, saying),
    )


def _spoken_wait(waiting: OpenStep, one: Row, saying: Saying) -> str:
    if waiting.day:
        return began_on(waiting.since, saying.zone_of(one.key[0]), saying.words, short=True)
    return spoken(saying.now - waiting.since, saying.words)


def link(text: str, href: str, class_: str) -> Node:
    """A link within the pages, without loading them anew."""
    props = {"children": text, "href": href, "className": class_}
    return {"type": "Link", "namespace": "dash_core_components", "props": props}


def owner_sign(owner: str, words: Texts) -> Node:
    """Station square, police shield, party circle, treasury hexagon, with its sign inside."""
    return element(
        "i", words.get(f"board.owner_sign.{owner}"), f"fx-owner fx-owner-{owner}", aria_hidden="true"
    )


def _plate(one: Row, saying: Saying) -> Node:
    text = one.plate or saying.words.get("board.no_plate")
    if saying.wall:
        return div(text, "fx-plate")
    return div(link(text, case_address(one.key), "fx-stretched"), "fx-plate")


def _sub(one: Row, saying: Saying) -> list[Node | str]:
    words = saying.words
    over = words.get("board.over_unknown")
    if one.over_kg is not None:
        over = words.get("cases.within")
        if one.over_kg > 0:
            over = words.get("board.over", tonnes=f"{one.over_kg / 1000:.1f}")
    parts = [saying.named(one.station, one.key[0]), over]
    if one.withdrawn:
        parts.append(words.get("board.withdrawn"))
    return [" · ".join(parts), span(f" · {_due(one, saying)}", "fx-due-phone")]


def _due(one: Row, saying: Saying) -> str:
    words = saying.words
    if (
        one.state in (RowState.OVERDUE, RowState.UNDETERMINED, RowState.NO_DEADLINE)
        or one.deadline_at is None
    ):
        return words.get(f"board.state.{one.state.value}")
    return words.get("board.due", when=when(one.deadline_at, saying.now, saying.zone_of(one.key[0]), words))


def _countdown(one: Row, saying: Saying) -> Node:
    words = saying.words
    small = [_due(one, saying)]
    if one.net is not None:
        small.append(words.get("board.paused_net", time=hours_minutes(one.net)))
    if one.remaining is None or one.deadline_at is None:
        figure = span(words.get("board.remaining_none"), "fx-time")
    else:
        figure = span(countdown(one.remaining), "fx-time", data_deadline=one.deadline_at // 1000)
    return div([figure, element("small", " · ".join(small))], "fx-countdown")


def _step(waiting: OpenStep, failures: int, words: Texts) -> str:
    return words.get(f"board.step.{waiting.step.value}", n=failures)


def _waiting(one: Row, saying: Saying) -> Node:
    words, waiting = saying.words, one.waiting
    if waiting is None:
        return div([span(None), div(flag_marks(one, saying))], "fx-waiting")
    if waiting.day:
        waited = span(began_on(waiting.since, saying.zone_of(one.key[0]), words))
    else:
        waited = span(
            words.get("board.waited", time=hours_minutes(saying.now - waiting.since)),
            data_since=waiting.since // 1000,
            data_words=words.get("board.waited", time="{time}"),
        )
    under: list[Node | str] = [
        span(f"{words.get(f'board.owner.{waiting.owner.value}')} · ", "fx-owner-name"),
        waited,
    ]
    name = "fx-waiting"
    if one.silent:
        under += [" · ", element("b", words.get("board.silent_source"), "fx-silent")]
        name += " fx-waits-silent"
    if one.pause is not None:
        reason = words.find(f"record.reason.{one.pause}") or one.pause
        under += [" · ", words.get("board.paused", reason=reason)]
    body = [element("b", _step(waiting, one.failures, words)), span(under, "fx-waited")]
    body += flag_marks(one, saying)
    return div(
        [owner_sign(waiting.owner.value, words), div(body)],
        name,
        title=_ground(one, saying) if one.payment_holds else None,
    )


def flag_marks(one: Row, saying: Saying) -> list[Node]:
    """The latest flag of a row as a mark: what it is about, how many more, and a tick where somebody has it.
    One that nobody has stands before one that is taken."""
    if not one.flags:
        return []
    words = saying.words
    free = [flag for flag in one.flags if flag.state == OPEN]
    shown = (free or one.flags)[-1]
    state = words.get(f"flags.states.{shown.state}")
    said = words.get(
        "flags.mark.title", what=what(shown.clock, shown.threshold, words), state=state, n=len(one.flags)
    )
    name = f"fx-flag-mark fx-flag-is-{shown.state}"
    bell = element("i", None, "fx-icon fx-icon-flags", aria_hidden="true")
    if saying.wall:
        # There is no room for words there; the key below the board has them.
        return [span([bell, span(said, "fx-hidden-text")], name)] if free else []
    told = [briefly(shown.clock, shown.threshold, words)]
    told += [words.get("flags.mark.more", n=len(one.flags) - 1)] if len(one.flags) > 1 else []
    # In a word it would take a second line; read aloud it is in the label.
    told += [] if free else ["✓"]
    mark = link("", f"/flags?flag={shown.id}", name)
    mark["props"]["children"] = [bell, span(" ".join(told))]
    mark["props"]["title"] = said
    mark["props"]["aria-label"] = said
    return [mark]


def _ground(one: Row, saying: Saying) -> str:
    """The law first, then on what ground this station waits all the same, and whether that is confirmed."""
    words = saying.words
    parts = [words.get("board.lawful")]
    if one.ground is not None:
        parts.append(words.get("board.ground", ground=one.ground.in_language(words.language)))
    if not one.gate_confirmed:
        parts.append(words.get("board.ground_unconfirmed"))
    return "\n".join(parts)


def _acts(one: Row, saying: Saying) -> Node:
    words = saying.words
    plate = one.plate or words.get("board.no_plate")
    seen = [note for note in one.notes if note.kind == "acknowledged"]
    free = any(flag.state == OPEN for flag in one.flags)
    written = sum(note.kind == "note" for note in one.notes)
    parts: list[Node] = []
    if seen and not free:
        last = seen[-1]
        at = clock_time(last.at, saying.zone_of(one.key[0]))
        parts.append(
            span([words.get("board.act.acknowledged"), element("br"), f"{last.actor} {at}"], "fx-seen")
        )
    else:
        urgent = free or one.state in (RowState.OVERDUE, RowState.NEAR)
        parts.append(
            _act("acknowledge", words.get("board.act.acknowledge"), one, plate, words, primary=urgent)
        )
    label = words.get("board.act.note_n", n=written) if written else words.get("board.act.note")
    parts.append(_act("note", label, one, plate, words, primary=False))
    return div(parts, "fx-acts")


def _act(kind: str, label: str, one: Row, plate: str, words: Texts, *, primary: bool) -> Node:
    name = "fx-btn fx-primary" if primary else "fx-btn fx-quiet" if kind == "note" else "fx-btn"
    return element(
        "button",
        label,
        name,
        type="button",
        aria_label=words.get(f"board.act.{kind}_row", plate=plate),
        data_act=kind,
        data_station=one.key[0],
        data_case=one.key[1],
        data_plate=plate,
    )


def _note_line(note: Note, one: Row, saying: Saying) -> Node:
    at = clock_time(note.at, saying.zone_of(one.key[0]))
    return div(
        saying.words.get("board.act.note_line", time=at, actor=note.actor, text=note.text), "fx-note-line"
    )
