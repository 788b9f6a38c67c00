"""The public log of road traffic fines, loaded whole and in pieces. Skipped where the file is not at hand."""

from __future__ import annotations

import csv
import gzip
import itertools
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.lake.judging import judging
from monitor.lake.refresh import rebuild
from monitor.metrics.ask import Ask
from monitor.metrics.catalog import rows_of, rules_of
from monitor.metrics.cells import case_ids
from monitor.metrics.lake_engine import LakeEngine
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender
from monitor.store.migrate import upgrade
from monitor.store.tables import case_versions, events, quarantine

LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "road_traffic_fines.csv.gz"
SOURCE = "road-traffic-fines"
PART = 30_000
"""Rows of the log loaded again in three pieces; cut anywhere, so that cases straddle the cuts."""

pytestmark = [
    pytest.mark.skipif(not LOG.is_file(), reason="the public log is not at hand"),
    pytest.mark.timeout(300),
]


def intake_in(folder: Path) -> Intake:
    database = Database(f"sqlite:///{folder / 'log.db'}")
    upgrade(database)
    settings = Settings(data_dir=folder)
    return Intake(
        database,
        load_configuration(settings),
        load_pages(),
        b"a key of this test",
        lambda: time.time_ns() // 1000,
    )


def load(intake: Intake, file: Path) -> DeliveryRow:
    return intake.file(file, intake.pages[SOURCE], Sender("test", "test"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Intake, DeliveryRow]:
    """The whole log in a fresh database; it takes the better part of a quarter of a minute."""
    intake = intake_in(tmp_path_factory.mktemp("whole"))
    return intake, load(intake, LOG)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int, int], Path]:
    """Writes rows from … to … of the log as a file of their own, under the log's head."""
    with gzip.open(LOG, "rt", encoding="utf-8") as log:
        head, *rows = itertools.islice(log, 1 + PART)
    folder = tmp_path_factory.mktemp("pieces")

    def write(name: str, start: int, end: int) -> Path:
        file = folder / name
        file.write_text("".join([head, *rows[start:end]]), encoding="utf-8")
        return file

    return write


def test_every_row_becomes_an_event_and_nothing_is_quarantined(loaded: tuple[Intake, DeliveryRow]) -> None:
    intake, entry = loaded
    counts = entry.counts
    assert (entry.status, entry.problem) == ("done", None)
    assert (counts.events, counts.cases, counts.duplicates, counts.revisions) == (561_470, 150_370, 0, 0)
    assert (counts.refusals, counts.rows_quarantined) == (0, 0)
    assert counts.rows_read == counts.rows_landed + counts.rows_aside == 561_471
    with intake.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(quarantine)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 561_470


def test_payments_keep_their_cents_and_instalments_of_one_day_stay_apart(
    loaded: tuple[Intake, DeliveryRow],
) -> None:
    intake, _ = loaded
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    query = select(events.c.case_id, events.c.occurred_at, events.c.data).where(events.c.activity == "paid")
    with intake.database.read() as connection:
        for case_id, at, data in connection.execute(query):
            alike[(case_id, at)].append(orjson.loads(data)["amount_fen"])
    amounts = [amount for group in alike.values() for amount in group]
    assert len(amounts) == 77_601
    assert sum(amounts) == 360_146_453
    # Rows equal in case, activity and time: 29 groups (one of three), 30 payments beyond the first of each.
    instalments = [group for group in alike.values() if len(group) > 1]
    assert len(instalments) == 29
    assert sum(len(group) - 1 for group in instalments) == 30
    assert all(len(set(group)) == len(group) for group in instalments)


