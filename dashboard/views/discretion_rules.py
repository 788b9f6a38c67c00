"""What the rules in force allow, as pages draw and tell it: bands over a measure, tiers by name, sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from monitor.metrics.fine_points import MEASURES
from monitor.settings.measure import HIGHEST, LOWEST, Reach
from monitor.settings.penalties import Act, Formula, Level, Penalty, Tier, Way
from monitor.settings.rulesets import Rules, RuleSet, RuleVersion

if TYPE_CHECKING:
    from monitor.settings.entry import Name

AUTHORITIES = ("police", "transport")


@dataclass(frozen=True, slots=True)
class Box:
    """A tier over the measure of its figure, in shares or kg (`last` None: without end), in fen. `others`:
    what else it asks for; then it is drawn as an outline."""

    first: float
    last: float | None
    low_fen: int
    high_fen: int
    others: tuple[Reach, ...] = ()

    @property
    def further(self) -> bool:
        """Whether it begins only where something else is above its least: a repeat, a size."""
        return any(one.first > LOWEST[one.measure] for one in self.others)


@dataclass(frozen=True, slots=True)
class Line:
    """A formula: the fine from `first` kg on. `down`: what a part of a step costs is left out."""

    first: float
    formula: Formula
    down: bool

    def fen(self, kg: float, *, down: bool) -> int:
        """What either reading of a part of a step gives."""
        return self.formula.fen(round(kg), Way.FLOOR if down else Way.CEIL)


@dataclass(frozen=True, slots=True)
class DrawnBand:
    """What the rules of a day allow an authority, over one measure."""

    authority: str
    measure: str
    rule_set: str
    title: Name
    confirmed: bool
    example: bool
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]

    @property
    def room(self) -> bool:
        """Whether it leaves any."""
        return any(box.high_fen > box.low_fen for box in self.boxes)

    @property
    def top_fen(self) -> int:
        """The greatest fine that it allows."""
        return max(
            [box.high_fen for box in self.boxes] + [line.formula.most_fen for line in self.lines] + [0]
        )


def drawn_band(rules: Rules, authority: str, day: date) -> DrawnBand | None:
    """The band for mass of an authority on a day; None where no rule that is in force has one."""
    chosen: tuple[str, RuleSet, str, Act] | None = None
    for name, rule_set, key, version in in_force(rules, day):
        if rule_set.authority in (None, authority) and "mass" in version.acts:
            chosen = (name, rule_set, key, version.acts["mass"])
    if chosen is None:
        return None
    name, rule_set, key, act = chosen
    told = {reach.measure for tier in act.tiers.values() for box in tier.reaches() for reach in box.values()}
    measure = next((one for one in MEASURES if one in told), None)
    if measure is None:
        return None
    boxes: list[Box] = []
    lines: list[Line] = []
    down = act.rounding is None or act.rounding.way is Way.FLOOR
    for tier in act.tiers.values():
        for reaches in tier.reaches():
            reach = reaches.get(measure, Reach(measure, LOWEST[measure], HIGHEST))
            others = tuple(one for other, one in reaches.items() if other != measure)
            first, last = _edges(reach)
            if tier.formula is not None:
                lines.append(Line(first, tier.formula, down))
            elif tier.penalty is not Penalty.POINTS:
                low, high = (0, 0) if tier.fine is None else (tier.fine.low_fen, tier.fine.high_fen)
                boxes.append(Box(first, last, low, high, others))
    confirmed = act.confirmed and not rule_set.example
    if lines:
        confirmed = confirmed and (act.rounding is None or act.rounding.confirmed)
    return DrawnBand(
        authority, measure, f"{name}@{key}", rule_set.title, confirmed, rule_set.example or act.example,
        tuple(boxes), tuple(lines),
    )  # fmt: skip


def _edges(reach: Reach) -> tuple[float, float | None]:
    """From where to where, in the unit of the figure."""
    share = reach.measure.endswith("_percent")
    scale = 20_000 if share else 1
    first = 0.0 if reach.first <= LOWEST[reach.measure] else (reach.first - 1) / scale
    return first, None if reach.last >= HIGHEST else reach.last / scale


def in_force(rules: Rules, day: date) -> Iterator[tuple[str, RuleSet, str, RuleVersion]]:
    """Every set with its version of a day, in such an order that what gives way comes first."""
    ranked = sorted(
        rules.sets.items(), key=lambda one: (one[1].level is Level.BASELINE, not one[1].example, one[0])
    )
    for name, rule_set in ranked:
        found = rule_set.in_force(day)
        if found is not None:
            yield name, rule_set, *found


class TierTold(NamedTuple):
    """A tier by its names. `reaches`: what it asks for, of several boxes the first."""

    act: Name
    tier: Tier
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class LikeTold:
    """What like cases have in common, taken apart; `tiers` are those that are still in the configuration."""

    authority: str
    rule_set: str
    tiers: tuple[TierTold, ...]
    keys: tuple[str, ...]
    example: bool


def like_told(rules: Rules, alike: str) -> LikeTold:
    """`AUTHORITY|SET@VERSION|ACT.TIER+…` in its parts."""
    authority, sets, tiers = [*alike.split("|", 2), "", ""][:3]
    keys = tuple(tiers.split("+"))
    found = [told for key in keys if (told := tier_told(rules, sets, key)) is not None]
    names = [one.partition("@")[0] for one in sets.split("+")]
    example = any(name in rules.sets and rules.sets[name].example for name in names)
    return LikeTold(authority, sets, tuple(found), keys, example)


def tier_told(rules: Rules, sets: str, key: str) -> TierTold | None:
    """A tier (`ACT.TIER`) of one of some sets (`SET@VERSION+…`)."""
    act_key, _, tier_key = key.partition(".")
    for one in sets.split("+"):
        name, _, version = one.partition("@")
        rule_set = rules.sets.get(name)
        known = None if rule_set is None else rule_set.versions.get(version)
        act = None if known is None else known.acts.get(act_key)
        if act is not None and tier_key in act.tiers:
            tier = act.tiers[tier_key]
            return TierTold(act.name, tier, tuple(tier.reaches()[0].values()))
    return None


def sets_used(rule_sets: Sequence[str | None]) -> tuple[str, ...]:
    """The sets that decisions were held against, each once."""
    return tuple(dict.fromkeys(one for told in rule_sets if told for one in sorted(told.split("+"))))


def confirmed_of(rule_sets: Mapping[str, RuleSet], told: str) -> tuple[RuleSet, RuleVersion] | None:
    """A set and its version by `SET@VERSION`."""
    name, _, key = told.partition("@")
    found = rule_sets.get(name)
    return None if found is None or key not in found.versions else (found, found.versions[key])
