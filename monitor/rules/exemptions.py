"""轻微免罚 and 首违不罚: whether a decision meets what an exemption names."""

from __future__ import annotations

from collections.abc import Collection

from monitor.rules.bands import PLACES
from monitor.rules.book import Exempting, InForce
from monitor.rules.decision import Decision


def exemption_of(d: Decision, rules: InForce, factors: Collection[str]) -> Exempting | None:
    """The first exemption that a decision meets: every number it asks for is told and fits, and every factor
    it needs is recorded. `factors` are codes."""
    return next((one for one in rules.exemptions if _meets(d, one, factors)), None)


def _meets(d: Decision, rule: Exempting, factors: Collection[str]) -> bool:
    for code in rule.needs:
        if code not in factors:
            return False
    for measure, first, last in rule.reaches:
        place = PLACES[measure](d)
        if place is None or not first <= place <= last:
            return False
    return True
