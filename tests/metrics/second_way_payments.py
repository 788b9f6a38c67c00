"""The metrics of payments a second time: one case after the other, from its valid events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from monitor.cases.event import DAY, HOUR, Event
from monitor.cases.state import CaseState
from monitor.rules.payments import Payment, payments_of
from tests.metrics.second_way import (
    MINUTE,
    Cell,
    Known,
    cell_of,
    grouped,
    placed_at,
    quantile,
    score_interval,
    timed,
    waits,
)

FEW = 12


class Told(NamedTuple):
    """An event about money, and what its case says."""

    state: CaseState
    event: Event
    data: dict[str, Any]
    local: datetime
    authority: str | None


def told(known: Known, *activities: str) -> Iterator[Told]:
    for state, valid in known.cases:
        for event in valid:
            if event.activity in activities and event.occurred_at <= known.as_of:
                data = orjson.loads(event.data) if event.data else {}
                decided = state.authority if state.decided_at is not None else None
                local = known.local(state.station, event.occurred_at)
                yield Told(state, event, data, local, decided or data.get("authority"))


def cell(known: Known, by: Sequence[str], one: Told) -> Cell:
    named = {
        "hour": None if one.event.occurred_until is not None else one.local.hour,
        "authority": one.authority,
    }
    return tuple(
        named[name] if name in named else cell_of(known, [name], one.state, one.event.occurred_at)[0]
        for name in by
    )


def shares(found: dict[Any, tuple[int, int]]) -> dict[Any, dict[str, Any]]:
    rows = {}
    for key, (k, n) in found.items():
        interval = score_interval(k, n)
        assert interval is not None
        rows[key] = {"k": k, "n": n, "few": n < FEW, "share": None if n < FEW else k / n,
                     "low": interval[0], "high": interval[1]}  # fmt: skip
    return rows


def channels(known: Known, by: Sequence[str]) -> dict[Any, dict[str, Any]]:
    found = {}
    for place, payments in grouped(told(known, "paid"), lambda one: cell(known, by, one)).items():
        named = [one.data["channel"] for one in payments if one.data.get("channel")]
        for channel in set(named):
            found[*place, channel] = named.count(channel), len(named)
    return shares(found)


def failures(known: Known, by: Sequence[str]) -> dict[Any, dict[str, Any]]:
    attempts = [one for one in told(known, "paid", "pay_failed") if one.data.get("channel")]
    found = {}
    for place, tried in grouped(attempts, lambda one: cell(known, by, one)).items():
        for channel in (None, *{one.data["channel"] for one in tried}):
            mine = [one for one in tried if channel in (None, one.data["channel"])]
            failed = sum(one.event.activity == "pay_failed" for one in mine)
            found[*place, channel] = failed, len(mine)
    return shares(found)


def outages(known: Known) -> set[tuple[str, str, int, int]]:
    hours: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for one in told(known, "paid", "pay_failed"):
        if one.event.occurred_until is None:
            key = one.state.station, f"{one.local:%Y-%m-%d}", one.local.hour
            hours[key].append(one.event.activity)
    return {(*key, len(tried)) for key, tried in hours.items() if "paid" not in tried}


class Timed(NamedTuple):
    state: CaseState
    payment: Payment
    pay: int | None
    confirm: int | None
    untimed: bool


def joined(known: Known) -> list[Timed]:
    """Every payment whose request is known, as the payments of its case are joined."""
    found = []
    for state, valid in known.cases:
        zone = known.configuration.zone_of(state.station)
        past = [event for event in valid if event.occurred_at <= known.as_of]
        for one in payments_of(state, past, known.configuration.payments, zone, known.as_of):
            if one.requested is None:
                continue
            days = one.requested.until is not None or any(i.when.until is not None for i in one.instalments)
            days = days or (one.confirmed is not None and one.confirmed.until is not None)
            pay = None if one.paid is None else one.paid.at - one.requested.at
            untimed = days or (pay is not None and pay < 0)
            confirm = None
            if one.paid is not None and one.confirmed is not None and one.confirmed.at >= one.paid.at:
                confirm = one.confirmed.at - one.paid.at
            found.append(
                Timed(state, one, None if untimed else pay, None if untimed else confirm, untimed)
            )
    return found


def times(known: Known, by: Sequence[str]) -> dict[Any, dict[str, Any]]:
    def place(one: Timed) -> Cell:
        assert one.payment.requested is not None
        at, day = one.payment.requested
        hour = None if day is not None else known.local(one.state.station, at).hour
        named = {"hour": hour, "authority": one.payment.authority}
        return tuple(
            named[name] if name in named else cell_of(known, [name], one.state, at)[0] for name in by
        )

    found = {}
    for where, payments in grouped(joined(known), place).items():
        for channel in {one.payment.channel for one in payments} - {None}:
            mine = [one for one in payments if one.payment.channel == channel]
            found[*where, channel] = figures(mine) | {
                "paid_median": quantile([one.pay / MINUTE for one in mine if one.pay is not None], 0.5),
                "unpaid": 0,
            }
        waiting = [
            one for one in payments
            if not one.untimed and one.payment.paid is None
            and (one.payment.confirmed is not None or one.state.withdrawn_at is None)
        ]  # fmt: skip
        found[*where, None] = figures(payments) | {"unpaid": len(waiting)}
    return found


def figures(payments: Sequence[Timed]) -> dict[str, Any]:
    arrived = [one.confirm / MINUTE for one in payments if one.confirm is not None]
    return {
        "n": sum(one.pay is not None for one in payments),
        "confirmed": len(arrived),
        "confirmed_median": quantile(arrived, 0.5),
        "untimed": sum(one.untimed for one in payments),
    }


def costs(known: Known, by: Sequence[str], day_rate: int) -> dict[Any, dict[str, Any]]:
    found = {}
    cases = [(state, end) for state, end, _ in timed(known) if not state.days]
    for where, mine in grouped(cases, lambda one: cell_of(known, by, one[0], placed_at(one[0]))).items():
        payment = [sum(waits(state, end, known)[s] for s in ("payment", "arrival")) for state, end in mine]
        removed = [
            max(0, end - state.removed_at) for state, end in mine
            if state.removed_at is not None and state.removed_until is None
        ]  # fmt: skip
        found[where] = {
            "n": len(mine),
            "payment_hours": sum(payment) / HOUR,
            "payment_cases": sum(span > 0 for span in payment),
            "payment_fen": int(sum(payment) * day_rate / DAY + 0.5),
            "removed_hours": sum(removed) / HOUR,
            "removed_cases": len(removed),
        }
    return found
