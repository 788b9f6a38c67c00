"""From the payment code to the money: how long it takes to pay, and for the treasury to have it.

A payment is what happened to one code; without codes what followed one request of a case, as
`monitor.rules.payments` joins them. It belongs to the hour and day on which its code was made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.cases.event import SECOND
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import in_days, keys, number, told_apart
from monitor.metrics.money import money
from monitor.metrics.payment_channels import in_order
from monitor.metrics.survival import held_over_time, time_by_which

MINUTE = 60 * SECOND
STEPS = ("pay_requested", "paid", "pay_confirmed")


@dataclass(frozen=True, slots=True)
class PaymentTime:
    """Minutes from the code to the full payment, and from there to the arrival of the whole.

    Rows by `channel` are over the n payments that were made by it, with quantiles of type 7. The row without
    one is over all, `unpaid` ones counted as such: its quantiles to payment are those of the product-limit
    estimate, None where not enough were paid. `confirmed` of the n have arrived. `untimed` more are known to
    the day or paid before their code was made. Below the least number `few` is True, and no 90 % quantile is
    given.
    """

    cell: dict[str, Any]
    channel: str | None
    n: int
    unpaid: int
    paid_median: float | None
    paid_p90: float | None
    confirmed: int
    confirmed_median: float | None
    confirmed_p90: float | None
    untimed: int
    few: bool


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per payment whose request is known: `requested_at`, `paid_at` (the whole), `confirmed_at`,
    `channel`, `timed`, `pay_us` and `confirm_us` (None where not yet, or not timed)."""
    # What is asked for begins with a request of those days: without it years would be put in order.
    owed = _owed(_joined(money(engine, ask, STEPS, of_days_with="pay_requested")))
    paid, arrived = _.activity == "paid", _.activity == "pay_confirmed"
    amounts_told = (_.paid_untold == 0) & _.owed_fen.notnull()
    whole = paid & ((~amounts_told) | (_.paid_so_far >= _.owed_fen))
    arrived_told = (_.arrived_untold == 0) & _.owed_fen.notnull()
    there = arrived & ((~arrived_told) | (_.arrived_so_far >= _.owed_fen))
    request = _.activity == "pay_requested"
    payments = (
        owed.group_by("case_id", "key")
        .agg(
            station=_.station.min(),
            vehicle=_.vehicle.min(),
            authority=_.authority.min(),
            withdrawn=_.withdrawn.max(),
            requested_at=_.occurred_at.min(where=request),
            requested_date=_.date.min(where=request),
            requested_week=_.week.min(where=request),
            hour_of_day=_.hour_of_day.argmin(_.occurred_at, where=request),
            channel=_.channel.argmin(_.occurred_at, where=paid & _.channel.notnull()),
            paid_at=_.occurred_at.min(where=whole),
            first_there=_.occurred_at.min(where=there),
            last_there=_.occurred_at.max(where=there),
            arrivals=number(arrived),
            instalments=number(paid),
            untold=number(arrived & _.amount_fen.isnull()),
            days=number(_.occurred_until.notnull()),
            owed_fen=_.owed_fen.max(),
        )
        .filter(_.requested_at.notnull())
    )
    # An arrival of which no amount is told is that of the whole only once there are as many as instalments.
    in_turn = (_.arrivals >= _.instalments) | (_.last_there >= _.paid_at)
    confirmed = ((_.untold == 0) & _.owed_fen.notnull()).ifelse(
        _.first_there, in_turn.ifelse(_.last_there, None)
    )
    payments = payments.mutate(
        confirmed_at=((_.instalments > 0) & _.paid_at.isnull()).ifelse(None, confirmed)
    )
    payments = payments.mutate(
        timed=(_.days == 0) & (_.paid_at >= _.requested_at).fill_null(True),
        unpaid=_.paid_at.isnull() & _.confirmed_at.isnull(),
    )
    payments = payments.mutate(
        pay_us=_.timed.ifelse(_.paid_at - _.requested_at, None),
        confirm_us=(_.timed & (_.confirmed_at >= _.paid_at)).ifelse(_.confirmed_at - _.paid_at, None),
    )
    return in_days(payments, ask, "requested_date")


def _joined(events: ir.Table) -> ir.Table:
    """The events with `key`: their code; without one that of the request before them, else which request of
    the case that is. Where a case has no more than one request and one code, all of it is one payment."""
    begins = (_.activity == "pay_requested").cast("int64")
    ordered = events.mutate(later=(_.activity != "pay_requested").cast("int64"), begins=begins)
    before = ibis.cumulative_window(group_by="case_id", order_by=["occurred_at", "later", "payment_code"])
    case = ibis.window(group_by="case_id")
    numbered = ordered.mutate(
        request=_.begins.sum().over(before),
        requests=_.begins.sum().over(case),
        first_code=_.payment_code.min().over(case),
        last_code=_.payment_code.max().over(case),
    )
    begun = ibis.window(group_by=["case_id", "request"])
    alone = (_.requests <= 1) & (_.first_code == _.last_code).fill_null(True)
    numbered = numbered.mutate(
        begun_code=(_.begins == 1).ifelse(_.payment_code, None).max().over(begun),
        only_key=alone.ifelse(ibis.coalesce(_.first_code, "#"), None),
    )
    return numbered.mutate(
        key=ibis.coalesce(_.payment_code, _.begun_code, _.only_key, "#" + _.request.cast("string"))
    )


