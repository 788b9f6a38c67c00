"""The list of weighings: its filter in the address, the way to a case, and the same list as a file."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from monitor.reports.weighing_rows import each_weighing
from monitor.store.weighing_list import Weighing, WeighingFilter
from tests.browser.conftest import DESK, PHONE, Reading, settle
from tests.browser.served import LAWFUL, PAYS_FIRST, Served
from tests.factories import SHANGHAI

pytestmark = pytest.mark.browser

ROWS = "table.fx-weighings tbody tr"


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def listed(page: Page) -> list[str]:
    """The check numbers on the page, from the top."""
    return page.locator(f"{ROWS} td:nth-child(3)").all_inner_texts()


def known(county: Served, station: str = LAWFUL, over: bool = False) -> list[Weighing]:
    """The weighings of a station in the database, newest first."""
    return list(each_weighing(county.installation.database, WeighingFilter((station,), over=over)))


def test_a_filter_of_weighings_is_kept_in_the_address_and_outlives_a_reload(
    county: Served, reader: Reading
) -> None:
    page = reader(county).open("/weighings")
    for field, option in (("station", "北关"), ("which", "只看超限")):
        page.locator(f"#fx-weighings-{field}").click()
        page.get_by_role("option", name=option, exact=True).click()
        page.wait_for_url(f"**{field}=*")
    settle(page)
    assert asked(page) == {"station": [LAWFUL], "which": ["over"]}
    over = [one.check_no for one in known(county, over=True)]
    assert listed(page) == over[:50] and over
    page.reload()
    settle(page)
    assert listed(page) == over[:50]
    assert page.locator("#fx-weighings-station").input_value() == "北关"
    page.go_back()
    page.wait_for_url("**/weighings?station=*")
    expect(page.locator("#fx-weighings-which")).to_have_value("全部检测")


def test_the_filter_goes_along_to_older_weighings_and_back_to_the_newest(
    county: Served, reader: Reading
) -> None:
    every = [one.check_no for one in known(county, PAYS_FIRST)]
    assert len(every) > 50
    page = reader(county).open(f"/weighings?station={PAYS_FIRST}")
    seen = listed(page)
    while (older := page.get_by_role("link", name="更早")).count():
        before = page.url
        older.click()
        page.wait_for_url(lambda url, before=before: url != before)
        settle(page)
        assert asked(page)["station"] == [PAYS_FIRST]
        seen += listed(page)
    assert "before" in asked(page)
    assert seen == every
    page.get_by_role("link", name="最新").click()
    expect(page.locator(f"{ROWS} td:nth-child(3)").first).to_have_text(every[0])


def test_a_row_opens_the_case_that_came_of_it(county: Served, reader: Reading) -> None:
    page = reader(county).open(f"/weighings?station={LAWFUL}&which=over")
    [first, *_] = known(county, over=True)
    case = first.followed_by or first.case_no
    page.locator(ROWS).first.get_by_role("link").click()
    page.wait_for_url(f"**/case/{LAWFUL}/{case}")
    expect(page.locator("#fx-title")).to_contain_text(str(case))


def test_a_vehicle_within_its_limit_opens_nothing_and_one_over_it_the_case_that_waits_for_an_answer(
    office: Served, reader: Reading
) -> None:
    day = f"{datetime.fromtimestamp(office.clock() / 1_000_000, SHANGHAI):%Y-%m-%d}"
    plain = {"siteCode": LAWFUL, "plateNumColor": 1, "checkType": 1, "lane": 2, "axleCnt": 6}
    within = {"checkNo": "W-1", "checkTime": f"{day} 08:00:00", "sumWeight": 41_000, "plateNum": "晋D81021"}
    over = {"checkNo": "W-2", "checkTime": f"{day} 08:05:00", "sumWeight": 61_400, "plateNum": "晋D81022"}
    sent = [{**plain, **within}, {**plain, **over}]
    answer = httpx.post(f"{office.base}/api/v1/weighings", json=sent, timeout=30)
    assert [one["verdict"] for one in answer.json()["verdicts"]] == ["new", "new"]
    page = reader(office).open("/weighings")
    upper, lower = page.locator(ROWS).all()
    assert "没有成案" in lower.inner_text() and "W-1" in lower.inner_text()
    assert lower.get_by_role("link").count() == 0
    upper.get_by_role("link", name="超限未认定").click()
    page.wait_for_url(f"**/case/{LAWFUL}/W-2")
    expect(page.locator(".fx-ch-said")).to_contain_text("称重超限")


def test_a_filter_of_weighings_that_nobody_can_read_is_said_and_not_guessed(
    county: Served, reader: Reading
) -> None:
    page = reader(county, PHONE).open("/weighings?which=heavy")
    expect(page.get_by_role("alert")).to_contain_text("heavy")
    assert page.locator(ROWS).count() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_weighings_are_taken_along_as_csv_and_xlsx_with_the_same_rows(
    county: Served, reader: Reading, tmp_path: Path, language: str
) -> None:
    page = reader(county, DESK, language).open(f"/weighings?station={LAWFUL}&which=over")
    files = {}
    for kind in ("csv", "xlsx"):
        with page.expect_download() as caught:
            page.locator(f"a[href*='weighings.{kind}']").click()
        files[kind] = tmp_path / caught.value.suggested_filename
        caught.value.save_as(files[kind])
        assert files[kind].suffix == f".{kind}"
    raw = files["csv"].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    told = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(files["xlsx"], read_only=True).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert told[0] == rows[0]
    number = told[0].index("检测单号" if language == "zh" else "Check number")
    over = [one.check_no for one in known(county, over=True)]
    assert [row[number] for row in told[1:]] == [row[number] for row in rows[1:]] == over
    assert all("*" in cell for row in told[1:] for cell in row if cell.startswith("晋D"))
