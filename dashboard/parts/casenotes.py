"""Who has acknowledged a case and what was noted on it, and the field to add to it. No clock stops for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element
from monitor.actions.notes import LONGEST
from monitor.store.notes import ACKNOWLEDGED

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from monitor.settings.texts import Texts
    from monitor.store.notes import Note


def notes(said: Sequence[Note], speech: Speech) -> Node:
    """What was said so far, the newest last."""
    words = speech.words
    if not said:
        return element("p", words.get("case.notes.none"), "fx-caption")
    return element("ul", [_note(one, speech) for one in said], "fx-case-notes")


def _note(one: Note, speech: Speech) -> Node:
    when = element("span", speech.moment(one.at), "fx-mut")
    if one.kind == ACKNOWLEDGED:
        words = speech.words.get("case.notes.acknowledged", actor=one.actor)
        return element("li", [when, " ", element("b", words), *([" ", one.text] if one.text else [])])
    return element("li", [when, " ", element("b", one.actor), " ", one.text])


def note_form(words: Texts) -> Any:
    """Field and buttons. They stand outside of what a refresh draws anew, so that nothing typed is lost."""
    return div(
        [
            dmc.Textarea(
                id="fx-case-note",
                label=words.get("case.notes.label"),
                description=words.get("case.notes.hint"),
                autosize=True,
                minRows=2,
                attributes={"input": {"maxLength": LONGEST}},
                value="",
            ),
            div(
                [
                    element(
                        "button", words.get("case.notes.acknowledge"), "fx-btn", type="button",
                        id="fx-case-acknowledge",
                    ),
                    element(
                        "button", words.get("case.notes.keep"), "fx-btn fx-primary", type="button",
                        id="fx-case-keep",
                    ),
                    element("span", None, "fx-mut", id="fx-case-kept", role="status"),
                ],
                "fx-case-acts",
            ),
        ],
        "fx-case-form",
    )  # fmt: skip
