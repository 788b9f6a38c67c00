"""Lines of a statement are told apart as events are, and go to a table of their own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from monitor.cases.event import Event
from monitor.cases.revision import Merge, merge
from monitor.store.log import CaseKey
from monitor.store.statements import add_lines, line_versions


def land_lines(
    connection: Connection, lines: Mapping[CaseKey, list[Event]], source_id: int, *, repeats: bool
) -> Merge:
    """Append what is new or changed of a statement's lines (station and number → what was told).

    A line that says the same as last is a duplicate; one that says something else is a revision. `repeats`:
    the very file came before, so that nothing of it is news.
    """
    told = sorted(
        ((key, event) for key, events in lines.items() for event in events),
        key=lambda one: one[1].received_at,
    )
    known = line_versions(connection, {event.identity for _, event in told})
    events = [event for events in known.values() for event in events]
    merged = merge(events, [event for _, event in told], repeats=repeats)
    places = {event.received_at: key for key, event in told}
    add_lines(connection, source_id, [(places[event.received_at], event) for event in merged.added])
    return merged
