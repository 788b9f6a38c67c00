"""The Discretion page as its reader uses it: marks lead to cases, figures are taken along, and a finding is
looked at with a reason and opened again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cases.event import HOUR
from tests.browser.conftest import PHONE, Reading, settle
from tests.browser.served import Served, event

pytestmark = pytest.mark.browser


def test_a_mark_opens_as_many_cases_as_it_says_and_a_figure_is_taken_along(
    county: Served, reader: Reading, tmp_path: Path
) -> None:
    one = reader(county)
    page = one.open("/discretion")
    title = page.locator(".fx-disc-police h2").inner_text()
    for kind in ("csv", "svg"):
        with page.expect_download() as waiting:
            page.locator(f".fx-disc-police .fx-flow-files a[href*='.{kind}']").click()
        waiting.value.save_as(tmp_path / f"police.{kind}")
    assert (tmp_path / "police.csv").read_text("utf-8-sig").startswith("station,case_no")
    assert title in (tmp_path / "police.svg").read_text("utf-8")
    mark = page.locator(".fx-disc-transport a.fx-disc-dot[title*='件']").first
    count = int(re.findall(r"(\d+) 件", mark.get_attribute("title") or "")[0])
    mark.click(force=True)
    page.wait_for_selector(".fx-list-behind")
    assert int(re.sub(r"\D", "", page.locator(".fx-list-total b").inner_text())) == count
    assert "交通执法罚款" in page.locator(".fx-list-behind").inner_text()
    assert (one.elsewhere, one.complaints) == ([], [])


def test_units_and_filters_stand_in_the_address_and_a_finding_leads_to_its_case(
    county: Served, reader: Reading
) -> None:
    one = reader(county)
    page = one.open("/discretion")
    page.click("text=执法人员")
    page.wait_for_url("**by=officer*")
    page.wait_for_selector(".fx-disc-units h2:has-text('执法人员')")
    page.locator(".fx-disc-code").nth(1).click()
    page.wait_for_url("**finding=*")
    settle(page)
    assert "by=officer" in page.url
    page.locator(".fx-disc-case").first.click()
    page.wait_for_selector(".fx-fine")
    page.wait_for_selector(".fx-like")
    assert (one.elsewhere, one.complaints) == ([], [])


@pytest.mark.parametrize("size", [None, pytest.param(PHONE, marks=pytest.mark.full)])
def test_a_finding_is_looked_at_with_a_reason_and_opened_again(
    office: Served, reader: Reading, size: tuple[int, int] | None
) -> None:
    now = office.clock()
    for case_no in ("FX-1", "FX-2"):
        office.tell(
            event("confirmed", now - 5 * HOUR, case_no, plate="晋D81021", gross_kg=58_500, limit_kg=49_000),
            event("decided", now - HOUR, case_no, outcome="fine", fine_fen=450_000),
        )
    one = reader(office) if size is None else reader(office, size)
    page = one.open("/discretion")
    waiting = page.locator("#fx-disc-findings h2").inner_text()
    page.locator(".fx-disc-act summary").first.click()
    other = page.locator(".fx-disc-act").nth(1)
    other.locator("summary").click()
    other.locator("input").fill("另一条的理由")
    page.locator(".fx-disc-form button").first.click()
    page.wait_for_selector("#fx-disc-told:has-text('请写理由')")
    assert other.locator("input").input_value() == "另一条的理由"
    page.locator(".fx-disc-form input").first.fill("材料已补")
    page.locator(".fx-disc-form button").first.click()
    page.wait_for_selector("text=已记下")
    # The row is gone; what is written for the next one is still there.
    assert page.locator(".fx-disc-act[open] input").input_value() == "另一条的理由"
    assert page.locator("#fx-disc-findings h2").inner_text() != waiting
    page.click("#fx-disc-findings .fx-seg-control a:has-text('看过')")
    page.wait_for_selector("text=看过:材料已补")
    page.locator(".fx-disc-act summary").first.click()
    page.locator(".fx-disc-form input").first.fill("不是这件的")
    page.locator(".fx-disc-form button").first.click()
    page.wait_for_selector("text=已重新打开")
    settle(page)
    assert page.locator("#fx-disc-findings h2").inner_text() == waiting
    assert one.complaints == []
