"""Whether what a message says still holds, asked just before it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.alerts.dues import NO_FACTS, dues_of
from monitor.alerts.facts import legal_facts
from monitor.alerts.scan import BATCH, look_again
from monitor.settings.configuration import Configuration
from monitor.store.bulk import chunks
from monitor.store.database import Database
from monitor.store.flags import LIVE, Flag, flags_by_id, states_now


class Standing(NamedTuple):
    """A flag that holds, and the plate of its case."""

    flag: Flag
    plate: str | None


def still_true(
    database: Database, configuration: Configuration, flag_ids: Iterable[int], now: int
) -> dict[int, Standing]:
    """Those of these flags that hold, by id. Where a case now says otherwise, the scan's own hand writes it
    down, so that a flag goes with its message."""
    ids = list(flag_ids)
    with database.read() as connection:
        live = _live(connection, ids)
        doubtful = _doubtful(connection, configuration, live, now)
    for part in chunks(sorted(doubtful), BATCH):
        look_again(database, configuration, part, now)
    with database.read() as connection:
        if doubtful:
            live = _live(connection, ids)
        states = states_now(connection, _cases(live))
    plates = {case_id: state.plate for case_id, state in states.items()}
    return {flag.id: Standing(flag, plates.get(flag.case_id or 0)) for flag in live}


def _live(connection: Connection, ids: list[int]) -> list[Flag]:
    return [flag for flag in flags_by_id(connection, ids) if flag.state in LIVE]


def _cases(flags: Iterable[Flag]) -> set[int]:
    return {flag.case_id for flag in flags if flag.case_id is not None}


def _doubtful(
    connection: Connection, configuration: Configuration, flags: list[Flag], now: int
) -> set[int]:
    """Cases of which one of these flags hangs on a clock that runs no more, or runs otherwise."""
    states = states_now(connection, _cases(flags))
    facts = legal_facts(connection, states, configuration, now)
    standing: dict[int, set[tuple[str, str, str]]] = {}
    for case_id, state in states.items():
        standing[case_id] = {
            (due.clock, due.version, point.name)
            for due in dues_of(state, facts.get(case_id, NO_FACTS), configuration)
            if due.ended_at is None
            for point in due.thresholds
        }
    return {
        flag.case_id
        for flag in flags
        if flag.case_id is not None
        and (flag.clock, flag.version, flag.threshold) not in standing.get(flag.case_id, ())
    }
