"""The form by which limits of the weekly chart begin anew, with its reason, and what was said so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element
from dashboard.parts.sentence import Speech
from dashboard.views.flow import week_of
from dashboard.views.flow_ask import WEEKS
from dashboard.views.flow_findings import week_number
from monitor.actions.rebasing import LONGEST

if TYPE_CHECKING:
    from monitor.store.rebasings import Rebased


def form(said: Sequence[Rebased], chart: str, today: date, speech: Speech, told: str = "") -> list[Node]:
    """`chart` names whose chart it is; `told` is the answer to what was just sent."""
    words = speech.words
    monday = today - timedelta(days=today.weekday())
    weeks = [week_of(monday - timedelta(days=7 * back)) for back in range(max(WEEKS))]
    lines = [
        element(
            "li",
            [
                words.get(
                    "flow.rebase.there",
                    week=week_number(one.week),
                    reason=one.reason,
                    actor=one.actor,
                    at=speech.day(one.at),
                ),
                " ",
                element(
                    "button",
                    words.get("flow.rebase.back", week=week_number(one.week)),
                    "fx-btn fx-quiet",
                    type="button",
                    id={"flow": "back", "week": one.week},
                ),
            ],
        )
        for one in said
    ]
    return [
        element("p", words.get("flow.rebase.why", chart=chart), "fx-caption"),
        element("ul", lines, "fx-flow-notes")
        if lines
        else element("p", words.get("flow.rebase.none"), "fx-caption"),
        div(
            [
                dmc.Select(
                    id="fx-flow-week",
                    label=words.get("flow.rebase.week"),
                    data=[{"value": week, "label": week} for week in weeks],
                    value=None,
                    size="xs",
                    comboboxProps={"withinPortal": True},
                ),
                dmc.TextInput(
                    id="fx-flow-reason",
                    label=words.get("flow.rebase.reason"),
                    value="",
                    size="xs",
                    className="fx-flow-reason",
                    attributes={"input": {"maxLength": LONGEST}},
                ),
                element("button", words.get("flow.rebase.keep"), "fx-btn", type="button", id="fx-flow-keep"),
            ],
            "fx-flow-form",
        ),
        element("p", told, "fx-caption", role="status"),
    ]
