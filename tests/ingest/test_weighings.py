"""Weighings of the exchange: kg or tonnes by their page, never guessed; re-checks told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.candidate import RowResult
from ingest.intake import Intake
from ingest.mapping.objects import map_objects
from ingest.mapping.pages import load_pages
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.cases import CaseFilter, find_cases
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.factories import SENDER, at

STATION = "14042302"
NOW = at("2024-11-30 09:00")
RECORD = {
    "checkNo": "C-1", "siteCode": STATION, "checkType": 1, "lane": "2", "checkTime": "2024-11-26 08:00:00",
    "plateNum": "晋D81021", "plateNumColor": 1, "axleCnt": 6, "sumWeight": 61_400, "limitWeight": 49_000,
    "overWeight": 12_400, "overRate": 25.31, "speed": 4, "axleWeight": "6200,11000,11100,11000,11000,11100",
    "length": 17_500, "width": 2550, "height": 3980,
}  # fmt: skip


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    database = Database(f"sqlite:///{tmp_path / 'log.db'}")
    upgrade(database)
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: NOW)


def mapped(intake: Intake, page: str, **told: Any) -> RowResult:
    (row,) = map_objects(intake.how(intake.pages[page]), [{**RECORD, **told}]).rows
    return row


def data(row: RowResult) -> str:
    assert row.refusals == []
    return row.candidates[0].data


def test_a_record_in_kg_becomes_a_first_weighing_under_its_check_number(intake: Intake) -> None:
    row = mapped(intake, "weighings")
    told = data(row)
    assert (row.case_no, row.candidates[0].activity) == ("C-1", "weighed")
    assert row.candidates[0].occurred_at == at("2024-11-26 08:00")
    for part in ('"gross_kg":61400', '"limit_kg":49000', '"over_rate_bp":2531', '"plate_colour":"yellow"',
                 '"width_mm":2550', '"lane":"2"'):  # fmt: skip
        assert part in told


def test_a_recheck_belongs_to_the_case_it_names(intake: Intake) -> None:
    row = mapped(intake, "weighings", checkType=2, caseNo="A-7")
    assert (row.case_no, row.candidates[0].activity) == ("A-7", "reweighed")
    assert mapped(intake, "weighings", caseNo="").case_no == "C-1"


def test_tonnes_are_kilograms_by_the_page_of_a_province_that_sends_them(intake: Intake) -> None:
    tonnes = {
        "sumWeight": 61.4,
        "limitWeight": 49,
        "overWeight": 12.4,
        "axleWeight": "6.2,11,11.1,11,11,11.1",
    }
    told = data(mapped(intake, "weighings-tonnes", **tonnes))
    assert '"gross_kg":61400' in told
    assert '"axle_weights_kg":[6200,11000,11100,11000,11000,11100]' in told
    (refusal, *_) = mapped(intake, "weighings", **tonnes).refusals
    assert refusal.column == "sumWeight"


def test_kilograms_by_the_page_of_tonnes_are_refused(intake: Intake) -> None:
    assert [one.column for one in mapped(intake, "weighings-tonnes").refusals][:1] == ["sumWeight"]


def test_a_weight_without_a_unit_is_refused_where_the_unit_has_to_be_told(intake: Intake) -> None:
    row = mapped(intake, "weighings-unit-told")
    assert {one.reason for one in row.refusals} == {"unit_unknown"}
    told = mapped(
        intake, "weighings-unit-told", sumWeight="61.4t", limitWeight="49t", overWeight="12400kg",
        axleWeight="6.2t/11t/11.1t/11t/11t/11100kg",
    )  # fmt: skip
    assert '"gross_kg":61400' in data(told)
    assert '"over_kg":12400' in data(told)


def test_axle_weights_spacings_and_speed_are_numbers_in_their_units(intake: Intake) -> None:
    told = data(mapped(intake, "weighings", axleSpacings=[3200, 1350, 1350], speed="4.6"))
    for part in ('"axle_weights_kg":[6200,11000,11100,11000,11000,11100]', '"speed_kmh":5',
                 '"axle_spacings_mm":[3200,1350,1350]'):  # fmt: skip
        assert part in told
    (refusal,) = mapped(intake, "weighings", axleWeight="6200,??,11100").refusals
    assert (refusal.column, refusal.reason) == ("axleWeight", "not_a_number")


def test_the_number_of_a_colour_is_refused_by_a_page_that_names_no_set_of_numbers(intake: Intake) -> None:
    row = {
        "station": STATION,
        "case_no": "A-7",
        "activity": "confirmed",
        "occurred_at": "2024-11-26 08:00:00",
    }
    how = intake.how(intake.pages["events"])
    number, word = map_objects(how, [{**row, "plate_colour": "1"}, {**row, "plate_colour": "黄"}]).rows
    assert [(one.column, one.reason) for one in number.refusals] == [("plate_colour", "unknown_code")]
    assert '"plate_colour":"yellow"' in data(word)


def test_a_plate_colour_that_the_named_set_does_not_know_is_refused(intake: Intake) -> None:
    (refusal,) = mapped(intake, "weighings", plateNumColor=9).refusals
    assert refusal.reason == "unknown_code"


def test_a_csv_of_weighings_gives_the_same_cases_with_and_without_a_case_number(
    intake: Intake, tmp_path: Path
) -> None:
    file = tmp_path / "weighings.csv"
    file.write_text(
        "checkNo,siteCode,checkType,checkTime,caseNo,sumWeight\n"
        f"C-1,{STATION},1,2024-11-26 08:00:00,,61400\n"
        f"C-2,{STATION},1,2024-11-26 08:05:00,A-7,52000\n"
        f"C-3,{STATION},2,2024-11-26 10:05:00,A-7,48000\n"
    )
    entry = intake.file(file, intake.pages["weighings"], SENDER)
    assert (entry.counts.events, entry.counts.rows_quarantined) == (3, 0)
    found = find_cases(intake.database, CaseFilter(), NOW).cases
    assert sorted((one.case_no, one.gross_kg) for one in found) == [("A-7", 52_000), ("C-1", 61_400)]


def test_a_file_of_which_no_weighing_can_be_read_is_told_cell_by_cell(intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "units-weighings.csv"
    file.write_text(
        "checkNo,siteCode,checkType,checkTime,sumWeight\n"
        f"C-1,{STATION},1,2024-11-26 08:00:00,61400\nC-2,{STATION},1,2024-11-26 08:05:00,52000\n"
    )
    entry = intake.file(file, intake.pages["weighings-unit-told"], SENDER)
    assert (entry.status, entry.counts.events, entry.counts.rows_quarantined) == ("done", 0, 2)
