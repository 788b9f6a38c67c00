"""Working through differences: who did what and why stays, and nothing is closed without a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.actions.differences import NotWorkedError, assign, close, reopen
from monitor.store.database import Database
from monitor.store.difference_list import NOBODY, DifferenceFilter, find_differences
from monitor.store.differences import Found, difference, steps_of, write_differences
from tests.engines import ENGINES, database_on
from tests.factories import HOUR, SENDER, at

NOW = at("2024-07-20 09:00")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


def found(name: str, kind: str = "amount_differs", since: int = NOW, station: str = "S1") -> Found:
    return Found(
        name, kind, station, f"A-{name}", f"C{name}", f"L{name}", since, "2024-07-01", "2024-W27", 5, 4, {}
    )


def write(database: Database, *differences: Found) -> None:
    with database.write() as connection:
        write_differences(connection, differences, lambda subject: "matched", NOW)


def test_every_step_is_kept_with_who_and_why(database: Database) -> None:
    write(database, found("1"))
    assign(database, SENDER, 1, " 李 ", now=NOW + HOUR)
    close(database, SENDER, 1, "已核,同意", now=NOW + 2 * HOUR)
    reopen(database, SENDER, 1, "弄错了", now=NOW + 3 * HOUR)
    assign(database, SENDER, 1, "", now=NOW + 4 * HOUR)
    with database.read() as connection:
        steps = [(one.step, one.actor, one.origin, one.owner, one.why) for one in steps_of(connection, 1)]
        one = difference(connection, 1)
    who, where = SENDER
    assert steps == [
        ("opened", "", "", None, None),
        ("assigned", who, where, "李", None),
        ("closed", who, where, "李", "已核,同意"),
        ("reopened", who, where, "李", "弄错了"),
        ("assigned", who, where, None, None),
    ]
    assert one is not None and (one.state, one.owner, one.closed_why) == ("open", None, None)


def test_what_cannot_be_says_why_and_changes_nothing(database: Database) -> None:
    write(database, found("1"))

    def refused(action: object, *arguments: object) -> str:
        with pytest.raises(NotWorkedError) as caught:
            action(database, SENDER, *arguments, now=NOW)  # type: ignore[operator]
        return caught.value.code

    assert refused(close, 1, "  ") == "no_reason"
    assert refused(close, 7, "已核") == "no_difference"
    assert refused(reopen, 1, "弄错了") == "not_closed"
    assert refused(assign, 1, None) == "already"
    close(database, SENDER, 1, "已核", now=NOW)
    assert refused(close, 1, "再核") == "already"
    assert refused(assign, 1, "李") == "closed"
    assert refused(reopen, 1, "") == "no_reason"
    with database.read() as connection:
        assert [one.step for one in steps_of(connection, 1)] == ["opened", "closed"]


def test_the_list_is_cut_by_station_kind_state_owner_and_words(database: Database) -> None:
    write(
        database, found("1", since=NOW - HOUR), found("2", "paid_twice"), found("3", station="S2"),
        found("4_%", since=NOW - 2 * HOUR),
    )  # fmt: skip
    assign(database, SENDER, 2, "李", now=NOW)
    close(database, SENDER, 1, "已核", now=NOW)

    def ids(**told: object) -> list[int]:
        return [one.id for one in find_differences(database, DifferenceFilter(**told)).differences]  # type: ignore[arg-type]

    assert ids() == [4, 2, 3]
    assert ids(state=None) == [4, 2, 3, 1]
    assert ids(state="closed") == [1]
    assert ids(stations=["S2"]) == [3]
    assert ids(kinds=["paid_twice"]) == [2]
    assert ids(owner="李") == [2]
    assert ids(owner=NOBODY) == [4, 3]
    assert ids(text="_%") == [4]
    assert ids(since="2024-07-02") == []
    page = find_differences(database, DifferenceFilter(kinds=["paid_twice"]), limit=1)
    assert [(one.kind, one.n, one.oldest) for one in page.open_kinds] == [
        ("amount_differs", 2, NOW - 2 * HOUR),
        ("paid_twice", 1, NOW),
    ]
    second = find_differences(database, DifferenceFilter(state=None), limit=2, offset=2)
    assert ([one.id for one in second.differences], second.total) == ([3, 1], 4)
