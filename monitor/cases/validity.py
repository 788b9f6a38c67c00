"""From when to when each recorded event of a case was valid: what was known of it at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.cases.activity import Activity
from monitor.cases.event import Event
from monitor.cases.revision import valid_events

_VOIDED = Activity.VOIDED.value


class ValidSpan(NamedTuple):
    """An event and a half-open span (microseconds) in which it was known and valid; None: still."""

    event: Event
    known_from: int
    known_to: int | None


def validity(events: Sequence[Event], elsewhere: Sequence[Event] = ()) -> list[ValidSpan]:
    """The spans of every event of a case, voids themselves left out.

    A corrected event ends when its correction became known, a voided one when its void did; it may begin
    again when the void is voided. `elsewhere`: versions of the same named events under another case number.
    """
    alone = not elsewhere and len({event.identity for event in events}) == len(events)
    if alone and all(event.activity != _VOIDED for event in events):
        return [ValidSpan(event, event.known_at, None) for event in events]
    spans: list[ValidSpan] = []
    since: dict[int, int] = {}
    by_place = dict(enumerate(events))
    for moment in sorted({event.known_at for event in (*events, *elsewhere)}):
        known = {place: event for place, event in by_place.items() if event.known_at <= moment}
        valid = valid_events(list(known.values()), [e for e in elsewhere if e.known_at <= moment]).events
        stands = {id(event) for event in valid}
        for place, event in known.items():
            if id(event) in stands:
                since.setdefault(place, moment)
            elif place in since:
                spans.append(ValidSpan(event, since.pop(place), moment))
    spans += [ValidSpan(by_place[place], moment, None) for place, moment in since.items()]
    return sorted(spans, key=lambda span: (span.known_from, span.event.received_at))
