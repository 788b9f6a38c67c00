"""Decisions that met an exemption, and vehicles by their acts within a year: counts that open their cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, element
from dashboard.parts.figure_cards import card
from dashboard.parts.rows import link
from dashboard.views.discretion import ActsPart

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion import DiscretionView


def acts_card(view: DiscretionView, speech: Speech) -> Node:
    """A line for each count; a rate of few is not said, its k of n is."""
    words, part = speech.words, view.acts
    assert isinstance(part, ActsPart)
    told: list[tuple[str, str]] = []
    for met in part.exempted:
        name = words.find(f"rules.exemptions.{met.exemption}") or met.exemption
        cell = f"exemptions.{met.exemption}"
        said = words.get("discretion.acts.spared", what=name, k=met.k, n=met.n)
        told.append((said, f"{cell}.spared" if met.k else cell))
        if met.fined:
            said = words.get("discretion.acts.fined", what=name, k=met.fined, n=met.n)
            told.append((said, f"{cell}.fined"))
    for band in part.repeats:
        if band.k:
            acts = band.acts.rstrip("+")
            key = "discretion.acts.from" if band.acts.endswith("+") else "discretion.acts.times"
            told.append((words.get(key, acts=acts, k=band.k, n=band.n), f"repeats.{band.acts}"))
    unread = max((band.unread for band in part.repeats), default=0)
    if unread:
        told.append((words.get("discretion.acts.unread", n=unread), "repeats.unread"))
    title = words.get("discretion.acts.title")
    if not told:
        return card(title, words.get("discretion.acts.none"), [])
    lines = [element("li", link(said, view.behind(cell), "")) for said, cell in told]
    return card(title, words.get("discretion.acts.caption"), [element("ul", lines, "fx-flow-notes")])
