"""The head of the case page: sign, plate, time left, strip, and what is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import owner_sign
from dashboard.parts.strip import axis_head, strip
from dashboard.views.moments import began_on, countdown, hours_minutes, when
from dashboard.views.said import Day
from monitor.cases.activity import Step
from monitor.cases.summary import Mark

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case import Head
    from monitor.settings.texts import Texts

SIGNS = {
    Mark.OVERDUE: "octagon",
    Mark.NEAR: "triangle",
    Mark.RUNNING: "ring",
    Mark.ON_TIME: "tick-ring",
    Mark.LATE: "octagon-outline",
    Mark.UNDETERMINED: "ring-half",
    Mark.NO_DEADLINE: "ring-dashed",
    Mark.NOT_HELD: "ring-dashed",
    Mark.WEIGHED_OVER: "ring-dashed",
    Mark.WEIGHED_WITHIN: "ring-dashed",
    Mark.IMPLAUSIBLE: "cut",
}
"""The drawing of each state; its word always stands beside."""


def case_head(head: Head, now: int, speech: Speech) -> Node:
    """The first card of the page."""
    one = head.summary
    return element(
        "section",
        [
            div([shape(SIGNS[one.mark]), _vehicle(head, speech)], "fx-ch-id"),
            _figure(head, now, speech),
            div(_strip(head, speech), "fx-ch-strip"),
            _standing(head, now, speech),
        ],
        f"fx-card fx-case-head fx-is-{one.mark.value.replace('_', '-')}",
        data_row=f"{one.station}/{one.case_no}",
    )


def _strip(head: Head, speech: Speech) -> list[Node]:
    """The strip under its hours; nothing for a vehicle that is not held, whose hours nobody counts."""
    if head.summary.mark.held_nothing:
        return []
    return [
        axis_head(head.axis_hours, head.limit_hours, speech.words),
        strip(head.strip, head.axis_hours, speech.words),
    ]


def _vehicle(head: Head, speech: Speech) -> Node:
    words, one = speech.words, head.summary
    masked = one.plate or words.get("board.no_plate")
    plate: Node = element("b", masked, "fx-ch-plate")
    if head.plate is not None and head.plate != one.plate:
        # Closed at first, and closed again whenever the page is opened anew.
        plate = element(
            "details",
            [
                element(
                    "summary",
                    [
                        element("b", masked, "fx-ch-plate fx-when-closed"),
                        element("b", head.plate, "fx-ch-plate fx-when-open"),
                        span(words.get("case.plate.show"), "fx-ch-reveal fx-when-closed"),
                        span(words.get("case.plate.hide"), "fx-ch-reveal fx-when-open"),
                    ],
                ),
            ],
            "fx-ch-reveals",
        )
    about = [speech.named(head.station, one.station)]
    kind = None if head.vehicle is None else words.find(f"vehicles.{head.vehicle}") or head.vehicle
    if head.axles is not None:
        about.append(words.get("case.axles", n=head.axles))
    about += [kind] if kind else []
    if one.plate_colour:
        about.append(words.find(f"colours.{one.plate_colour}") or one.plate_colour)
    return div([plate, div(" · ".join(about), "fx-caption")])


def _figure(head: Head, now: int, speech: Speech) -> Node:
    """Time left while the vehicle stands there, else the time it took; the state in words under it."""
    words, one = speech.words, head.summary
    said = [words.get(f"case.mark.{one.mark.value}")]
    if one.released_at is None and one.deadline_at is not None and one.remaining is not None:
        figure = span(countdown(one.remaining), "fx-big fx-time", data_deadline=one.deadline_at // 1000)
        key = "case.due" if one.remaining >= 0 else "case.due_gone"
        said.append(words.get(key, when=when(one.deadline_at, now, speech.zone, words)))
    elif one.taken is not None:
        figure = span(hours_minutes(one.taken), "fx-big fx-time")
        said.insert(0, words.get("case.taken"))
    else:
        figure = span(words.get("board.remaining_none"), "fx-big fx-time")
    if head.net is not None:
        said.append(words.get("case.net", time=hours_minutes(head.net)))
    return div([figure, div(" · ".join(said), "fx-caption fx-ch-said")], "fx-ch-figure")


def _standing(head: Head, now: int, speech: Speech) -> Node:
    """What the release waits for and who owes it; after the release, when that was."""
    words, one = speech.words, head.summary
    waiting = one.waiting
    if waiting is None:
        return div([span(None), div(_after(head, speech))], "fx-ch-waits")
    if waiting.day:
        waited = span(began_on(waiting.since, speech.zone, words, short=True))
    else:
        waited = span(
            hours_minutes(now - waiting.since), data_since=waiting.since // 1000, data_words="{time}"
        )
    owner = words.get(f"board.owner.{waiting.owner.value}")
    before, after = words.get("case.waits", owner=owner, waited="\0").split("\0")
    under: list[Node | str] = [before, waited, after]
    if head.pause is not None:
        reason = words.find(f"record.reason.{head.pause}") or head.pause
        under.append(" · " + words.get("board.paused", reason=reason))
    if head.withdrawn:
        under.append(" · " + words.get("board.withdrawn"))
    said = div([element("b", step_name(waiting.step, one.failures, words)), div(under, "fx-caption")])
    return div([owner_sign(waiting.owner.value, words), said], "fx-ch-waits")


def _after(head: Head, speech: Speech) -> list[Node]:
    words, one = speech.words, head.summary
    if one.released_at is None:
        key = "case.nothing_held" if one.mark.held_nothing else "case.not_released"
        return [element("b", words.get(key))]
    if one.released_until is not None:
        return [element("b", words.get("case.released_day", day=speech.value(Day(one.released_at))))]
    said = [element("b", words.get("case.released", when=speech.moment(one.released_at)))]
    if one.held_after:
        held = words.get("case.held_total", time=hours_minutes(one.held_after))
        said.append(div(held, "fx-caption"))
    return said


def step_name(step: Step, failures: int, words: Texts) -> str:
    """What is waited for, in words."""
    return words.get(f"board.step.{step.value}", n=failures)
