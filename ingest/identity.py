"""Identity and content of candidates: by what two deliveries of one event are known as the same."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

from monitor.cases.event import DIGEST_BYTES, digest


class Identities(NamedTuple):
    """One of each for every candidate; the very same list where the content tells events apart."""

    identity: list[bytes]
    content: list[bytes]


UNTOLD = b""
"""Stands where identity and content have not been worked out yet."""


def identities(source: str, ledger: bool, told: Iterable[tuple[Any, ...]]) -> Identities:
    """Of candidates as tuples of their fields. `ledger`: told apart by their
    place in a row of a ledger."""
    if ledger:
        return Identities(*_of_ledger(source, told))
    identity: list[bytes] = []
    named: dict[int, bytes] = {}
    add = identity.append
    for station, case_no, activity, at, until, _, _, event_id, _, data in told:
        if event_id is None:
            # `digest` written out: it is asked for every event of every file.
            text = f"{source}\x1f{station}\x1f{case_no}\x1f{activity}\x1f{at}\x1f{until}\x1f{data}"
            add(blake2b(text.encode(), digest_size=DIGEST_BYTES).digest())
        else:
            named[len(identity)] = digest(station, case_no, activity, at, until, data)
            add(digest(source, "id", event_id))
    if not named:
        return Identities(identity, identity)
    content = identity.copy()
    for place, found in named.items():
        content[place] = found
    return Identities(identity, content)


def _of_ledger(source: str, told: Iterable[tuple[Any, ...]]) -> tuple[list[bytes], list[bytes]]:
    identity, content = [], []
    for station, case_no, activity, at, until, _, _, event_id, ordinal, data in told:
        if event_id is None:
            identity.append(digest(source, station, case_no, activity, ordinal))
            content.append(digest(at, until, data))
        else:
            identity.append(digest(source, "id", event_id))
            content.append(digest(station, case_no, activity, at, until, data))
    return identity, content
