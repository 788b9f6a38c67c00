"""Statements through the one way in: counts add up, a changed past line is a revision, all versions stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count as counted
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.push import Push, Pushed, Pushes
from ingest.retry import retry
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow
from monitor.store.quarantine import quarantine_rows
from monitor.store.statements import Line, lines_in_order
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, at

NOW = at("2024-11-30 09:00")
HEAD = "流水号,缴款码,金额(元),缴款时间,入账时间,缴款渠道\n"
FIRST = "L20240701001,C1,500,2024-07-01 10:00,2024-07-02 08:00,扫码\n"
SECOND = "L20240701002,C2,2000,2024-07-01 11:00,2024-07-02 08:00,POS\n"


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    ticks = counted(NOW)
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))


def load(intake: Intake, folder: Path, text: str, name: str = "七月对账单.csv") -> DeliveryRow:
    path = folder / name
    path.write_text(text)
    return intake.file(path, intake.page_for(path), SENDER)


def lines(database: Database) -> list[Line]:
    with database.read() as connection:
        return list(lines_in_order(connection))


def test_every_line_lands_and_no_case_or_event_is_made(intake: Intake, tmp_path: Path) -> None:
    done = load(intake, tmp_path, HEAD + FIRST + SECOND + "L3,C3,-5,,2024-07-02,POS\n合计,,2500,,,\n").counts
    assert (done.rows_read, done.rows_landed, done.rows_quarantined, done.rows_aside) == (5, 2, 1, 2)
    assert (done.mapped, done.events, done.duplicates, done.revisions, done.cases) == (2, 2, 0, 0, 0)
    assert {(one.line, one.amount_fen, one.station) for one in lines(intake.database)} == {
        ("L20240701001", 50_000, ""),
        ("L20240701002", 200_000, ""),
    }
    with intake.database.read() as connection:
        (refused,) = quarantine_rows(connection)
    assert (refused.item.reason, refused.item.column, refused.item.case_no) == ("negative", "金额(元)", "L3")


def test_the_same_lines_again_are_duplicates_in_any_split(intake: Intake, tmp_path: Path) -> None:
    load(intake, tmp_path, HEAD + FIRST + SECOND)
    again = load(intake, tmp_path, HEAD + SECOND + FIRST + FIRST, "另一份对账单.csv").counts
    assert (again.events, again.duplicates, again.revisions, again.rows_unchanged) == (0, 3, 0, 3)
    assert len(lines(intake.database)) == 2


def test_a_changed_past_line_is_a_revision_and_the_old_one_stays(intake: Intake, tmp_path: Path) -> None:
    first = HEAD + FIRST + SECOND
    load(intake, tmp_path, first)
    done = load(intake, tmp_path, HEAD + FIRST.replace("500", "300"), "更正对账单.csv").counts
    assert (done.events, done.duplicates, done.revisions) == (0, 0, 1)
    # The very first file once more is no news: what was corrected since stays corrected.
    assert load(intake, tmp_path, first, "七月对账单 (1).csv").counts.revisions == 0
    told = [one.amount_fen for one in lines(intake.database) if one.line == "L20240701001"]
    assert told == [50_000, 30_000]


def test_a_statement_line_never_raises_a_weighing_of_the_same_number(intake: Intake, tmp_path: Path) -> None:
    weighed = "siteCode,checkNo,checkType,checkTime,plateNum,plateNumColor,axleCnt,sumWeight,vehicleType\n"
    station = "14042302"
    path = tmp_path / "weighings-1.csv"
    path.write_text(weighed + f"{station},J20240701001,1,2024-07-01 10:00:00,晋D12345,1,2,9000,truck\n")
    intake.file(path, intake.page_for(path), SENDER)
    load(intake, tmp_path, "站点," + HEAD + f"{station},J20240701001,C1,500,,2024-07-02,扫码\n")
    with intake.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM weighings").scalar() == 1


def test_a_push_answers_line_by_line_and_its_key_is_safe_to_repeat(intake: Intake) -> None:
    def in_words(pushed: Pushed) -> str:
        return json.dumps([pushed.delivery.delivery_id, *(one.outcome.value for one in pushed.verdicts)])

    pushes = Pushes(intake, in_words)
    row = {"line": "L20240701001", "payment_code": "C1", "amount(yuan)": 500, "posted_at": "2024-07-02"}
    bad = {**row, "line": "L2", "amount(yuan)": -1}

    def push(*rows: dict[str, object], key: str | None = None) -> list[object]:
        asked = repr(rows).encode()
        told: list[object] = json.loads(
            pushes.take(Push("treasury-statement", SENDER, rows, key=key, asked=asked))
        )
        return told

    first = push(row, bad, key="k1")
    assert first[1:] == ["new", "quarantined"]
    assert push(row, bad, key="k1") == first
    assert push(row)[1:] == ["duplicate"]
    assert push({**row, "amount(yuan)": 400})[1:] == ["revision"]


def test_a_refused_line_lands_once_its_value_is_corrected(intake: Intake, tmp_path: Path) -> None:
    load(intake, tmp_path, HEAD + FIRST.replace("500", "-500"))
    retried = retry(intake, SENDER, None, {"金额(元)": "500"})
    assert len(retried.settled) == 1
    assert [one.amount_fen for one in lines(intake.database)] == [50_000]


def test_a_good_line_settles_the_refusal_of_the_same_line(intake: Intake, tmp_path: Path) -> None:
    head = "站点," + HEAD
    load(intake, tmp_path, head + "14042302," + FIRST.replace("500", "-500"))
    load(intake, tmp_path, head + "14042302," + FIRST, "更正对账单.csv")
    with intake.database.read() as connection:
        assert quarantine_rows(connection) == []
