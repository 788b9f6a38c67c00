"""Whatever is told and corrected, in whatever order, and whenever the scan looks: what is true at the end has
its flag and one message per recipient, and what is not true is withdrawn with its messages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.dues import NO_FACTS, dues_of
from monitor.alerts.facts import legal_facts
from monitor.alerts.scan import scan
from monitor.cases.event import DAY
from monitor.store.database import Database, ask
from monitor.store.flags import states_now
from monitor.store.tables import metadata
from tests.alerts.flagged import GATED, HELD, configuration, terms_of
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, at, candidate, deliver, letter

BEGIN = at("2024-11-26 08:00")
ACTIVITIES = (
    "detained", "handed_in", "accepted", "filed", "decided", "pay_requested", "paid", "unloading", "unloaded",
    "reweighed", "violation_removed", "published", "suspended", "withdrawn",
)  # fmt: skip
WEIGHTED = (*ACTIVITIES, *("confirmed", "released") * 5)

SAYINGS = st.tuples(
    st.sampled_from(("C1", "C2")),
    st.sampled_from(WEIGHTED),
    st.integers(0, 12),
    st.sampled_from((True, True, False)),
)
"""Case, activity, so many times four hours since the beginning, and whether it is told or taken back."""
TURN = st.tuples(st.lists(SAYINGS, max_size=2), st.sampled_from((-1, 0, 1, 3, 6, 9)), st.booleans())
TURNS = st.lists(TURN, min_size=4, max_size=12)
"""What comes, by how many hours our clock goes on (or back), and whether a scan looks then."""

OF = {"C1": HELD, "C2": GATED}


def say(database: Database, turn: int, sayings: list[tuple[str, str, int, bool]], now: int) -> None:
    told = []
    for place, (case_no, activity, steps, holds) in enumerate(sayings):
        name = f"{case_no} {activity}"
        more: dict[str, Any] = {"case_no": case_no, "station": OF[case_no], "revision": 10 * turn + place}
        when = BEGIN + steps * 4 * HOUR
        if holds:
            told.append(candidate(activity, when, event_id=name, **more))
        else:
            told.append(candidate("voided", when, event_id=f"void {name} {turn} {place}", voids=name, **more))
    if told:
        deliver(database, told, now, letter("events", ledger=False), terms_of)


def held_to_be_true(database: Database, now: int) -> dict[tuple[int, str], tuple[str, str, int]]:
    """The one flag that each clock should have: its latest threshold that has come."""
    known = configuration()
    with database.read() as connection:
        ids = [row[0] for row in ask(connection, "SELECT id FROM cases")]
        states = states_now(connection, ids)
        facts = legal_facts(connection, states, known, now)
    found = {}
    for case_id, state in states.items():
        for due in dues_of(state, facts.get(case_id, NO_FACTS), known):
            passed = [point for point in due.thresholds if point.at <= now]
            if due.ended_at is None and passed and passed[-1].at >= now - 14 * DAY:
                found[case_id, due.clock] = (passed[-1].name, due.version, passed[-1].at)
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_in_any_order_what_is_true_at_the_end_is_told_once_and_the_rest_is_withdrawn(
    engine: str, tmp_path: Path
) -> None:
    examples = 120 if engine == "sqlite" else 30
    with database_on(engine, tmp_path) as database:

        @settings(max_examples=examples, deadline=None, derandomize=True)
        @given(TURNS)
        def holds(turns: list[tuple[list[tuple[str, str, int, bool]], int, bool]]) -> None:
            empty(database)
            now = latest = BEGIN
            for turn, (sayings, hours, looks) in enumerate(turns):
                now += hours * HOUR
                latest = max(latest, now)
                first = [(case_no, "confirmed", 0, True) for case_no in OF] if turn == 0 else []
                say(database, turn, [*first, *sayings], latest)
                if looks:
                    scan(database, configuration(), now)
            # The clock is right again at the end.
            scan(database, configuration(), latest)
            check(database, latest)
            before = everything(database)
            scan(database, configuration(), latest)
            assert everything(database) == before

        holds()


def empty(database: Database) -> None:
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def everything(database: Database) -> list[Any]:
    with database.read() as connection:
        return [
            ask(connection, f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("flags", "flag_steps", "outbox", "due")
        ]


def check(database: Database, now: int) -> None:
    with database.read() as connection:
        flags = ask(
            connection,
            "SELECT id, case_id, clock, threshold, version, due_at FROM flags"
            " WHERE state = 'open' OR state = 'acknowledged'",
        )
        rows = ask(connection, "SELECT flag_id, recipient, level, state, number FROM outbox")
        due = ask(connection, "SELECT next_at FROM due")
    live = {(row[1], row[2]): (row[3], row[4], row[5]) for row in flags}
    assert len(live) == len(flags)
    assert live == held_to_be_true(database, now)
    assert all(count == 1 for count in Counter(row[:2] for row in rows).values())
    assert len({row[4] for row in rows}) == len(rows)
    alive = {row[0] for row in flags}
    for flag_id, _, _, state, _ in rows:
        assert state == ("waiting" if flag_id in alive else "superseded")
    for flag_id in alive:
        assert {row[1] for row in rows if row[0] == flag_id and row[2] == 0} == {"duty", "second"}
    assert all(row[0] is None or row[0] > now for row in due)
