"""The Flags page as its reader uses it: acknowledge, silence, hand on, send again what was given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.alerts.played import Played, played, said
from tests.browser.conftest import DESK, PHONE, Reading
from tests.browser.served import LAWFUL, Clock, Served, served_empty

pytestmark = pytest.mark.browser
HOOK = "TEST_FLAGS_HOOK"
SOON = 20_000
ALERTS = f"""
channels:
  hook: {{kind: webhook, address: "${{{HOOK}}}", private_hosts: [127.0.0.1]}}
recipients:
  wang: {{name: {{zh: 王值班, en: Wang}}, channel: hook}}
  li: {{name: {{zh: 李站长, en: Li}}, channel: hook}}
levels:
  all:
    - {{name: duty, recipients: [wang]}}
    - {{name: chief, after: 30m, recipients: [li]}}
"""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """One that has no such robot any more, until its answer is changed."""
    with played(lambda _: said({}, 404)) as server:
        monkeypatch.setenv(HOOK, server.url)
        yield server


@pytest.fixture
def duty(tmp_path: Path, provider: Played) -> Iterator[Served]:
    """An installation whose messages go to a server on loopback, with a vehicle of thirteen hours ago."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "alerts.yaml").write_text(ALERTS, encoding="utf-8")
    (config / "jobs.yaml").write_text("alerts: {every: 1s}\nsending: {every: 1s}\n", encoding="utf-8")
    served = served_empty(tmp_path, Clock(), config)
    served.hold("F-1", 13, LAWFUL, plate="晋D·12345")
    served.start()
    yield served
    served.close()


@pytest.mark.parametrize(
    ("size", "language"),
    [
        (DESK, "zh"),
        pytest.param(PHONE, "zh", marks=pytest.mark.full),
        pytest.param(DESK, "en", marks=pytest.mark.full),
    ],
)
def test_what_was_given_up_is_sent_again_a_flag_is_silenced_handed_on_and_acknowledged(
    duty: Served, provider: Played, reader: Reading, size: tuple[int, int], language: str
) -> None:
    zh = language == "zh"
    one = reader(duty, size, language)
    page = one.open("/flags?state=failed")
    row = page.locator(".fx-flags-one").filter(has_text=re.compile("12 (小时|h)"))
    expect(row).to_have_count(1, timeout=SOON)
    expect(row).to_contain_text(re.compile(r"(放弃|given up) 1 ?[((]\d\d-\d\d \d\d:\d\d[))]"))
    row.locator(".fx-flags-work").click()
    record = page.locator(".fx-flags-sendings tbody tr")
    expect(record).to_contain_text("404")
    expect(record).to_contain_text("王值班" if zh else "Wang")
    assert "state=failed" in page.url and "flag=" in page.url

    # A silence without an owner is refused, and what was written stays where it stands.
    page.fill("#fx-flags-reason", "秤检定")
    page.click("#fx-flags-silence")
    expect(page.locator("#fx-flags-told")).to_have_text(
        "要写是谁决定的。" if zh else "Say who decided it."
    )
    assert page.input_value("#fx-flags-reason") == "秤检定"
    page.fill("#fx-flags-owner", "赵")
    # An end of one's own; one that has passed is refused in words.
    page.click("#fx-flags-for")
    page.get_by_role("option", name=re.compile("自己定|Choose day")).click()
    page.fill("#fx-flags-until", "2020-01-01T08:00")
    page.click("#fx-flags-silence")
    expect(page.locator("#fx-flags-told")).to_contain_text("已经过去" if zh else "passed already")
    allowed = page.locator("#fx-flags-until").get_attribute("max") or ""
    page.fill("#fx-flags-until", allowed)
    page.click("#fx-flags-silence")
    expect(page.locator("#fx-flags-told")).to_contain_text(f"{allowed[5:10]} {allowed[11:]}")
    quiet = page.locator(".fx-flags-silences li")
    expect(quiet).to_contain_text(re.compile(r"F-1[\s\S]*赵.*秤检定"))
    page.locator(".fx-flags-silences .fx-btn").click()
    expect(page.locator(".fx-flags-silences li")).to_have_count(0)

    provider.answer = lambda _: said({})
    page.locator(".fx-flags-sendings .fx-btn").click()
    expect(page.locator("#fx-flags-told")).to_have_text("会再发一次。" if zh else "It will be sent again.")
    page.goto(duty.base + "/flags?state=delivered")
    delivered = page.locator(".fx-flags-one").filter(has_text=re.compile("12 (小时|h)"))
    expect(delivered).to_contain_text("1/1", timeout=SOON)
    # The number under which it was refused is the one under which it is taken.
    mine = [body for body in provider.bodies if "left-12h" in str(body)]
    assert len({body["number"] for body in mine}) == 1 and len(mine) >= 2

    delivered.locator(".fx-flags-work").click()
    page.click("#fx-flags-hand")
    expect(page.locator("#fx-flags-told")).to_have_text(
        "请先选转给谁。" if zh else "Choose first to whom it goes."
    )
    page.fill("#fx-flags-note", "司机已到")
    page.locator("#fx-flags-note").press("Tab")
    # By the keyboard alone.
    assert page.evaluate("document.activeElement.id") == "fx-flags-take"
    page.keyboard.press("Enter")
    expect(page.locator("#fx-flags-told")).to_contain_text("已接单" if zh else "Acknowledged")
    expect(page.locator(".fx-flags-steps")).to_contain_text("司机已到")
    expect(page.locator("#fx-flags-take")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # The other flag of the case is taken over on its page, with what is written there.
    page.goto(f"{duty.base}/case/{LAWFUL}/F-1")
    expect(page.locator(".fx-ev-flag").filter(has_text="司机已到")).to_have_count(1)
    page.fill("#fx-case-note", "叫交警")
    page.locator(".fx-case-flags button").click()
    expect(page.locator(".fx-ev-flag").filter(has_text="叫交警")).to_have_count(1)
    expect(page.locator(".fx-case-flags button")).to_have_count(0)
    assert page.input_value("#fx-case-note") == ""
    page.goto(duty.base + "/")
    expect(page.locator(".fx-flag-mark")).to_have_attribute("href", re.compile(r"^/flags\?flag=\d+$"))
    expect(page.locator(".fx-flag-mark")).to_contain_text("✓")
    taken = re.compile("已接单" if zh else "acknowledged")
    expect(page.locator(".fx-flag-mark")).to_have_attribute("title", taken)
    assert (one.elsewhere, one.complaints) == ([], [])
