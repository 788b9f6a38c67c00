"""The payment branch of a case: requested, attempted, paid, arrived."""

from __future__ import annotations

from typing import NamedTuple

from monitor.cases.facts import Facts


class Payment(NamedTuple):
    """Payment of a case: instants in microseconds, money in the minor unit of the source's currency.

    `paid_at` is the payment that made it full (or the only one, where amounts are not told); the first
    instalment stands beside it. A refund never reopens a payment.
    """

    payment_code: str | None = None
    pay_requested_at: int | None = None
    pay_failures: int = 0
    pay_failed_at: int | None = None
    first_paid_at: int | None = None
    paid_at: int | None = None
    paid_fen: int | None = None
    channel: str | None = None
    pay_confirmed_at: int | None = None


def payment_of(facts: Facts, due_fen: int | None) -> Payment | None:
    """The payment branch from the valid events; None where nothing of it happened.

    `due_fen` is the fine in force; with it unknown, the first payment counts as the full one.
    """
    requested, failed = facts.get("pay_requested"), facts.get("pay_failed")
    paid, arrived = facts.get("paid"), facts.get("pay_confirmed")
    if not (requested or failed or paid or arrived):
        return None
    code = channel = None
    total = 0
    full_at: int | None = None
    amounts_told = bool(paid) and all(data.get("amount_fen") is not None for _, data in paid or ())
    for event, data in paid or ():
        total += data.get("amount_fen") or 0
        channel = channel or data.get("channel")
        if full_at is None and (due_fen is None or not amounts_told or total >= due_fen):
            full_at = event.occurred_at
    for _, data in (*(requested or ()), *(paid or ())):
        code = code or data.get("payment_code")
    return Payment(
        payment_code=code,
        pay_requested_at=requested[0][0].occurred_at if requested else None,
        pay_failures=len(failed) if failed else 0,
        pay_failed_at=failed[-1][0].occurred_at if failed else None,
        first_paid_at=paid[0][0].occurred_at if paid else None,
        paid_at=full_at,
        paid_fen=total if amounts_told else None,
        channel=channel,
        pay_confirmed_at=arrived[-1][0].occurred_at if arrived else None,
    )
