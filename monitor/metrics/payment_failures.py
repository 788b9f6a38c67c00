"""Attempts to pay that failed, by channel, and the hours in which every attempt at a station failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import in_days, keys, number, told_apart
from monitor.metrics.money import money
from monitor.metrics.payment_channels import in_order
from monitor.metrics.small_numbers import wilson

FAILED = "pay_failed"


@dataclass(frozen=True, slots=True)
class Failures:
    """k of n attempts by a channel failed; `channel` is None for all that tell their channel. `share` is None
    and `few` True below the least number of cases. Wilson's 95 % interval."""

    cell: dict[str, Any]
    channel: str | None
    k: int
    n: int
    share: float | None
    few: bool
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Outage:
    """An hour of a local day in which `failures` attempts of `cases` cases failed at a station, by `channels`
    channels as far as told, and none succeeded by any."""

    station: str
    date: str
    hour: int
    failures: int
    cases: int
    channels: int


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per attempt, with `failed`."""
    attempts = in_days(money(engine, ask, [FAILED, "paid"]), ask, "date")
    return attempts.mutate(failed=_.activity == FAILED)


def payment_failures(engine: Engine, ask: Ask, few_n: int) -> list[Failures]:
    """The failures of every cell, all channels first; only of attempts that tell their channel, since a log
    without channels tells no failures either."""
    names = keys(ask, "date", "week", hour_column="hour_of_day")

    def counts(engine: Engine, ask: Ask) -> ir.Table:
        told = members(engine, ask).filter(_.channel.notnull())
        return told_apart(told, {**names, "channel": _.channel}, k=number(_.failed), n=_.count())

    cells: dict[tuple[Any, ...], dict[str | None, tuple[int, int]]] = {}
    for row in answer(engine, ask, "payment_failures", counts):
        by_channel = cells.setdefault(tuple(row[name] for name in names), {None: (0, 0)})
        by_channel[row["channel"]] = row["k"], row["n"]
        k, n = by_channel[None]
        by_channel[None] = k + row["k"], n + row["n"]
    found = []
    for place in sorted(cells, key=in_order):
        cell = dict(zip(names, place, strict=True))
        for channel, (k, n) in sorted(cells[place].items(), key=lambda one: one[0] or ""):
            interval = wilson(k, n)
            few = n < few_n
            found.append(
                Failures(
                    cell, channel, k, n, None if few else k / n, few,
                    interval.low if interval else None, interval.high if interval else None,
                )
            )  # fmt: skip
    return found


def outage_hours(engine: Engine, ask: Ask) -> ir.Table:
    """The expression: a row per station and local hour with attempts known to the hour, none of which
    succeeded."""
    tried = members(engine, ask).filter(_.hour_of_day.notnull())
    by_hour = tried.group_by("station", "date", "hour_of_day").agg(
        failures=number(_.failed),
        paid=number(~_.failed),
        cases=_.case_id.nunique(),
        channels=_.channel.nunique(),
    )
    return by_hour.filter(_.paid == 0)


def payment_outages(engine: Engine, ask: Ask) -> list[Outage]:
    """The hours in which no channel worked, in the order of time."""
    found = answer(engine, ask, "payment_outages", outage_hours)
    rows = sorted(found, key=lambda r: (r["date"], r["hour_of_day"], r["station"]))
    return [
        Outage(r["station"], r["date"], r["hour_of_day"], r["failures"], r["cases"], r["channels"])
        for r in rows
    ]
