"""A scan raises what has come with its true instant, withdraws what is untrue, and tells each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event

from monitor.alerts import scan as scanning
from monitor.alerts.scan import Scanned, scan
from monitor.alerts.telling import scope_json
from monitor.alerts.watching import Watched
from monitor.store.changes import forget_old
from monitor.store.database import Database, ask
from monitor.store.deliveries import DeliveryRow
from monitor.store.flags import add_silence, steps_of_flag
from monitor.store.jobs import Result, begin_run, end_run, take_lease
from tests.alerts.flagged import ALERTS, HELD, configuration, messages, stands, terms_of
from tests.engines import database_on
from tests.factories import HOUR, MINUTE, at, candidate, deliver, letter
from tests.store.test_plans import plans

START = at("2024-11-26 14:32")
LIMIT = START + 24 * HOUR


def tell(
    database: Database, activity: str, when: int, now: int, case_no: str = "C1", **told: Any
) -> DeliveryRow:
    """One event, by its own number: told again with another time it is a correction."""
    one = candidate(activity, when, case_no=case_no, station=HELD, event_id=f"{case_no} {activity}", **told)
    return deliver(database, [one], now, letter("events", ledger=False), terms_of)


def look(database: Database, now: int, alerts: str = ALERTS, watched: Watched = scanning.NOTHING) -> Scanned:
    return scan(database, configuration(alerts), now, watched)


def steps(database: Database, flag_id: int) -> list[tuple[str, int, str | None]]:
    with database.read() as connection:
        return [(step.kind, step.at, step.note) for step in steps_of_flag(connection, flag_id)]


def column(database: Database, name: str) -> list[Any]:
    with database.read() as connection:
        return [row[0] for row in ask(connection, f"SELECT {name} FROM flags ORDER BY id")]


def test_a_threshold_is_raised_once_with_its_true_instant_and_a_message_for_each_recipient(
    database: Database,
) -> None:
    tell(database, "confirmed", START, START)
    look(database, START)
    assert stands(database, "a") == []
    found = look(database, LIMIT - 12 * HOUR + 3_000_000)
    assert (found.raised, found.messages) == (2, 4)  # and the decision, after six hours
    assert look(database, LIMIT - 12 * HOUR + 8_000_000) == Scanned()
    assert stands(database, "a") == [("C1", "a", "left-12h", "open")]
    assert column(database, "due_at") == [LIMIT - 12 * HOUR, START + 6 * HOUR]
    assert messages(database, "a") == [
        ("a", "left-12h", "duty", "waiting"), ("a", "left-12h", "second", "waiting"),
    ]  # fmt: skip


def test_after_a_pause_the_latest_is_told_and_the_earlier_are_noted(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT + 7 * HOUR)
    assert stands(database, "a") == [("C1", "a", "over-6h", "open")]
    assert column(database, "clock")[0] == "a"
    assert steps(database, 1) == [
        ("missed", LIMIT - 12 * HOUR, "left-12h"),
        ("missed", LIMIT - 6 * HOUR, "left-6h"),
        ("missed", LIMIT - 2 * HOUR, "left-2h"),
        ("missed", LIMIT, "due"),
        ("raised", LIMIT + 6 * HOUR, "over-6h"),
        ("told", LIMIT + 7 * HOUR, "duty: duty, second"),
    ]


def test_a_later_threshold_takes_the_place_of_the_one_before_and_of_its_waiting_messages(
    database: Database,
) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    look(database, LIMIT - 6 * HOUR)
    assert [one[2:] for one in stands(database, "a")] == [("left-12h", "superseded"), ("left-6h", "open")]
    assert [(row[1], row[3]) for row in messages(database, "a") if row[2] == "duty"] == [
        ("left-12h", "superseded"), ("left-6h", "waiting"),
    ]  # fmt: skip


def test_a_release_closes_what_was_true_and_takes_back_what_has_not_left(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    tell(database, "released", LIMIT - 11 * HOUR, LIMIT - 10 * HOUR)
    look(database, LIMIT - 10 * HOUR)
    assert {one.state for one in stands(database)} == {"closed"}
    assert {row[3] for row in messages(database)} == {"superseded"}
    assert steps(database, 1)[-1] == ("ended", LIMIT - 11 * HOUR, None)
    look(database, LIMIT + HOUR)
    assert len(stands(database, "a")) == 1


def test_a_corrected_start_makes_untrue_what_was_raised_and_raises_what_is_true(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    tell(database, "confirmed", START + 5 * HOUR, LIMIT - 11 * HOUR, recorded=LIMIT)
    look(database, LIMIT - 11 * HOUR)
    assert stands(database, "a") == [("C1", "a", "left-12h", "superseded")]
    assert steps(database, 1)[-1][0] == "untrue"
    look(database, LIMIT - 7 * HOUR)
    assert [one[2:] for one in stands(database, "a")] == [("left-12h", "superseded"), ("left-12h", "open")]
    assert [row[3] for row in messages(database, "a")] == ["superseded"] * 2 + ["waiting"] * 2


def test_what_becomes_true_again_is_the_same_flag_and_no_second_message(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    with database.write() as connection:
        ask(connection, "UPDATE outbox SET state = 'delivered', sent_at = 1 WHERE recipient = 'duty'")
    tell(database, "released", LIMIT - 12 * HOUR - MINUTE, LIMIT - 11 * HOUR)
    look(database, LIMIT - 11 * HOUR)
    assert [one.state for one in stands(database, "a")] == ["superseded"]  # released before the threshold
    deliver(
        database,
        [candidate("voided", LIMIT - 11 * HOUR, case_no="C1", station=HELD, voids="C1 released")],
        LIMIT - 10 * HOUR,
        letter("events", ledger=False),
        terms_of,
    )
    look(database, LIMIT - 10 * HOUR)
    assert [one.state for one in stands(database, "a")] == ["open"]
    sent = [row[2:] for row in messages(database, "a")]
    assert sent == [("duty", "delivered"), ("second", "waiting")]


def test_a_payment_sends_nothing_again(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    before = messages(database, "a")
    later = LIMIT - 12 * HOUR + 20 * MINUTE
    tell(database, "pay_requested", START + HOUR, later)
    tell(database, "paid", START + 2 * HOUR, later)
    look(database, later)
    assert messages(database, "a") == before


def test_a_clock_set_back_and_two_scans_raise_nothing_twice(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 6 * HOUR)
    before = (stands(database), messages(database))
    for now in (LIMIT - 7 * HOUR, LIMIT - 6 * HOUR, LIMIT - 7 * HOUR, LIMIT - 6 * HOUR):
        assert look(database, now)[1:4] == (0, 0, 0)
    assert (stands(database), messages(database)) == before


def test_a_level_goes_up_when_nobody_acknowledged_in_time(database: Database) -> None:
    tell(database, "confirmed", START, START)
    now = LIMIT - 6 * HOUR
    look(database, now)
    assert look(database, now + 29 * MINUTE).escalated == 0
    assert look(database, now + 30 * MINUTE).escalated == 2
    assert [row[2] for row in messages(database, "a")] == ["duty", "second", "chief"]
    assert look(database, now + 3 * HOUR).escalated == 0


def test_what_is_acknowledged_goes_no_level_up(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 6 * HOUR)
    with database.write() as connection:
        ask(connection, "UPDATE flags SET state = 'acknowledged'")
    look(database, LIMIT - 5 * HOUR)
    assert {row[2] for row in messages(database)} == {"duty", "second"}
    look(database, LIMIT - 2 * HOUR)
    assert [one[2:] for one in stands(database, "a")] == [("left-6h", "superseded"), ("left-2h", "open")]


HOLE = ALERTS.replace("- {name: duty, recipients: [duty, second]}", "- {name: duty, rota: west}").replace(
    "levels:", "rotas:\n  west: [{from: 2024-01-01, hours: 08:00-20:00, recipient: duty}]\nlevels:"
)


def test_a_hole_in_the_rota_goes_to_the_next_level_and_is_said(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, at("2024-11-27 02:32"), HOLE)  # twelve hours left, nobody on duty at night
    assert [row[2] for row in messages(database, "a")] == ["chief"]
    assert ("hole", at("2024-11-27 02:32"), "duty") in steps(database, 1)


def test_where_nobody_is_on_duty_at_all_it_is_said_and_tried_again(database: Database) -> None:
    alone = HOLE.replace("    - {name: chief, after: 30m, recipients: [chief]}\n", "")
    tell(database, "confirmed", START, START)
    look(database, at("2024-11-27 07:50"), alone)
    assert messages(database) == [] and "nobody" in [kind for kind, _, _ in steps(database, 1)]
    look(database, at("2024-11-27 08:05"), alone)
    assert {row[2] for row in messages(database, "a")} == {"duty"}


def test_how_long_nobody_is_waited_for_is_configured(database: Database) -> None:
    alone = HOLE.replace("    - {name: chief, after: 30m, recipients: [chief]}\n", "")
    tell(database, "confirmed", START, START)
    now = at("2024-11-27 07:50")
    look(database, now, f"{alone}delivery: {{nobody_again: 40m}}\n")
    with database.read() as connection:
        assert {row[0] for row in ask(connection, "SELECT next_level_at FROM flags")} == {now + 40 * MINUTE}


def test_a_silenced_flag_stays_and_is_told_when_the_silence_ends(database: Database) -> None:
    tell(database, "confirmed", START, START)
    now = LIMIT - 6 * HOUR
    with database.write() as connection:
        add_silence(connection, scope_json([HELD], ["a"]), "李某", "秤检定", now - HOUR, now + HOUR)
    look(database, now)
    assert stands(database, "a") == [("C1", "a", "left-6h", "open")] and messages(database, "a") == []
    assert len(messages(database, "step:decide")) == 2
    assert ("silenced", now, "李某: 秤检定") in steps(database, 1)
    look(database, now + HOUR)
    assert [row[2] for row in messages(database, "a")] == ["duty", "second"]


def test_history_that_is_loaded_raises_nothing_old_and_what_stands_there_still(database: Database) -> None:
    now = START + 400 * 24 * HOUR
    tell(database, "confirmed", START, now, "old")
    tell(database, "decided", START + HOUR, now, "old", outcome="fine")
    tell(database, "released", START + 30 * HOUR, now, "old")
    tell(database, "confirmed", now - 25 * HOUR, now, "new")
    look(database, now)
    assert {one.case_no for one in stands(database)} == {"new"}


def test_a_cursor_whose_entry_was_forgotten_misses_nothing(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, START)
    for n in range(8):
        tell(database, "confirmed", START - n * MINUTE, START, f"N{n}")
    forget_old(database, kept=2)
    look(database, LIMIT + HOUR)
    assert {one.case_no for one in stands(database, "a")} == {"C1", *(f"N{n}" for n in range(8))}


def test_another_configuration_is_looked_at_with_every_case(database: Database) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 6 * HOUR)
    look(database, LIMIT - 6 * HOUR + MINUTE, ALERTS.replace("a: {left: [12h, 6h, 2h]", "a: {left: [8h, 2h]"))
    assert [one[2:] for one in stands(database, "a")] == [("left-6h", "superseded"), ("left-8h", "open")]


def test_many_cases_are_done_in_parts(database: Database) -> None:
    told = [candidate("confirmed", START, case_no=f"N{n}", station=HELD) for n in range(25)]
    deliver(database, told, START, None, terms_of)
    with patch.object(scanning, "BATCH", 4):
        look(database, LIMIT)
        assert len(stands(database, "a")) == 25
        look(database, LIMIT + 6 * HOUR)
    assert len([one for one in stands(database, "a") if one.state == "open"]) == 25


def test_a_year_without_a_calendar_is_told_until_it_is_entered(database: Database) -> None:
    late = at("2026-12-28 10:00")
    tell(database, "confirmed", late, late)
    tell(database, "decided", late + HOUR, late + HOUR, outcome="fine")
    assert look(database, late + HOUR).unknown == ()  # no source tells of publications there
    for n, activity in enumerate(("confirmed", "decided", "published", "copied_home")):
        tell(database, activity, late - (4 - n) * HOUR, late + HOUR, "told")
    assert look(database, late + HOUR).unknown == ((2027, 2),)
    assert look(database, late + 2 * HOUR).unknown == ((2027, 2),)


# ---------------------------------------------------------------- feeds and jobs


def test_a_feed_that_goes_silent_raises_a_flag_that_closes_when_it_speaks(database: Database) -> None:
    watched = Watched({"events": 3600}, ())
    tell(database, "confirmed", START, START)
    look(database, START + HOUR - 1, watched=watched)
    assert stands(database, "feed:events") == []
    look(database, START + 2 * HOUR, watched=watched)
    look(database, START + 3 * HOUR, watched=watched)
    assert stands(database, "feed:events") == [(None, "feed:events", "silent", "open")]
    tell(database, "confirmed", START, START + 4 * HOUR, "C2")
    look(database, START + 4 * HOUR, watched=watched)
    assert [one.state for one in stands(database, "feed:events")] == ["closed"]


def test_a_job_that_fails_three_times_raises_a_flag_and_closes_it_when_it_runs(database: Database) -> None:
    watched = Watched({}, ["copy"])

    def run(n: int, result: Result) -> None:
        now = START + n * MINUTE
        take_lease(database, "host:1:x", now)
        number = begin_run(database, "host:1:x", "copy", now, now)
        assert number is not None
        end_run(database, number, now, result)
        look(database, now, watched=watched)

    for n in (1, 2):
        run(n, Result.FAILED)
        assert stands(database) == []
    for n in (3, 4):
        run(n, Result.FAILED)
        assert stands(database) == [(None, "job:copy", "failing", "open")]
    assert column(database, "due_at") == [START + 3 * MINUTE]
    assert len(messages(database)) == 2
    run(5, Result.DONE)
    assert [one.state for one in stands(database)] == ["closed"]


# ---------------------------------------------------------------- killed, and what it costs


class Killed(BaseException):
    """The process ends here."""


WRITES = ("write_due", "end_flags", "insert_flags", "append_flag_steps", "tell", "_keep")


@pytest.mark.parametrize("where", WRITES)
def test_killed_between_any_two_steps_nothing_is_half_done_and_the_next_scan_does_all(
    database: Database, where: str
) -> None:
    tell(database, "confirmed", START, START)
    look(database, LIMIT - 12 * HOUR)
    tell(database, "confirmed", START - HOUR, LIMIT - 6 * HOUR, recorded=LIMIT)
    before = (stands(database), messages(database))
    with patch.object(scanning, where, side_effect=Killed), pytest.raises(Killed):
        look(database, LIMIT - 6 * HOUR)
    assert (stands(database), messages(database)) == before
    look(database, LIMIT - 6 * HOUR)
    assert [one[2:] for one in stands(database, "a")] == [("left-12h", "superseded"), ("left-6h", "open")]
    assert [row[3] for row in messages(database, "a")] == ["superseded"] * 2 + ["waiting"] * 2


def asked(database: Database, ask_it: Callable[[], Any]) -> list[str]:
    """Every statement that is run, with its values, as SQLite is given them."""
    found: list[str] = []

    def listen(raw: Any, *_: Any) -> None:
        raw.set_trace_callback(found.append)

    def leave(raw: Any, *_: Any) -> None:
        raw.set_trace_callback(None)

    event.listen(database.engine, "checkout", listen)
    event.listen(database.engine, "checkin", leave)
    ask_it()
    event.remove(database.engine, "checkout", listen)
    return found


def test_the_scan_costs_a_probe_of_an_index_for_what_is_due(tmp_path: Path) -> None:
    with database_on("sqlite", tmp_path) as database:
        told = [candidate("confirmed", START + n * MINUTE, case_no=f"N{n}", station=HELD) for n in range(300)]
        deliver(database, told, START, None, terms_of)
        look(database, START + 13 * HOUR)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
        due_at = START + 13 * HOUR + 3 * MINUTE
        statements = asked(database, lambda: look(database, due_at))
        assert any("FROM due WHERE next_at" in one for one in statements)
        with database.read() as connection:
            for one in statements:
                if one.startswith(("SELECT", "UPDATE", "DELETE")):
                    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.replace('%', '%%')}")
                    plan = " / ".join(str(row[3]) for row in rows)
                    for table in ("case_versions", "flags", "due", "events", "outbox", "flag_steps"):
                        assert f"SCAN {table}" not in plan or "USING" in plan, (one, plan)


def test_postgresql_as_well_finds_what_is_due_by_an_index(tmp_path: Path) -> None:
    with database_on("postgresql", tmp_path) as database:
        told = [candidate("confirmed", START + n * MINUTE, case_no=f"N{n}", station=HELD) for n in range(900)]
        deliver(database, told, START, None, terms_of)
        look(database, START + 13 * HOUR)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
        found = plans(database, lambda one: look(one, START + 13 * HOUR + 1))
        assert any("ix_due_next_at" in plan for plan in found)
        for plan in found:
            for table in ("case_versions", "flags", "due", "events", "outbox"):
                assert f"Seq Scan on {table} " not in plan, plan


def test_two_processes_that_scan_at_once_raise_each_flag_once(database: Database) -> None:
    told = [candidate("confirmed", START, case_no=f"N{n}", station=HELD) for n in range(40)]
    deliver(database, told, START, None, terms_of)
    with patch.object(scanning, "BATCH", 3), ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(look, database, LIMIT - 6 * HOUR) for _ in range(4)]:
            done.result()
    assert len(stands(database, "a")) == 40
    assert Counter(row[2] for row in messages(database, "a")) == {"duty": 40, "second": 40}
    raised = "(SELECT count(*) FROM flag_steps s WHERE s.flag_id = flags.id AND s.kind = 'raised')"
    assert column(database, raised) == [1] * 80
