"""Nights without a channel: what a failure of every way to pay looks like in the payments of a station."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from .case import SimCase, Step
from .moments import DAY, HOUR, MINUTE, day_start, iso, whole_minute
from .payment import confirmed_by_treasury
from .sites import NORTH
from .world import World

OUT_OF_ORDER = "系统维护,无法缴款"
OUTAGE_DAYS = 21
OUTAGE_HOURS = (22, 6)
"""Local hours from which on, and until which, no channel works at 北关."""


def begins(world: World) -> int:
    """The first instant of the nights without a channel."""
    return max(world.since, world.until - OUTAGE_DAYS * DAY)


def outage(world: World, shares: Mapping[str, float] | None) -> dict[str, Any] | None:
    """Let every payment at 北关 fail at night during the last three weeks. Who tries then pays after six.
    Returns the group for the truth, or None where nobody tried."""
    if shares is not None and not shares.get("channel_outage", 1.0):
        return None
    rng = Random(f"{world.seed}/outage")
    failed = [case for case in _at_north(world) if _tries(rng, case, begins(world))]
    failures = [
        step for case in failed for step in case.all("pay_failed")
        if step.data["reason"] == OUT_OF_ORDER and step.told_at <= world.until
    ]  # fmt: skip
    if not failures:
        return None
    return {
        "kind": "channel_outage", "code": "channel_outage", "station": NORTH.code,
        "hours": list(OUTAGE_HOURS), "since": iso(begins(world)), "until": iso(world.until),
        "failures": len(failures),
        "cases": [case.case_no for case in failed],
    }  # fmt: skip


def keep_dark(world: World) -> None:
    """Move what was paid since in those nights, so that nothing is."""
    rng = Random(f"{world.seed}/dark")
    for case in _at_north(world):
        _leave_the_night(rng, case, begins(world))


def _at_north(world: World) -> list[SimCase]:
    return [case for case in world.cases if case.site.code == NORTH.code and not case.story]


def night_of(at: int) -> tuple[int, int]:
    """Start and end of the night that ends on the local day of an instant before noon, or begins on it."""
    start = day_start(at)
    since, until = OUTAGE_HOURS
    if at - start < 12 * HOUR:
        return start - (24 - since) * HOUR, start + until * HOUR
    return start + since * HOUR, start + (24 + until) * HOUR


def _tries(rng: Random, case: SimCase, begin: int) -> bool:
    """Payments of the night fail and are made in the morning; whoever pays in the morning anyhow has often
    tried before."""
    paid, asked = case.last("paid"), case.last("pay_requested")
    if paid is None or asked is None:
        return False
    opens, closes = night_of(paid.at)
    tried = _leave_the_night(rng, case, begin)
    if not tried and closes <= paid.at < closes + 6 * HOUR and asked.at < closes - HOUR and opens >= begin:
        tried = [rng.randint(max(opens, asked.at), closes - 30 * MINUTE) for _ in range(rng.randint(1, 2))]
    channel = paid.data["channel"]
    if channel in ("bank_counter", "pos"):
        # closed at that hour: whoever pays there has tried another way before
        channel = "police_12123" if case.authority == "police" else "nontax_qr"
    data = {**asked.data, "channel": channel, "reason": OUT_OF_ORDER}
    moments = {whole_minute(at) for at in tried}
    case.steps += [Step("pay_failed", at, at, dict(data)) for at in sorted(moments)]
    case.settle()
    return bool(tried)


def _leave_the_night(rng: Random, case: SimCase, begin: int) -> list[int]:
    """Move payments and their arrival out of the night; returns when they were tried."""
    moved: dict[tuple[str, int], int] = {}
    tried: list[int] = []
    for paid in case.all("paid"):
        opens, closes = night_of(paid.at)
        if paid.at < begin or not opens <= paid.at < closes:
            continue
        at = closes + rng.randint(5, 90) * MINUTE
        tried += [paid.at, min(closes - MINUTE, paid.at + rng.randint(8, 40) * MINUTE)]
        moved["paid", paid.at] = at
        moved["pay_confirmed", confirmed_by_treasury(paid.at)] = confirmed_by_treasury(at)
    if not moved:
        return []
    last = max(moved.values())
    steps: list[Step] = []
    for step in case.steps:
        at = moved.get((step.activity, step.at), step.at)
        if step.activity == "closed":
            at = max(at, last + DAY)
        steps.append(step if at == step.at else step._replace(at=at, told_at=at + step.told_at - step.at))
    case.steps = steps
    case.settle()
    return tried
