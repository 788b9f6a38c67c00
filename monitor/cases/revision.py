"""Which of the recorded events are valid: the latest version of each, less those that were voided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import orjson

from monitor.cases.activity import Activity
from monitor.cases.event import Event, precedence

_VOIDED = Activity.VOIDED.value
_IDENTITY = attrgetter("identity")


class Merge(NamedTuple):
    """What a delivery adds to the events of one case.

    `affirmed` are duplicates by which the source says, by its own count or clock, that what was last told
    still holds. They tell nothing new and are kept all the same: a version that lies between the two and is
    delivered after them must not win.
    """

    added: list[Event]
    duplicates: int
    revisions: int
    affirmed: list[Event]
    revised: tuple[Event, ...] = ()
    """Those of `added` of which another version was told before."""


def merge(known: Sequence[Event], incoming: Iterable[Event], *, repeats: bool = False) -> Merge:
    """Sort what is new from what was already told.

    An incoming event is a duplicate when the version that stands just before it, by precedence, says
    the same. So a value that is corrected and later set back is a revision each time, and telling the same
    again is not. `repeats`: the very delivery came before, so whatever it said of an event is no news.
    """
    if not known:
        incoming = list(incoming)
        if told_once(incoming):
            return Merge(incoming, 0, 0, [])
    chains: dict[bytes, list[Event]] = {}
    for event in known:
        chains.setdefault(event.identity, []).append(event)
    for chain in chains.values():
        if len(chain) > 1:
            chain.sort(key=precedence)
    added: list[Event] = []
    affirmed: list[Event] = []
    revised: list[Event] = []
    duplicates = 0
    for event in incoming:
        earlier = chains.get(event.identity)
        if earlier is None:
            chains[event.identity] = [event]
            added.append(event)
            continue
        place = len(earlier)
        key = precedence(event)
        while place and precedence(earlier[place - 1]) > key:
            place -= 1
        if (place and earlier[place - 1].content == event.content) or _told(earlier, event, repeats):
            duplicates += 1
            if place == len(earlier) and _newer(event, earlier[-1]):
                earlier.append(event)
                affirmed.append(event)
            continue
        earlier.insert(place, event)
        added.append(event)
        revised.append(event)
    return Merge(added, duplicates, len(revised), affirmed, tuple(revised))


def told_once(events: Sequence[Event]) -> bool:
    """Whether no two of them are the same event: of a new case, then, all of them are news."""
    return len(set(map(_IDENTITY, events))) == len(events)


def _newer(event: Event, last: Event) -> bool:
    """Whether an event that can have other versions was told again later, by its source's count or clock."""
    return event.identity != event.content and precedence(event)[:2] > precedence(last)[:2]


def _told(chain: list[Event], event: Event, repeats: bool) -> bool:
    """Whether the very same version, by the source's own count or clock, is already there."""
    if repeats:
        return any(other.content == event.content for other in chain)
    if event.revision is None and event.recorded_at is None:
        return False
    return any(
        other.content == event.content
        and other.revision == event.revision
        and other.recorded_at == event.recorded_at
        for other in chain
    )


class Valid(NamedTuple):
    """The valid events of a case in the order of time, and voids that name nothing known."""

    events: list[Event]
    waiting_voids: list[Event]


def valid_events(
    events: Sequence[Event], elsewhere: Sequence[Event] = (), *, once: bool = False
) -> Valid:
    """The valid events of a case, whatever the order, repetition or split in which they came.

    `elsewhere` holds versions of the same named events that were recorded under another case number: where
    one of those is the latest, the event has moved there. `once` says that they are `told_once`.
    """
    once = once or told_once(events)
    if once and not elsewhere and _VOIDED not in [event.activity for event in events]:
        # Most cases: each event told once, none taken back.
        return Valid(list(events), [])
    latest: dict[bytes, Event] = {}
    voids = bool(elsewhere)
    for event in events:
        other = latest.setdefault(event.identity, event)
        if other is not event and precedence(event) > precedence(other):
            latest[event.identity] = event
        if event.activity == _VOIDED:
            voids = True
    if not voids:
        return Valid(list(latest.values()), [])
    for event in elsewhere:
        here = latest.get(event.identity)
        if here is not None and precedence(event) > precedence(here):
            del latest[event.identity]
    return _without_voided(list(latest.values()))


def _without_voided(events: list[Event]) -> Valid:
    """Drop what valid voids name; a voided void restores what it named."""
    voids_on: dict[bytes, list[Event]] = {}
    waiting: list[Event] = []
    for void in sorted((e for e in events if e.activity == _VOIDED), key=lambda e: e.identity):
        targets = [event for event in events if event is not void and _names(void, event)]
        if not targets:
            waiting.append(void)
        for target in targets:
            voids_on.setdefault(target.identity, []).append(void)
    memo: dict[bytes, bool] = {}

    def stands(event: Event) -> bool:
        if event.identity not in memo:
            memo[event.identity] = True
            memo[event.identity] = not any(stands(void) for void in voids_on.get(event.identity, ()))
        return memo[event.identity]

    # In a fixed order: where voids name each other in a circle, the answer must not hang on who came first.
    for event in sorted(events, key=lambda e: e.identity):
        stands(event)
    standing = [e for e in events if stands(e) and e.activity != _VOIDED]
    return Valid(standing, [void for void in waiting if stands(void)])


def _names(void: Event, event: Event) -> bool:
    """Whether a void names this event: by the id its source gave it, or by its digest in hexadecimal."""
    named = orjson.loads(void.data).get("voids") if void.data else None
    return named is not None and (named == event.event_id or named == event.identity.hex())
