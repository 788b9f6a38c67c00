"""By which channels fines are paid. A payment of which no channel was told is in no share; it is counted
beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibis import _
from ibis.expr import types as ir

from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine, answer
from monitor.metrics.known import in_days, keys, told_apart
from monitor.metrics.money import money
from monitor.metrics.small_numbers import wilson
from monitor.settings.stations import Channel

WAYS: Mapping[str, str] = {
    Channel.NONTAX_QR: "online",
    Channel.NONTAX_WEB: "online",
    Channel.POLICE_12123: "online",
    Channel.BANK_COUNTER: "desk",
    Channel.POS: "desk",
    Channel.CASH_ON_SPOT: "cash",
}
"""Which way each channel is; any other is `other`."""
ALL_WAYS = ("online", "desk", "cash", "other")


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """k of the n payments of a cell whose channel was told went by this channel, or, where `channel` is None,
    by any channel of this way. `untold` more tell none.

    `share` is None and `few` True where n is below the least number of cases. Wilson's 95 % interval.
    """

    cell: dict[str, Any]
    way: str
    channel: str | None
    k: int
    n: int
    untold: int
    share: float | None
    few: bool
    low: float | None
    high: float | None


def members(engine: Engine, ask: Ask) -> ir.Table:
    """A row per payment (an instalment is one), with `channel` (None where not told) and `hour_of_day`."""
    return in_days(money(engine, ask, ["paid"]), ask, "date")


def payment_channels(engine: Engine, ask: Ask, few_n: int) -> list[ChannelShare]:
    """The shares of every cell, each way before its channels; nothing for a cell in which no channel was
    told."""
    names = keys(ask, "date", "week", hour_column="hour_of_day")

    def counts(engine: Engine, ask: Ask) -> ir.Table:
        return told_apart(members(engine, ask), {**names, "channel": _.channel}, k=_.count())

    cells: dict[tuple[Any, ...], dict[str | None, int]] = {}
    for row in answer(engine, ask, "payment_channels", counts):
        cells.setdefault(tuple(row[name] for name in names), {})[row["channel"]] = row["k"]
    found: list[ChannelShare] = []
    for place in sorted(cells, key=in_order):
        cell = dict(zip(names, place, strict=True))
        found += _shares(cell, cells[place], few_n)
    return found


def in_order(place: Sequence[Any]) -> list[tuple[bool, Any]]:
    """Sorts cells by their names, those without one last."""
    return [(part is None, "" if part is None else part) for part in place]


def _shares(cell: dict[str, Any], by_channel: Mapping[str | None, int], few_n: int) -> list[ChannelShare]:
    told = {channel: k for channel, k in by_channel.items() if channel is not None}
    n, untold = sum(told.values()), by_channel.get(None, 0)
    if not n:
        return []
    found = []
    for way in ALL_WAYS:
        of_way = {channel: k for channel, k in sorted(told.items()) if WAYS.get(channel, "other") == way}
        for channel, k in [(None, sum(of_way.values())), *of_way.items()]:
            interval = wilson(k, n)
            few = n < few_n
            found.append(
                ChannelShare(
                    cell, way, channel, k, n, untold, None if few else k / n, few,
                    interval.low if interval else None, interval.high if interval else None,
                )
            )  # fmt: skip
    return found
