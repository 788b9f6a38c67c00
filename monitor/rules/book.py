"""Rule sets made ready: what is in force on a day, as plain tuples that a hundred thousand decisions a second
can be held against."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.settings.configuration import Configuration
from monitor.settings.entry import Cited
from monitor.settings.limits import SizeLimits
from monitor.settings.measure import Reach
from monitor.settings.penalties import Act, Departure, ExemptionRule, Factor, Level, Together, Way
from monitor.settings.rulesets import Rules, RuleSet, RuleVersion
from monitor.settings.tiers import Grid, laid_out


class TierRule(NamedTuple):
    """A tier: its penalty and its amounts in fen. With a formula, `every_kg` is not 0."""

    key: str
    penalty: str
    low: int
    high: int
    every_kg: int
    step: int
    most: int
    points: int


class ActRule(NamedTuple):
    """An act of a set. `rule_set` is key and version of the set, `article` the source that findings cite."""

    key: str
    rule_set: str
    article: str
    baseline: bool
    confirmed: bool
    named: bool
    grid: Grid
    tiers: tuple[TierRule, ...]
    floor: bool
    rounding_confirmed: bool
    uses: tuple[tuple[str, str], ...]
    """The fields of a decision that its measures are worked out from, each with its unit."""


class Part(NamedTuple):
    """A value of a set, with the source that findings cite."""

    value: Cited
    article: str
    confirmed: bool


class Exempting(NamedTuple):
    """A rule by which no penalty is given, or may not be."""

    key: str
    kind: str
    reaches: tuple[Reach, ...]
    needs: tuple[str, ...]
    article: str
    confirmed: bool


class InForce(NamedTuple):
    """What holds for the decisions of one authority from one change of the rules to the next.

    `acts` follow from weights and sizes: the baseline's where there is one, else the law's; `law` is the
    law's in any case; `parts` are all other values by the path of their keys, such as `procedure.officers`.
    """

    acts: tuple[ActRule, ...]
    law: Mapping[str, ActRule]
    points: ActRule | None
    named: Mapping[str, ActRule]
    sizes: tuple[int, int, int] | None
    """Height, width, length in mm above which a vehicle is over size."""
    together: int | None
    departure: Departure | None
    factors: Mapping[str, str]
    """Codes and words of the factors, folded, to their codes."""
    exemptions: tuple[Exempting, ...]
    parts: Mapping[str, Part]


class RuleBook:
    """What is in force when, for every authority and in the zone of every station."""

    def __init__(
        self,
        rules: Rules,
        sizes: Iterable[SizeLimits] = (),
        zones: Mapping[str, ZoneInfo] | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        """`zones` are the zones of stations; `zone` is that of any other."""
        sizes = tuple(sizes)
        self._zones = dict(zones or {})
        self._zone = zone or ZoneInfo("Asia/Shanghai")
        self._days = sorted(set(_changes(rules, sizes)))
        spans = [date.min, *self._days]
        self._spans = {
            authority: tuple(_in_force(rules, sizes, authority, day) for day in spans)
            for authority in ("transport", "police")
        }
        self._starts = {
            station: self._starts_in(zone) for station, zone in (*self._zones.items(), ("", self._zone))
        }

    def span(self, station: str, at: int) -> int:
        """Which span between changes of the rules an instant lies in, by its local day at a station."""
        starts = self._starts.get(station)
        return bisect_right(self._starts[""] if starts is None else starts, at)

    def in_span(self, authority: str, span: int) -> InForce | None:
        """What is in force for an authority in a span; None for an authority that nobody has."""
        spans = self._spans.get(authority)
        return None if spans is None else spans[span]

    def in_force(self, authority: str, station: str, at: int) -> InForce | None:
        """What is in force for an authority on the local day of an instant."""
        return self.in_span(authority, self.span(station, at))

    def zone_of(self, station: str) -> ZoneInfo:
        return self._zones.get(station, self._zone)

    def _starts_in(self, zone: ZoneInfo) -> tuple[int, ...]:
        return tuple(_first_instant(day, zone) for day in self._days)


def rule_book(configuration: Configuration) -> RuleBook:
    """The rules of an installation."""
    zones = {code: station.tz for code, station in configuration.stations.items()}
    return RuleBook(configuration.rules, configuration.limits.sizes, zones, configuration.zone)


def _first_instant(day: date, zone: ZoneInfo) -> int:
    return round(datetime.combine(day, time(), zone).astimezone(UTC).timestamp()) * SECOND


def _changes(rules: Rules, sizes: Iterable[SizeLimits]) -> Iterator[date]:
    """Days on which something begins, or has ended the day before."""
    dated = [version for rule_set in rules.sets.values() for version in rule_set.versions.values()]
    for one in (*dated, *sizes):
        yield one.since
        if one.until is not None and one.until < date.max:
            yield one.until + timedelta(days=1)


def _in_force(rules: Rules, sizes: Iterable[SizeLimits], authority: str, day: date) -> InForce:
    """Everything that holds for an authority on a day: of each value the one that does not give way."""
    acts: dict[tuple[str, Level], ActRule] = {}
    parts: dict[str, Part] = {}
    exemptions: dict[str, Exempting] = {}
    for name, rule_set, key, version in _applying(rules, authority, day):
        for path, value in version.parts():
            article, confirmed = f"{name}#{value.source}", value.confirmed and not rule_set.example
            if isinstance(value, Act):
                act = str(path[-1])
                acts[act, rule_set.level] = _act(value, act, f"{name}@{key}", article, rule_set)
            elif isinstance(value, ExemptionRule):
                exemptions[str(path[-1])] = _exempting(value, str(path[-1]), article, confirmed)
            else:
                parts[".".join(map(str, path))] = Part(value, article, confirmed)
    law = {key: act for (key, level), act in acts.items() if level is Level.LAW}
    chosen = {**law, **{key: act for (key, level), act in acts.items() if level is Level.BASELINE}}
    points = [act for act in chosen.values() if any(tier.points for tier in act.tiers)]
    fines = [act for act in chosen.values() if act not in points]
    size = max((one for one in sizes if one.in_force(day)), key=lambda one: one.since, default=None)
    together, departure = parts.get("together"), parts.get("departure")
    return InForce(
        tuple(act for act in fines if not act.named),
        law,
        points[0] if points else None,
        {act.key: act for act in fines if act.named},
        None if size is None else (size.height_mm, size.width_mm, size.length_mm),
        together.value.most_fen if together and isinstance(together.value, Together) else None,
        departure.value if departure and isinstance(departure.value, Departure) else None,
        dict(_words(parts)),
        tuple(exemptions.values()),
        parts,
    )


def _applying(rules: Rules, authority: str, day: date) -> Iterator[tuple[str, RuleSet, str, RuleVersion]]:
    """The versions in force, in such an order that what gives way comes first."""
    ranked = sorted(
        rules.sets.items(), key=lambda item: (item[1].level is Level.BASELINE, not item[1].example)
    )
    for name, rule_set in ranked:
        found = rule_set.in_force(day)
        if found is not None and rule_set.authority in (None, authority):
            yield name, rule_set, *found


def _words(parts: Mapping[str, Part]) -> Iterator[tuple[str, str]]:
    for path, part in parts.items():
        if isinstance(part.value, Factor):
            code = path.removeprefix("factors.")
            names = (code, part.value.name.zh, part.value.name.en, *part.value.words)
            for word in names:
                yield folded(word), code


@cache
def folded(word: str) -> str:
    """A word as it is compared: without case and outer spaces."""
    return word.strip().casefold()


def _exempting(rule: ExemptionRule, key: str, article: str, confirmed: bool) -> Exempting:
    return Exempting(key, rule.kind.value, tuple(rule.reaches()), rule.needs, article, confirmed)


def _act(act: Act, key: str, rule_set: str, article: str, owner: RuleSet) -> ActRule:
    confirmed = act.confirmed and not owner.example
    rounding = act.rounding
    grid = laid_out([tier.reaches() for tier in act.tiers.values()]).grid
    return ActRule(
        key,
        rule_set,
        article,
        owner.level is Level.BASELINE,
        confirmed,
        act.named,
        grid,
        tuple(
            TierRule(
                code,
                tier.penalty.value,
                0 if tier.fine is None else tier.fine.low_fen,
                0 if tier.fine is None else tier.fine.high_fen,
                0 if tier.formula is None else tier.formula.every_kg,
                0 if tier.formula is None else tier.formula.step_fen,
                0 if tier.formula is None else tier.formula.most_fen,
                tier.points or 0,
            )
            for code, tier in act.tiers.items()
        ),
        rounding is None or rounding.way is Way.FLOOR,
        rounding is None or rounding.confirmed,
        tuple(_uses(grid.measures)),
    )


_USES = {"over": ("gross_kg", "limit_kg"), "load_over": ("gross_kg", "tare_kg", "approved_load_kg")}
"""What a measure is worked out from, where it is no field itself; by its name without the unit."""


def _uses(measures: Iterable[str]) -> Iterator[tuple[str, str]]:
    names = [name for one in measures for name in _USES.get(one.rpartition("_")[0], (one,))]
    for name in dict.fromkeys(names):
        yield name, name[-2:] if name.endswith(("_kg", "_mm")) else "count"
