"""Every metric by its name, asked in one way: what command line, API, pages and reports call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from monitor.cases.event import SECOND
from monitor.metrics.ask import Ask
from monitor.metrics.case_durations import case_durations
from monitor.metrics.clocks_bc import clock_rates
from monitor.metrics.compliance import compliance
from monitor.metrics.consistency import consistency
from monitor.metrics.cost_of_waiting import Rate, cost_of_waiting
from monitor.metrics.engine import Engine
from monitor.metrics.exemptions import exemptions
from monitor.metrics.gates import GateSpan, gate_spans
from monitor.metrics.held_after_removal import held_after_removal
from monitor.metrics.hours import hours
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.late_entry import late_entry
from monitor.metrics.open_ages import open_ages
from monitor.metrics.overload_rate import overload_rate
from monitor.metrics.payment_channels import payment_channels
from monitor.metrics.payment_failures import payment_failures, payment_outages
from monitor.metrics.payment_time import payment_time
from monitor.metrics.reconciliation import reconciliation
from monitor.metrics.repeat_offenders import repeat_offenders
from monitor.metrics.stages import stages
from monitor.metrics.throughput import hours_of_week, throughput
from monitor.metrics.variants import variants
from monitor.settings.configuration import Configuration
from monitor.settings.entry import latest_in_force
from monitor.store.database import Database

MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the configuration enters into metrics; instants and spans in microseconds."""

    gates: Sequence[GateSpan]
    late_entry: int
    limit_b: int
    limit_c: int
    few: int = 12
    """Below this many cases a share says nothing."""
    day_rate: Rate | None = None
    """What a vehicle loses a day while it stands."""


def rules_of(configuration: Configuration, as_of: int) -> Rules:
    """The rules of a configuration; the limits of clocks B and C and the day rate are those in force at
    `as_of`."""
    zone = next(iter(configuration.stations.values())).tz
    return Rules(
        gate_spans(configuration.stations),
        round(configuration.board.late_entry_minutes * MINUTE),
        configuration.clocks.b_at(as_of, zone).span,
        configuration.clocks.c_at(as_of, zone).span,
        configuration.board.few_n,
        _day_rate(configuration, datetime.fromtimestamp(as_of // SECOND, UTC).astimezone(zone).date()),
    )


def _day_rate(configuration: Configuration, day: date) -> Rate | None:
    rate = latest_in_force(configuration.payments.standing, day)
    return None if rate is None else Rate(rate.fen, rate.confirmed)


Metric = Callable[[Engine, Ask, Rules], Sequence[Any]]


def _hours(engine: Engine, ask: Ask, _: Rules) -> Sequence[Any]:
    if ask.by:
        raise UnknownBreakdown("hours", [by.value for by in ask.by])
    found = hours(engine, ask)
    return [] if found is None else [found]


def _outages(engine: Engine, ask: Ask) -> Sequence[Any]:
    if ask.by:
        raise UnknownBreakdown("payment_outages", [by.value for by in ask.by])
    return payment_outages(engine, ask)


def _clocks(engine: Engine, ask: Ask, rules: Rules) -> Sequence[Any]:
    return [
        *clock_rates(engine, ask, "b", rules.limit_b),
        *clock_rates(engine, ask, "c", rules.limit_c),
    ]


METRICS: Mapping[str, Metric] = {
    "compliance": lambda engine, ask, _: compliance(engine, ask),
    "hours": _hours,
    "stages": lambda engine, ask, rules: stages(engine, ask, rules.gates),
    "held_after_removal": lambda engine, ask, _: held_after_removal(engine, ask),
    "throughput": lambda engine, ask, _: throughput(engine, ask),
    "hours_of_week": lambda engine, ask, _: hours_of_week(engine, ask),
    "open_ages": lambda engine, ask, _: open_ages(engine, ask),
    "overload_rate": lambda engine, ask, _: overload_rate(engine, ask),
    "late_entry": lambda engine, ask, rules: late_entry(engine, ask, rules.late_entry),
    "clocks_bc": _clocks,
    "variants": lambda engine, ask, _: variants(engine, ask),
    "case_durations": lambda engine, ask, _: case_durations(engine, ask),
    "payment_channels": lambda engine, ask, rules: payment_channels(engine, ask, rules.few),
    "payment_time": lambda engine, ask, rules: payment_time(engine, ask, rules.few),
    "payment_failures": lambda engine, ask, rules: payment_failures(engine, ask, rules.few),
    "payment_outages": lambda engine, ask, _: _outages(engine, ask),
    "cost_of_waiting": lambda engine, ask, rules: cost_of_waiting(
        engine, ask, rules.gates, rules.day_rate, rules.few
    ),
    "consistency": lambda engine, ask, rules: consistency(engine, ask, rules.few),
    "exemptions": lambda engine, ask, rules: exemptions(engine, ask, rules.few),
    "repeat_offenders": lambda engine, ask, rules: repeat_offenders(engine, ask, rules.few),
}
"""Text `metrics.<name>.definition` says what each is."""


FROM_DATABASE: Mapping[str, Callable[[Database, Ask], Sequence[Any]]] = {
    "reconciliation": reconciliation,
}
"""Metrics of what is no part of the lake: asked of the database itself."""


def rows_from_database(name: str, database: Database, ask: Ask) -> list[dict[str, Any]]:
    """The rows of one of `FROM_DATABASE`, as `rows_of` gives those of the others."""
    return [_plain(row) for row in FROM_DATABASE[name](database, ask)]


def rows_of(name: str, engine: Engine, ask: Ask, rules: Rules) -> list[dict[str, Any]]:
    """The rows of a metric as plain values, its cell's names beside its figures.

    Raises KeyError for an unknown metric, UnknownBreakdown for one that is not told apart so.
    """
    return [_plain(row) for row in METRICS[name](engine, ask, rules)]


def _plain(row: Any) -> dict[str, Any]:
    told = asdict(row) if is_dataclass(row) and not isinstance(row, type) else dict(row)
    cell = told.pop("cell", {})
    return {**cell, **told}
