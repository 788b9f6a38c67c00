"""What a case owes and what was told to be paid on it, to hold the treasury's statements against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from monitor.cases.event import Event


class Taking(NamedTuple):
    """Money that somebody says was paid or paid back. `id` is the event's identity in hexadecimal; instants
    in microseconds UTC, `until` where only the day is known; fen, None where the amount is not told."""

    id: str
    source: str
    code: str | None
    amount_fen: int | None
    at: int
    until: int | None
    channel: str | None


class Owed(NamedTuple):
    """The money of one case. `due_fen` is what the decisions in force ask for, 0 where they ask for nothing,
    None where it is not known; `highest_fen` the most they ever asked for. Surcharges stand apart."""

    station: str
    case_no: str
    decision_nos: tuple[str, ...] = ()
    due_fen: int | None = None
    highest_fen: int | None = None
    surcharge_fen: int = 0
    requests: tuple[tuple[str, int | None], ...] = ()
    """(payment code, amount) of each request."""
    instalments: bool = False
    takings: tuple[Taking, ...] = ()
    refunds: tuple[Taking, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Every payment code that the case knows."""
        told = (one.code for one in (*self.takings, *self.refunds))
        return frozenset([*(code for code, _ in self.requests), *(code for code in told if code)])


ACTIVITIES = frozenset(
    (
        "decided", "decision_changed", "decision_revoked", "pay_requested", "paid", "pay_confirmed",
        "refunded", "deferred", "surcharged",
    )
)  # fmt: skip
"""Activities from which the money of a case is told."""


def owed(station: str, case_no: str, events: Iterable[Event]) -> Owed:
    """The money of a case by its valid events, in whatever order they stand.

    An arrival (`pay_confirmed`) is a payment of its own only where no payment was told under its code: else
    it says of that one that the money has arrived.
    """
    told = sorted(
        (event for event in events if event.activity in ACTIVITIES),
        key=lambda event: (event.occurred_at, event.latest, event.identity),
    )
    decisions = _Decisions()
    requests: set[tuple[str, int | None]] = set()
    paid: list[Taking] = []
    arrived: list[Taking] = []
    refunds: list[Taking] = []
    surcharge, instalments = 0, False
    for event in told:
        data: dict[str, Any] = orjson.loads(event.data) if event.data else {}
        match event.activity:
            case "decided" | "decision_changed" | "decision_revoked":
                decisions.hear(event.activity, data)
            case "pay_requested":
                if data.get("payment_code"):
                    requests.add((str(data["payment_code"]), data.get("amount_fen")))
            case "paid":
                paid.append(_taking(event, data))
            case "pay_confirmed":
                arrived.append(_taking(event, data))
            case "refunded":
                refunds.append(_taking(event, data))
            case "surcharged":
                surcharge += data.get("amount_fen") or 0
            case "deferred":
                instalments = instalments or bool(data.get("instalments"))
    codes = {one.code for one in paid}
    unheard = [] if None in codes else [one for one in arrived if one.code not in codes]
    if paid:
        # Without its code an arrival may be that of any payment.
        unheard = [one for one in unheard if one.code is not None]
    due, highest = decisions.due()
    return Owed(
        station, case_no, decisions.numbers, due, highest, surcharge,
        tuple(sorted(requests, key=lambda one: (one[0], -1 if one[1] is None else one[1]))),
        instalments, tuple(paid + unheard), tuple(refunds),
    )  # fmt: skip


def _taking(event: Event, data: dict[str, Any]) -> Taking:
    code = data.get("payment_code")
    return Taking(
        event.identity.hex(), event.source, None if code is None else str(code), data.get("amount_fen"),
        event.occurred_at, event.occurred_until, data.get("channel"),
    )  # fmt: skip


class _Decisions:
    """Fines by decision, heard in the order of time; None where the amount is not told."""

    def __init__(self) -> None:
        self._now: dict[str | None, int | None] = {}
        self._ever: dict[str | None, list[int]] = {}
        self._numbers: set[str] = set()
        self._last: str | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every decision number that was told."""
        return tuple(sorted(self._numbers))

    def hear(self, activity: str, data: dict[str, Any]) -> None:
        """A decision, its change or its revocation; without a number the last one is meant."""
        told = data.get("decision_no")
        number = None if told is None else str(told)
        if number is not None:
            self._numbers.add(number)
        if activity == "decided":
            self._last = number
            self._set(number, _fine(data))
            return
        meant = number if number in self._now else self._last
        if activity == "decision_revoked":
            self._set(meant, 0)
        elif "fine_fen" in data or data.get("outcome") is not None:
            self._set(meant, _fine(data))

    def due(self) -> tuple[int | None, int | None]:
        """What all of them ask for now, and the most they ever did; None where it is not known."""
        # Told by two sources, once with and once without its number, it is one decision.
        keys: list[str | None] = [key for key in self._now if key is not None]
        keys = keys or list(self._now)
        fines = [self._now[key] for key in keys]
        if not fines or None in fines:
            return None, None
        return sum(fine or 0 for fine in fines), sum(max(self._ever[key]) for key in keys)

    def _set(self, number: str | None, fine: int | None) -> None:
        self._now[number] = fine
        self._ever.setdefault(number, []).append(fine or 0)


def _fine(data: dict[str, Any]) -> int | None:
    fine: int | None = data.get("fine_fen")
    return 0 if fine is None and data.get("outcome") not in (None, "fine") else fine
