"""The metric of reconciliation by hand: k of n, what stands beside, open differences by kind and age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from monitor.actions.differences import close, reopen
from monitor.metrics.ask import Ask, By
from monitor.metrics.catalog import rows_from_database
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.reconciliation import reconciliation
from monitor.store.database import Database
from monitor.store.differences import Found, write_differences
from monitor.store.reconciled import Settled, write_outcomes
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, SENDER, at

RUN = at("2024-07-20 09:00")
NOW = RUN + HOUR
WEEKS = {"2024-07-01": "2024-W27", "2024-07-09": "2024-W28"}


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        with database.write() as connection:
            write_outcomes(connection, OUTCOMES, RUN)
            write_differences(connection, DIFFERENCES, lambda subject: "matched", RUN)
        yield database


def settled(
    subject: str, kind: str, day: str, amount: int, *, station: str = "S1", posted: bool = True
) -> Settled:
    return Settled(subject, kind, posted, station, "A", at(f"{day} 10:00"), day, WEEKS[day], amount)


def found(subject: str, kind: str, day: str, since: str, expected: int | None, amount: int | None) -> Found:
    return Found(subject, kind, "S1", "A", "C", "L", at(since), day, WEEKS[day], expected, amount, {})


OUTCOMES = [
    settled("1", "matched", "2024-07-01", 50_000),
    settled("2", "matched", "2024-07-01", 200_000),
    settled("3", "amount_differs", "2024-07-01", 150_000),
    settled("4", "not_posted", "2024-07-09", 70_000, posted=False),
    settled("5", "pending", "2024-07-09", 90_000, posted=False),
    settled("6", "matched", "2024-07-09", 30_000, station="S2"),
    settled("7", "unknown_code", "2024-07-09", 10_000, station=""),
]
DIFFERENCES = [
    found("3", "amount_differs", "2024-07-01", "2024-07-02 08:00", 200_000, 150_000),
    found("4", "not_posted", "2024-07-09", "2024-07-14 10:00", 70_000, None),
    found("8+1", "changed_line", "2024-07-01", "2024-06-01 10:00", 1_000, 4_000),
]


def test_k_of_n_with_what_stands_beside_and_neutral_totals(database: Database) -> None:
    (all_of_it,) = reconciliation(database, Ask(NOW))
    # Matched: 1, 2, 6. To be matched: those, 3, 4 and 7; 5 is not yet due.
    assert (all_of_it.k, all_of_it.n, all_of_it.rate) == (3, 6, 0.5)
    assert all_of_it.low == pytest.approx(0.1876, abs=1e-4)
    assert all_of_it.found == {"amount_differs": 1, "not_posted": 1, "unknown_code": 1}
    assert all_of_it.beside == {"pending": 1, "not_covered": 0, "told_again": 0}
    # 50,000 + 200,000 + 150,000 + 30,000 + 10,000; what is on no statement is not among it.
    assert (all_of_it.posted_fen, all_of_it.matched_fen) == (440_000, 280_000)


def test_by_week_and_station(database: Database) -> None:
    rows = rows_from_database("reconciliation", database, Ask(NOW, by=(By.WEEK, By.STATION)))
    assert [(row["period"], row["station"], row["k"], row["n"], row["open"]) for row in rows] == [
        ("2024-W27", "S1", 2, 3, 2),
        ("2024-W28", None, 0, 1, 0),
        ("2024-W28", "S1", 0, 1, 1),
        ("2024-W28", "S2", 1, 1, 0),
    ]


def test_open_differences_by_kind_and_age(database: Database) -> None:
    (row,) = reconciliation(database, Ask(NOW, stations=("S1",)))
    told = [(o.kind, o.n, o.days_7, o.days_30, o.older, o.oldest_days, o.amount_fen) for o in row.open_kinds]
    # Begun 18 days, 6 days and 49 days before 20 July, 10:00.
    assert told == [
        ("amount_differs", 1, 0, 1, 0, 18, 50_000),
        ("changed_line", 1, 0, 0, 1, 49, 3_000),
        ("not_posted", 1, 1, 0, 0, 6, 70_000),
    ]


def test_as_of_a_moment_is_what_was_known_and_open_then(database: Database) -> None:
    assert reconciliation(database, Ask(RUN - 1)) == []
    close(database, SENDER, 1, "已核", now=RUN + 2 * HOUR)
    reopen(database, SENDER, 1, "弄错了", now=RUN + 4 * HOUR)
    open_then = [reconciliation(database, Ask(RUN + hours * HOUR))[0].open for hours in (1, 3, 5)]
    assert open_then == [3, 2, 3]
    with database.write() as connection:
        write_outcomes(connection, OUTCOMES[:1], RUN + 6 * HOUR)
    assert [reconciliation(database, Ask(RUN + hours * HOUR))[0].n for hours in (5, 7)] == [6, 1]


def test_days_are_cut_and_what_no_line_tells_is_refused(database: Database) -> None:
    (row,) = reconciliation(database, Ask(NOW, since=date(2024, 7, 1), until=date(2024, 7, 2)))
    assert (row.k, row.n, row.open) == (2, 3, 2)
    with pytest.raises(UnknownBreakdown):
        reconciliation(database, Ask(NOW, by=(By.AUTHORITY,)))
