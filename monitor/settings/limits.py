"""Weight and size limits of `config/limits.yaml`, each with its source, dates and who confirmed it.

The table only; which rule applies to a vehicle is decided in the cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.entry import Cited, Dated, Entry, Name, typed
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document, KeyPath


class VehicleClass(StrEnum):
    """Body classes on which a limit depends; events carry the same codes in `vehicle`."""

    TRUCK = "truck"
    COMBINATION = "combination"
    TRACTOR = "tractor"
    """Agricultural tractors (拖拉机), not tractor units of a combination."""
    LOW_SPEED = "low_speed"


class Suspension(StrEnum):
    AIR = "air"
    STEEL = "steel"


class LegalSource(Entry):
    """A published text."""

    title: Name
    document: str
    """Document number, such as 交通运输部令2016年第62号."""
    article: str = ""


class Sourced(Dated, Cited):
    """A legal value from one day on, with the text it comes from."""


class WeightRule(Sourced):
    """The greatest gross mass of one kind of vehicle. Over the limit means strictly more than `kg`.

    A condition left out holds for every vehicle. `rule` is the key in the file; each case stores
    the one that decided it.
    """

    rule: str
    axles: int | None = Field(default=None, ge=1, le=20)
    axles_from: int | None = Field(default=None, ge=1, le=20)
    """This many axles or more. A group of two counts as 2, of three as 3."""
    vehicle: VehicleClass | None = None
    drive_axles: int | None = Field(default=None, ge=1, le=4)
    suspension: Suspension | None = None
    kg: Annotated[int, Field(gt=0, le=200_000)] | None = None
    registered_gross: bool = False
    """The limit is the registered gross mass of the vehicle, not a number of this table."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.kg is None) == (not self.registered_gross):
            raise PydanticCustomError("one_limit", "kg, or registered_gross: true", {"value": self.rule})
        return self

    @property
    def conditions(self) -> int:
        """How many conditions it names; a rule with more of them is the more special one."""
        named = (self.axles, self.axles_from, self.vehicle, self.drive_axles, self.suspension)
        return sum(condition is not None for condition in named)


class SizeLimits(Sourced):
    """Over the limit means strictly more, in millimetres."""

    height_mm: Annotated[int, Field(gt=0, le=20_000)]
    width_mm: Annotated[int, Field(gt=0, le=20_000)]
    length_mm: Annotated[int, Field(gt=0, le=100_000)]


class SingleTyres(Sourced):
    """Taken off the limit for each axle with single tyres where dual ones are taken for granted."""

    kg_per_axle: Annotated[int, Field(gt=0, le=20_000)]
    except_wide: bool = True
    """Approved wide tyres count as dual."""


class Exemption(Sourced):
    """Vehicles that are not over-limit vehicles although they exceed the table."""

    name: Name
    condition: Name


class Limits(Entry):
    """`limits.yaml`. Rules come with the most special first, then in the order of the file."""

    sources: dict[str, LegalSource]
    rules: dict[str, WeightRule]
    sizes: tuple[SizeLimits, ...]
    single_tyres: tuple[SingleTyres, ...]
    exemptions: dict[str, Exemption] = Field(default_factory=dict)
    axle_sum_tolerance_percent: Annotated[float, Field(ge=0, le=50)] = 2.0
    """How far the sum of axle weights may lie off the gross weight before it is a finding. No legal value."""

    @cached_property
    def ordered(self) -> tuple[WeightRule, ...]:
        """All rules, the most special first: the first that fits a vehicle and is in force decides."""
        return tuple(sorted(self.rules.values(), key=lambda rule: -rule.conditions))

    def rules_on(self, day: date) -> tuple[WeightRule, ...]:
        """The rules in force on a local day, the most special first."""
        return tuple(rule for rule in self.ordered if rule.in_force(day))

    def sourced(self) -> Iterator[tuple[KeyPath, Sourced]]:
        """Every legal value with its key in the file."""
        for code, rule in self.rules.items():
            yield ("rules", code), rule
        for position, sizes in enumerate(self.sizes):
            yield ("sizes", position), sizes
        for position, tyres in enumerate(self.single_tyres):
            yield ("single_tyres", position), tyres
        for code, exemption in self.exemptions.items():
            yield ("exemptions", code), exemption


def read_limits(document: Document) -> Limits:
    """The limits of a document. Raises ConfigError."""
    limits = typed(Limits, _with_rule_codes(document))
    problems = list(_limit_problems(limits, document))
    if problems:
        raise ConfigError(problems)
    return limits


def _with_rule_codes(document: Document) -> Document:
    """Each rule with its key as `rule`: what its place in the file says already."""
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("rules"), dict):
        return document
    rules: dict[str, Any] = {
        code: {**rule, "rule": code} if isinstance(rule, dict) else rule
        for code, rule in value["rules"].items()
    }
    return Document({**value, "rules": rules}, document.places)


def _limit_problems(limits: Limits, document: Document) -> Iterator[ConfigProblem]:
    for path, value in limits.sourced():
        if value.source not in limits.sources:
            known = ", ".join(limits.sources)
            yield document.problem((*path, "source"), "unknown_source", value=value.source, known=known)
    for code, rule in limits.rules.items():
        if rule.axles is not None and rule.axles_from is not None:
            yield document.problem(("rules", code, "axles_from"), "two_axle_conditions")
    rules = list(limits.rules.items())
    for position, (code, rule) in enumerate(rules):
        for other_code, other in rules[:position]:
            if _same_vehicles(rule, other) and _share_a_day(rule, other):
                yield document.problem(("rules", code), "two_rules_for_one", owner=other_code)


def _same_vehicles(rule: WeightRule, other: WeightRule) -> bool:
    return all(
        getattr(rule, condition) == getattr(other, condition)
        for condition in ("axles", "axles_from", "vehicle", "drive_axles", "suspension")
    )


def _share_a_day(one: Dated, other: Dated) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)
