"""Findings that people have looked at: who, when and why stays on record, and a later word wins."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from monitor.actions.looking import LONGEST, NotLookedError, look
from monitor.store.database import Database
from monitor.store.looked_at import looks_of
from monitor.store.tables import looked_at
from tests.factories import HOUR, MINUTE, SENDER, STATION, at, candidate, deliver

NOW = at("2024-11-27 09:00")
FINDING = (STATION, "CX-001", "below_band")


def test_a_look_is_kept_with_who_when_and_why(database: Database) -> None:
    look(database, SENDER, FINDING, " 材料已补 ", now=NOW)
    said = looks_of(database, NOW)[FINDING]
    assert said == (True, "材料已补", NOW, "local")


def test_it_holds_for_its_own_finding_alone_and_from_then_on(database: Database) -> None:
    look(database, SENDER, FINDING, "材料已补", now=NOW)
    assert list(looks_of(database, NOW)) == [FINDING]
    assert looks_of(database, NOW - 1) == {}
    assert looks_of(database, NOW, ["other"]) == {}


def test_it_is_opened_again_by_a_later_word_and_nothing_is_deleted(database: Database) -> None:
    look(database, SENDER, FINDING, "材料已补", now=NOW)
    look(database, SENDER, FINDING, "材料不是这件的", now=NOW + HOUR, done=False)
    assert not looks_of(database, NOW + HOUR)[FINDING].done
    assert looks_of(database, NOW)[FINDING].done
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(looked_at)).scalar_one() == 2


@pytest.mark.parametrize(
    ("finding", "reason", "code"),
    [(FINDING, " ", "no_reason"), ((STATION, "CX-001", ""), "x", "no_finding")],
)
def test_without_a_reason_or_a_finding_nothing_is_changed(
    database: Database, finding: tuple[str, str, str], reason: str, code: str
) -> None:
    with pytest.raises(NotLookedError, match=code):
        look(database, SENDER, finding, reason, now=NOW)
    assert looks_of(database, NOW) == {}


def test_a_list_made_before_the_case_changed_tells_nobody_and_what_changed_is_looked_at_again(
    database: Database,
) -> None:
    case = FINDING[:2]
    deliver(database, [candidate("confirmed", NOW - HOUR, station=case[0], case_no=case[1])], NOW)
    look(database, SENDER, FINDING, "材料已补", now=NOW + MINUTE, listed_at=NOW + MINUTE)
    with pytest.raises(NotLookedError, match="already"):
        look(database, SENDER, FINDING, "x", now=NOW + 2 * MINUTE, listed_at=NOW + 2 * MINUTE)
    deliver(database, [candidate("released", NOW, station=case[0], case_no=case[1])], NOW + HOUR)
    with pytest.raises(NotLookedError, match="changed"):
        look(database, SENDER, FINDING, "x", now=NOW + 2 * HOUR, listed_at=NOW + 2 * MINUTE)
    look(database, SENDER, FINDING, "再看过", now=NOW + 2 * HOUR, listed_at=NOW + 2 * HOUR)
    assert looks_of(database, NOW + 2 * HOUR)[FINDING].reason == "再看过"


def test_the_same_twice_and_opening_what_is_open_are_said(database: Database) -> None:
    with pytest.raises(NotLookedError, match="not_there"):
        look(database, SENDER, FINDING, "x", now=NOW, done=False)
    look(database, SENDER, FINDING, "很" * (LONGEST + 1), now=NOW)
    assert len(looks_of(database, NOW)[FINDING].reason) == LONGEST
    with pytest.raises(NotLookedError, match="already"):
        look(database, SENDER, FINDING, "again", now=NOW)
