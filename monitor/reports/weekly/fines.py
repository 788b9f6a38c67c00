"""Payments and discretion of a report, of the week and of twelve weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.metrics.ask import Ask
from monitor.metrics.band_shares import band_shares, findings_told
from monitor.metrics.catalog import METRICS, rows_of
from monitor.metrics.cost_of_waiting import WaitingCost, cost_of_waiting
from monitor.metrics.payment_channels import payment_channels
from monitor.metrics.payment_failures import payment_failures, payment_outages
from monitor.metrics.payment_time import payment_time
from monitor.metrics.reconciliation import Agreement, reconciliation
from monitor.payments.address import standings
from monitor.reports.weekly.frame import DiscretionPart, PaymentsPart
from monitor.reports.weekly.period import BACK
from monitor.reports.weekly.source import Source
from monitor.store.payment_addresses import addresses_said

YEAR = 52
"""Weeks over which like cases are compared: drift needs months."""


def payments_part(source: Source) -> PaymentsPart:
    """Channels, times, failures, reconciliation, the price of waiting, addresses."""
    engine, few, rules = source.engine, source.few, source.rules
    week, twelve = source.ask(), source.ask(weeks=BACK)

    def cost(ask: Ask) -> WaitingCost | None:
        return next(iter(cost_of_waiting(engine, ask, rules.gates, rules.day_rate, few)), None)

    def agreement(ask: Ask) -> Agreement | None:
        return next(iter(reconciliation(source.database, ask)), None)

    return PaymentsPart(
        tuple(payment_channels(engine, week, few)),
        tuple(payment_channels(engine, twelve, few)),
        tuple(payment_time(engine, week, few)),
        tuple(payment_time(engine, twelve, few)),
        tuple(payment_failures(engine, week, few)),
        tuple(payment_failures(engine, twelve, few)),
        tuple(payment_outages(engine, week)),
        cost(week),
        cost(twelve),
        agreement(week),
        agreement(twelve),
        _unconfirmed(source),
    )


def _unconfirmed(source: Source) -> tuple[tuple[str, str], ...]:
    """As it was known: who confirmed an address later had not done so then."""
    with source.database.read() as connection:
        said = addresses_said(connection)
    then = {station: [one for one in rows if one.at <= source.as_of] for station, rows in said.items()}
    return tuple(
        (one.station, one.host)
        for one in standings(source.configuration, then).values()
        if one.open and (source.stations is None or one.station in source.stations)
    )


def discretion_part(source: Source) -> DiscretionPart:
    """Shares within the band, findings, exemptions, repeats, like cases."""
    week, twelve = source.ask(), source.ask(weeks=BACK)
    return DiscretionPart(
        next(iter(band_shares(source.engine, week)), None),
        next(iter(band_shares(source.engine, twelve)), None),
        findings_told(source.engine, week),
        findings_told(source.engine, twelve),
        _further(source, "exemptions", BACK),
        _further(source, "repeat_offenders", BACK, without=("plates",)),
        _further(source, "consistency", YEAR),
    )


def _further(
    source: Source, name: str, weeks: int, without: tuple[str, ...] = ()
) -> tuple[Mapping[str, Any], ...] | None:
    if name not in METRICS:
        return None
    rows = rows_of(name, source.engine, source.ask(weeks=weeks), source.rules)
    return tuple({key: _rounded(value) for key, value in row.items() if key not in without} for row in rows)


def _rounded(value: Any) -> Any:
    # Sums of floating numbers depend in their last digits on the order in which threads add them.
    return round(value, 9) if isinstance(value, float) else value
