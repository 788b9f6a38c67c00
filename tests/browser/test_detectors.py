"""The detectors themselves: each finds the fault planted for it and keeps silent without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_core_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser.reading import CLIPS, SAID
from tests.browser.test_pages import GRAVE, left_over

pytestmark = pytest.mark.browser


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 300})
    yield page
    page.close()


def drawn(page: Page, body: str, language: str = "zh-CN") -> Page:
    page.set_content(
        f'<html lang="{language}"><body style="margin:0;font:16px sans-serif">{body}</body></html>'
    )
    return page


LONG = "一二三四五六七八九十一二三四五六七八九十"


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("cut", f'<div style="width:80px;overflow:hidden;white-space:nowrap">{LONG}</div>'),
        (
            "cut",
            f'<p style="width:80px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">{LONG}</p>',
        ),
        ("cut", f'<div style="width:80px;height:20px;overflow:hidden">{LONG}</div>'),
        ("cut", f'<div style="width:80px;overflow:clip"><b style="white-space:nowrap">{LONG}</b></div>'),
        ("cut", f'<input style="width:60px" value="{LONG}">'),
        ("sticks out", f'<div style="width:80px;background:#eee;white-space:nowrap">{LONG}</div>'),
        ("sticks out", f'<div style="width:80px;height:20px;border:1px solid">{LONG}</div>'),
        ("lies over", f'<p>{LONG}</p><p style="margin-top:-34px">{LONG}</p>'),
        ("outside", '<div style="position:absolute;left:390px">出界</div>'),
        ("outside", '<div style="position:absolute;left:-20px">出界</div>'),
        ("wider than its window", '<div style="width:500px;height:1px"></div>'),
    ],
)
def test_a_planted_clip_is_found(blank: Page, fault: str, body: str) -> None:
    found = drawn(blank, body).evaluate(CLIPS)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{LONG}</p><p>{LONG}</p>",
        f'<div style="width:80px;border:1px solid">{LONG}</div>',
        f'<div style="width:80px;overflow-x:auto;background:#eee;white-space:nowrap">{LONG}</div>',
        '<p title="一" style="width:80px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">'
        f"{LONG}</p>",
        f'<div style="width:80px;overflow:hidden;visibility:hidden;white-space:nowrap">{LONG}</div>',
        f"<p>{LONG}</p>" + '<div style="position:fixed;top:16px;left:0">浮层</div>',
        '<div style="line-height:1">一行<br>两行</div>',
    ],
)
def test_what_reads_well_is_no_clip(blank: Page, body: str) -> None:
    assert drawn(blank, body).evaluate(CLIPS) == []


def test_words_of_the_other_language_are_found_and_names_are_not(blank: Page) -> None:
    chinese = (
        '<p>还剩 Remaining</p><p>晋D·8**21</p><p>2026-11 台账.xlsx</p><p>49000 kg</p><p lang="en">English</p>'
    )
    assert left_over(drawn(blank, chinese), "zh", ["root"]) == ["还剩 Remaining"]
    english = (
        '<p>Left 还剩</p><p>晋D·8**21</p><p>台账_11月.xlsx</p><p lang="zh">中文</p><i title="称重">x</i>'
    )
    assert left_over(drawn(blank, english, "en"), "en", ["root"]) == ["Left 还剩", "称重"]


def test_hidden_words_are_not_read(blank: Page) -> None:
    assert drawn(blank, '<p hidden>无</p><p style="display:none">无</p><p>有</p>').evaluate(SAID) == ["有"]


def test_axe_runs_and_finds_a_field_without_a_label(blank: Page) -> None:
    drawn(blank, "<main><input type=text></main>")
    blank.evaluate(AXE_SCRIPT)
    assert any(one.startswith("label:") for one in blank.evaluate(GRAVE))
