"""The parts of a rule set as typed data: acts with their tiers and penalties, factors, exemptions.

Money is whole fen, written in yuan; what a value is held against by whom stands beside it.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.entry import Cited, Entry, Name
from monitor.settings.measure import Bounds, Reach, reach_of


def _fen(value: Any) -> Any:
    """Yuan, whole or with two decimals, as fen."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        exact = Decimal(str(value)) * 100
        if exact == int(exact):
            return int(exact)
    except (InvalidOperation, OverflowError, ValueError):
        pass
    raise PydanticCustomError("too_fine", "a whole number of fen", {"value": str(value)})


Fen = Annotated[int, BeforeValidator(_fen), Field(strict=True, ge=0, le=10**12)]


class Penalty(StrEnum):
    """What a tier gives."""

    FINE = "fine"
    WARNING = "warning"
    NO_PENALTY = "no_penalty"
    POINTS = "points"
    """记分 in the driver's record, beside a fine."""


class Way(StrEnum):
    """How a part of a whole step is counted."""

    FLOOR = "floor"
    CEIL = "ceil"


class Level(StrEnum):
    LAW = "law"
    BASELINE = "baseline"
    """Narrows the law within an authority; where it has a rule, that one decides."""


class FineSpan(Entry):
    """From how much to how much, both within."""

    low_fen: Fen = Field(default=0, alias="from_yuan")
    high_fen: Fen = Field(alias="to_yuan")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high_fen < self.low_fen:
            raise PydanticCustomError("fine_reversed", "to_yuan is less than from_yuan", {})
        return self


class Formula(Entry):
    """So much for every so many kilograms over the limit, at most a sum."""

    every_kg: Annotated[int, Field(strict=True, gt=0, le=1_000_000)]
    step_fen: Fen = Field(alias="yuan")
    most_fen: Fen = Field(alias="most_yuan")

    def fen(self, over_kg: int, way: Way) -> int:
        """The fine for a mass over the limit."""
        steps = over_kg // self.every_kg if way is Way.FLOOR else -(-over_kg // self.every_kg)
        return min(self.most_fen, steps * self.step_fen)


class Rounding(Cited):
    """How the formula of an act counts a part of a step: a setting, since the text may not say."""

    way: Way


Box = dict[str, Bounds]

_AMOUNTS = {
    Penalty.FINE: ((True, False, False), (False, True, False)),
    Penalty.POINTS: ((False, False, True),),
}
"""Which of fine, formula and points a penalty needs."""


class Tier(Entry):
    """Where it holds, and its penalty. `when` is a box of bounds, `any_of` are several of which one is
    enough; without both it holds everywhere."""

    when: Box | None = None
    any_of: tuple[Box, ...] = ()
    penalty: Penalty
    fine: FineSpan | None = None
    formula: Formula | None = None
    points: Annotated[int, Field(strict=True, ge=1, le=12)] | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _has_its_amount(self) -> Self:
        told = (self.fine is not None, self.formula is not None, self.points is not None)
        if told not in _AMOUNTS.get(self.penalty, ((False, False, False),)):
            raise PydanticCustomError(
                "penalty_amount", "penalty and amount do not fit", {"value": self.penalty.value}
            )
        if self.when is not None and self.any_of:
            raise PydanticCustomError("two_bounds", "both given", {"one": "when", "other": "any_of"})
        return self

    @property
    def boxes(self) -> tuple[Box, ...]:
        return self.any_of or (self.when or {},)

    def reaches(self) -> list[dict[str, Reach]]:
        """Its boxes as places. Raises BadMeasure, which reading the file has ruled out."""
        found = []
        for box in self.boxes:
            reaches = [reach_of(key, bounds) for key, bounds in box.items()]
            found.append({reach.measure: reach for reach in reaches})
        return found


class Act(Cited):
    """A kind of illegal act with its tiers, which hold every value once.

    `named` acts apply only where a decision names them; the others follow from weights and sizes.
    """

    name: Name
    tiers: Annotated[dict[str, Tier], Field(min_length=1)]
    rounding: Rounding | None = None
    named: bool = False


class Together(Cited):
    """Several acts add up, at most to this."""

    most_fen: Fen = Field(alias="most_yuan")


class Effect(StrEnum):
    MITIGATING = "mitigating"
    AGGRAVATING = "aggravating"


class Factor(Cited):
    """A circumstance that a decision may record, by its code or one of its words, and what shows it."""

    name: Name
    effect: Effect
    evidence: Name
    words: tuple[str, ...] = ()


class ExemptionKind(StrEnum):
    MINOR = "minor"
    """轻微免罚: minor, corrected, no harm."""
    FIRST = "first"
    """首违不罚: first time, light harm, corrected."""


class ExemptionRule(Cited):
    """Where no penalty is given, or may not be: all of `when` and every one of the factors in `needs`."""

    name: Name
    kind: ExemptionKind
    when: Box = Field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def reaches(self) -> list[Reach]:
        return [reach_of(key, bounds) for key, bounds in self.when.items()]


class DepartureNeed(StrEnum):
    REASON = "reason"
    EVIDENCE = "evidence"
    REVIEW = "review"


class Departure(Cited):
    """What a fine outside the band needs on record."""

    needs: tuple[DepartureNeed, ...]


class Ceiling(Cited):
    """The greatest fine of something."""

    most_fen: Fen = Field(alias="most_yuan")


class CountRule(Cited):
    n: Annotated[int, Field(strict=True, ge=0, le=100_000)]


class ShareRule(Cited):
    percent: Annotated[float, Field(ge=0, le=100)]


class Asked(Cited):
    """When a step is asked for: from a fine on, or after a hearing."""

    from_fen: Fen | None = Field(default=None, alias="from_yuan")
    after_hearing: bool = False


class OfficersRule(Cited):
    """The least number of officers, and where one may act alone."""

    least: Annotated[int, Field(strict=True, ge=1, le=20)]


class OneOfficer(Cited):
    """Where an officer may decide alone."""

    authority: str
    procedure: str


class Procedure(Entry):
    """What a procedure must keep to; a value left out is not checked."""

    simple_citizen: Ceiling | None = None
    simple_organisation: Ceiling | None = None
    simple_police: Ceiling | None = None
    officers: OfficersRule | None = None
    one_officer: OneOfficer | None = None
    notice: Cited | None = None
    """Facts, grounds and rights are told before the decision."""
    statement: Cited | None = None
    """A statement or defence may not raise the penalty."""
    once: Cited | None = None
    """One act is fined once."""
    legal_review: Asked | None = None
    hearing_review: Asked | None = None
    """Legal review after a hearing."""
    committee: Asked | None = None
    decision_days: CountRule | None = None
    """Calendar days from filing to decision."""
    no_penalty: Cited | None = None
    lighter: Cited | None = None
    """Of an old and a new rule the lighter one holds."""
    authority: Cited | None = None
    """A penalty is given by the body that has the authority."""


class Repeats(Entry):
    """What happens to those who do it again, within one rolling year."""

    vehicle_acts: CountRule | None = None
    """From this illegal overload of a vehicle on."""
    driver_acts: CountRule | None = None
    company_share: ShareRule | None = None
    """More than this share of a company's trucks."""
