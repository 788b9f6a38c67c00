"""Events of a delivery into the log: merged with what is known of their cases, appended, folded."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.letter import Letter
from ingest.moved import read_again, told_elsewhere, told_together
from ingest.statements import land_lines
from monitor.cases.event import Event
from monitor.cases.revision import Merge, merge, told_once
from monitor.store.casebook import (
    Changed,
    Late,
    States,
    TermsOf,
    append_history,
    append_versions,
    current_versions,
)
from monitor.store.log import (
    CaseKey,
    KnownEvents,
    add_cases,
    case_ids,
    events_of,
    insert_events,
    number_cases,
)

ROWS_TOGETHER = 4_000
"""Events that are sent to the database together."""


class Appended(NamedTuple):
    """The events added, how many of them are revisions, and what is left to write of the cases' versions."""

    added: list[Event]
    revisions: int
    late: Late | None


class Appender:
    """Appends what one delivery tells. `touched` are the cases that gained an event; `mostly_new` tells
    whether most of those told last were new, each event of them told once.

    `heard` is told what each case gained; `repeats`: the very delivery came before.
    """

    def __init__(
        self,
        terms: TermsOf,
        letter: Letter,
        source_id: int,
        heard: Callable[[Merge], None] | None,
        repeats: bool,
    ) -> None:
        self._terms = terms
        self._letter = letter
        self._source_id = source_id
        self._heard = heard
        self._repeats = repeats
        self.touched: set[int] = set()
        self.mostly_new = False

    def append(
        self, connection: Connection, incoming: dict[CaseKey, list[Event]], base: int, states: States
    ) -> Appended:
        """Merge with what is known, append, fold, in a write transaction; what is new is received from `base`
        on. `states` is what `first_states` said of it, as far as it was asked."""
        ids = case_ids(connection, incoming)
        known = events_of(connection, ids.values())
        numbered = number_cases(connection, [key for key in incoming if key not in ids])
        ids |= numbered
        moved = told_elsewhere(connection, incoming, ids)
        known |= events_of(connection, set().union(*moved.values()) - set(known) - set(ids.values()))
        added: list[Event] = []
        revisions = 0
        homes: list[int] = []
        kept: list[Event] = []
        changed: dict[int, Changed] = {}
        gained: set[int] = set()
        each_new = not moved and self._heard is None
        fresh = []
        for keys in told_together(incoming, moved, ids):
            first = keys[0]
            if each_new and ids[first] not in known and (first in states or told_once(incoming[first])):
                # The bulk of any first load.
                fresh.append(first)
                continue
            merged = self._merge(keys, incoming, known, moved, ids)
            revisions += merged.revisions
            added += merged.added
            if self._heard is not None:
                self._heard(merged)
            told = merged.added + merged.affirmed if merged.affirmed else merged.added
            if not told:
                continue
            home = {} if len(keys) == 1 else {e.received_at: key for key in keys for e in incoming[key]}
            for key in keys:
                case_id = ids[key]
                own = [event for event in told if home[event.received_at] == key] if home else told
                if own:
                    if not merged.affirmed or any(event not in merged.affirmed for event in own):
                        gained.add(case_id)
                    kept += own
                    homes += repeat(case_id, len(own))
                    before = known.get(case_id)
                    earlier, elsewhere = ([], []) if before is None else before
                    changed[case_id] = Changed(key, KnownEvents(earlier + own, elsewhere), before is None)
        self.mostly_new = 2 * len(fresh) > len(incoming)
        current = current_versions(connection, [key for key, case in changed.items() if not case.new])
        # From here on rows are under way, and whatever is asked waits for them.
        add_cases(connection, numbered)
        new = tuple.__new__
        for key in fresh:
            if len(kept) >= ROWS_TOGETHER:
                insert_events(connection, homes, [self._source_id] * len(kept), kept)
                homes, kept = [], []
            case_id, own = ids[key], incoming[key]
            added += own
            gained.add(case_id)
            kept += own
            homes += repeat(case_id, len(own))
            changed[case_id] = new(Changed, (key, new(KnownEvents, (own, [])), True))
        insert_events(connection, homes, [self._source_id] * len(kept), kept)
        read_again(connection, changed, moved, ids)
        if self._letter.backfill:
            late = append_history(connection, changed, self._terms)
        else:
            late = append_versions(connection, changed, self._terms, base, current, states)
        self.touched |= gained
        return Appended(added, revisions, late)

    def lay_lines(self, connection: Connection, incoming: dict[CaseKey, list[Event]]) -> Appended:
        """The same for lines of a statement, which belong to no case yet."""
        merged = land_lines(connection, incoming, self._source_id, repeats=self._repeats)
        if self._heard is not None:
            self._heard(merged)
        return Appended(merged.added, merged.revisions, None)

    def _merge(
        self,
        keys: tuple[CaseKey, ...],
        incoming: dict[CaseKey, list[Event]],
        known: dict[int, KnownEvents],
        moved: dict[CaseKey, set[int]],
        ids: dict[CaseKey, int],
    ) -> Merge:
        """Merge what is told of some cases with all that was told before of the same events."""
        told: dict[int, Event] = {}
        for key in keys:
            for case_id in (ids[key], *moved.get(key, ())):
                if case_id in known:
                    told.update((event.received_at, event) for part in known[case_id] for event in part)
        events = incoming[keys[0]]
        if len(keys) > 1:
            events = sorted((e for key in keys for e in incoming[key]), key=lambda e: e.received_at)
        return merge(list(told.values()), events, repeats=self._repeats)
