"""What the release waits for at this station, on what ground, and what that costs in hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.casehead import step_name
from dashboard.parts.element import Node, div, element, span
from dashboard.views.moments import hours_minutes

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case import GateView, Head


def gate_card(view: GateView, head: Head, speech: Speech) -> Node:
    """The card; the law stands in it wherever a gate waits for more than the law asks."""
    words = speech.words
    about = words.get("case.gate.about_beyond" if view.beyond else "case.gate.about_lawful")
    parts: list[Node] = [
        element("h2", _title(view, speech)),
        element("p", about, "fx-caption"),
        element("ul", [_need(one.need, _need_key(one.done, head), speech) for one in view.needs], "fx-needs"),
        element("p", _cost(view, head, speech), "fx-gate-cost"),
    ]
    if view.beyond:
        parts.append(_ground(view, speech))
    return element("section", parts, "fx-card fx-case-gate")


def _title(view: GateView, speech: Speech) -> str:
    words = speech.words
    if not view.held:
        return words.get("case.gate.title")
    key = "case.gate.title_was_held" if view.held_since is None else "case.gate.title_held"
    return words.get(key, time=hours_minutes(view.held))


def _need_key(done: bool, head: Head) -> str:
    if done:
        return "done"
    return "open" if head.summary.released_at is None else "open_after"


def _need(need: str, state: str, speech: Speech) -> Node:
    words = speech.words
    said = span(words.get(f"case.gate.{state}"), "fx-mut")
    sign = element("i", None, "fx-need-sign", aria_hidden="true")
    return element("li", [sign, span(words.get(f"case.gate.need.{need}")), said], f"fx-need fx-need-{state}")


def _cost(view: GateView, head: Head, speech: Speech) -> list[Node | str]:
    words = speech.words
    if view.held is None:
        return [words.get("case.gate.held_unknown")]
    said: list[Node | str] = []
    if view.cost is not None and view.waiting is not None:
        step = step_name(view.waiting.step, head.summary.failures, words)
        said.append(words.get("case.gate.cost", step=step, time=hours_minutes(view.cost)))
    key = "case.gate.was_held" if view.held_since is None else "case.gate.held"
    before, after = words.get(key, time="\0").split("\0")
    figure = element(
        "b",
        hours_minutes(view.held),
        "fx-held-ink",
        data_since=None if view.held_since is None else view.held_since // 1000,
        data_words=None if view.held_since is None else "{time}",
    )
    return [*said, before, figure, after]


def _ground(view: GateView, speech: Speech) -> Node:
    words = speech.words
    law = words.get("case.gate.lawful_money" if view.holds_money else "case.gate.lawful_decision")
    ground = speech.named(view.ground, words.get("case.gate.no_ground"))
    rows: list[Node] = [
        element("p", element("b", law)),
        element("p", [element("b", words.get("case.gate.ground")), " ", ground]),
    ]
    who: list[Node | str] = [element("b", words.get("case.gate.confirmed_by")), " "]
    who.append(view.confirmed_by or words.get("case.gate.nobody"))
    if not view.confirmed:
        who += [" ", span(words.get("case.gate.example"), "fx-badge fx-example")]
    rows.append(element("p", who))
    return div(rows, "fx-why")
