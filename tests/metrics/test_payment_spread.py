"""Spreads of the times to payment worked out by hand."""

from __future__ import annotations

import pytest

from monitor.cases.event import Event
from monitor.metrics.ask import Ask
from monitor.metrics.payment_spread import payment_spread, payment_spread_by_night
from tests.factories import MINUTE, at, event
from tests.metrics.payment_rows import engine_of

NOW = at("2026-11-26 12:00")


def case(made: str, minutes: float, channel: str, authority: str = "transport") -> list[Event]:
    code = at(made)
    return [
        event("decided", code - 60 * MINUTE, outcome="fine", fine_fen=100_000, authority=authority),
        event("pay_requested", code),
        event("paid", code + round(minutes * MINUTE), amount_fen=100_000, channel=channel),
    ]


BY_QR = {n: case("2026-11-25 10:00", 10 * n, "nontax_qr") for n in range(1, 12)}
CASES = {
    **BY_QR,
    20: case("2026-11-24 21:00", 660, "bank_counter", "police"),
    21: case("2026-11-25 03:00", 360, "bank_counter", "police"),
}


def test_a_channel_has_quantiles_and_one_with_few_payments_every_one_of_them() -> None:
    police, transport = payment_spread(engine_of(CASES), Ask(NOW), 11)
    assert transport.cell == {"authority": "transport", "channel": "nontax_qr"}
    # 10, 20, … 110 minutes: the quantile of share p lies at place 1 + 10 p.
    assert transport.at == pytest.approx((20, 35, 60, 85, 100))
    assert (transport.n, transport.each) == (11, ())
    assert (police.cell["channel"], police.n, police.at, police.each) == (
        "bank_counter", 2, None, (360, 660),
    )  # fmt: skip


def test_night_is_told_from_day_by_the_hour_of_the_code() -> None:
    day, night = payment_spread_by_night(engine_of(CASES), Ask(NOW), 2)
    assert (day.cell["night"], day.n, night.cell["night"], night.n) == (False, 11, True, 2)
    assert night.at == pytest.approx((390, 435, 510, 585, 630))


def test_nothing_told_gives_nothing() -> None:
    only_decided = {1: case("2026-11-25 10:00", 10, "pos")[:1]}
    assert payment_spread(engine_of(only_decided), Ask(NOW), 12) == []
