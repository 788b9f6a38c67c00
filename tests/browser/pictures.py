"""Takes the pictures of the README: `python tests/browser/pictures.py`. Same program, same pictures."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from playwright.sync_api import Browser, sync_playwright

from tests.browser.addresses import KINDS
from tests.browser.conftest import DESK, PHONE, QUIET, WALL, Reader, chromium, settle
from tests.browser.palette import smaller
from tests.browser.served import LAWFUL, Clock, Served, served_county
from tests.factories import at

FOLDER = Path(__file__).parent / "pictures"
MOMENT = at("2026-11-26 14:32")
DAYS = 28
LARGEST = 250_000
"""Bytes; a README is read on slow lines too."""

Shot = tuple[str, str, tuple[int, int], str, str]


def shots(case: str) -> list[Shot]:
    """Name, address, size, language, light."""
    return [
        ("watch-desk", "/", DESK, "zh", "light"),
        ("watch-desk-en", "/", DESK, "en", "dark"),
        ("watch-wall", "/?wall=1", WALL, "zh", "dark"),
        ("watch-phone", "/", PHONE, "zh", "light"),
        ("case", case, DESK, "zh", "light"),
        ("cases", "/cases", DESK, "zh", "light"),
        ("record-phone", "/record", PHONE, "zh", "light"),
        ("data", "/data", DESK, "zh", "light"),
    ]


def fullest(served: Served) -> str:
    """The address of the case in custody of which most is known."""
    now = served.clock()
    held = [case for case in served.cases() if KINDS["running"](case, now) or KINDS["overdue"](case, now)]
    best = max(held, key=lambda case: case.events)
    return f"/case/{best.station}/{best.case_no}"


def take(browser: Browser, served: Served, shot: Shot, folder: Path) -> Path:
    name, address, (width, height), language, light = shot
    # The wall is shown smaller than it hangs: a README has no use for all its points.
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=(width, height) == PHONE,
        device_scale_factor=0.75 if (width, height) == WALL else 1,
    )
    chosen = {"fx-lang": language, "fx-theme": light}
    context.add_cookies([{"name": key, "value": value, "url": served.base} for key, value in chosen.items()])
    context.add_init_script(f"localStorage.setItem('fx-record-station', '{LAWFUL}')")
    page = Reader(context, served).open(address)
    settle(page)
    path = folder / f"{name}.png"
    plain = page.screenshot(animations="disabled")
    context.close()
    blank = browser.new_page()
    path.write_bytes(smaller(blank, plain))
    blank.close()
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # The pictures show no name of whoever takes them, nor of their machine.
        for name in ("monitor.demo.local_user", "monitor.server.local_user"):
            stack.enter_context(patch(name, lambda: "duty"))
        stack.enter_context(patch("monitor.demo.local_host", lambda: "county"))
        data = stack.enter_context(tempfile.TemporaryDirectory())
        playwright = stack.enter_context(sync_playwright())
        served = served_county(Path(data), Clock(MOMENT), days=DAYS)
        served.start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        for shot in shots(fullest(served)):
            path = take(browser, served, shot, folder)
            size = path.stat().st_size
            print(f"{path.name}: {size / 1000:.0f} kB")
            if size > LARGEST:
                raise SystemExit(f"{path} is larger than {LARGEST} bytes: take less of the page")
        browser.close()
        served.close()


if __name__ == "__main__":
    main()
