"""The Quarantine page in a browser: a cell is corrected and retried, and its row lands."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from monitor.store.deliveries import Sender
from monitor.store.quarantine import quarantine_rows
from tests.browser.conftest import PHONE, Reading, settle
from tests.browser.served import Served
from tests.factories import at

pytestmark = pytest.mark.browser

HEAD = "station,case_no,activity,occurred_at,gross_kg,axles,driver"
ROWS = (
    "城西,Q-1,confirmed,2026-11-24 08:00,52300,6,张三",
    "城西,Q-1,released,2026-11-24 25:99,,,",
    "城西,Q-2,confirmed,2026-11-24 09:00,heavy,many,",
)


def delivered(served: Served, folder: Path) -> None:
    path = folder / "events-1.csv"
    path.write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="utf-8")
    intake = served.installation.intake
    intake.file(path, intake.pages["events"], Sender("test", "test"))


def waiting(served: Served) -> list[tuple[str | None, str]]:
    with served.installation.database.read() as connection:
        found = quarantine_rows(connection, status=None)
    return [(one.item.column, one.status) for one in found]


def test_a_cell_is_corrected_and_retried_and_its_row_lands(
    office: Served, reader: Reading, tmp_path: Path
) -> None:
    delivered(office, tmp_path)
    assert waiting(office) == [("occurred_at", "open"), ("axles", "open"), ("gross_kg", "open")]
    one = reader(office)
    page = one.open("/quarantine")
    item = page.locator(".fx-q-item").filter(has_text="25:99")
    item.get_by_role("link", name="改正").click()
    field = page.get_by_role("textbox", name="occurred_at")
    expect(field).to_have_value("2026-11-24 25:99")
    assert "张三" not in page.content()
    field.fill("2026-11-24 26:00")
    page.get_by_role("button", name="改正并重试").click()
    expect(page.locator("#fx-q-answer")).to_contain_text("26:00")
    [case] = [case for case in office.cases() if case.case_no == "Q-1"]
    assert case.released_at is None
    page.goto(f"{office.base}/quarantine")
    settle(page)
    item = page.locator(".fx-q-item").filter(has_text="26:00")
    item.get_by_role("link", name="改正").click()
    page.get_by_role("textbox", name="occurred_at").fill("2026-11-24 13:00")
    page.get_by_role("button", name="改正并重试").click()
    expect(page.locator("#fx-q-answer")).to_contain_text("1")
    expect(page.locator(".fx-q-item").filter(has_text="26:00")).to_have_count(0)
    [case] = [case for case in office.cases() if case.case_no == "Q-1"]
    assert case.released_at == at("2026-11-24 13:00")
    assert one.complaints == []


def test_two_cells_of_one_row_are_corrected_at_once_on_a_phone(
    office: Served, reader: Reading, tmp_path: Path
) -> None:
    delivered(office, tmp_path)
    page = reader(office, PHONE).open("/quarantine")
    page.locator(".fx-q-item").filter(has_text="heavy").get_by_role("link", name="改正").click()
    page.get_by_role("textbox", name="gross_kg").fill("61400")
    page.get_by_role("textbox", name="axles").fill("6")
    page.get_by_role("button", name="改正并重试").click()
    expect(page.locator(".fx-q-item").filter(has_text="heavy")).to_have_count(0)
    expect(page.locator(".fx-q-item").filter(has_text="many")).to_have_count(0)
    assert waiting(office) == [("occurred_at", "open"), ("axles", "retried"), ("gross_kg", "retried")]
    [case] = [case for case in office.cases() if case.case_no == "Q-2"]
    assert (case.gross_kg, case.axles) == (61_400, 6)
