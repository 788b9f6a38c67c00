"""The Payments page as its reader uses it: marks lead to cases, figures are taken along, differences are
worked through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.store.differences import difference, steps_of
from tests.browser.conftest import PHONE, Reading, settle
from tests.browser.served import Served

pytestmark = pytest.mark.browser

STATEMENT = [
    {
        "line": f"L{n}",
        "payment_code": f"14042300001111{n:04d}",
        "amount(yuan)": 500,
        "posted_at": "2026-11-20",
    }
    for n in range(1, 3)
]


def test_a_mark_opens_its_cases_and_a_figure_is_taken_along(
    county: Served, reader: Reading, tmp_path: Path
) -> None:
    one = reader(county)
    page = one.open("/payments?weeks=4")
    title = page.locator(".fx-pay-times h2").inner_text()
    with page.expect_download() as waiting:
        page.locator(".fx-pay-times .fx-flow-files a[href*='.svg']").click()
    waiting.value.save_as(tmp_path / "times.svg")
    assert title in (tmp_path / "times.svg").read_text("utf-8")
    mark = page.locator(".fx-pay-hours a.fx-pay-cell").first
    count = int(re.findall(r"(\d+) 笔已缴", mark.get_attribute("title") or "")[-1])
    mark.click()
    page.wait_for_selector(".fx-list-behind")
    total = int(re.sub(r"\D", "", page.locator(".fx-list-total b").inner_text()))
    assert 0 < total <= count
    assert "从缴款码到缴款" in page.locator(".fx-list-behind").inner_text()
    assert (one.elsewhere, one.complaints) == ([], [])


@pytest.mark.parametrize("size", [None, PHONE])
def test_a_difference_is_assigned_closed_with_a_reason_and_opened_again(
    office: Served, reader: Reading, size: tuple[int, int] | None
) -> None:
    one = reader(office) if size is None else reader(office, size)
    page = one.open("/payments")
    assert page.request.post(office.base + "/api/v1/statements", data=STATEMENT).ok
    page.goto(office.base + "/payments?state=all")
    settle(page)
    page.wait_for_selector("text=对账:2 笔差异待处理")
    page.locator(".fx-pay-d-work").first.click()
    page.wait_for_selector("#fx-pay-owner")
    assert "difference=1" in page.url
    page.fill("#fx-pay-owner", "财务 赵")
    page.click("#fx-pay-close")
    page.wait_for_selector("#fx-pay-told:has-text('要写理由')")
    assert page.input_value("#fx-pay-owner") == "财务 赵"
    page.click("#fx-pay-assign")
    page.wait_for_selector("text=已分派")
    page.fill("#fx-pay-reason", "已核,另案缴款")
    page.click("#fx-pay-close")
    page.wait_for_selector("text=对账:1 笔差异待处理")
    assert not page.is_visible("#fx-pay-assign")
    page.fill("#fx-pay-reason", "弄错了")
    page.click("#fx-pay-reopen")
    page.wait_for_selector("text=对账:2 笔差异待处理")
    with office.installation.database.read() as connection:
        steps = [(step.step, step.owner, step.why) for step in steps_of(connection, 1)]
        told = difference(connection, 1)
    assert steps == [
        ("opened", None, None),
        ("assigned", "财务 赵", None),
        ("closed", "财务 赵", "已核,另案缴款"),
        ("reopened", "财务 赵", "弄错了"),
    ]
    assert told is not None and told.state == "open"
    assert one.complaints == []
