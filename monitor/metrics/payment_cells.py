"""The cases behind the figures of payments: each once, however many payments of it a cell counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import ibis
from ibis import _
from ibis.expr import types as ir

from monitor.metrics import cost_of_waiting, payment_channels, payment_failures, payment_time
from monitor.metrics.ask import Ask
from monitor.metrics.engine import Engine
from monitor.metrics.gates import GateSpan
from monitor.metrics.payment_channels import ALL_WAYS, WAYS
from monitor.metrics.payment_time import on_days

_CUT = re.compile(
    r"(?P<what>all|untold|unpaid|untimed|online|desk|cash|other|channel\.(?P<channel>[a-z0-9_]{1,40}))"
    r"(\.authority\.(?P<authority>[a-z]{1,20}))?(\.hour\.(?P<hour>\d{1,2}))?(\.(?P<day>work|off))?"
)
_OUTAGE = re.compile(r"all|hour\.(?P<hour>\d{1,2})|(?P<date>\d{4}-\d\d-\d\d)\.(?P<at>\d{1,2})")


def paid(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Of the payments: those by a way or channel, or of which none was told."""
    return _cut(payment_channels.members(engine, ask), rest, {"all", "untold", *ALL_WAYS})


def failures(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Of the attempts that failed."""
    failed = payment_failures.members(engine, ask).filter(_.failed, _.channel.notnull())
    return _cut(failed, rest, {"all"})


def times(
    engine: Engine,
    ask: Ask,
    _gates: Sequence[GateSpan],
    rest: str,
    days_off: Sequence[date] | None = None,
) -> ir.Table | None:
    """Of the payments by their time: all that are timed and paid, those of a channel, unpaid or untimed; of
    codes made on working days or on `days_off`, where those are known."""
    payments = payment_time.members(engine, ask)
    what = rest.partition(".")[0]
    if what == "unpaid":
        payments = payments.filter(_.timed, _.pay_us.isnull(), ~(_.unpaid & _.withdrawn.fill_null(False)))
    elif what == "untimed":
        payments = payments.filter(~_.timed)
    else:
        payments = payments.filter(_.pay_us.notnull())
    off = None if days_off is None else on_days(days_off)
    return _cut(payments, rest, {"all", "unpaid", "untimed"}, off)


def outages(engine: Engine, ask: Ask, _gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Of the attempts in hours in which none succeeded."""
    asked = _OUTAGE.fullmatch(rest)
    if asked is None:
        return None
    hours = payment_failures.outage_hours(engine, ask).select("station", "date", "hour_of_day")
    attempts = payment_failures.members(engine, ask).semi_join(hours, ["station", "date", "hour_of_day"])
    if asked["date"] is not None:
        attempts = attempts.filter(_.date == asked["date"], _.hour_of_day == int(asked["at"]))
    elif asked["hour"] is not None:
        attempts = attempts.filter(_.hour_of_day == int(asked["hour"]))
    return attempts.select("case_id").distinct()


def waiting(engine: Engine, ask: Ask, gates: Sequence[GateSpan], rest: str) -> ir.Table | None:
    """Of the cases with hours: those that waited for payment, or of which the removal is known."""
    cases = cost_of_waiting.members(engine, ask, gates)
    kept = {"all": None, "payment": _.payment_us > 0, "removed": _.removed_us.notnull()}
    if rest not in kept:
        return None
    return cases if kept[rest] is None else cases.filter(kept[rest])


def _cut(
    rows: ir.Table, rest: str, known: set[str], off: ibis.Deferred | None = None
) -> ir.Table | None:
    asked = _CUT.fullmatch(rest)
    if asked is None or (asked["channel"] is None and asked["what"] not in known):
        return None
    if asked["day"] is not None:
        if off is None:
            return None
        rows = rows.filter(off if asked["day"] == "off" else ~off)
    what = asked["what"]
    if asked["channel"] is not None:
        rows = rows.filter(_.channel == asked["channel"])
    elif what == "untold":
        rows = rows.filter(_.channel.isnull())
    elif what == "other":
        rows = rows.filter(_.channel.notnull(), ~_.channel.isin([str(channel) for channel in WAYS]))
    elif what in ALL_WAYS:
        rows = rows.filter(_.channel.isin([str(channel) for channel, way in WAYS.items() if way == what]))
    if asked["authority"] is not None:
        unknown = asked["authority"] == "unknown"
        rows = rows.filter(
            _.authority.isnull() if unknown else _.authority == ibis.literal(asked["authority"])
        )
    if asked["hour"] is not None:
        rows = rows.filter(_.hour_of_day == int(asked["hour"]))
    return rows.select("case_id").distinct()
