"""The Flow page as its reader uses it: marks lead to cases, figures are taken along, limits begin anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import PHONE, Reading, settle
from tests.browser.served import Served

pytestmark = pytest.mark.browser


def test_a_mark_opens_a_list_with_as_many_rows_as_it_says(county: Served, reader: Reading) -> None:
    one = reader(county)
    page = one.open("/flow?weeks=4")
    marks = page.locator(".fx-flow-hours a.fx-flow-bin")
    said = [marks.nth(place).get_attribute("title") or "" for place in range(marks.count())]
    place = max(range(len(said)), key=lambda index: _count(said[index]))
    marks.nth(place).click()
    page.wait_for_selector("#fx-cases-head")
    page.wait_for_selector(".fx-list-behind")
    wanted = _count(said[place])
    total = page.locator(".fx-list-total b").inner_text()
    assert int(re.sub(r"\D", "", total)) == wanted
    page.wait_for_function(
        "n => document.querySelectorAll('.ag-center-cols-container .ag-row').length === n", arg=wanted
    )
    assert (one.elsewhere, one.complaints) == ([], [])


def _count(said: str) -> int:
    """The number of cases in what is said of a mark: the last number before 件."""
    return int(re.findall(r"(\d+) 件", said)[-1])


def test_filters_beside_the_mark_narrow_its_cases_and_keep_the_mark(county: Served, reader: Reading) -> None:
    page = reader(county).open("/cases?behind=rate.all&period=2026-11-02/2026-11-24")
    whole = page.locator(".fx-list-total b").inner_text()
    page.fill("#fx-cases-text", "no such case")
    page.wait_for_function("t => document.querySelector('.fx-list-total b').innerText !== t", arg=whole)
    assert "behind=rate.all" in page.url
    assert "text=no+such+case" in page.url


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.full)])
def test_a_figure_is_taken_along_as_numbers_and_as_a_picture(
    county: Served, reader: Reading, language: str, tmp_path: Path
) -> None:
    one = reader(county, language=language)
    page = one.open("/flow")
    kept: dict[str, str] = {}
    for kind in ("csv", "svg"):
        with page.expect_download() as waiting:
            page.locator(f".fx-flow-hours .fx-flow-files a[href*='.{kind}']").click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        kept[kind] = path.read_text("utf-8-sig")
    assert kept["csv"].startswith("hour,on_time,late,still_held")
    assert kept["svg"].startswith("<?xml")
    title = page.locator(".fx-flow-hours h2").inner_text()
    assert title in kept["svg"]
    assert one.elsewhere == []


@pytest.mark.parametrize("size", [None, pytest.param(PHONE, marks=pytest.mark.full)])
def test_limits_begin_anew_with_a_reason_and_are_taken_back(
    office: Served, reader: Reading, size: tuple[int, int] | None
) -> None:
    one = reader(office) if size is None else reader(office, size)
    page = one.open("/flow")
    page.click(".fx-flow-rebase summary")
    page.click("#fx-flow-keep")
    page.wait_for_selector("text=请写理由")
    page.fill("#fx-flow-reason", "站内开通扫码缴款")
    page.click("#fx-flow-keep")
    page.wait_for_selector("text=请选一周")
    page.fill("#fx-flow-reason", "站内开通扫码缴款")
    page.click("#fx-flow-week")
    page.click("[role=option]:has-text('2026-W46')")
    page.click("#fx-flow-keep")
    page.wait_for_selector("text=第 46 周起:站内开通扫码缴款")
    page.click("text=撤回第 46 周的重定")
    page.wait_for_selector("text=请写理由")
    page.fill("#fx-flow-reason", "只是一周")
    page.click("text=撤回第 46 周的重定")
    page.wait_for_selector("text=已撤回")
    settle(page)
    assert page.locator("text=第 46 周起:").count() == 0
    assert one.complaints == []
