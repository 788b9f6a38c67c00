"""The payment notice: facts of the case and of the configuration, and nothing made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import pytest

from monitor.cases.event import Event
from monitor.payments import notice_pdf as pdf
from monitor.payments.address import standings
from monitor.payments.notice import Notice, Standing, notice_of
from monitor.payments.notice_html import notice_html
from monitor.payments.notice_pdf import NoChineseFont, notice_pdf
from monitor.payments.sheet import Sheet, grouped, sheet_of, yuan
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.cases import CaseFile
from tests.factories import HOUR, at, case, event

SHIPPED = load_configuration(Settings())
WEST = "14042301"
CODE = "14042320261155307712"
START = at("2026-11-25 09:00")
NOW = at("2026-11-26 14:32")
FINE = event(
    "decided", START, outcome="fine", fine_fen=200_000, authority="transport", plate="晋D12345",
    decision_no="襄交罚〔2026〕1125号",
)  # fmt: skip
ASKED = event("pay_requested", START + HOUR, payment_code=CODE, amount_fen=200_000)


def made(
    events: Sequence[Event], now: int = NOW, configuration: Configuration = SHIPPED, said: Any = None
) -> Notice:
    state = case(*events)._replace(station=WEST)
    valid = frozenset((one.identity, one.content, one.received_at) for one in events)
    file = CaseFile(state, tuple(events), valid, 1, {}, (), ())
    notice = notice_of(file, configuration, standings(configuration, said or {}).get(WEST), now)
    assert notice is not None
    return notice


def sheet(notice: Notice, language: str = "zh") -> Sheet:
    return sheet_of(notice, texts(language))  # type: ignore[arg-type]


def test_amount_code_payee_and_due_date() -> None:
    served = event("served", at("2026-11-25 09:30"))
    notice = made([FINE, ASKED, served])
    assert (notice.standing, notice.left_fen, notice.code) == (Standing.OWED, 200_000, CODE)
    assert (notice.due, notice.due_by) == (date(2026, 12, 10), "term")
    assert notice.url == f"https://pay.example.org/pay?code={CODE}&amount=2000.00"
    assert notice.payee == SHIPPED.stations[WEST].payment.payee  # type: ignore[union-attr]
    said = dict(sheet(notice).rows)
    assert said["缴款码"] == "1404 2320 2611 5530 7712"
    assert said["缴款期限"] == "2026-12-10(收到决定书后第 15 日,含当日)"
    assert said["决定书文号"] == "襄交罚〔2026〕1125号"
    # Of the plate no more than what tells the driver that it is the own one.
    assert said["车牌"] == "晋D·1**45"
    assert sheet(notice).amount == "2,000.00 元"


def test_without_service_the_term_is_said_and_no_day_is_made_up() -> None:
    notice = made([FINE, ASKED])
    assert (notice.due, notice.days) == (None, 15)
    assert dict(sheet(notice).rows)["缴款期限"] == "收到决定书之日起 15 日内"


def test_channels_are_those_of_the_authority_with_what_is_open_at_that_hour() -> None:
    def channels(authority: str, now: str) -> list[tuple[str, bool | None]]:
        fine = FINE._replace(data=FINE.data.replace('"transport"', f'"{authority}"'))
        return [(one.channel, one.open) for one in made([fine, ASKED], at(now)).channels]

    assert channels("transport", "2026-11-26 14:32") == [("nontax_qr", True), ("bank_counter", True)]
    assert channels("transport", "2026-11-26 22:00") == [("nontax_qr", True), ("bank_counter", False)]
    assert channels("police", "2026-11-28 10:00") == [("bank_counter", False), ("police_12123", True)]


def test_a_fine_of_the_police_has_no_code_of_the_other_platform() -> None:
    fine = FINE._replace(data=FINE.data.replace('"transport"', '"police"'))
    notice = made([fine, ASKED])
    assert notice.url is None
    assert sheet(notice).qr_notes == ("这笔款没有缴款二维码,请用下列渠道。",)


def test_cash_on_the_spot_is_no_channel_to_offer() -> None:
    state = case(FINE, ASKED)._replace(station="14042303")
    file = CaseFile(state, (), frozenset(), 1, {}, (), ())
    notice = notice_of(file, SHIPPED, None, NOW)
    assert notice is not None
    assert "cash_on_spot" not in [one.channel for one in notice.channels]
    assert "cash_on_spot" in SHIPPED.stations["14042303"].channels


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([event("confirmed", START)], Standing.NO_DECISION),
        ([event("decided", START, outcome="warning")], Standing.NOTHING),
        ([FINE, ASKED, event("withdrawn", START + 2 * HOUR)], Standing.NOTHING),
        ([FINE, ASKED, event("paid", START + 2 * HOUR, amount_fen=200_000)], Standing.PAID),
        ([FINE], Standing.OWED),
    ],
)  # fmt: skip
def test_where_nothing_is_to_be_paid_there_is_no_code(events: list[Event], standing: Standing) -> None:
    notice = made(events)
    assert (notice.standing, notice.url) == (standing, None)
    if standing is not Standing.OWED:
        assert sheet(notice).amount == ""
        assert "data:image" not in notice_html(sheet(notice), "zh", "x", "PDF")


def test_what_was_paid_in_part_leaves_the_rest() -> None:
    notice = made([FINE, ASKED, event("paid", START + 2 * HOUR, payment_code=CODE, amount_fen=50_001)])
    assert (notice.left_fen, notice.paid_fen) == (149_999, 50_001)
    assert notice.url is not None and notice.url.endswith("amount=1499.99")


def test_an_unknown_amount_is_missing_and_no_code_is_printed() -> None:
    notice = made([event("decided", START, outcome="fine"), event("pay_requested", START, payment_code=CODE)])
    assert (notice.left_fen, notice.url) == (None, None)
    assert sheet(notice).amount == "未填"


def test_an_estimate_of_the_surcharge_stands_beside_the_amount_and_is_not_in_it() -> None:
    served = event("served", at("2026-11-05 09:30"))
    notice = made([FINE, ASKED, served])  # due on the 20th: six days at 60 yuan
    assert (notice.left_fen, notice.surcharge_fen) == (200_000, 36_000)
    assert any("估算为 360.00 元" in note for note in sheet(notice).notes)


def test_an_address_that_waits_for_a_second_person_says_so_on_the_paper() -> None:
    station = SHIPPED.stations[WEST]
    assert station.payment is not None
    own = station.payment.model_copy(update={"address": "https://fs.bureau.example/p?c={code}"})
    changed = station.model_copy(update={"payment": own})
    stations = type(SHIPPED.stations)(
        tuple(changed if one.code == WEST else one for one in SHIPPED.stations.values())
    )
    notice = made([FINE, ASKED], configuration=replace(SHIPPED, stations=stations))
    assert (notice.host, notice.url_confirmed) == ("fs.bureau.example", False)
    assert len(sheet(notice).qr_notes) == 2
    assert made([FINE, ASKED]).url_confirmed  # an example leads nowhere


def test_the_page_holds_no_markup_of_the_data_and_asks_nothing_from_elsewhere() -> None:
    bad = '<script>alert("x")</script>'
    fine = event("decided", START, outcome="fine", fine_fen=100, authority="transport", decision_no=bad)
    page = notice_html(sheet(made([fine, ASKED])), "zh", "/x?a=1&b=2", "PDF")
    assert bad not in page and escape(bad) in page
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!data:image/svg)([^"]+)"', page) == ["/x?a=1&amp;b=2"]


def test_an_english_notice_has_no_chinese_left_but_names() -> None:
    told = sheet(made([FINE, ASKED]), "en")
    texts_of = [told.title, told.standing, told.channels_title, *told.notes, *told.qr_notes, told.badge]
    assert not re.search(r"[\u4e00-\u9fff]", " ".join([*texts_of, *(label for label, _ in told.rows)]))


def test_the_pdf_is_one_and_is_set_in_a_chinese_font() -> None:
    try:
        content = notice_pdf(sheet(made([FINE, ASKED])), "zh")
    except NoChineseFont:
        pytest.skip("no Chinese font on this machine")
    assert content.startswith(b"%PDF-")
    assert b"CJK" in content or any(name.replace(" ", "").encode() in content for name in pdf.FONTS)
    assert content.count(b"/Type /Page\n") + content.count(b"/Type/Page/") <= 1


def test_markup_of_typst_in_the_data_stays_text() -> None:
    fine = event("decided", START, outcome="fine", fine_fen=100, decision_no='#panic("x") $ * _ ] \\ "')
    try:
        assert notice_pdf(sheet(made([fine, ASKED])), "zh").startswith(b"%PDF-")
    except NoChineseFont:
        pytest.skip("no Chinese font on this machine")


def test_without_a_chinese_font_it_is_said_and_no_boxes_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FONTS", ("No Such Family",))
    with pytest.raises(NoChineseFont):
        notice_pdf(sheet(made([FINE, ASKED])), "zh")


def test_money_and_codes_as_they_are_read() -> None:
    assert [yuan(fen) for fen in (5, 100, 123_456_789)] == ["0.05", "1.00", "1,234,567.89"]
    assert grouped("123456789") == "1234 5678 9"
