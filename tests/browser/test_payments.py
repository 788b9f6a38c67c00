"""The Payments page as its reader uses it: marks lead to cases, figures are taken along, differences are
worked through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.payments.address import standings_of
from monitor.store.differences import difference, steps_of
from tests.browser.conftest import PHONE, Reading, settle
from tests.browser.served import LAWFUL, PAYS_FIRST, Clock, Served, served_empty

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
    count = int(re.findall(r"已缴 (\d+)/\d+ 笔", mark.get_attribute("title") or "")[-1])
    mark.click()
    page.wait_for_selector(".fx-list-behind")
    total = int(re.sub(r"\D", "", page.locator(".fx-list-total b").inner_text()))
    assert 0 < total <= count
    assert "从缴款码到缴款" in page.locator(".fx-list-behind").inner_text()
    assert (one.elsewhere, one.complaints) == ([], [])


@pytest.mark.parametrize("size", [None, pytest.param(PHONE, marks=pytest.mark.full)])
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


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Served]:
    """Two stations whose payment code leads to an address of the bureau's own."""
    config = tmp_path / "config"
    config.mkdir()
    hosts = "hosts:\n  - {host: pay.example.org, example: true}\n  - {host: fs.bureau.example}\n"
    (config / "payment-hosts.yaml").write_text(hosts, encoding="utf-8")
    own = 'payment: {address: "https://fs.bureau.example/p?c={code}"}'
    stations = f"stations:\n  '{PAYS_FIRST}': {{{own}}}\n  '{LAWFUL}': {{{own}}}\n"
    (config / "stations.yaml").write_text(stations, encoding="utf-8")
    served = served_empty(tmp_path, Clock(), config)
    served.start()
    yield served
    served.close()


@pytest.mark.parametrize("size", [None, pytest.param(PHONE, marks=pytest.mark.full)])
def test_a_changed_payment_address_is_confirmed_by_a_second_person(
    bureau: Served, reader: Reading, size: tuple[int, int] | None
) -> None:
    services = bureau.installation.services
    one = reader(bureau) if size is None else reader(bureau, size)
    page = one.open("/")
    page.locator(".fx-address a").first.click()
    page.wait_for_selector("text=2 处改动等第二人复核")
    mine, other = page.locator(".fx-pay-addresses li").all()
    assert "https://fs.bureau.example/p?c={code}" in mine.inner_text()
    other.locator("input").fill("李")
    mine.locator("button").click()
    page.wait_for_selector("#fx-pay-address-told:has-text('请写复核人的姓名')")
    mine.locator("input").fill(f" {services.actor.upper()} ")
    mine.locator("button").click()
    page.wait_for_selector("#fx-pay-address-told:has-text('要由另一人复核')")
    # A refusal leaves what is written where it stands.
    assert [one.input_value() for one in page.locator(".fx-pay-addresses input").all()] == [
        f" {services.actor.upper()} ", "李",
    ]  # fmt: skip
    mine.locator("input").fill("王")
    mine.locator("button").click()
    page.wait_for_selector("text=1 处改动等第二人复核")
    assert "缴款网址已由 王 复核" in page.locator("#fx-pay-address-told").inner_text()
    page.locator(".fx-pay-addresses input").fill("李")
    page.locator(".fx-pay-addresses button").click()
    page.wait_for_selector("h2:has-text('缴款网址已由 李 复核')")
    standing = standings_of(services.database, services.configuration)
    assert {standing[code].confirmed_by for code in (PAYS_FIRST, LAWFUL)} == {"王", "李"}
    page.goto(bureau.base + "/payments")
    settle(page)
    assert page.locator(".fx-pay-addresses").count() == 0
    assert one.complaints == []
