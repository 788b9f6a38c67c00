"""The list of cases: its filter in the address, the way to a case, and the same list as a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from monitor.cases.state import Verdict
from tests.browser.conftest import DESK, PHONE, Reading, settle
from tests.browser.served import LAWFUL, Served

pytestmark = pytest.mark.browser


def listed(page: Page) -> set[str]:
    """The case numbers that the grid has drawn."""
    return set(page.locator(".ag-cell[col-id=case_no]").all_inner_texts())


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_filter_is_kept_in_the_address_and_outlives_a_reload(county: Served, reader: Reading) -> None:
    late = {
        case.case_no for case in county.cases() if case.verdict == Verdict.LATE and case.station == LAWFUL
    }
    page = reader(county).open("/cases")
    everything = page.locator(".fx-list-total b").inner_text()
    for field, option in (("station", "北关"), ("state", "超时放行")):
        page.locator(f"#fx-cases-{field}").click()
        page.get_by_role("option", name=option, exact=True).click()
        page.wait_for_url(f"**{field}=*")
    assert asked(page) == {"station": [LAWFUL], "state": ["released_late"]}
    expect(page.locator(".fx-list-total b")).not_to_have_text(everything)
    page.reload()
    settle(page)
    assert listed(page) == late
    assert page.locator("#fx-cases-station").input_value() == "北关"
    assert page.locator("#fx-cases-state").input_value() == "超时放行"
    page.go_back()
    page.wait_for_url("**/cases?station=*")
    expect(page.locator("#fx-cases-state")).to_have_value("所有状态")


def test_an_address_that_was_sent_opens_the_same_list(county: Served, reader: Reading) -> None:
    held = {case.case_no for case in county.cases() if case.verdict == Verdict.RUNNING}
    for size in (DESK, PHONE):
        page = reader(county, size).open("/cases?state=open")
        if size == DESK:
            assert listed(page) >= held
        else:
            assert {text for text in held if page.get_by_text(text).count()} == held


def test_a_filter_nobody_can_read_is_said_and_not_guessed(county: Served, reader: Reading) -> None:
    page = reader(county).open("/cases?state=gone")
    expect(page.get_by_role("alert")).to_contain_text("gone")
    assert listed(page) == set()


def test_a_row_opens_its_case(county: Served, reader: Reading) -> None:
    page = reader(county).open("/cases")
    row = page.locator(".ag-center-cols-container .ag-row").first
    number = page.locator(".ag-cell[col-id=case_no]").first.inner_text()
    row.locator("[col-id=plate]").click()
    page.wait_for_url(f"**/case/*/{number}")
    expect(page.locator("#fx-title")).to_contain_text(number)


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.full)])
def test_the_list_is_taken_along_as_csv_and_xlsx_with_the_same_rows(
    county: Served, reader: Reading, tmp_path: Path, language: str
) -> None:
    page = reader(county, DESK, language).open(f"/cases?station={LAWFUL}")
    total = int(page.locator(".fx-list-total b").inner_text().split()[0])
    files = {}
    for kind in ("csv", "xlsx"):
        with page.expect_download() as caught:
            page.locator(f"a[href*='cases.{kind}']").click()
        files[kind] = tmp_path / caught.value.suggested_filename
        caught.value.save_as(files[kind])
        assert files[kind].suffix == f".{kind}"
    raw = files["csv"].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    told = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(files["xlsx"], read_only=True).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert told[0] == rows[0]
    number = told[0].index("案件号" if language == "zh" else "Case number")
    assert [row[number] for row in told[1:]] == [row[number] for row in rows[1:]]
    here = {case.case_no for case in county.cases() if case.station == LAWFUL}
    assert len(told) - 1 == total == len(here)
    assert {row[number] for row in told[1:]} == here
    assert all("*" in cell for row in told[1:] for cell in row if cell.startswith("晋D"))
