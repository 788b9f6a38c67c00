"""Reports: made by a button, listed, opened in a sandbox, taken along."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, Reading
from tests.browser.served import Served, event
from tests.factories import HOUR

pytestmark = pytest.mark.browser
SLOW = 60_000
"""The first report puts its queries into words."""


def test_a_report_is_made_opened_without_rights_and_taken_along(office: Served, reader: Reading) -> None:
    who = reader(office, DESK, "zh")
    page = who.open("/reports")
    expect(page.get_by_text("还没有周报")).to_be_visible()
    made = page.locator("#fx-report-make")
    made.click()
    answer = page.locator("#fx-report-answer")
    expect(answer).to_have_text("没有出成:还没有任何数据,出不了周报。请先导入数据。", timeout=SLOW)
    # Due last Friday: one on time and one late.
    friday = office.clock() - 100 * HOUR
    for case, hours in (("R-1", 12), ("R-2", 30)):
        office.tell(
            event("confirmed", friday - 24 * HOUR, case),
            event("released", friday + (hours - 24) * HOUR, case),
        )
    made.click()
    expect(answer).to_have_text("已出:2026-W47 · 全部站点", timeout=SLOW)
    row = page.locator("#fx-report-list tbody tr")
    expect(row).to_have_count(1)
    for form, name in (("xlsx", "工作簿"), ("docx", "文档"), ("pdf", "版式文件")):
        with page.expect_download() as taken:
            row.get_by_role("link", name=name).click()
        assert taken.value.suggested_filename == f"fangxing-2026-W47-all.{form}"
    with page.context.expect_page() as opened:
        row.get_by_role("link", name="打开").click()
    report = opened.value
    report.wait_for_load_state()
    expect(report.locator("#table-rate tbody tr").first).to_contain_text("本周12")
    # Its script runs, and as of nowhere: it can read nothing of this program.
    assert report.evaluate("self.origin") == "null"
    head = report.locator("#table-weeks th").nth(2)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    report.locator("input[type=search]").fill("R-2")
    expect(report.locator("output")).to_have_text("1 / 1 行")
    report.set_viewport_size({"width": 390, "height": 844})
    assert report.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert not who.elsewhere
    for path in ("2026-W47_all_20261124T061200_zh/pdf", "fangxing.db/html", "x/view", "x/json"):
        assert page.request.get(f"{office.base}/reports/{path}").status == 404
