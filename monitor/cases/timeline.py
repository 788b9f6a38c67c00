"""How the state of a case was known over time: its versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.cases.event import Event
from monitor.cases.fold import fold
from monitor.cases.state import CaseState
from monitor.cases.terms import Terms


class Version(NamedTuple):
    """A state of a case, known from an instant; `state` is None once nothing valid is left."""

    known_from: int
    state: CaseState | None


def timeline(
    station: str, case_no: str, events: Sequence[Event], terms: Terms, elsewhere: Sequence[Event] = ()
) -> list[Version]:
    """Every version of a case, in the order in which it became known; equal neighbours are one."""
    moments = sorted({event.known_at for event in (*events, *elsewhere)})
    versions: list[Version] = []
    for moment in moments:
        known = [event for event in events if event.known_at <= moment]
        state = fold(station, case_no, known, terms, [e for e in elsewhere if e.known_at <= moment])
        if versions and versions[-1].state == state:
            continue
        if state is None and not versions:
            continue
        versions.append(Version(moment, state))
    return versions
