"""The payment branch of a case: requested, attempted, paid, arrived."""

from __future__ import annotations

from typing import NamedTuple

from monitor.cases.facts import Fact, Facts


class Payment(NamedTuple):
    """Payment of a case: instants in microseconds, money in the minor unit of the source's currency.

    `paid_at` is the payment that made it full (or the first, where amounts are not told); the first
    instalment stands beside it, and `pay_confirmed_at` is when the whole had arrived. A refund never reopens
    a payment.
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
        pay_confirmed_at=_arrived_in_full(arrived or [], paid or [], full_at, due_fen),
    )


def _arrived_in_full(
    arrived: list[Fact], paid: list[Fact], full_at: int | None, due_fen: int | None
) -> int | None:
    """When the treasury had it all: the arrival of one instalment is not yet that of the fine."""
    if not arrived or (paid and full_at is None):
        return None
    amounts = [data.get("amount_fen") for _, data in arrived]
    if due_fen is not None and None not in amounts:
        total = 0
        for (event, _), amount in zip(arrived, amounts, strict=True):
            total += amount or 0
            if total >= due_fen:
                return event.occurred_at
        return None
    last = arrived[-1][0]
    if len(arrived) < len(paid) and full_at is not None and last.latest < full_at:
        return None
    return last.occurred_at
