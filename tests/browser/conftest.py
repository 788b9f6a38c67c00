"""One Chromium and one simulated county for all browser tests; a context of its own for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.reading import SETTLED
from tests.browser.served import Clock, Served, odd_cases, served_county, served_empty
from tests.factories import MINUTE

WITHOUT = "FANGXING_TESTS_WITHOUT_BROWSER"
SKIPPED = bool(os.environ.get(WITHOUT))
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
DESK, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser only where somebody said so: a missing Chromium must not pass for success."""
    if SKIPPED:
        here = Path(__file__).parent
        for item in items:
            if item.path.is_relative_to(here) and item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=f"{WITHOUT} is set"))


def chromium() -> str:
    """Where Chromium is. Raises FileNotFoundError with the remedy."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(
            f"no Chromium ({', '.join(NAMES)}) on PATH: `bash tests/run` installs it, or "
            f"`apt-get install chromium fonts-noto-cjk`; {WITHOUT}=1 leaves these tests out"
        )
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Three stations after two weeks, and a feed that has gone silent since the last delivery.

    Shared: a test that writes takes `office` instead.
    """
    clock = Clock()
    served = served_county(tmp_path_factory.mktemp("county"), clock)
    odd_cases(served)
    clock.start += 47 * MINUTE
    served.start()
    yield served
    served.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    """An installation of the test's own, of which nothing is known yet."""
    served = served_empty(tmp_path, Clock())
    served.start()
    yield served
    served.close()


class Site(Protocol):
    """Something that answers at an address."""

    @property
    def base(self) -> str: ...


@dataclass
class Reader:
    """A context in one language and light, and what its pages asked for and complained of."""

    context: BrowserContext
    served: Site
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, wait: bool = True) -> Page:
        page = self.context.new_page()
        page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.goto(self.served.base + path)
        if wait:
            settle(page)
        return page

    def _complain(self, said: str) -> None:
        self.complaints.append(said)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.served.base + "/", "data:", "blob:")):
            self.elsewhere.append(url)


def settle(page: Page) -> None:
    """Until the page is drawn and its DOM has been quiet for a moment."""
    page.wait_for_selector("#fx-main")
    page.evaluate(SETTLED)


Reading = Callable[..., Reader]


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reading]:
    """Makes a reader: `reader(served, size, language, light)`."""
    made: list[BrowserContext] = []

    def make(
        served: Site, size: tuple[int, int] = DESK, language: str = "zh", light: str = "light"
    ) -> Reader:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        made.append(context)
        chosen = {"fx-lang": language, "fx-theme": light}
        context.add_cookies(
            [{"name": name, "value": value, "url": served.base} for name, value in chosen.items()]
        )
        one = Reader(context, served)
        context.on("request", lambda request: one._asked(request.url))
        return one

    yield make
    for context in made:
        context.close()
