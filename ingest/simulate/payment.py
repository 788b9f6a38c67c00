"""Paying a fine: the request, failures, delays by channel, and the treasury's batches."""

from __future__ import annotations

from random import Random

from .case import SimCase
from .moments import DAY, MINUTE, SECOND, spread, whole_minute, within_hours

BATCH = 30 * MINUTE
"""The treasury confirms what has arrived twice an hour."""

_CASH_GROUND = "行政处罚法第六十九条:当事人向银行缴纳确有困难,经当事人提出"
_MEDIAN = {
    "nontax_qr": 45, "nontax_web": 110, "pos": 30, "police_12123": 80, "bank_counter": 60, "cash_on_spot": 10,
}  # fmt: skip
"""Minutes from request to payment, for one who wants the vehicle back."""

_SHARE = {
    "nontax_qr": 50, "nontax_web": 14, "bank_counter": 16, "pos": 8, "police_12123": 100, "cash_on_spot": 6,
}  # fmt: skip


def channel_of(rng: Random, case: SimCase, fine_fen: int) -> str:
    """Police fines go through police channels; cash only for small fines or on a recorded ground."""
    offered = [c for c in case.site.channels if (c == "police_12123") == (case.authority == "police")]
    if case.authority == "police" and rng.random() < 0.15:
        return "bank_counter"
    if fine_fen > 200_000:
        offered = [c for c in offered if c != "cash_on_spot"]
    return rng.choices(offered, [_SHARE[c] for c in offered])[0]


def payment_code(rng: Random) -> str:
    """20 digits."""
    return "1404" + f"{rng.randrange(10**16):016d}"


def confirmed_by_treasury(paid_at: int) -> int:
    """The first batch that holds a payment, a few minutes after its half hour."""
    return (paid_at // BATCH + 1) * BATCH + 4 * MINUTE


def pay(rng: Random, case: SimCase, decided_at: int, fine_fen: int, *, waits_for_it: bool) -> tuple[int, int]:
    """From the decision to the treasury's confirmation. Returns when it was paid and when confirmed.

    `waits_for_it`: the vehicle is released only after payment, so people do not take their fifteen days.
    """
    code = payment_code(rng)
    channel = channel_of(rng, case, fine_fen)
    requested = case.add("pay_requested", decided_at + rng.randint(3, 18) * MINUTE, 0, payment_code=code,
                         amount_fen=fine_fen)  # fmt: skip
    at = requested
    if waits_for_it:
        at += spread(rng, _MEDIAN[channel], 0.7)
    else:
        at += min(14 * DAY, spread(rng, _MEDIAN[channel] * 6, 1.4))
    for _ in range(3):
        if channel in ("nontax_qr", "nontax_web", "police_12123") and rng.random() < 0.12:
            failed = at - rng.randint(0, 59) * SECOND
            case.add("pay_failed", failed, 0, payment_code=code, amount_fen=fine_fen, channel=channel,
                     reason=rng.choice(("缴款码失效", "限额不足", "支付超时")))  # fmt: skip
            at = failed + spread(rng, 50, 0.7)
    if channel == "bank_counter":
        at = within_hours(at, 8.5, 17.0, weekdays_only=True) + rng.randint(0, 40) * MINUTE
    told: dict[str, object] = {"payment_code": code, "amount_fen": fine_fen, "channel": channel}
    if channel == "cash_on_spot":
        told["ground"] = _CASH_GROUND
    paid = case.add("paid", whole_minute(at), 0, **told)
    arrives = confirmed_by_treasury(paid)
    confirmed = case.add("pay_confirmed", arrives, 0, payment_code=code, amount_fen=fine_fen)
    return paid, confirmed