def test_the_amount_of_a_penalty_is_the_new_total(loaded: tuple[Intake, DeliveryRow]) -> None:
    """By the file itself: the last `Add penalty` of a case says what is owed, nothing is added up."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as log:
        told = next(row for row in csv.DictReader(log) if row["concept:name"] == "Add penalty")
    intake, _ = loaded
    found = find_cases(intake.database, CaseFilter(text=told["case_id"]), now=0).cases
    [case] = [one for one in found if one.case_no == told["case_id"]]
    query = (
        select(events.c.data)
        .join_from(events, case_versions, case_versions.c.case_id == events.c.case_id)
        .where(case_versions.c.case_no == case.case_no, events.c.activity == "surcharged")
    )
    with intake.database.read() as connection:
        data = [orjson.loads(one) for one in connection.execute(query).scalars()]
    assert [one["total_fen"] for one in data] == [round(float(told["amount"]) * 100)]


def test_no_hour_is_claimed_and_no_clock_runs(loaded: tuple[Intake, DeliveryRow]) -> None:
    intake, _ = loaded
    v = case_versions.c
    with intake.database.read() as connection:
        exact = connection.execute(select(func.count()).where(events.c.occurred_until.is_(None))).scalar_one()
        verdicts = connection.execute(select(v.verdict, v.custody, v.deadline_at).distinct()).all()
    assert exact == 0
    assert [tuple(one) for one in verdicts] == [("not_held", False, None)]


def test_days_are_those_of_the_place_that_wrote_them(loaded: tuple[Intake, DeliveryRow]) -> None:
    """Midnights of Rome, summer and winter: every day is whole, so 23, 24 or 25 hours long."""
    intake, _ = loaded
    length = events.c.occurred_until - events.c.occurred_at + 1
    with intake.database.read() as connection:
        lengths = set(connection.execute(select(length).distinct()).scalars())
    hour = 3_600_000_000
    assert {24 * hour} <= lengths <= {23 * hour, 24 * hour, 25 * hour}


@pytest.mark.full
def test_the_whole_log_again_brings_nothing_new(loaded: tuple[Intake, DeliveryRow]) -> None:
    intake, _ = loaded
    again = load(intake, LOG).counts
    assert (again.events, again.revisions, again.duplicates) == (0, 0, 561_470)


def test_pieces_of_the_log_again_bring_nothing_new(
    loaded: tuple[Intake, DeliveryRow], cut: Callable[[str, int, int], Path]
) -> None:
    intake, _ = loaded
    brought = [
        load(intake, cut(f"road_traffic_fines_{number}.csv", start, end)).counts
        for number, (start, end) in enumerate(((0, 10_001), (10_001, 20_002), (20_002, PART)))
    ]
    assert [one.events + one.revisions for one in brought] == [0, 0, 0]
    assert sum(one.duplicates for one in brought) == PART
    with intake.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 561_470


def test_pieces_in_any_order_give_the_cases_of_the_whole(
    cut: Callable[[str, int, int], Path], tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "pieces").mkdir()
    whole, pieces = intake_in(tmp_path / "whole"), intake_in(tmp_path / "pieces")
    load(whole, cut("road_traffic_fines_all.csv", 0, PART))
    for number, (start, end) in enumerate(((20_002, PART), (0, 10_001), (10_001, 20_002))):
        load(pieces, cut(f"road_traffic_fines_p{number}.csv", start, end))
    states = [
        {one.case_no: one for one in find_cases(intake.database, CaseFilter(), 0, limit=PART).cases}
        for intake in (whole, pieces)
    ]
    assert len(states[0]) > 5_000
    assert states[0] == states[1]


def test_no_fine_of_the_log_is_said_to_be_unlike_others(
    cut: Callable[[str, int, int], Path], tmp_path: Path
) -> None:
    intake = intake_in(tmp_path)
    load(intake, cut("road_traffic_fines_part.csv", 0, PART))
    now, configuration = intake.moment(), intake.configuration
    rebuild(intake.database, tmp_path / "lake", configuration.zone_of, now, judging(configuration))
    engine, rules = LakeEngine.open(tmp_path / "lake"), rules_of(configuration, now)
    table = engine.table("decisions")
    [counted] = engine.rows(table.agg(n=table.count(), why=table.why.nunique(), alike=table.alike.nunique()))
    # No baseline is for parking: nothing is compared, nothing raised.
    assert (counted["n"] > 5_000, counted["why"], counted["alike"]) == (True, 1, 0)
    for name in ("consistency", "exemptions"):
        assert rows_of(name, engine, Ask(now), rules) == []


def test_no_channel_of_payment_is_reported_where_the_log_tells_none(
    cut: Callable[[str, int, int], Path], tmp_path: Path
) -> None:
    intake = intake_in(tmp_path)
    load(intake, cut("road_traffic_fines_part.csv", 0, PART))
    now = intake.moment()
    rebuild(intake.database, tmp_path / "lake", intake.configuration.zone_of, now)
    engine, rules = LakeEngine.open(tmp_path / "lake"), rules_of(intake.configuration, now)
    names = ("payment_channels", "payment_failures", "payment_outages", "cost_of_waiting", "payment_time")
    assert {name: rows_of(name, engine, Ask(now), rules) for name in names} == {name: [] for name in names}
    with intake.database.read() as connection:
        paid = connection.execute(select(func.count()).where(events.c.activity == "paid")).scalar_one()
    assert paid > 1_000
    # Payments there are: of each only the day, no request, no channel and so no time.
    assert len(case_ids(engine, Ask(now), rules.gates, "paid.untold")) > 1_000
    assert case_ids(engine, Ask(now), rules.gates, "paid.online") == []
