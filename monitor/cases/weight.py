"""Weights of a case: the first weighing against its limit, and the reweighing that ends the violation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.cases.facts import Fact, Facts
from monitor.cases.state import Finding
from monitor.cases.terms import Terms

WEIGHED = frozenset(("weighed", "confirmed", "reweighed"))
"""Activities that tell a weight."""

REMOVAL = frozenset(("unloading", "unloaded", "cargo_transferred", "reweighed", "violation_removed"))
"""Activities by which a violation ends."""


def weights_of(plain: dict[str, Any], facts: Facts, terms: Terms, findings: list[Finding]) -> None:
    """First weight and the limit that applies, recorded or worked out, into the fields of a state.

    A recorded limit stands; where the rule of that vehicle gives another one, both are in a finding.
    """
    recorded = plain.get("limit_kg")
    if WEIGHED.isdisjoint(facts):
        if recorded is not None:
            plain["limit_rule"] = "recorded"
        return
    first = _first_weighing(facts)
    if first is None:
        if recorded is not None:
            plain["limit_rule"] = "recorded"
    else:
        event, data = first
        plain["gross_kg"] = data["gross_kg"]
        by_rule = terms.weight_limit(plain.get("vehicle"), plain.get("axles"), event.occurred_at)
        if recorded is None and by_rule is not None:
            plain["limit_kg"], plain["limit_rule"] = by_rule
        elif recorded is None:
            if "confirmed" in facts:
                findings.append(Finding("limit_unknown", event.occurred_at))
        elif by_rule is None or by_rule[0] == recorded:
            plain["limit_rule"] = "recorded" if by_rule is None else by_rule[1]
        else:
            plain["limit_rule"] = "recorded"
            numbers = (("recorded_kg", str(recorded)), ("rule_kg", str(by_rule[0])))
            findings.append(Finding("limit_differs", event.occurred_at, numbers))
    _reweighing(plain, facts, findings)
    _scales(facts, terms, findings)
    _axles(facts, terms, findings)


def _first_weighing(facts: Facts) -> Fact | None:
    for activity in ("weighed", "confirmed"):
        for fact in facts.get(activity, ()):
            if fact[1].get("gross_kg") is not None:
                return fact
    return None


def _reweighing(plain: dict[str, Any], facts: Facts, findings: list[Finding]) -> None:
    reweighs = _reweighs(facts)
    if not reweighs:
        return
    within = _within_limit(reweighs, plain.get("limit_kg"))
    plain["reweigh_kg"] = (reweighs[-1] if within is None else within)[1]["gross_kg"]
    gross = plain.get("gross_kg")
    for event, data in reweighs:
        if gross is not None and data["gross_kg"] > gross:
            numbers = (("first_kg", str(gross)), ("reweigh_kg", str(data["gross_kg"])))
            findings.append(Finding("reweigh_heavier", event.occurred_at, numbers))
            return


def _scales(facts: Facts, terms: Terms, findings: list[Finding]) -> None:
    """A weight taken outside the dates of its scale's certificate is no evidence; where the event names
    neither scale nor lane there is nothing to look up."""
    for activity in ("weighed", "confirmed", "reweighed"):
        for event, data in facts.get(activity, ()):
            scale = data.get("scale") or data.get("lane")
            if scale is None or data.get("gross_kg") is None:
                continue
            if terms.certified(str(scale), event.occurred_at) is False:
                findings.append(Finding("scale_uncertified", event.occurred_at, (("scale", str(scale)),)))


def _axles(facts: Facts, terms: Terms, findings: list[Finding]) -> None:
    for activity in ("weighed", "confirmed", "reweighed"):
        for event, data in facts.get(activity, ()):
            if "axle_weights_kg" in data and axle_sum_differs(data, terms.axle_sum_tolerance):
                numbers = (("sum_kg", str(sum(data["axle_weights_kg"]))), ("gross_kg", str(data["gross_kg"])))
                findings.append(Finding("axle_sum_differs", event.occurred_at, numbers))


def axle_sum_differs(data: Mapping[str, Any], tolerance: float) -> bool:
    """Whether the axle weights of a weighing add up to another gross weight, by more than this share of it.

    What was told of both stays as it is: one of the two is wrong, and nobody here knows which.
    """
    axles, gross = data.get("axle_weights_kg"), data.get("gross_kg")
    if not isinstance(axles, list) or gross is None:
        return False
    return bool(abs(sum(axles) - gross) > tolerance * gross)


def _reweighs(facts: Facts) -> list[Fact]:
    if "reweighed" not in facts:
        return []
    return [fact for fact in facts["reweighed"] if fact[1].get("gross_kg") is not None]


def _within_limit(reweighs: list[Fact], limit_kg: int | None) -> Fact | None:
    """The first reweighing within the limit: not over it is within it."""
    for fact in reweighs:
        limit = fact[1].get("limit_kg", limit_kg)
        if limit is not None and fact[1]["gross_kg"] <= limit:
            return fact
    return None


def removal_of(plain: dict[str, Any], facts: Facts) -> None:
    """Unloading, reweighing, and the moment the violation ended, told or derived, into a state's fields."""
    if "unloading" in facts:
        plain["unloading_at"] = facts["unloading"][0][0].occurred_at
    done = [facts[one][-1][0].occurred_at for one in ("unloaded", "cargo_transferred") if one in facts]
    if done:
        plain["unloaded_at"] = max(done)
    reweighs = _reweighs(facts)
    within = _within_limit(reweighs, plain.get("limit_kg"))
    if within is not None:
        plain["reweighed_at"] = within[0].occurred_at
    elif reweighs and plain.get("limit_kg") is not None:
        plain["reweigh_failed_at"] = reweighs[-1][0].occurred_at
    told = facts.get("violation_removed")
    ended = told[0] if told else within
    if ended is not None:
        plain["removed_at"], plain["removed_until"] = ended[0].occurred_at, ended[0].occurred_until
        plain["removed_derived"] = not told
