"""The one dialog in which a note is written, whichever row it was opened from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc

from dashboard.parts.element import Node, div, element
from dashboard.views.moments import when

if TYPE_CHECKING:
    from monitor.settings.texts import Texts
    from monitor.store.notes import Note

LONGEST = 500


def note_dialog(words: Texts) -> Any:
    """Closed at first. What was noted before stands above the field."""
    return dmc.Modal(
        [
            div(None, "fx-notes-before", id="fx-note-before"),
            dmc.Textarea(
                id="fx-note-text",
                label=words.get("board.act.dialog_label"),
                description=words.get("board.act.dialog_hint"),
                autosize=True,
                minRows=3,
                attributes={"input": {"maxLength": LONGEST}},
                value="",
                **{"data-autofocus": True},
            ),
            div(
                [
                    element(
                        "button", words.get("board.act.cancel"), "fx-btn", type="button", id="fx-note-cancel"
                    ),
                    element(
                        "button",
                        words.get("board.act.keep"),
                        "fx-btn fx-primary",
                        type="button",
                        id="fx-note-keep",
                    ),
                ],
                "fx-dialog-acts",
            ),
            dcc.Store(id="fx-note-case"),
        ],
        id="fx-note",
        opened=False,
        title="",
        centered=True,
        closeButtonProps={"aria-label": words.get("board.act.cancel")},
    )


def notes_before(said: Sequence[Note], now: int, zone: ZoneInfo, words: Texts) -> list[Node]:
    """Notes and acknowledgements so far, oldest first."""
    lines = []
    for one in said:
        at = when(one.at, now, zone, words)
        if one.kind == "note":
            line = words.get("board.act.note_line", time=at, actor=one.actor, text=one.text)
        else:
            line = f"{words.get('board.act.acknowledged')} {one.actor} {at}"
        lines.append(element("p", line))
    return lines
