"""A reconciliation: everything is held against everything, and what came of it is written.

It may be run at any time and as often as one likes: it reads statements and cases as they stand and puts the
result in the place of the last one. Killed anywhere before its commit, the next run does all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import orjson
from sqlalchemy import Connection

from monitor.cases.event import SECOND
from monitor.cases.revision import valid_events
from monitor.rules.matching import Covers, PostBy, match, plain_number
from monitor.rules.outcome import DIFFERENCES, Kind, Outcome, Posting
from monitor.rules.owed import ACTIVITIES, Owed, owed
from monitor.settings.calendar import CalendarMissing
from monitor.settings.configuration import Configuration
from monitor.store.changes import newest_entry
from monitor.store.database import Database, ask
from monitor.store.differences import Found, Moves, write_differences
from monitor.store.log import events_of, keys_of
from monitor.store.marks import mark_of, set_mark
from monitor.store.reconciled import Settled, write_outcomes
from monitor.store.statements import Line, last_line, lines_in_order

MARK = "reconciled"
"""The mark that says up to where the last run had read."""

CASES_AT_ONCE = 5_000

_PAYING = "'pay_requested', 'paid', 'pay_confirmed', 'refunded'"
_HEARD = (*sorted(ACTIVITIES), "voided")
"""What is read of a case: the rest says nothing of its money."""
_WITH_MONEY = f"SELECT DISTINCT case_id FROM events WHERE activity IN ({_PAYING}) ORDER BY case_id"
_NUMBERED = (
    "SELECT case_id, decision_no FROM case_versions WHERE known_to IS NULL AND decision_no IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a run came to: how many lines and payments of each kind, and what became of differences.

    `unchanged`: nothing had come since the last run, or no statement ever, and nothing was written.
    """

    lines: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    moves: Moves = field(default_factory=Moves)
    unchanged: bool = False


def reconcile(database: Database, configuration: Configuration, now: int) -> Reconciled:
    """Hold all statements against all decisions and payments, and keep what comes of it."""
    with database.read() as connection:
        standing = _standing(connection, configuration)
        if standing[1] == 0 or _last(connection) == standing:
            return Reconciled(unchanged=True)
        versions = list(lines_in_order(connection))
        cases = list(money_of(connection, versions))
    postings, changes = as_they_stand(versions)
    outcomes = match(postings, cases, post_by(configuration), covers(configuration))
    local = _Local(configuration)
    by_subject = _by_subject(outcomes)
    found = [_difference(one, local) for one in outcomes if one.kind in DIFFERENCES]
    found += [_changed(*change, by_subject, local) for change in changes]

    def became(subject: str) -> str:
        one = by_subject.get(subject)
        return "gone" if one is None else one.kind.value

    settled = [_settled(one, local) for one in outcomes]
    with database.write() as connection:
        last = _last(connection)
        if last is not None and (last[0] > standing[0] or last[1] > standing[1]):
            # A run beside this one has read more and was quicker.
            return Reconciled(unchanged=True)
        write_outcomes(connection, settled, now)
        moves = write_differences(connection, found, became, now)
        set_mark(connection, MARK, orjson.dumps(standing).decode())
    counts = Counter(one.kind.value for one in outcomes)
    if changes:
        counts[Kind.CHANGED_LINE.value] = len(changes)
    return Reconciled(len(postings), dict(sorted(counts.items())), moves)


Standing = tuple[int, int, str]
"""The last change of a case, the last version of a line, and the digest of the configuration."""


def _standing(connection: Connection, configuration: Configuration) -> Standing:
    return newest_entry(connection).id, last_line(connection), configuration.digest


def _last(connection: Connection) -> Standing | None:
    told = mark_of(connection, MARK)
    return None if told is None else tuple(orjson.loads(told))


# ---------------------------------------------------------------- what is held against what


def as_they_stand(versions: Sequence[Line]) -> tuple[list[Posting], list[tuple[Line, Line, int]]]:
    """Lines by their last version, and each change of one: before, after, and which change it was from 1."""
    last: dict[str, Line] = {}
    changes: list[tuple[Line, Line, int]] = []
    nth: Counter[str] = Counter()
    for version in versions:
        before = last.get(version.identity)
        if before is not None:
            nth[version.identity] += 1
            changes.append((before, version, nth[version.identity]))
        last[version.identity] = version
    return [_posting(one) for one in last.values()], changes


def _posting(line: Line) -> Posting:
    return Posting(
        line.identity, line.source, line.line, line.station, line.payment_code, line.decision_no,
        line.amount_fen, line.refund, line.paid_at, line.paid_until, line.posted_at, line.posted_until,
        line.channel,
    )  # fmt: skip


