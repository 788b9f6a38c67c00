"""The list as files: the same filter, Excel's own marks, masked plates, nothing taken for a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.exports import exports_router
from monitor.reports.export.choice import Form, Subject, forms_of
from monitor.reports.export.forms import write
from monitor.reports.export.told import Export
from monitor.store.cases import CaseFilter
from tests.county import DAYS_ONLY, NOW, PAYING, RIVER, County
from tests.county import told as event


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8(reader: TestClient) -> None:
    answer = reader.get("/api/v1/cases.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.count(b"\xef\xbb\xbf") == 1
    assert answer.headers["content-disposition"].startswith('attachment; filename="fangxing-cases-')


def test_csv_holds_the_cases_of_the_same_filter_as_the_list(reader: TestClient) -> None:
    for params in ({}, {"state": "overdue"}, {"findings": "1"}, {"from": "2026-11-25", "to": "2026-11-25"}):
        listed = [case["case_no"] for case in reader.get("/api/v1/cases", params=params).json()["cases"]]
        assert [
            row["案件号"] for row in rows(reader.get("/api/v1/cases.csv", params=params).content)
        ] == listed


def test_csv_has_local_times_hours_and_masked_plates(reader: TestClient) -> None:
    [row] = rows(reader.get("/api/v1/cases.csv", params={"text": PAYING[1]}).content)
    assert (row["检测认定"], row["放行"], row["用时(小时)"]) == ("2026-11-25 18:20", "", "20.2")
    assert (row["超限(千克)"], row["超限率(%)"], row["消除后扣(小时)"]) == ("12420", "25.3", "11.2")
    assert row["车牌"] == "晋D·1**45"


def test_a_day_without_an_hour_is_a_date_in_both_files(reader: TestClient) -> None:
    [row] = rows(reader.get("/api/v1/cases.csv", params={"text": DAYS_ONLY[1]}).content)
    assert (row["检测认定"], row["用时(小时)"]) == ("2026-11-24", "")
    sheet = workbook(reader, text=DAYS_ONLY[1])["案件"]
    head = [cell.value for cell in sheet[1]]
    cell = sheet.cell(2, head.index("检测认定") + 1)
    assert (cell.value, cell.number_format) == (datetime(2026, 11, 24), "yyyy-mm-dd")  # noqa: DTZ001


def workbook(reader: TestClient, **params: str) -> openpyxl.Workbook:
    answer = reader.get("/api/v1/cases.xlsx", params=params)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_xlsx_has_numbers_as_numbers_and_times_as_times(reader: TestClient) -> None:
    sheet = workbook(reader, text=PAYING[1])["案件"]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert row["检测认定"] == datetime(2026, 11, 25, 18, 20)  # noqa: DTZ001
    assert (row["超限(千克)"], row["用时(小时)"]) == (12420, 20.2)
    assert sheet.freeze_panes == "C2"


def test_xlsx_says_by_which_filter_it_was_made_and_what_its_columns_mean(reader: TestClient) -> None:
    sheet = workbook(reader, state="overdue", lang="en")["About"]
    told = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert told["Filter"] == "state=overdue"
    assert "(gross mass − limit) / limit" in told["Over (%)"]


def test_the_language_is_that_of_the_reader_unless_asked_for(reader: TestClient) -> None:
    head = reader.get("/api/v1/cases.csv", headers={"cookie": "fx-lang=en"}).content.decode("utf-8-sig")
    assert head.startswith("State,Case number")
    asked = reader.get("/api/v1/cases.csv", params={"lang": "zh"}, headers={"cookie": "fx-lang=en"})
    assert asked.content.decode("utf-8-sig").startswith("状态,案件号")


def test_nothing_that_a_source_wrote_becomes_a_formula(tmp_path: Path) -> None:
    made = County(tmp_path)
    made.deliver(
        "x.csv", "26 14:00", [event((RIVER, '=HYPERLINK("x")'), "confirmed", "26 13:00", plate="+1")]
    )
    app = FastAPI()
    app.include_router(exports_router(made.services))
    client = TestClient(app)
    [row] = rows(client.get("/api/v1/cases.csv").content)
    assert (row["案件号"], row["车牌"]) == ('\'=HYPERLINK("x")', "'+1")
    cell = workbook(client)["案件"].cell(2, 2)
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("subject", [Subject.EVENTS, Subject.CASES])
def test_events_and_cases_for_other_programs_are_what_the_command_line_writes(
    reader: TestClient, told: County, subject: Subject, form: Form
) -> None:
    answer = reader.get(
        f"/api/v1/export/{subject}", params={"format": form, "text": PAYING[1], "station": PAYING[0]}
    )
    if form not in forms_of(subject):
        problem = answer.json()
        assert (answer.status_code, problem["parameter"]) == (422, "format")
        assert problem["accepted"] == "csv, parquet"
        return
    services = told.services
    chosen = CaseFilter(stations=[PAYING[0]], text=PAYING[1])
    wanted = io.BytesIO()
    write(wanted, Export(services.database, chosen, services.configuration.stations, NOW), subject, form)
    assert answer.content == wanted.getvalue()
    assert PAYING[1].encode() in answer.content
    assert "晋D·1**45".encode() in answer.content or form is Form.OCEL
    kind = {"ocel": "json"}.get(form, form)
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')


def test_no_draft_of_an_export_is_left_behind(
    reader: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for path in ("cases.xlsx", "export/events?format=parquet", "export/cases"):
        assert reader.get(f"/api/v1/{path}").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_bad_filter_is_a_problem_before_a_file_is_begun(reader: TestClient) -> None:
    for path in ("cases.csv", "cases.xlsx", "export/events", "export/cases"):
        answer = reader.get(f"/api/v1/{path}", params={"to": "tomorrow"})
        assert (answer.status_code, answer.json()["parameter"]) == (422, "to")


@pytest.mark.parametrize("form", [Form.CSV, Form.PARQUET])
def test_weighings_that_are_no_case_are_chosen_by_station_and_day_alone(
    reader: TestClient, told: County, form: Form
) -> None:
    answer = reader.get("/api/v1/export/weighings", params={"format": form, "station": PAYING[0]})
    services = told.services
    wanted = io.BytesIO()
    export = Export(services.database, CaseFilter(stations=[PAYING[0]]), services.configuration.stations, NOW)
    write(wanted, export, Subject.WEIGHINGS, form)
    assert answer.content == wanted.getvalue()
    refused = reader.get("/api/v1/export/weighings", params={"format": form, "text": PAYING[1]})
    assert (refused.status_code, "station, from and to" in refused.json()["detail"]) == (422, True)
