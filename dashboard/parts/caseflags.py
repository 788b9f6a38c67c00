"""The flags of a case that stand, above everything that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, element, shape, span
from dashboard.parts.flaglist import sign_of
from dashboard.parts.flagopen import coming
from dashboard.parts.rows import link
from monitor.alerts.message import what
from monitor.store.flags import ACKNOWLEDGED

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case_flags import CaseFlags
    from monitor.settings.configuration import Configuration
    from monitor.store.flags import Flag


def case_flags_card(flags: CaseFlags, now: int, speech: Speech, configuration: Configuration) -> Node | None:
    """Each with who has it or to whom it goes next; None where none stands."""
    words, live = speech.words, flags.live
    if not live:
        return None
    parts = [
        element("h2", words.get("flags.case.title", n=len(live), k=flags.free)),
        element("ul", [_line(flag, now, speech, configuration) for flag in live]),
    ]
    if flags.free:
        parts.append(
            element(
                "button", words.get("flags.case.take"), "fx-btn fx-primary", type="button",
                id={"case": "take", "flags": flags.free},
            )
        )  # fmt: skip
    return element("section", parts, "fx-card fx-case-flags")


def _line(flag: Flag, now: int, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    if flag.state == ACKNOWLEDGED:
        state = words.get("flags.page.taken", name=flag.acknowledged_by or "")
    else:
        state = coming(flag, now, speech, configuration) or words.get("flags.states.open")
    parts = [
        shape(sign_of(flag)),
        element("b", what(flag.clock, flag.threshold, words)),
        span(speech.moment(flag.due_at), "fx-mut"),
        span(state),
        link(words.get("flags.case.see"), f"/flags?flag={flag.id}", ""),
    ]
    return element("li", parts)
