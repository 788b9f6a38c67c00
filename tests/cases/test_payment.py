"""The payment branch: from the first request to the payment that makes it full, and to its arrival."""

from __future__ import annotations

from tests.factories import HOUR, at, case, event

START = at("2024-11-26 14:32")
FINE = event("decided", START + HOUR, outcome="fine", fine_fen=100_000)


def test_instalments_are_full_with_the_one_that_reaches_the_fine() -> None:
    state = case(
        FINE,
        event("pay_requested", START + 2 * HOUR, payment_code="14000000000000000001"),
        event("paid", START + 3 * HOUR, amount_fen=60_000, channel="nontax_qr"),
        event("paid", START + 9 * HOUR, amount_fen=40_000, channel="bank_counter"),
    )
    assert (state.first_paid_at, state.paid_at, state.paid_fen) == (
        START + 3 * HOUR,
        START + 9 * HOUR,
        100_000,
    )
    assert (state.pay_requested_at, state.channel) == (START + 2 * HOUR, "nontax_qr")
    assert state.payment_code == "14000000000000000001"


def test_a_fine_that_is_not_covered_is_not_paid() -> None:
    state = case(FINE, event("paid", START + 3 * HOUR, amount_fen=99_999))
    assert (state.first_paid_at, state.paid_at, state.paid_fen) == (START + 3 * HOUR, None, 99_999)


def test_the_first_payment_is_the_full_one_where_the_fine_or_an_amount_is_unknown() -> None:
    assert case(event("paid", START, amount_fen=10)).paid_at == START
    assert case(FINE, event("paid", START + 3 * HOUR)).paid_at == START + 3 * HOUR


def test_a_refund_never_reopens_a_payment() -> None:
    paid = event("paid", START + 3 * HOUR, amount_fen=100_000)
    state = case(FINE, paid, event("refunded", START + 5 * HOUR, amount_fen=100_000))
    assert (state.paid_at, state.paid_fen) == (START + 3 * HOUR, 100_000)


def test_the_earliest_request_counts_and_failures_are_counted() -> None:
    state = case(
        event("pay_failed", START + 3 * HOUR),
        event("pay_requested", START + 4 * HOUR),
        event("pay_requested", START + 2 * HOUR),
        event("pay_failed", START + 5 * HOUR),
    )
    assert (state.pay_requested_at, state.pay_failures, state.pay_failed_at) == (
        START + 2 * HOUR, 2, START + 5 * HOUR,
    )  # fmt: skip


def test_the_arrival_of_one_instalment_is_not_that_of_the_fine() -> None:
    first = (event("paid", START + 3 * HOUR, amount_fen=60_000), event("pay_confirmed", START + 4 * HOUR))
    second = event("paid", START + 9 * HOUR, amount_fen=40_000)
    assert case(FINE, *first).pay_confirmed_at is None
    assert case(FINE, *first, second).pay_confirmed_at is None
    arrived = event("pay_confirmed", START + 10 * HOUR)
    assert case(FINE, *first, second, arrived).pay_confirmed_at == START + 10 * HOUR


def test_arrivals_with_amounts_are_full_with_the_one_that_reaches_the_fine() -> None:
    arrivals = [event("pay_confirmed", START + n * HOUR, amount_fen=50_000) for n in (4, 6)]
    assert case(FINE, arrivals[0]).pay_confirmed_at is None
    assert case(FINE, *arrivals).pay_confirmed_at == START + 6 * HOUR


def test_a_single_payment_has_arrived_also_where_the_treasury_clock_is_behind() -> None:
    state = case(FINE, event("paid", START + 3 * HOUR), event("pay_confirmed", START + 3 * HOUR - 1))
    assert state.pay_confirmed_at == START + 3 * HOUR - 1
