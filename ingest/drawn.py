"""What has gathered of a delivery, drawn as events by case."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from ingest.gathered import Gathered
from ingest.letter import Letter
from monitor.cases.event import Event, digest
from monitor.store.casebook import States
from monitor.store.log import CaseKey


class Drawn(NamedTuple):
    """What has gathered, as events by case that are received from `base` on, and states of those cases that
    are new, if they are."""

    told: list[tuple[Any, ...]]
    base: int
    incoming: dict[CaseKey, list[Event]]
    states: States

    def holds(self, told: list[tuple[Any, ...]], base: int) -> bool:
        """Whether it is of these very candidates, received from there on."""
        return self.told is told and self.base == base


def drawn_events(
    waiting: Gathered, base: int, letter: Letter, delivery_id: int, equal: Counter[bytes]
) -> dict[CaseKey, list[Event]]:
    """The candidates as events by case, received one after the other from `base` on.

    `equal` counts, over the whole delivery, those that are told apart by their place alone (`distinct`).
    """
    source, distinct, backfill = letter.source, letter.distinct, letter.backfill
    known = waiting.identities(source, letter.ledger)
    by_case: dict[CaseKey, list[Event]] = {}
    sheets, numbers = waiting.sheets, waiting.numbers
    events: list[Event] = []
    last_station = last_no = None
    new = tuple.__new__
    each = zip(waiting.told, waiting.tracks, *known, strict=True)
    for place, (told, track, identity, content) in enumerate(each, base):
        station, case_no, activity, at, until, recorded, revision, event_id, _, data = told
        if distinct and event_id is None:
            equal[identity] += 1
            if equal[identity] > 1:
                identity = digest(identity.hex(), equal[identity])
        known_at = base
        if backfill:
            # Of a day it is known once the day is over, not at its first instant.
            happened = at if until is None else until
            known_at = min(base, happened if recorded is None else recorded)
        event = new(
            Event,
            (
                identity, content, activity, at, until, recorded, revision, place, known_at,
                source, event_id, data, delivery_id, sheets[track], numbers[track], event_id is not None,
            ),
        )  # fmt: skip
        if case_no != last_no or station != last_station:
            # Rows of a case mostly follow one another.
            last_station, last_no = station, case_no
            events = by_case.setdefault((station, case_no), [])
        events.append(event)
    return by_case
