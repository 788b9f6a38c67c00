"""Limits that begin anew: who said so, when and why stays on record, and a later word wins."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from monitor.actions.rebasing import LONGEST, NotRebasedError, rebase
from monitor.store.database import Database
from monitor.store.rebasings import rebasing_version, rebasings_of
from monitor.store.tables import rebasings
from tests.factories import HOUR, SENDER, STATION, at

NOW = at("2024-11-27 09:00")
TODAY = date(2024, 11, 27)


def say(database: Database, week: str, reason: str, now: int = NOW, station: str | None = STATION) -> None:
    rebase(database, SENDER, station, week, reason, now=now, today=TODAY)


def test_a_rebasing_is_kept_with_who_when_and_why_and_for_its_own_chart_alone(database: Database) -> None:
    before = rebasing_version(database)
    say(database, "2024-W38", " 站内开通扫码缴款 ")
    [one] = rebasings_of(database, STATION, NOW)
    assert (one.week, one.reason, one.actor, one.at) == ("2024-W38", "站内开通扫码缴款", "local", NOW)
    assert rebasings_of(database, None, NOW) == []
    assert rebasings_of(database, STATION, NOW - 1) == []
    assert rebasing_version(database) != before


def test_it_is_taken_back_by_a_later_word_and_nothing_is_deleted(database: Database) -> None:
    say(database, "2024-W38", "扫码缴款", station=None)
    rebase(
        database, SENDER, None, "2024-W38", "只是一周", now=NOW + HOUR, today=TODAY, in_force=False
    )  # fmt: skip
    assert rebasings_of(database, None, NOW + HOUR) == []
    assert [one.week for one in rebasings_of(database, None, NOW)] == ["2024-W38"]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(rebasings)).scalar_one() == 2
    say(database, "2024-W38", "还是持久的", NOW + 2 * HOUR, None)
    assert [one.reason for one in rebasings_of(database, None, NOW + 2 * HOUR)] == ["还是持久的"]


@pytest.mark.parametrize(
    ("week", "reason", "code"),
    [
        ("2024-W38", " ", "no_reason"),
        ("2024-38", "x", "no_week"),
        ("2024-W54", "x", "no_week"),
        ("2024-W49", "x", "not_begun"),
    ],
)
def test_a_week_that_is_none_or_a_word_without_reason_changes_nothing(
    database: Database, week: str, reason: str, code: str
) -> None:
    with pytest.raises(NotRebasedError, match=code):
        say(database, week, reason)
    assert rebasings_of(database, STATION, NOW) == []


def test_the_same_twice_and_taking_back_nothing_are_said(database: Database) -> None:
    say(database, "2024-W38", "很" * (LONGEST + 1))
    assert len(rebasings_of(database, STATION, NOW)[0].reason) == LONGEST
    with pytest.raises(NotRebasedError, match="already"):
        say(database, "2024-W38", "again")
    with pytest.raises(NotRebasedError, match="not_there"):
        rebase(database, SENDER, STATION, "2024-W37", "x", now=NOW, today=TODAY, in_force=False)
