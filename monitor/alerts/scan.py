"""The scan: cases that changed, thresholds that have come, levels that nobody acknowledged in time.

It may run at any time, as often and from as many processes as one likes: all it does stands in the database,
each part in one transaction, and what was done is not done again. Where it is up to is the last entry of
`changes` that it has read; where that entry is gone, or the configuration says something else, it looks at
every case of which a flag may be raised.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from monitor.alerts.dues import NO_FACTS, Due, Threshold, dues_of, reach
from monitor.alerts.facts import legal_facts, note_told, told_of
from monitor.alerts.noted import looks_beyond
from monitor.alerts.settle import Ending, FlagState, Raised, Raising, gone, settle
from monitor.alerts.telling import tell
from monitor.alerts.watching import NOTHING, AtPlace, Watched, watched_dues
from monitor.cases.event import DAY
from monitor.cases.state import CaseState, Verdict
from monitor.settings.configuration import Configuration
from monitor.store.borne_on import borne_on
from monitor.store.changes import START, Entry, newest_entry, next_changed
from monitor.store.database import Database
from monitor.store.flags import (
    ITSELF,
    NOBODY,
    OPEN,
    DueRow,
    Flag,
    FlagStep,
    Step,
    append_flag_steps,
    due_rows,
    end_flags,
    every_case,
    flags_by_id,
    flags_of,
    flags_of_no_case,
    insert_flags,
    next_due,
    next_flag_id,
    reopen_flags,
    states_now,
    to_escalate,
    unknown_years,
    write_due,
)
from monitor.store.marks import mark_of, set_mark

MARK = "alerts"
"""The mark that says up to where cases were looked at, by which configuration."""

BATCH = 500
"""Cases in one transaction: other writers wait no longer than these take."""

_FILES = re.compile(r"(^|/)((alerts|stations|clocks|payments)\.yaml|calendar/.*)$")


class Scanned(NamedTuple):
    """What a scan came to: cases looked at, flags raised and ended, messages to be sent, flags that went a
    level up. `unknown`: years without a calendar, and how many legal dates cannot be told for want of it."""

    cases: int = 0
    raised: int = 0
    ended: int = 0
    messages: int = 0
    escalated: int = 0
    unknown: tuple[tuple[int, int], ...] = ()

    def plus(self, other: Scanned) -> Scanned:
        """The two together."""
        return Scanned(
            self.cases + other.cases,
            self.raised + other.raised,
            self.ended + other.ended,
            self.messages + other.messages,
            self.escalated + other.escalated,
        )


class _Cursor(NamedTuple):
    """Where the scan is. `sweep`: the last case of a look at every case, None where none is under way."""

    entry: Entry
    rules: str
    sweep: int | None


def scan(
    database: Database, configuration: Configuration, now: int, watched: Watched = NOTHING
) -> Scanned:
    """Bring flags up to what is known at `now`."""
    found = Scanned()
    while _is_behind(database, configuration):
        with database.write() as connection:
            found = found.plus(_follow(connection, configuration, now))
    while True:
        with database.read() as connection:
            if not next_due(connection, now, 1):
                break
        with database.write() as connection:
            found = found.plus(bring_up(connection, next_due(connection, now, BATCH), configuration, now))
    found = found.plus(_watch(database, configuration, now, watched))
    while True:
        with database.read() as connection:
            if not to_escalate(connection, now, 1):
                break
        with database.write() as connection:
            waiting = to_escalate(connection, now, BATCH)
            messages = tell(connection, waiting, configuration, now)
            found = found.plus(Scanned(messages=messages, escalated=len(waiting)))
    with database.read() as connection:
        return found._replace(unknown=tuple(unknown_years(connection)))


def look_again(
    database: Database, configuration: Configuration, case_ids: Iterable[int], now: int
) -> Scanned:
    """Hold the flags of these cases against what is known of them now: before a message of theirs leaves."""
    with database.write() as connection:
        return bring_up(connection, case_ids, configuration, now)


def _rules(connection: Connection, configuration: Configuration) -> str:
    """One digest for what says when something falls due: files, and what stations ever told of."""
    files = sorted((name, one) for name, one in configuration.digests.items() if _FILES.search(name))
    return hashlib.sha256(orjson.dumps([files, sorted(told_of(connection))])).hexdigest()


# ---------------------------------------------------------------- cases that changed


def _is_behind(database: Database, configuration: Configuration) -> bool:
    with database.read() as connection:
        cursor = _cursor(connection)
        return (
            cursor is None
            or cursor.rules != _rules(connection, configuration)
            or cursor.sweep is not None
            or cursor.entry != newest_entry(connection)
        )


def _follow(connection: Connection, configuration: Configuration, now: int) -> Scanned:
    """The next cases to be looked at, and the cursor behind them, in one transaction."""
    cursor, rules = _cursor(connection), _rules(connection, configuration)
    if cursor is None or cursor.rules != rules:
        cursor = _Cursor(newest_entry(connection), rules, 0)
    if cursor.sweep is None:
        changed = next_changed(connection, cursor.entry, BATCH)
        if changed is not None:
            ids = changed.case_ids
            if looks_beyond(configuration.alerts):
                ids = [*ids, *sorted(borne_on(connection, ids, _since(configuration, now)))]
            done = bring_up(connection, ids, configuration, now)
            _keep(connection, cursor._replace(entry=changed.upto))
            return done
        cursor = _Cursor(newest_entry(connection), rules, 0)
    told_since = now - reach(configuration.alerts)
    ids = every_case(connection, cursor.sweep or 0, told_since, BATCH)
    done = bring_up(connection, ids, configuration, now)
    _keep(connection, cursor._replace(sweep=ids[-1] if len(ids) == BATCH else None))
    return done


def _since(configuration: Configuration, now: int) -> int:
    """What should have been raised before then is not."""
    return now - configuration.alerts.history_days * DAY


def _cursor(connection: Connection) -> _Cursor | None:
    told = mark_of(connection, MARK)
    if told is None:
        return None
    entry, rules, sweep = orjson.loads(told)
    return _Cursor(Entry(*entry) if entry[0] else START, rules, sweep)


def _keep(connection: Connection, cursor: _Cursor) -> None:
    set_mark(connection, MARK, orjson.dumps([tuple(cursor.entry), cursor.rules, cursor.sweep]).decode())


# ---------------------------------------------------------------- flags of cases


class _Work(NamedTuple):
    """What is to be written, gathered over some cases."""

    endings: list[Ending]
    raisings: list[tuple[_Place, Due, Raising]]
    due: list[DueRow]


class _Place(NamedTuple):
    """What a flag hangs on beside its clock."""

    station: str
    case_id: int | None
    case_no: str | None


def bring_up(
    connection: Connection, case_ids: Iterable[int], configuration: Configuration, now: int
) -> Scanned:
    """Hold the flags of these cases against their state: what is no longer true goes, with its messages that
    have not left, then what has come is raised, and what comes next is entered."""
    ids = list(dict.fromkeys(case_ids))
    if not ids:
        return Scanned()
    states = states_now(connection, ids)
    facts = legal_facts(connection, states, configuration, now)
    note_told(connection, states, facts)
    flags: dict[int, dict[str, list[Raised]]] = {}
    for flag in flags_of(connection, ids):
        if flag.case_id is not None:
            flags.setdefault(flag.case_id, {}).setdefault(flag.clock, []).append(_raised(flag))
    work = _Work([], [], [])
    for case_id in ids:
        state, own = states.get(case_id), flags.get(case_id, {})
        dues = [] if state is None else dues_of(state, facts.get(case_id, NO_FACTS), configuration)
        if dues or own:
            _settle_case(work, case_id, state, dues, own, configuration, now)
    write_due(connection, due_rows(connection, ids), work.due)
    raised, messages = _write(connection, work, configuration, now)
    return Scanned(len(ids), raised, len(work.endings), messages)


def _settle_case(
    work: _Work,
    case_id: int,
    state: CaseState | None,
    dues: Sequence[Due],
    flags: dict[str, list[Raised]],
    configuration: Configuration,
    now: int,
) -> None:
    since = _since(configuration, now)
    for due in dues:
        settled = settle(due, flags.pop(due.clock, ()), now, since)
        work.endings.extend(settled.endings)
        if state is None:
            continue
        if settled.raising is not None:
            place = _Place(state.station, case_id, state.case_no)
            work.raisings.append((place, due, settled.raising))
        row = (case_id, due.clock, state.station, due.version)
        if due.unknown_year is not None:
            work.due.append(DueRow(*row, None, str(due.unknown_year)))
        elif settled.next is not None:
            work.due.append(DueRow(*row, settled.next.at, settled.next.name))
    held = state is not None and state.custody and state.verdict != Verdict.IMPLAUSIBLE
    for left in flags.values():
        work.endings.extend(gone(left, held=held))


def _raised(flag: Flag) -> Raised:
    return Raised(flag.id, flag.clock, flag.threshold, flag.version, flag.due_at, flag.state)


def _write(
    connection: Connection, work: _Work, configuration: Configuration, now: int
) -> tuple[int, int]:
    """Endings first, then what is raised: step, flag and messages. Returns flags and messages."""
    steps: list[FlagStep] = []
    for state in (FlagState.CLOSED, FlagState.SUPERSEDED):
        ended = [one for one in work.endings if one.state is state]
        end_flags(connection, [one.flag.id for one in ended], state.value, now)
        steps += [
            FlagStep(one.flag.id, now if one.at is None else one.at, one.why, ITSELF, None) for one in ended
        ]
    if not work.raisings:
        append_flag_steps(connection, steps)
        return 0, 0
    fresh: list[Flag] = []
    again: list[int] = []
    key = next_flag_id(connection)
    for place, due, raising in work.raisings:
        flag_id = raising.again
        if flag_id is None:
            flag_id, key = key, key + 1
            fresh.append(_flag(flag_id, place, due, raising.threshold, now))
        else:
            again.append(flag_id)
        missed = [FlagStep(flag_id, at, Step.MISSED, ITSELF, name) for name, at in raising.missed]
        kind = Step.RAISED if raising.again is None else Step.RAISED_AGAIN
        steps += [*missed, FlagStep(flag_id, raising.threshold.at, kind, ITSELF, raising.threshold.name)]
    insert_flags(connection, fresh)
    reopen_flags(connection, again, now)
    append_flag_steps(connection, steps)
    messages = tell(connection, [*fresh, *flags_by_id(connection, again)], configuration, now)
    return len(work.raisings), messages


def _flag(flag_id: int, place: _Place, due: Due, threshold: Threshold, now: int) -> Flag:
    return Flag(
        flag_id, place.station, place.case_id, place.case_no, due.clock, threshold.name, due.version,
        threshold.at, now, OPEN, None, NOBODY, None, None, None, None,
    )  # fmt: skip


# ---------------------------------------------------------------- feeds and jobs


def _watch(database: Database, configuration: Configuration, now: int, watched: Watched) -> Scanned:
    """Flags of feeds, jobs and channels, which are no cases. They are few, so that all are read each time."""
    dues = watched_dues(database, configuration, watched, now)
    with database.read() as connection:
        work = _settle_watched(connection, dues, configuration, now)
    if not work.endings and not work.raisings:
        return Scanned()
    with database.write() as connection:
        # As another scan may have left it in between.
        work = _settle_watched(connection, dues, configuration, now)
        raised, messages = _write(connection, work, configuration, now)
    return Scanned(raised=raised, ended=len(work.endings), messages=messages)


def _settle_watched(
    connection: Connection, dues: Sequence[AtPlace], configuration: Configuration, now: int
) -> _Work:
    work = _Work([], [], [])
    since = _since(configuration, now)
    flags: dict[str, list[Raised]] = {}
    for flag in flags_of_no_case(connection, [due.clock for _, due in dues]):
        flags.setdefault(flag.clock, []).append(_raised(flag))
    for station, due in dues:
        own = flags.pop(due.clock, [])
        # A feed that spoke again, a job that ran: what was said of it was true and is over.
        work.endings.extend(gone([one for one in own if one.version != due.version], held=True))
        settled = settle(due, [one for one in own if one.version == due.version], now, since)
        work.endings.extend(settled.endings)
        if settled.raising is not None:
            work.raisings.append((_Place(station, None, None), due, settled.raising))
    for left in flags.values():
        work.endings.extend(gone(left, held=True))
    return work
