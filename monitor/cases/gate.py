"""The gate of a configured station as the branches of a case want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cases.activity import Lane
from monitor.cases.branch import LAWFUL_GATE, Gate
from monitor.settings.stations import Need

if TYPE_CHECKING:
    from monitor.settings.stations import Gate as ConfiguredGate

_LANES = {
    Need.REMOVAL: Lane.REMOVAL,
    Need.DECISION: Lane.DECISION,
    Need.PAYMENT: Lane.PAYMENT,
    Need.PAYMENT_CONFIRMED: Lane.PAYMENT,
}


def gate_of(configured: ConfiguredGate | None) -> Gate:
    """The gate of a configured station; without one the law's own."""
    if configured is None:
        return LAWFUL_GATE
    return Gate(
        frozenset(_LANES[need] for need in configured.needs),
        payment_confirmed=Need.PAYMENT_CONFIRMED in configured.needs,
        legal_ground=configured.legal_ground.zh if configured.legal_ground else None,
        confirmed_by=configured.confirmed_by,
        example=configured.example,
    )
