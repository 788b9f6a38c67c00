"""The payment branch of a case: requested, attempted, paid, arrived."""

from __future__ import annotations

from typing import Any

from monitor.cases.facts import Fact, Facts

PAYMENT = frozenset(("pay_requested", "pay_failed", "paid", "pay_confirmed"))
"""The activities of the branch."""


def payment_of(plain: dict[str, Any], facts: Facts) -> None:
    """The payment branch, into a state's fields; of a case in which something of it happened.

    `paid_at` is the payment that made the fine in force full, or the first where amounts are not told or the
    fine is unknown; the first instalment stands beside it, and `pay_confirmed_at` is when the whole had
    arrived. A refund never reopens a payment.
    """
    due_fen = plain.get("fine_fen")
    requested, failed = facts.get("pay_requested", []), facts.get("pay_failed", [])
    paid, arrived = facts.get("paid", []), facts.get("pay_confirmed", [])
    total = 0
    full_at: int | None = None
    amounts_told = bool(paid) and all(data.get("amount_fen") is not None for _, data in paid)
    for event, data in paid:
        total += data.get("amount_fen") or 0
        if full_at is None and (due_fen is None or not amounts_told or total >= due_fen):
            full_at = event.occurred_at
    plain["paid_at"] = full_at
    plain["pay_failures"] = len(failed)
    plain["payment_code"] = _first_told("payment_code", requested) or _first_told("payment_code", paid)
    plain["channel"] = _first_told("channel", paid)
    plain["pay_confirmed_at"] = _arrived_in_full(arrived, paid, full_at, due_fen)
    if requested:
        plain["pay_requested_at"] = requested[0][0].occurred_at
    if failed:
        plain["pay_failed_at"] = failed[-1][0].occurred_at
    if paid:
        plain["first_paid_at"] = paid[0][0].occurred_at
        plain["paid_fen"] = total if amounts_told else None


def _first_told(key: str, facts: list[Fact]) -> Any:
    return next((data[key] for _, data in facts if data.get(key)), None)


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