def money_of(connection: Connection, lines: Sequence[Line]) -> Iterator[Owed]:
    """The money of every case in which something was to be paid, or whose decision a line names."""
    ids = {case_id for (case_id,) in ask(connection, _WITH_MONEY)}
    named = {plain_number(one.decision_no) for one in lines if one.decision_no}
    if named:
        ids |= {case_id for case_id, number in ask(connection, _NUMBERED) if plain_number(number) in named}
    ordered = sorted(ids)
    for first in range(0, len(ordered), CASES_AT_ONCE):
        part = ordered[first : first + CASES_AT_ONCE]
        keys = keys_of(connection, part)
        for case_id, known in events_of(connection, part, _HEARD).items():
            yield owed(*keys[case_id], valid_events(known.own, known.elsewhere).events)


def covers(configuration: Configuration) -> dict[str, Covers]:
    """What statements hold, as it is configured."""
    return {
        source: Covers(frozenset(one.stations), frozenset(one.channels))
        for source, one in configuration.reconciliation.statements.items()
    }


def post_by(configuration: Configuration) -> PostBy:
    """By when a payment is to be posted: to the end of the last local day of the station."""
    rules, calendar = configuration.reconciliation, configuration.calendar
    known: dict[tuple[str, str | None, date], int | None] = {}

    def last_instant(station: str, channel: str | None, paid: int) -> int | None:
        zone = configuration.zone_of(station)
        key = zone.key, channel, datetime.fromtimestamp(paid // SECOND, zone).date()
        if key not in known:
            try:
                last = rules.last_day(channel, key[2], calendar)
            except CalendarMissing:
                # Working days of a year that nobody has entered are not guessed.
                last = None
            after = None if last is None else datetime.combine(last + timedelta(days=1), time(), zone)
            known[key] = None if after is None else round(after.timestamp()) * SECOND - 1
        return known[key]

    return last_instant


# ---------------------------------------------------------------- what is written


class _Local:
    """Local dates and ISO weeks of a station."""

    def __init__(self, configuration: Configuration) -> None:
        self._zone_of = configuration.zone_of

    def of(self, station: str, at: int) -> tuple[str, str]:
        local = datetime.fromtimestamp(at // SECOND, self._zone_of(station))
        year, week, _ = local.isocalendar()
        return f"{local:%Y-%m-%d}", f"{year:04d}-W{week:02d}"


def _by_subject(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    """Outcomes by the line and by the payment in them."""
    found: dict[str, Outcome] = {}
    for one in outcomes:
        if one.line is not None:
            found[one.line.id] = one
        if one.taking is not None:
            found[one.taking.id] = one
    return found


def _settled(one: Outcome, local: _Local) -> Settled:
    amount = one.amount_fen
    if amount is not None and one.line is not None and one.line.refund:
        amount = -amount
    return Settled(
        one.subject, one.kind.value, one.line is not None, one.station, one.case_no, one.at,
        *local.of(one.station, one.at), amount,
    )  # fmt: skip


def _difference(one: Outcome, local: _Local) -> Found:
    line, taking = one.line, one.taking
    told = {
        "source": line.source if line else taking.source if taking else None,
        "channel": (line.channel if line else None) or (taking.channel if taking else None),
        "posted_at": line.posted_at if line else None,
        "paid_at": line.paid_at if line and line.paid_at is not None else taking.at if taking else None,
        "decision_no": line.decision_no if line else None,
    }
    return Found(
        one.subject, one.kind.value, one.station, one.case_no, one.code, line.line if line else None,
        one.since, *local.of(one.station, one.at), one.expected_fen, one.found_fen,
        {name: value for name, value in told.items() if value is not None},
        taking.id if line and taking else None,
    )  # fmt: skip


_SAID = (
    "station", "payment_code", "decision_no", "amount_fen", "refund", "paid_at", "paid_until", "posted_at",
    "posted_until", "channel", "account",
)  # fmt: skip


def _changed(before: Line, after: Line, nth: int, by_subject: dict[str, Outcome], local: _Local) -> Found:
    outcome = by_subject.get(after.identity)
    station = after.station if outcome is None else outcome.station
    changed = [name for name in _SAID if getattr(before, name) != getattr(after, name)]
    return Found(
        f"{after.identity}+{nth}", Kind.CHANGED_LINE.value, station,
        None if outcome is None else outcome.case_no, after.payment_code, after.line, after.received_at,
        *local.of(station, after.posted_at), before.amount_fen, after.amount_fen,
        {"source": after.source, "changed": changed, "posted_at": after.posted_at},
    )  # fmt: skip
