"""What is to be done with the flags of one clock: what its thresholds say beside what was raised before.

Pure. At most one flag of a clock lives, the one of the latest threshold that has come: what lies before it is
overtaken. Time alone never takes a flag back: where our clock is set back, what was raised stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from monitor.alerts.dues import Due, Threshold


class FlagState(StrEnum):
    """`open` and `acknowledged` live. `closed`: what it was about came to its end. `superseded`: a later
    threshold took its place, or it is no longer true."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    SUPERSEDED = "superseded"


LIVE = frozenset({FlagState.OPEN, FlagState.ACKNOWLEDGED})


class Raised(NamedTuple):
    """A flag as it stands, as far as this asks."""

    id: int
    clock: str
    threshold: str
    version: str
    due_at: int
    state: str


class Ending(NamedTuple):
    """A flag that no longer lives, and the step that says why: `ended` (at its true instant, where that is
    known), `untrue` or `overtaken`."""

    flag: Raised
    state: FlagState
    why: str
    at: int | None = None


class Raising(NamedTuple):
    """A threshold whose flag is to live; `again` is the flag that it had before. `missed`: those before it
    that nobody was told of."""

    threshold: Threshold
    again: int | None
    missed: tuple[Threshold, ...]


class Settled(NamedTuple):
    """What is to be done, and the next threshold to come."""

    endings: tuple[Ending, ...]
    raising: Raising | None
    next: Threshold | None


def settle(due: Due, flags: Sequence[Raised], now: int, since: int) -> Settled:
    """What the flags of a clock come to at `now`. What should have been raised before `since` is not."""
    live = [flag for flag in flags if flag.state in LIVE]
    if due.ended_at is not None:
        return Settled(tuple(_ended(flag, due, due.ended_at) for flag in live), None, None)
    names = {point.name for point in due.thresholds}
    true = [flag for flag in live if flag.version == due.version and flag.threshold in names]
    endings = [Ending(flag, FlagState.SUPERSEDED, "untrue") for flag in live if flag not in true]
    standing = max(true, key=lambda flag: flag.due_at, default=None)
    passed = [point for point in due.thresholds if point.at <= now]
    latest = passed[-1] if passed else None
    raising = None
    if latest is not None and latest.at >= since and _is_news(latest, standing):
        raising = _raising(latest, passed, [one for one in flags if one.version == due.version], since)
        standing = None
    for flag in true:
        if flag is not standing:
            endings.append(Ending(flag, FlagState.SUPERSEDED, "overtaken"))
    reached = now if standing is None else max(now, standing.due_at)
    coming = next((point for point in due.thresholds if point.at > reached), None)
    return Settled(tuple(endings), raising, coming)


def gone(flags: Sequence[Raised], *, held: bool) -> list[Ending]:
    """What becomes of flags whose clock is no longer there: the step was done (`held`: the case is one of
    custody as before), or it was never true."""
    state, why = (FlagState.CLOSED, "ended") if held else (FlagState.SUPERSEDED, "untrue")
    return [Ending(flag, state, why) for flag in flags if flag.state in LIVE]


def _ended(flag: Raised, due: Due, ended_at: int) -> Ending:
    if flag.version == due.running and flag.due_at <= ended_at:
        return Ending(flag, FlagState.CLOSED, "ended", ended_at)
    return Ending(flag, FlagState.SUPERSEDED, "untrue")


def _is_news(latest: Threshold, standing: Raised | None) -> bool:
    return standing is None or (standing.due_at < latest.at and standing.threshold != latest.name)


def _raising(latest: Threshold, passed: Sequence[Threshold], mine: Sequence[Raised], since: int) -> Raising:
    again = next((flag.id for flag in mine if flag.threshold == latest.name), None)
    told = max((flag.due_at for flag in mine), default=since - 1)
    return Raising(latest, again, tuple(point for point in passed[:-1] if point.at > max(told, since - 1)))
