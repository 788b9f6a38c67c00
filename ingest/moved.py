"""Events with an id of their source that turn up under another case: what was told of them there counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from operator import attrgetter

from sqlalchemy import Connection

from monitor.cases.event import Event
from monitor.store.casebook import Changed
from monitor.store.log import CaseKey, cases_naming, events_of, keys_of

_NAMED = attrgetter("named")

Incoming = Mapping[CaseKey, list[Event]]


def told_elsewhere(
    connection: Connection, incoming: Incoming, ids: Mapping[CaseKey, int]
) -> dict[CaseKey, set[int]]:
    """For each case, the other cases under which its named events stand so far, or stand in this batch."""
    if not any(map(_NAMED, chain.from_iterable(incoming.values()))):
        return {}
    cases: dict[bytes, set[int]] = {}
    for key, events in incoming.items():
        for event in events:
            if event.named:
                cases.setdefault(event.identity, set()).add(ids[key])
    for identity, recorded in cases_naming(connection, cases).items():
        cases[identity] |= recorded
    found: dict[CaseKey, set[int]] = {}
    for key, events in incoming.items():
        for event in events:
            if event.named and len(cases[event.identity]) > 1:
                found.setdefault(key, set()).update(cases[event.identity] - {ids[key]})
    return found


def told_together(
    incoming: Incoming, moved: Mapping[CaseKey, set[int]], ids: Mapping[CaseKey, int]
) -> Iterator[tuple[CaseKey, ...]]:
    """The cases one by one; those that share an event in this batch as one group, so that they are merged in
    the order in which the batch tells them."""
    if not moved:
        yield from ((key,) for key in incoming)
        return
    by_id = {ids[key]: key for key in incoming}
    grouped: set[CaseKey] = set()
    for key in incoming:
        if key in grouped:
            continue
        group, open_keys = [key], [key]
        grouped.add(key)
        while open_keys:
            for other in sorted(moved.get(open_keys.pop(), ())):
                neighbour = by_id.get(other)
                if neighbour is not None and neighbour not in grouped:
                    grouped.add(neighbour)
                    group.append(neighbour)
                    open_keys.append(neighbour)
        yield tuple(group)


def read_again(
    connection: Connection,
    changed: dict[int, Changed],
    moved: Mapping[CaseKey, set[int]],
    ids: Mapping[CaseKey, int],
) -> None:
    """An event that moved to another case changes both: read them again from the log into `changed`."""
    concerned: set[int] = set()
    for key, others in moved.items():
        if ids[key] in changed:
            concerned |= others | {ids[key]}
    if not concerned:
        return
    keys = keys_of(connection, concerned)
    for case_id, known in events_of(connection, concerned).items():
        new = changed[case_id].new if case_id in changed else False
        changed[case_id] = Changed(keys[case_id], known, new)
