"""The payments of cases worked out by hand: joined by code, due, overdue, and what to look at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases.event import DAY, Event
from monitor.rules.payments import Payment, When, payments_of
from monitor.rules.surcharge import Span, estimated
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from tests.factories import HOUR, MINUTE, SHANGHAI, at, case, day, event

TERMS = load_configuration(Settings()).payments
START = at("2026-11-02 10:00")
NOW = at("2026-11-26 14:32")
FINE = event("decided", START + HOUR, outcome="fine", fine_fen=100_000, authority="transport")
A, B = "14042320261155307712", "14042320261155307713"


def found(*events: Event, now: int = NOW) -> list[Payment]:
    return payments_of(case(*events), events, TERMS, SHANGHAI, now)


def codes(payment: Payment) -> list[str]:
    return [finding.code for finding in payment.findings]


def test_request_failures_payment_and_arrival_are_joined_by_the_code() -> None:
    (one,) = found(
        FINE,
        event("pay_requested", START + 2 * HOUR, payment_code=A, amount_fen=100_000),
        event("pay_failed", START + 3 * HOUR, payment_code=A, channel="nontax_qr", reason="限额不足"),
        event("paid", START + 4 * HOUR, payment_code=A, amount_fen=100_000, channel="bank_counter"),
        event("pay_confirmed", START + 5 * HOUR, payment_code=A, amount_fen=100_000),
    )
    assert (one.code, one.authority, one.owed_fen) == (A, "transport", 100_000)
    assert (one.requested, one.paid, one.confirmed) == (
        When(START + 2 * HOUR, None),
        When(START + 4 * HOUR, None),
        When(START + 5 * HOUR, None),
    )
    assert [(f.channel, f.reason) for f in one.failures] == [("nontax_qr", "限额不足")]
    assert (one.channel, one.paid_fen, one.confirmed_fen, one.findings) == (
        "bank_counter",
        100_000,
        100_000,
        (),
    )


def test_two_codes_are_two_payments_whatever_the_order_of_their_events() -> None:
    one, two = found(
        FINE,
        event("pay_requested", START + 2 * HOUR, ident="a", payment_code=A, amount_fen=60_000),
        event("pay_requested", START + 3 * HOUR, ident="b", payment_code=B, amount_fen=40_000),
        event("paid", START + 4 * HOUR, ident="b", payment_code=B, amount_fen=40_000),
        event("paid", START + 9 * HOUR, ident="a", payment_code=A, amount_fen=60_000),
    )
    assert (one.code, one.owed_fen, one.paid) == (A, 60_000, When(START + 9 * HOUR, None))
    assert (two.code, two.owed_fen, two.paid) == (B, 40_000, When(START + 4 * HOUR, None))


def test_without_codes_the_order_in_the_case_joins() -> None:
    one, two = found(
        FINE,
        event("pay_requested", START + 2 * HOUR, amount_fen=60_000),
        event("paid", START + 3 * HOUR, amount_fen=60_000),
        event("pay_requested", START + 5 * HOUR, amount_fen=40_000),
        event("pay_failed", START + 6 * HOUR, channel="pos"),
    )
    assert (one.code, one.paid_fen, len(one.failures)) == (None, 60_000, 0)
    assert (two.paid, len(two.failures)) == (None, 1)


def test_a_code_first_told_with_the_money_belongs_to_the_request_before_it() -> None:
    (one,) = found(
        FINE,
        event("pay_requested", START + 2 * HOUR),
        event("paid", START + 3 * HOUR, payment_code=A, amount_fen=100_000),
    )
    assert (one.code, one.requested, one.paid) == (
        A,
        When(START + 2 * HOUR, None),
        When(START + 3 * HOUR, None),
    )


def test_instalments_are_full_with_the_last_and_a_refund_never_reopens() -> None:
    (one,) = found(
        FINE,
        event("pay_requested", START + 2 * HOUR, payment_code=A, amount_fen=100_000),
        event("deferred", START + 2 * HOUR + MINUTE, payment_code=A, until="2026-12-20", instalments=2),
        event("paid", START + 3 * HOUR, payment_code=A, amount_fen=30_000),
        event("paid", START + 9 * HOUR, payment_code=A, amount_fen=70_000),
        event("refunded", START + 20 * HOUR, payment_code=A, amount_fen=10_000),
    )
    assert [i.amount_fen for i in one.instalments] == [30_000, 70_000]
    assert (one.paid, one.refunded_fen) == (When(START + 9 * HOUR, None), 10_000)
    assert (one.due, one.due_by, one.deferred_parts) == (date(2026, 12, 20), "deferred", 2)


def test_a_day_stays_a_day() -> None:
    span = day("2026-11-05")
    (one,) = found(FINE, event("paid", span, amount_fen=100_000))
    assert one.paid == When(*span)


# ---------------------------------------------------------------- due and overdue
SERVED = event("served", at("2026-11-02 11:30"))


def paid_on(text: str) -> Event:
    return event("paid", at(text), amount_fen=100_000)


def test_due_is_the_fifteenth_day_after_service_and_that_day_is_in_time() -> None:
    (one,) = found(FINE, SERVED, event("pay_requested", START + 2 * HOUR), paid_on("2026-11-17 23:59"))
    assert (one.due, one.due_by, one.surcharge) == (date(2026, 11, 17), "term", None)


def test_what_was_told_wins_and_without_service_nothing_is_due() -> None:
    (one,) = found(FINE, event("pay_requested", START + 2 * HOUR, due="2026-11-30"))
    assert (one.due, one.due_by) == (date(2026, 11, 30), "told")
    (one,) = found(FINE, event("pay_requested", START + 2 * HOUR))
    assert (one.due, one.due_by, one.surcharge) == (None, None, None)


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ("2026年12月1日", date(2026, 12, 1)),
        ("2026/12/1 17:00", date(2026, 12, 1)),
        (at("2026-12-01 00:00"), date(2026, 12, 1)),
        ("2026-02-30", None),
        ("月底", None),
        ("20261201", None),
    ],
)
def test_a_due_day_is_read_as_sources_write_it_and_never_guessed(told: object, due: date | None) -> None:
    (one,) = found(FINE, event("pay_requested", START + 2 * HOUR, due=told))
    assert one.due == due


def test_one_day_late_adds_three_per_cent_of_the_fine_as_an_estimate() -> None:
    (one,) = found(FINE, SERVED, paid_on("2026-11-18 00:00"), event("surcharged", NOW, amount_fen=2_000))
    assert one.surcharge is not None
    assert (one.surcharge.fen, one.surcharge.days, one.surcharge.capped) == (3_000, 1, False)
    assert one.surcharge.article == "行政处罚法(2021年修订) 第七十二条"
    assert one.surcharged_fen == 2_000  # recorded, and left as it was


@pytest.mark.parametrize(
    ("today", "fen", "capped"),
    [
        ("2026-12-20 12:00", 99_000, False),
        ("2026-12-21 12:00", 100_000, True),
        ("2027-06-01 12:00", 100_000, True),
    ],
)
def test_an_unpaid_fine_grows_by_the_day_up_to_the_fine(today: str, fen: int, capped: bool) -> None:
    # Due on 17 November: 33 days later 99 %, the day after 102 %.
    (one,) = found(FINE, SERVED, event("pay_requested", START + 2 * HOUR), now=at(today))
    assert one.surcharge is not None
    assert (one.surcharge.fen, one.surcharge.capped) == (fen, capped)


def test_days_of_review_or_suit_are_not_counted() -> None:
    appeal = event("appealed", at("2026-11-19 09:00"))
    (one,) = found(
        FINE,
        SERVED,
        appeal,
        event("appeal_decided", at("2026-11-22 09:00")),
        event("pay_requested", START + 2 * HOUR),
    )
    # 18 to 26 November are 9 days, of which 19 to 22 are four of review.
    assert one.surcharge is not None
    assert (one.surcharge.days, one.surcharge.paused, one.surcharge.fen) == (5, 4, 15_000)
    (one,) = found(FINE, SERVED, appeal, event("pay_requested", START + 2 * HOUR))
    assert one.surcharge is not None
    assert (one.surcharge.days, one.surcharge.fen) == (1, 3_000)


def test_by_what_is_unpaid_an_instalment_lessens_the_days_after_it() -> None:
    rule = TERMS.surcharge[0].model_copy(update={"base": "unpaid"})
    terms = TERMS.model_copy(update={"surcharge": (rule,)})
    late = estimated(
        100_000, date(2026, 11, 17), date(2026, 11, 19), [(date(2026, 11, 18), 60_000)], [], terms
    )
    # 3 % of 1,000 yuan on the 18th and of 400 on the 19th.
    assert late is not None and late.fen == 3_000 + 1_200


@given(
    owed=st.integers(1, 10_000_000),
    late=st.integers(-20, 400),
    pause=st.tuples(st.integers(0, 200), st.integers(0, 60)),
)
def test_an_estimate_never_passes_the_fine_and_never_shrinks(
    owed: int, late: int, pause: tuple[int, int]
) -> None:
    due = date(2026, 1, 31)
    span = Span(date.fromordinal(due.toordinal() + pause[0]), date.fromordinal(due.toordinal() + sum(pause)))
    first = estimated(owed, due, date.fromordinal(due.toordinal() + late), [], [span], TERMS)
    after = estimated(owed, due, date.fromordinal(due.toordinal() + late + 1), [], [span], TERMS)
    assert (first is None) == (late <= 0)
    if first is not None and after is not None:
        assert 0 <= first.fen <= after.fen <= owed
        assert first.days + first.paused == late


# ---------------------------------------------------------------- what to look at
def spot(**told: object) -> Event:
    return event("paid", START + 2 * HOUR, channel="cash_on_spot", amount_fen=100_000, **told)


def test_cash_on_the_spot_without_a_ground_is_a_finding_with_its_articles() -> None:
    (one,) = found(FINE, spot())
    assert codes(one) == ["cash_without_ground"]
    assert "第六十八条" in one.findings[0].article and "第六十九条" in one.findings[0].article
    (one,) = found(FINE, spot(ground="第六十九条:当事人向银行缴纳确有困难,经当事人提出"))
    assert (codes(one), one.instalments[0].grounds) == ([], ("remote_on_request",))
    # A ground that the program does not know is one all the same.
    (one,) = found(FINE, spot(ground="其他规定"))
    assert (codes(one), one.instalments[0].grounds) == ([], ())


@pytest.mark.parametrize(("fine", "expected"), [(10_000, []), (10_001, ["cash_ground_unfit"])])
def test_the_ground_of_a_small_fine_holds_up_to_100_yuan(fine: int, expected: list[str]) -> None:
    decided = event("decided", START + HOUR, outcome="fine", fine_fen=fine, authority="transport")
    paid = event(
        "paid", START + 2 * HOUR, channel="cash_on_spot", amount_fen=fine, ground="一百元以下罚款"
    )
    (one,) = found(decided, paid)
    assert codes(one) == expected


def test_who_fines_does_not_collect_unless_on_a_ground() -> None:
    (one,) = found(FINE, event("paid", START + 2 * HOUR, channel="pos", collector="transport"))
    assert codes(one) == ["fine_and_collection_by_one"]
    assert one.findings[0].article == "行政处罚法(2021年修订) 第六十七条"
    assert codes(found(FINE, event("paid", START + 2 * HOUR, channel="pos", collector="bank"))[0]) == []
    assert codes(found(FINE, spot(ground="难以执行", collector="transport"))[0]) == []
    assert codes(found(FINE, event("paid", START + 2 * HOUR, collector="police"))[0]) == []


def test_money_of_a_case_of_which_nothing_else_is_known_is_kept_and_marked() -> None:
    (one,) = found(event("paid", START, payment_code=A, amount_fen=100_000))
    assert (codes(one), one.paid_fen, one.authority) == (["payment_unknown_case"], 100_000, None)


@pytest.mark.parametrize("activity", ["pay_requested", "paid", "pay_confirmed"])
def test_money_of_a_case_without_a_decision_is_marked_with_the_article_and_its_numbers(activity: str) -> None:
    held = event("detained", START)
    money = event(activity, START + HOUR, payment_code=A, amount_fen=100_000)
    (one,) = found(held, money)
    [finding] = one.findings
    assert (finding.code, finding.article) == ("paid_without_decision", "行政处罚法(2021年修订) 第六十七条")
    values = [(value.name, value.value) for value in finding.values]
    assert values == [("at", START + HOUR), ("amount_fen", 100_000)][: len(values)]
    assert len(values) == 2
    # A decision that is told later settles it, and an attempt that failed is no money.
    assert codes(found(held, money, FINE)[0]) == []
    assert codes(found(held, event("pay_failed", START + HOUR, channel="pos"))[0]) == []


def test_a_negative_amount_counts_for_nothing() -> None:
    (one,) = found(
        FINE,
        event("pay_requested", START + 2 * HOUR, payment_code=A, amount_fen=100_000),
        event("paid", START + 3 * HOUR, payment_code=A, amount_fen=-100_000),
    )
    assert (codes(one), one.paid, one.instalments) == (["negative_amount"], None, ())


def test_an_amount_off_by_just_ten_thousand_is_marked_and_not_mended() -> None:
    (one,) = found(FINE, event("paid", START + 2 * HOUR, amount_fen=10))
    assert (codes(one), one.paid_fen) == (["factor_of_10000"], 10)
    (one,) = found(FINE, event("paid", START + 2 * HOUR, amount_fen=1_000_000_000))
    assert "factor_of_10000" in codes(one)


def test_paid_twice_is_seen_over_codes_and_a_refund_settles_it() -> None:
    twice = [
        FINE,
        event("paid", START + 2 * HOUR, payment_code=A, amount_fen=100_000),
        event("paid", START + 3 * HOUR, payment_code=B, amount_fen=100_000),
    ]
    one, two = found(*twice)
    assert (codes(one), codes(two)) == ([], ["paid_twice"])
    refund = event("refunded", START + 2 * DAY, payment_code=B, amount_fen=100_000)
    assert [codes(p) for p in found(*twice, refund)] == [[], []]
