"""Making the frame of a weekly report: every figure from `monitor.metrics`, as of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.metrics.ask import Ask, By
from monitor.metrics.band_shares import band_shares
from monitor.metrics.catalog import rules_of
from monitor.metrics.compliance import compliance
from monitor.metrics.engine import Engine
from monitor.metrics.extent import extent
from monitor.metrics.held_after_removal import held_after_removal
from monitor.metrics.hours import hours
from monitor.metrics.payment_channels import ChannelShare, payment_channels
from monitor.metrics.survival import Step
from monitor.reports.weekly.fines import discretion_part, payments_part
from monitor.reports.weekly.frame import About, HeadFigure, Measure, RuleSetUsed, WeeklyReport
from monitor.reports.weekly.honesty import honesty_part
from monitor.reports.weekly.hours import hours_part
from monitor.reports.weekly.period import BACK, NoReport, Week
from monitor.reports.weekly.rate import rate_part, share
from monitor.reports.weekly.source import Promise, Source
from monitor.settings.configuration import Configuration
from monitor.store.database import Database


def weekly(
    engine: Engine,
    database: Database,
    configuration: Configuration,
    promises: Mapping[str, Promise],
    week: Week,
    *,
    stations: Sequence[str] | None,
    as_of: int,
    now: int,
    simulated: bool = False,
) -> WeeklyReport:
    """The report of a week, of these stations or (None) of all, as was known at `as_of` (microseconds).

    Raises NoReport where the week or the moment has not come, or where nothing was known of it.
    """
    zone = _zone(configuration, stations)
    _refuse(engine, week, stations, as_of, now, zone)
    source = Source(
        engine, database, configuration, promises, rules_of(configuration, as_of), week,
        None if stations is None else tuple(sorted(stations)), as_of, week.back(1).due(zone), zone,
    )  # fmt: skip
    return WeeklyReport(
        _about(source, simulated),
        _head(source),
        rate_part(source),
        hours_part(source),
        payments_part(source),
        discretion_part(source),
        honesty_part(source),
    )


def _zone(configuration: Configuration, stations: Sequence[str] | None) -> ZoneInfo:
    """The stations' own zone where they share one, else the installation's."""
    zones = {configuration.zone_of(code).key for code in stations or configuration.stations}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else configuration.zone


def _refuse(
    engine: Engine, week: Week, stations: Sequence[str] | None, as_of: int, now: int, zone: ZoneInfo
) -> None:
    def day(instant: int) -> str:
        return datetime.fromtimestamp(instant // SECOND, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")

    if as_of > now:
        raise NoReport("as_of_to_come", at=day(as_of))
    if week.begins(zone) >= now:
        raise NoReport("to_come", week=week.name, since=week.monday.isoformat())
    if week.begins(zone) >= as_of:
        raise NoReport("to_come_then", week=week.name, since=week.monday.isoformat(), at=day(as_of))
    there = extent(engine, Ask(as_of, None if stations is None else tuple(stations)))
    if there is None:
        others = stations is not None and extent(engine, Ask(as_of)) is not None
        raise NoReport("no_data_there" if others else "no_data")
    if as_of < there.known_from:
        raise NoReport("nothing_known", at=day(as_of), first=day(there.known_from))
    if week.sunday.isoformat() < there.first:
        raise NoReport("before_data", week=week.name, first=there.first)


def _about(source: Source, simulated: bool) -> About:
    configuration, week = source.configuration, source.week
    board = configuration.board
    codes = source.stations or tuple(configuration.stations)
    return About(
        week.name,
        week.monday.isoformat(),
        week.sunday.isoformat(),
        source.stations,
        {
            code: one.name.model_dump()
            for code in codes
            if (one := configuration.stations.get(code)) is not None
        },
        source.zone.key,
        source.as_of,
        source.before,
        source.as_of >= week.ends(source.zone),
        simulated,
        version("fangxing"),
        configuration.digest,
        configuration.rules_digest,
        dict(sorted(configuration.digests.items())),
        _rule_sets(source),
        board.few_n,
        board.target.share,
        board.target.confirmed,
        board.late_entry_minutes,
    )


def _rule_sets(source: Source) -> tuple[RuleSetUsed, ...]:
    found = []
    for name, one in source.configuration.rules.sets.items():
        there = one.in_force(source.week.sunday)
        if there is None:
            continue
        key, entry = there
        open_parts = entry.confirmed_by is None and any(
            getattr(part, "confirmed_by", None) is None for _, part in entry.cited()
        )
        found.append(
            RuleSetUsed(
                name, one.title.model_dump(), key, entry.since.isoformat(),
                None if entry.until is None else entry.until.isoformat(), one.example, open_parts,
            )
        )  # fmt: skip
    return tuple(found)


def _head(source: Source) -> tuple[HeadFigure, ...]:
    return (_rate(source), _hours(source), _held(source), _online(source), _band(source))


def _figure(
    name: str, source: Source, weeks: Mapping[str, Measure], pooled: Measure, none: Measure
) -> HeadFigure:
    told = [(one, weeks.get(one, none)) for one in source.names]
    return HeadFigure(name, told[-1][1], told[-2][1], pooled, tuple(told))


NO_SHARE, NO_MIDDLE = Measure(0, 0, None), Measure(None, 0, None)


def _rate(source: Source) -> HeadFigure:
    rows = compliance(source.engine, source.ask(By.WEEK, weeks=BACK))
    weeks = {row.period or "": share(row.k, row.n) for row in rows}
    pooled = share(sum(row.k for row in rows), sum(row.n for row in rows))
    return _figure("rate", source, weeks, pooled, NO_SHARE)


def _hours(source: Source) -> HeadFigure:
    def middle(ask: Ask) -> Measure:
        found = hours(source.engine, ask)
        if found is None:
            return NO_MIDDLE
        return Measure(None, found.n, found.median, *_interval(found.curve))

    weeks = {}
    for back in range(BACK):
        one = source.week.back(back)
        ask = Ask(source.as_of, source.stations, one.monday, one.after)
        weeks[one.name] = middle(ask)
    return _figure("hours", source, weeks, middle(source.ask(weeks=BACK)), NO_MIDDLE)


def _interval(curve: Sequence[Step]) -> tuple[float | None, float | None]:
    """The 95 % interval of the median: the hours at which the curve's own interval holds one half.

    Source: Brookmeyer and Crowley, A confidence interval for the median survival time, Biometrics 38 (1982).
    """
    low = next((step.hours for step in curve if step.low <= 0.5), None)
    high = next((step.hours for step in curve if step.high <= 0.5), None)
    return low, high


def _held(source: Source) -> HeadFigure:
    rows = held_after_removal(source.engine, source.ask(By.WEEK, weeks=BACK))
    weeks = {row.cell["period"] or "": Measure(None, row.cases, row.median) for row in rows}
    whole = next(iter(held_after_removal(source.engine, source.ask(weeks=BACK))), None)
    pooled = NO_MIDDLE if whole is None else Measure(None, whole.cases, whole.median)
    return _figure("held", source, weeks, pooled, NO_MIDDLE)


def _online(source: Source) -> HeadFigure:
    def online(rows: Sequence[ChannelShare]) -> dict[str, Measure]:
        return {
            row.cell.get("period") or "": share(row.k, row.n)
            for row in rows
            if row.way == "online" and row.channel is None
        }

    weeks = online(payment_channels(source.engine, source.ask(By.WEEK, weeks=BACK), source.few))
    whole = online(payment_channels(source.engine, source.ask(weeks=BACK), source.few))
    return _figure("online", source, weeks, whole.get("", NO_SHARE), NO_SHARE)


def _band(source: Source) -> HeadFigure:
    rows = band_shares(source.engine, source.ask(By.WEEK, weeks=BACK))
    weeks = {row.cell["period"] or "": share(row.k, row.n) for row in rows}
    pooled = share(sum(row.k for row in rows), sum(row.n for row in rows))
    return _figure("band", source, weeks, pooled, NO_SHARE)
