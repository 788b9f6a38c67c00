"""By which driver, company and act a case was decided, so that others of the same are found by index.

What any event of a decided case tells is noted: a row of a ledger tells it once, with its first event. A name
that was corrected stays noted: what is found by it is a candidate, and its events say whether it still
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

import orjson
from sqlalchemy import Connection

from monitor.cases.activity import Activity
from monitor.cases.event import Event
from monitor.store.bulk import chunks
from monitor.store.database import ask

DRIVER, COMPANY, ACT = "driver", "company", "act"
_KEYS = ((DRIVER, "driver_digest"), (COMPANY, "company"), (ACT, "act"))
_WORDS = tuple(f'"{key}"' for _, key in _KEYS)
_DATA = attrgetter("data")
_DECIDED = Activity.DECIDED.value

_NOTE = "INSERT INTO decision_names (kind, name, case_id) VALUES {rows} ON CONFLICT DO NOTHING"
_AT_ONCE = 300
NAMED = "SELECT name, case_id FROM decision_names WHERE kind = ? AND name {among}"


def note_names(connection: Connection, events: Mapping[int, Sequence[Event]]) -> None:
    """Note the names that these cases tell, of those with a decision. Needs the write transaction."""
    whole = "\n".join({*map(_DATA, chain.from_iterable(events.values()))})
    if not any(word in whole for word in _WORDS):
        # Most first loads, told at a glance.
        return
    named = (
        (kind, name, case_id)
        for case_id, own in events.items()
        if any(event.activity == _DECIDED for event in own)
        for kind, name in sorted(names_in(event.data for event in own))
    )
    for part in chunks(named, _AT_ONCE):
        marks = ", ".join(["(?, ?, ?)"] * len(part))
        ask(connection, _NOTE.format(rows=marks), tuple(chain.from_iterable(part)))


def names_in(told: Iterable[str]) -> set[tuple[str, str]]:
    """The names in the data of events."""
    found: set[tuple[str, str]] = set()
    for text in told:
        if any(word in text for word in _WORDS):
            data = orjson.loads(text)
            found.update((kind, str(data[key])) for kind, key in _KEYS if data.get(key))
    return found
