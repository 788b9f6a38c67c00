"""What the case page says of payments, in the words and on the clock of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pytest

from dashboard.parts.casepayments import payments_card
from dashboard.parts.sentence import Speech
from dashboard.views.case_payments import CasePayments, case_payments
from monitor.cases.event import Event
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.cases import CaseFile
from tests.dashboard.links import addresses
from tests.factories import CASE, HOUR, SHANGHAI, at, case, event

SHIPPED = load_configuration(Settings())
WEST, CODE = "14042301", "14042320261155307712"
START = at("2026-11-02 10:00")
NOW = at("2026-11-26 14:32")
CONFIRMED = event("confirmed", START - HOUR)
FINE = event("decided", START, outcome="fine", fine_fen=200_000, authority="transport")
ASKED = event("pay_requested", START + HOUR, payment_code=CODE, amount_fen=200_000)
ZH = Speech(texts("zh"), SHANGHAI, 2026)


def shown(*events: Event, station: str = WEST) -> CasePayments:
    state = case(*events)._replace(station=station)
    valid = frozenset((one.identity, one.content, one.received_at) for one in events)
    file = CaseFile(state, tuple(events), valid, 1, {}, (), ())
    found = case_payments(file, SHIPPED, {}, NOW, SHANGHAI)
    assert found is not None
    return found


def said(view: CasePayments) -> dict[str, list[str]]:
    [one] = view.payments
    rows: dict[str, list[str]] = {name: [ZH.say(line) for line in lines] for name, lines in one.rows}
    return {"standing": [ZH.say(one.standing)], **rows}


def test_requests_attempts_instalments_and_arrival_stand_in_their_order() -> None:
    view = shown(
        CONFIRMED, FINE, ASKED,
        event("pay_failed", START + 2 * HOUR, payment_code=CODE, channel="nontax_qr", reason="限额不足"),
        event("deferred", START + 3 * HOUR, payment_code=CODE, until="2026-12-20", instalments=2),
        event("paid", START + 4 * HOUR, ident="1", payment_code=CODE, amount_fen=50_000, channel="pos"),
        event("paid", START + 5 * HOUR, ident="2", payment_code=CODE, amount_fen=150_000,
              channel="cash_on_spot", ground="难以执行", collector="bank"),
        event("pay_confirmed", START + 6 * HOUR, payment_code=CODE, amount_fen=200_000),
    )  # fmt: skip
    assert said(view) == {
        "standing": ["已缴清,已到账"],
        "code": [CODE],
        "authority": ["交通执法"],
        "owed": ["2,000 元"],
        "requested": ["11-02 11:00"],
        "failed": ["11-02 12:00 · 非税平台二维码 · 限额不足"],
        "paid": [
            "11-02 14:00 · 500 元 · POS 刷卡",
            "11-02 15:00 · 1,500 元 · 现场收缴 · 当场收缴依据:不当场收缴事后难以执行 · 收缴人:银行",
        ],
        "arrived": ["11-02 16:00 · 2,000 元"],
        "due": ["2026-12-20(已批准延期)"],
        "deferred": ["分 2 期"],
    }
    assert not view.waits


def test_what_is_late_says_by_how_much_and_what_the_surcharge_would_be() -> None:
    # Received on 2 November: due on the 17th, nine days before the 26th, 3 % of 2,000 yuan for each.
    view = shown(CONFIRMED, FINE, ASKED, event("served", START + HOUR))
    told = said(view)
    assert told["standing"] == ["还未缴清,已过缴款期限 9 日"]
    assert told["due"] == ["2026-11-17(从收到决定书起算)"]
    assert told["surcharge"][0].startswith("540 元,逾期 9 日;行政处罚法")
    drawn = str(payments_card(view, ZH, SHIPPED))
    assert "估算" in drawn and "法律上放行不以缴款为前提" in drawn


def test_cash_without_a_ground_is_a_finding_and_the_law_is_not_repeated_after_the_release() -> None:
    cash = event("paid", START + 2 * HOUR, amount_fen=200_000, channel="cash_on_spot")
    view = shown(CONFIRMED, FINE, ASKED, cash, event("released", START + 3 * HOUR))
    assert "cash_without_ground" in {one.code for one in view.payments[0].findings}
    drawn = str(payments_card(view, ZH, SHIPPED))
    # With its numbers and its articles.
    assert "罚款 2,000 元" in drawn and "行政处罚法 第六十八条;行政处罚法 第六十九条" in drawn
    assert "现场收缴未记依据" in drawn and "法律上放行不以缴款为前提" not in drawn


@pytest.mark.parametrize(("station", "notice"), [(WEST, [f"/cases/{WEST}/{quote(CASE)}/notice"]), ("99", [])])
def test_the_notice_is_led_to_where_the_station_is_configured(station: str, notice: Sequence[str]) -> None:
    view = shown(CONFIRMED, FINE, ASKED, station=station)
    assert list(addresses(payments_card(view, ZH, SHIPPED))) == notice


def test_a_fine_without_any_payment_says_so_and_no_fine_shows_nothing() -> None:
    assert "还没有缴款的记录" in str(payments_card(shown(CONFIRMED, FINE), ZH, SHIPPED))
    state = case(CONFIRMED)
    file = CaseFile(state, (CONFIRMED,), frozenset(), 1, {}, (), ())
    assert case_payments(file, SHIPPED, {}, NOW, SHANGHAI) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_has_its_words_in_both_languages(language: str) -> None:
    speech = Speech(texts(language), SHANGHAI, 2026)  # type: ignore[arg-type]
    view = shown(
        CONFIRMED, FINE, ASKED, event("served", START),
        event("paid", START + 2 * HOUR, payment_code=CODE, amount_fen=50_000),
        event("refunded", START + 3 * HOUR, payment_code=CODE, amount_fen=10_000),
        event("surcharged", START + 4 * HOUR, payment_code=CODE, amount_fen=6_000),
    )  # fmt: skip
    assert "case.payments" not in str(payments_card(view, speech, SHIPPED))
    assert [name for name, _ in view.payments[0].rows][-3:] == ["due", "surcharge", "surcharged"]
