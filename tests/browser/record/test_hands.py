"""For gloved hands and for those who read by other means; and nothing leaves the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.record.conftest import Officer, Site

pytestmark = pytest.mark.browser

STATION = "14042302"


CRAMPED = """inside => {
  const all = [...document.querySelectorAll(inside + ' button')].filter(b => b.checkVisibility());
  const boxes = all.map(b => b.getBoundingClientRect()), bad = [];
  all.forEach((b, i) => {
    const r = boxes[i], said = b.textContent.slice(0, 40);
    if (r.width < 55.5 || r.height < 55.5) bad.push('small: ' + said + ' ' + r.width + '×' + r.height);
    const cut = b.scrollWidth > b.clientWidth + 1 || b.scrollHeight > b.clientHeight + 1;
    if (cut) bad.push('clipped: ' + said);
    boxes.slice(i + 1).forEach((s, j) => {
      const x = Math.max(s.left - r.right, r.left - s.right);
      const y = Math.max(s.top - r.bottom, r.top - s.bottom);
      if (Math.max(x, y) < 7.5) bad.push('near: ' + said + ' / ' + all[i + 1 + j].textContent.slice(0, 40));
    });
  });
  return bad;
}"""


def cramped(page: Page, inside: str = ".rec-page") -> list[str]:
    """Buttons under 56 px, nearer than 8 px to another, or with clipped text."""
    found: list[str] = page.evaluate(
        CRAMPED,
        inside,
    )
    return found


def barriers(page: Page) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page)["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_target_is_large_and_apart_enough_for_a_glove(
    officer: Officer, site: Site, language: str
) -> None:
    site.confirmed_an_hour_ago()
    officer.device.add_cookies([{"name": "fx-lang", "value": language, "url": site.base}])
    page = officer.device.new_page()
    page.goto(f"{site.base}/record")
    page.locator("[data-key='A-1']").wait_for()
    assert cramped(page) == []
    page.locator("[data-key=new]").tap()
    assert cramped(page) == []
    page.locator("[data-key=plate]").tap()
    assert cramped(page, "dialog") == []
    page.keyboard.press("Escape")
    page.locator("[data-key=home]").tap()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    assert cramped(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(
    ("language", "theme"),
    [("zh", "light"), ("zh", "dark"), pytest.param("en", "light", marks=pytest.mark.full)],
)
def test_no_serious_barrier_in_list_new_case_case_and_sheets(
    officer: Officer, site: Site, language: str, theme: str
) -> None:
    site.confirmed_an_hour_ago()
    for name, value in (("fx-lang", language), ("fx-theme", theme)):
        officer.device.add_cookies([{"name": name, "value": value, "url": site.base}])
    page = officer.device.new_page()
    page.goto(f"{site.base}/record")
    page.locator("[data-key='A-1']").wait_for()
    assert barriers(page) == []
    page.locator("[data-key=new]").tap()
    assert barriers(page) == []
    page.locator("[data-key=weight]").tap()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-key=home]").tap()
    page.locator("[data-key='A-1']").tap()
    page.locator("[data-key=more]").tap()
    assert barriers(page) == []
    page.locator(".rec-event").first.tap()
    page.locator("[data-value=time]").tap()
    assert barriers(page) == []


def test_nothing_leaves_the_host(officer: Officer, site: Site) -> None:
    asked: set[str] = set()
    page = officer.device.new_page()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(f"{site.base}/record")
    page.locator("[data-key=new]").wait_for()
    assert {url for url in asked if not url.startswith((site.base, "data:", "blob:"))} == set()
