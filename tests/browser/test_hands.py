"""What people do on the pages: acknowledge, note, unmask a plate, go by keyboard, ask for less motion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import find_pages
from tests.browser.conftest import DESK, PHONE, Reading, settle
from tests.browser.reading import HERE, SAID
from tests.browser.served import LAWFUL, PAYS_FIRST, Clock, Served, served_empty

pytestmark = pytest.mark.browser

FOCUS = (HERE / "focus.js").read_text("utf-8")
PAGES = [page.PATH for page in find_pages() if "<" not in page.PATH]
OFTEN = ("/", "/cases", "/flow", "/data")
"""Between them they have the parts that most others are made of; those are gone through in long runs."""


def test_acknowledged_and_noted_on_the_board_stands_on_the_case_with_who_and_when(
    office: Served, reader: Reading
) -> None:
    actor = office.installation.services.actor
    case = office.hold("T-1", 22, plate="晋D81021")
    who = reader(office)
    board = who.open("/")
    board.locator("[data-act=acknowledge]").click()
    expect(board.locator(".fx-seen")).to_contain_text(re.compile(rf"已知悉\s*{actor} 14:1\d"))
    board.locator("[data-act=note]").click()
    board.locator("#fx-note-text").fill("货主 15:00 前派车")
    board.locator("#fx-note-keep").click()
    expect(board.locator(".fx-note-line")).to_contain_text(actor)
    expect(board.locator(".fx-note-line")).to_contain_text("货主 15:00 前派车")
    said = who.open(case).locator("#fx-case-said")
    expect(said).to_contain_text("货主 15:00 前派车")
    assert len(re.findall(rf"14:1\d\D+{re.escape(actor)}", said.inner_text())) == 2


def test_acknowledged_and_noted_on_the_case_stands_on_the_board(office: Served, reader: Reading) -> None:
    actor = office.installation.services.actor
    who = reader(office)
    page = who.open(office.hold("T-1", 22, plate="晋D81021"))
    page.locator("#fx-case-acknowledge").click()
    expect(page.locator("#fx-case-said")).to_contain_text(actor)
    page.locator("#fx-case-note").fill("等吊车")
    page.locator("#fx-case-keep").click()
    expect(page.locator("#fx-case-said")).to_contain_text("等吊车")
    expect(page.locator("#fx-case-note")).to_have_value("")
    board = who.open("/")
    expect(board.locator(".fx-seen")).to_contain_text(actor)
    expect(board.locator(".fx-note-line")).to_contain_text("等吊车")


def test_an_empty_note_is_not_kept(office: Served, reader: Reading) -> None:
    page = reader(office).open(office.hold("T-1", 22))
    before = page.locator("#fx-case-said").inner_text()
    page.locator("#fx-case-note").fill("   ")
    page.locator("#fx-case-keep").click()
    expect(page.locator("#fx-case-note")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#fx-case-said").inner_text() == before


def test_plates_are_masked_everywhere_and_whole_only_on_demand_on_the_case(
    office: Served, reader: Reading
) -> None:
    case = office.hold("T-1", 3, plate="晋D81021")
    who = reader(office)
    for path in ("/", "/?wall=1", "/cases", "/data", "/record"):
        page = who.open(path)
        assert "81021" not in page.content(), f"a whole plate on {path}"
        if path != "/data":
            expect(page.get_by_text("晋D·8**21").first).to_be_attached()
    page = who.open(case)
    assert not any("81021" in text for text in page.evaluate(SAID))
    page.locator("summary", has_text="看全牌").click()
    expect(page.get_by_text(re.compile("晋D·?81021"))).to_be_visible()
    page.reload()
    settle(page)
    assert not any("81021" in text for text in page.evaluate(SAID))
    with urlopen(f"{office.base}/api/v1/cases") as answer:
        assert "81021" not in answer.read().decode()


def tabbed(page: Page) -> tuple[list[str], list[str]]:
    """Goes through the page by Tab: what was never reached, and where the focus could not be seen."""
    many: int = page.evaluate(FOCUS)
    assert many > 3
    reached, pressed = 0, 0
    while reached < many and pressed < 3 * many + 60:
        page.keyboard.press("Tab")
        pressed += 1
        reached = page.evaluate("fxFocus.look()")
    return page.evaluate("fxFocus.missed()"), page.evaluate("fxFocus.unseen()")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two vehicles held, and nobody who changes anything."""
    served = served_empty(tmp_path_factory.mktemp("standing"), Clock())
    served.start()
    served.hold("T-1", 22, plate="晋D81021")
    served.hold("T-2", 3, LAWFUL, plate="晋D81022")
    yield served
    served.close()


@pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.full)]
)
@pytest.mark.parametrize(
    "path",
    [
        *(pytest.param(path, marks=() if path in OFTEN else pytest.mark.full) for path in PAGES),
        f"/case/{PAYS_FIRST}/T-1",
        pytest.param("/nowhere", marks=pytest.mark.full),
    ],
)
def test_every_control_is_reached_by_tab_with_a_focus_that_is_seen(
    standing: Served, reader: Reading, path: str, size: tuple[int, int]
) -> None:
    page = reader(standing, size).open(path)
    assert tabbed(page) == ([], [])


def test_a_case_is_opened_from_the_list_by_keyboard(office: Served, reader: Reading) -> None:
    case = office.hold("T-1", 22)
    page = reader(office).open("/cases")
    page.locator(".ag-cell[col-id=case_no]").first.wait_for()
    page.locator("#fx-cases-head a").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{case}", timeout=3_000)


def test_the_skip_link_leads_past_the_navigation(office: Served, reader: Reading) -> None:
    page = reader(office).open("/")
    page.keyboard.press("Tab")
    expect(page.locator(".fx-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "fx-main"


def test_nothing_moves_for_who_asked_for_less_motion(county: Served, reader: Reading) -> None:
    who = reader(county)
    page = who.context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(county.base)
    settle(page)
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(node => ['', '::before', '::after'].some(part => {
          const style = getComputedStyle(node, part || null);
          return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0.01;
        })).map(node => node.tagName + '.' + node.className)"""
    )
    assert moving == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_below_api_is_a_problem_in_json(county: Served, method: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{county.base}/api/v1/nothing", method=method))
    assert caught.value.code == 404
    assert caught.value.headers["content-type"].startswith("application/problem+json")
    told = json.load(caught.value)
    assert told["status"] == 404
    assert "/api/v1/nothing" in json.dumps(told)
