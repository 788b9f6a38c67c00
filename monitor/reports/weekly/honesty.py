"""How far the data of a report can be trusted: what came late, was corrected, refused, silent or piled up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from monitor.cases.event import SECOND
from monitor.metrics.ask import By
from monitor.metrics.band_shares import band_shares
from monitor.metrics.bunching import bunching
from monitor.metrics.compliance import compliance
from monitor.metrics.corrections import corrections
from monitor.metrics.hours import BIN_HOURS, hours
from monitor.metrics.late_entry import late_entry
from monitor.reports.weekly.frame import ChangedFigure, Feed, HonestyPart
from monitor.reports.weekly.period import BACK
from monitor.reports.weekly.source import Source
from monitor.store.quality import history_loaded, last_heard, refused_between

LIMIT_HOURS = 24


def honesty_part(source: Source) -> HonestyPart:
    """Everything about the data itself."""
    with source.database.read() as connection:
        refused = refused_between(
            connection,
            source.week.begins(source.zone),
            source.week.ends(source.zone),
            source.as_of,
            source.stations,
        )
        heard = last_heard(connection, source.as_of)
        loaded = history_loaded(connection, source.as_of)
    days = Counter(
        datetime.fromtimestamp(at // SECOND, UTC).astimezone(source.zone).date().isoformat() for at in loaded
    )
    found = hours(source.engine, source.ask(weeks=BACK))
    counted = {one.low: one.on_time + one.late for one in found.bins} if found else {}
    around = [(float(low), counted.get(low, 0)) for low in range(LIMIT_HOURS - 12, LIMIT_HOURS + 12)]
    ever = replace(source.ask(), since=None, until=None)
    return HonestyPart(
        tuple(late_entry(source.engine, source.ask(), source.rules.late_entry)),
        tuple(corrections(source.engine, ever, source.before)) if source.before < source.as_of else (),
        _changed(source),
        refused.by_reason,
        refused.settled,
        refused.superseded,
        refused.untimed,
        _feeds(source, heard),
        bunching(around, float(LIMIT_HOURS), BIN_HOURS),
        tuple(sorted(days.items())),
    )


def _changed(source: Source) -> tuple[ChangedFigure, ...]:
    """Of the eleven weeks before: only those were in the last report, and were over."""
    if source.before >= source.as_of:
        return ()
    earlier = source.week.monday

    def rates(as_of: int) -> dict[str, tuple[int, int]]:
        ask = source.ask(By.WEEK, weeks=BACK, as_of=as_of, until=earlier)
        return {row.period or "": (row.k, row.n) for row in compliance(source.engine, ask)}

    def bands(as_of: int) -> dict[str, tuple[int, int]]:
        ask = source.ask(By.WEEK, weeks=BACK, as_of=as_of, until=earlier)
        return {row.cell["period"] or "": (row.k, row.n) for row in band_shares(source.engine, ask)}

    found = []
    for name, figures in (("rate", rates), ("band", bands)):
        was, now = figures(source.before), figures(source.as_of)
        found += [
            ChangedFigure(week, name, was.get(week, (0, 0)), now.get(week, (0, 0)))
            for week in sorted({*was, *now})
            if was.get(week, (0, 0)) != now.get(week, (0, 0))
        ]
    return tuple(found)


def _feeds(source: Source, heard: dict[str, int]) -> tuple[Feed, ...]:
    """Those that ever delivered: one that never did is not missed, since nobody has set it up."""
    found = []
    for name, at in heard.items():
        promise = source.promises.get(name)
        every = None if promise is None else promise.every
        label = {} if promise is None or promise.label is None else promise.label.model_dump()
        found.append(Feed(name, label, at, every, every is not None and source.as_of - at > every))
    return tuple(found)