def _owed(events: ir.Table) -> ir.Table:
    """The events with what was owed, and what had been paid and had arrived by each of them."""
    payment = ibis.window(group_by=["case_id", "key"])
    so_far = ibis.cumulative_window(group_by=["case_id", "key"], order_by=["occurred_at", "later"])
    request, paid = _.activity == "pay_requested", _.activity == "paid"
    arrived = _.activity == "pay_confirmed"
    asked_at = (request & _.amount_fen.notnull()).ifelse(_.occurred_at, None)
    events = events.mutate(asked_at=asked_at)
    events = events.mutate(last_asked_at=_.asked_at.max().over(payment))
    events = events.mutate(
        asked_fen=(_.asked_at == _.last_asked_at).ifelse(_.amount_fen, None).max().over(payment),
        paid_fen=paid.ifelse(ibis.coalesce(_.amount_fen, 0), 0),
        arrived_fen=arrived.ifelse(ibis.coalesce(_.amount_fen, 0), 0),
    )
    return events.mutate(
        owed_fen=ibis.coalesce(_.asked_fen.nullif(0), _.fine_fen),
        paid_so_far=_.paid_fen.sum().over(so_far),
        arrived_so_far=_.arrived_fen.sum().over(so_far),
        paid_untold=(paid & _.amount_fen.isnull()).cast("int64").sum().over(payment),
        arrived_untold=(arrived & _.amount_fen.isnull()).cast("int64").sum().over(payment),
    )


def on_days(days: Sequence[date]) -> ibis.Deferred:
    """Whether a code was made on one of some days."""
    return _.requested_date.isin([day.isoformat() for day in days]) if days else ibis.literal(False)


def payment_time(
    engine: Engine, ask: Ask, few_n: int, days_off: tuple[date, ...] | None = None
) -> list[PaymentTime]:
    """The times of every cell: all payments, then each channel that was told. With `days_off`, the days asked
    for that are no working days, they are told apart by `day_off` too."""
    names = keys(ask, "requested_date", "requested_week", hour_column="hour_of_day")
    if days_off is not None:
        names["day_off"] = on_days(days_off)
    by_channel = _figures(engine, ask, {**names, "channel": _.channel}, days_off)
    overall = _figures(engine, ask, names, days_off)

    def minutes(engine: Engine, ask: Ask) -> ir.Table:
        return told_apart(
            members(engine, ask).filter(_.timed & ~(_.unpaid & _.withdrawn.fill_null(False))),
            {
                **names,
                "paid": _.pay_us.notnull(),
                "minutes": ibis.coalesce(_.pay_us, -(_.requested_at - ask.as_of)) // MINUTE,
            },
            payments=_.count(),
        )

    counts: dict[tuple[Any, ...], tuple[Counter[int], Counter[int]]] = {}
    for row in answer(engine, ask, ("payment_time.minutes", days_off), minutes):
        both = counts.setdefault(tuple(row[name] for name in names), (Counter(), Counter()))
        both[0 if row["paid"] else 1][row["minutes"]] += row["payments"]
    found = []
    for place in sorted(overall, key=in_order):
        cell = dict(zip(names, place, strict=True))
        paid, unpaid = counts.get(place, (Counter(), Counter()))
        curve = held_over_time([(float(at), paid[at], unpaid[at]) for at in sorted({*paid, *unpaid})])
        estimate = (time_by_which(curve, 0.5), time_by_which(curve, 0.9))
        found.append(_row(cell, None, overall[place], estimate, unpaid.total(), few_n))
        told = sorted(key for key in by_channel if key[:-1] == place and key[-1] is not None)
        for key in told:
            row = by_channel[key]
            at = row["paid_at"] or (None, None)
            found.append(_row(cell, key[-1], row, (_minutes(at[0]), _minutes(at[1])), 0, few_n))
    return found


def _figures(
    engine: Engine, ask: Ask, names: dict[str, Any], days_off: tuple[date, ...] | None
) -> dict[tuple[Any, ...], dict[str, Any]]:
    def quantiles(engine: Engine, ask: Ask) -> ir.Table:
        return told_apart(
            members(engine, ask),
            names,
            n=_.pay_us.count(),
            paid_at=_.pay_us.quantile([0.5, 0.9]),
            confirmed=_.confirm_us.count(),
            confirmed_at=_.confirm_us.quantile([0.5, 0.9]),
            untimed=number(~_.timed),
        )

    rows = answer(engine, ask, ("payment_time", *names, days_off), quantiles)
    return {tuple(row[name] for name in names): row for row in rows}


def _row(
    cell: dict[str, Any],
    channel: str | None,
    row: dict[str, Any],
    paid: tuple[float | None, float | None],
    unpaid: int,
    few_n: int,
) -> PaymentTime:
    few, few_confirmed = row["n"] < few_n, row["confirmed"] < few_n
    arrived: Sequence[float | None] = row["confirmed_at"] or (None, None)
    return PaymentTime(
        cell, channel, row["n"], unpaid, paid[0], None if few else paid[1],
        row["confirmed"], _minutes(arrived[0]), None if few_confirmed else _minutes(arrived[1]),
        row["untimed"], few,
    )  # fmt: skip


def _minutes(span: float | None) -> float | None:
    return None if span is None else span / MINUTE
