"""Receipt never goes back, two writers lose nothing, and a reader sees one state."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import func, select

from monitor.store.board import feeds_seen
from monitor.store.database import Database
from monitor.store.deliveries import recent_deliveries
from monitor.store.tables import case_versions, deliveries, events
from tests.factories import HOUR, at, candidate, deliver, letter
from tests.store.reading import count, current, differing, spans, state_now

START = at("2024-11-26 14:32")
NOW = at("2024-11-30 09:00")


def test_receipt_never_goes_back_when_the_clock_does(database: Database) -> None:
    deliver(database, [candidate("released", START + 5 * HOUR)], NOW)
    deliver(database, [candidate("released", START + 30 * HOUR)], NOW - 9 * HOUR)
    with database.read() as connection:
        received = list(connection.execute(select(events.c.received_at).order_by(events.c.id)).scalars())
        begun = [row.received_at for row in recent_deliveries(connection)]
    assert received[0] >= NOW
    assert received[1] > received[0]
    assert begun == sorted(begun, reverse=True)
    assert state_now(database).released_at == START + 30 * HOUR
    assert [end for _, end in spans(database)] == [spans(database)[1][0], None]


def test_no_two_events_are_received_at_the_same_instant(database: Database) -> None:
    for number in range(3):
        deliver(database, [candidate("confirmed", START, case_no=f"{number}-{n}") for n in range(50)], NOW)
    with database.read() as connection:
        assert connection.execute(select(func.count(events.c.received_at.distinct()))).scalar_one() == 150


def test_two_writers_at_once_lose_nothing(database: Database) -> None:
    cases, rounds, failures = 12, 6, []

    def write(source: str, offset: int) -> None:
        try:
            for step in range(rounds):
                told = [
                    candidate("confirmed", START + step + offset, case_no=f"c{number}")
                    for number in range(cases)
                ]
                deliver(database, told, NOW, letter(source))
        except BaseException as error:  # noqa: BLE001 - reported by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"s{n}", 100 * n)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(database) == 3 * cases * rounds
    assert count(database, deliveries, deliveries.c.status == "done") == 3 * rounds
    assert len(current(database)) == cases
    assert count(database, case_versions, case_versions.c.known_to.is_(None)) == cases
    assert differing(database) == []


def test_a_reader_sees_one_state_while_another_writes(database: Database) -> None:
    deliver(database, [candidate("confirmed", START)], NOW)
    query = select(func.count()).select_from(case_versions)
    with database.read() as connection:
        before = connection.execute(query).scalar_one()
        deliver(database, [candidate("confirmed", START, case_no=f"n{n}") for n in range(5)], NOW + HOUR)
        assert connection.execute(query).scalar_one() == before == 1
    assert count(database, case_versions) == 6


def test_an_error_inside_a_write_leaves_nothing(tmp_path: Path, database: Database) -> None:
    try:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO sources (name) VALUES ('half')")
            raise RuntimeError
    except RuntimeError:
        pass
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sources").scalar_one() == 0


def test_a_feed_is_seen_by_its_last_completed_delivery(database: Database) -> None:
    deliver(database, [candidate("confirmed", START)], NOW, letter(name="first.xlsx"))
    deliver(database, [candidate("confirmed", START)], NOW + HOUR, letter(name="second.xlsx"))
    seen = feeds_seen(database)
    assert set(seen) == {"ledger"}
    assert (seen["ledger"].last_at, seen["ledger"].last_name) == (NOW + HOUR, "second.xlsx")
