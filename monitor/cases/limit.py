"""The weight limit that applies to a vehicle: a function of axles, class, drive axles, tyres, suspension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from monitor.settings.limits import Limits, WeightRule

_ORDINARY = ("truck", "combination")
"""Classes a vehicle of unknown class may be of; tractors and low-speed trucks are told as such."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What is known of a vehicle; None is unknown. `single_tyre_axles` counts axles with single tyres where
    dual ones are taken for granted, approved wide tyres left out."""

    axles: int | None
    kind: str | None = None
    drive_axles: int | None = None
    suspension: str | None = None
    single_tyre_axles: int = 0
    registered_gross_kg: int | None = None


class AppliedLimit(NamedTuple):
    """A limit in kg, the rule of `limits.yaml` it comes from, and what was taken off for single tyres."""

    kg: int
    rule: str
    deducted_kg: int


def applied_limit(limits: Limits, vehicle: Vehicle, day: date) -> AppliedLimit | None:
    """The limit in force on a local day; None where the facts do not single out one.

    Art. 3 of 交通运输部令2016年第62号. A condition nobody recorded (drive axles, suspension) is not assumed,
    so the general rule applies; a class nobody recorded is only inferred where one class has such axles.
    """
    if vehicle.kind is None:
        found = {kind: _rule(limits, vehicle, kind, day) for kind in _ORDINARY}
        rules = [rule for rule in found.values() if rule is not None]
        if len(rules) != 1:
            return None
        rule: WeightRule | None = rules[0]
    else:
        rule = _rule(limits, vehicle, vehicle.kind, day)
    if rule is None:
        return None
    kg = vehicle.registered_gross_kg if rule.registered_gross else rule.kg
    if kg is None:
        return None
    tyres = next((tyres for tyres in limits.single_tyres if tyres.in_force(day)), None)
    deducted = 0 if tyres is None else tyres.kg_per_axle * vehicle.single_tyre_axles
    return AppliedLimit(kg - deducted, rule.rule, deducted)


def _rule(limits: Limits, vehicle: Vehicle, kind: str, day: date) -> WeightRule | None:
    return next((rule for rule in limits.rules_on(day) if _fits(rule, vehicle, kind)), None)


def _fits(rule: WeightRule, vehicle: Vehicle, kind: str) -> bool:
    if rule.vehicle is not None and rule.vehicle != kind:
        return False
    if rule.axles is not None and rule.axles != vehicle.axles:
        return False
    if rule.axles_from is not None and (vehicle.axles is None or vehicle.axles < rule.axles_from):
        return False
    if rule.drive_axles is not None and rule.drive_axles != vehicle.drive_axles:
        return False
    return rule.suspension is None or rule.suspension == vehicle.suspension
