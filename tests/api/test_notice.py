"""The notice over HTTP, on the county that every list is tried on."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.notice import address, notice_router
from monitor.payments.notice_pdf import NoChineseFont, chinese_font
from tests.county import OFF_SITE, PAYING, County


@pytest.fixture
def driver(told: County) -> TestClient:
    app = FastAPI()
    app.include_router(notice_router(told.services))
    return TestClient(app)


def test_a_notice_of_the_police_says_where_it_can_be_paid_now(driver: TestClient) -> None:
    answer = driver.get(address(*PAYING))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    for said in ("1,000.00 元", "1404 2320 2611 5530 7712", "交管12123", "现在可缴", "晋D·1**45"):
        assert said in answer.text
    assert "晋D12345" not in answer.text


def test_it_comes_in_the_language_asked_for(driver: TestClient) -> None:
    assert "To pay" in driver.get(address(*PAYING), params={"lang": "en"}).text


def test_the_pdf_of_it(driver: TestClient) -> None:
    try:
        chinese_font()
    except NoChineseFont:
        answer = driver.get(address(*PAYING) + ".pdf")
        assert (answer.status_code, "字体" in answer.text) == (503, True)
        return
    answer = driver.get(address(*PAYING) + ".pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_case_without_a_decision_has_nothing_to_pay(driver: TestClient) -> None:
    assert "还没有处罚决定" in driver.get(address(*OFF_SITE)).text


def test_a_case_that_is_not_there_is_said_to_be_missing(driver: TestClient) -> None:
    for path in ("/cases/14042301/none/notice", "/cases/none/none/notice.pdf"):
        answer = driver.get(path)
        assert (answer.status_code, "没有这个案件" in answer.text) == (404, True)


def test_the_payments_of_a_case_say_what_was_asked_tried_and_owed(reader: TestClient) -> None:
    station, case_no = PAYING
    answer = reader.get(f"/api/v1/cases/{case_no}/payments", params={"station": station}).json()
    [payment] = answer["payments"]
    assert (payment["payment_code"], payment["owed_fen"], payment["paid"]) == (
        "14042320261155307712",
        100_000,
        None,
    )
    assert payment["requested"] == {"at": "2026-11-26T12:10:00+08:00", "until": None}
    assert [one["reason"] for one in payment["failures"]] == ["查不到决定", "查不到决定"]
    # Served on the 26th of November: fifteen days on.
    assert (payment["due"], payment["due_by"], payment["surcharge"]) == ("2026-12-11", "term", None)
    assert answer["notice"] == address(*PAYING)


def test_a_case_without_money_has_no_payments(reader: TestClient) -> None:
    assert reader.get(f"/api/v1/cases/{OFF_SITE[1]}/payments").json()["payments"] == []
