"""After the start something happens at least once a minute, and never twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest.candidate import Candidate
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.simulate import SIMULATION_SOURCES, LiveFeed, simulate
from ingest.simulate.moments import HOUR, MINUTE, SECOND
from ingest.simulate.plan import KINDS
from ingest.simulate.sites import sites
from ingest.simulate.story import PARTS, story_cases
from monitor.cases.activity import Activity
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.board import open_cases
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.migrate import upgrade
from monitor.store.tables import case_versions
from tests.ingest.simulate.conftest import NOW, SEED

NOTHING_WRONG = dict.fromkeys((kind.name for kind in KINDS), 0.0)


def told(feed: LiveFeed, until: int, every: int) -> list[tuple[int, str, Candidate]]:
    """(asked at, source, candidate) of a feed that is asked again and again."""
    found = []
    for at in range(NOW, until + 1, every):
        found += [(at, source, one) for source, several in feed.due(at) for one in several]
    return found


def test_something_changes_in_every_minute_of_two_hours() -> None:
    times = sorted({at for at, _, _ in told(LiveFeed(SEED, NOW), NOW + 2 * HOUR, 5 * SECOND)})
    gaps = [later - earlier for earlier, later in zip([NOW, *times], times, strict=False)]
    assert len(times) > 150
    assert max(gaps) <= MINUTE


def test_asked_often_or_once_it_tells_the_same() -> None:
    often = [one for _, _, one in told(LiveFeed(SEED, NOW), NOW + HOUR, 7 * SECOND)]
    once = [one for _, several in LiveFeed(SEED, NOW).due(NOW + HOUR) for one in several]
    assert len(often) > 70
    early = [one for one in once if one in often]
    assert sorted(often) == sorted(early)
    assert not LiveFeed(SEED, NOW).due(NOW)


def test_nothing_is_told_before_it_happened_and_ids_are_never_given_twice() -> None:
    found = told(LiveFeed(SEED, NOW), NOW + 3 * HOUR, 10 * SECOND)
    assert all(one.occurred_at <= at for at, _, one in found)
    assert max(Counter(one.event_id for _, _, one in found).values()) == 1
    assert {source for _, source, _ in found} <= set(SIMULATION_SOURCES)
    assert {"pay_failed", "handed_over", "released"} <= {Activity(one.activity).value for _, _, one in found}


def test_every_vehicle_of_the_story_is_released_within_two_hours() -> None:
    released = {one.case_no for _, _, one in told(LiveFeed(SEED, NOW), NOW + 2 * HOUR, MINUTE)
                if one.activity == "released"}  # fmt: skip
    assert {case.case_no for case in story_cases(SEED, NOW, sites(4))} <= released


def test_few_quick_cases_stand_there_at_one_time_and_each_goes_within_its_limit() -> None:
    standing: dict[str, int] = {}
    most = 0
    gone = []
    for _, _, one in told(LiveFeed(SEED, NOW), NOW + 6 * HOUR, 10 * SECOND):
        if one.activity == "confirmed":
            standing[one.case_no] = one.occurred_at
        elif one.activity == "released" and one.case_no in standing:
            gone.append(one.occurred_at - standing.pop(one.case_no))
        most = max(most, len(standing))
    assert most == 4
    assert len(gone) > 20
    assert min(gone) > 10 * MINUTE and max(gone) < 90 * MINUTE


@pytest.mark.parametrize("seed", [1, SEED])
def test_what_is_told_twice_is_a_duplicate(tmp_path: Path, seed: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/live.db")
    upgrade(database)
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: NOW + HOUR)
    sender = Sender("demo", "live")
    for again in (False, True):
        for source, candidates in LiveFeed(seed, NOW).due(NOW + HOUR):
            got = intake.candidates(source, "live", sender, candidates).counts
            assert got.mapped == len(candidates) > 0
            assert (got.duplicates if again else got.events) == len(candidates)
    database.dispose()


def test_two_hours_of_it_leave_no_finding_and_let_every_story_vehicle_go(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/county.db")
    upgrade(database)
    moment = [NOW]
    intake = Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: moment[0])
    sender = Sender("demo", "live")
    summary = simulate(tmp_path / "county", stations=4, days=3, seed=SEED, until=NOW, shares=NOTHING_WRONG)
    assert not summary.defects
    for one in summary.files:
        intake.file(one.path, intake.pages[one.source], sender, backfill=True)
    assert len(open_cases(database)) == summary.held == 7
    feed = LiveFeed(SEED, NOW)
    for _ in range(12):
        moment[0] += 10 * MINUTE
        for source, candidates in feed.due(moment[0]):
            intake.candidates(source, "live", sender, candidates)
    standing = open_cases(database)
    assert {state.plate for state in standing}.isdisjoint(part.plate for part in PARTS)
    assert 1 <= len(standing) <= 4
    with database.read() as connection:
        found = connection.execute(
            select(case_versions.c.findings).where(case_versions.c.known_to.is_(None))
        ).scalars()
        assert {text for text in found if text} <= {"[]"}
    database.dispose()
