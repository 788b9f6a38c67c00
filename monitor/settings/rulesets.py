"""Rule sets, `config/rules/*.yaml`: national law and baselines, versioned, dated, each value with its source.

A file is a set. Where a file has a problem nothing is loaded: what is in force in a running program stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from monitor.settings.entry import Cited, Dated, Entry, Name, overlaps, typed
from monitor.settings.limits import LegalSource
from monitor.settings.measure import BadMeasure, Bounds, Reach, reach_of, told
from monitor.settings.penalties import (
    Act,
    Departure,
    ExemptionRule,
    Factor,
    Level,
    Penalty,
    Procedure,
    Repeats,
    Together,
)
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import read_config, shipped_dir
from monitor.settings.tiers import TooManyCells, laid_out
from monitor.settings.yamlfile import Document, KeyPath

FOLDER = "rules"


class RuleVersion(Dated):
    """What a set says from one local day on."""

    confirmed_by: str | None = None
    """Who held the text as a whole against the published one."""
    acts: dict[str, Act] = Field(default_factory=dict)
    together: Together | None = None
    departure: Departure | None = None
    factors: dict[str, Factor] = Field(default_factory=dict)
    exemptions: dict[str, ExemptionRule] = Field(default_factory=dict)
    procedure: Procedure = Field(default_factory=Procedure)
    repeats: Repeats = Field(default_factory=Repeats)

    def parts(self) -> Iterator[tuple[KeyPath, Cited]]:
        """Every legal value with its key; none of these may be set twice for one day."""
        for key, act in self.acts.items():
            yield ("acts", key), act
        for key, factor in self.factors.items():
            yield ("factors", key), factor
        for key, exemption in self.exemptions.items():
            yield ("exemptions", key), exemption
        for name, section in (("procedure", self.procedure), ("repeats", self.repeats)):
            for key in type(section).model_fields:
                value = getattr(section, key)
                if isinstance(value, Cited):
                    yield (name, key), value
        if self.together is not None:
            yield ("together",), self.together
        if self.departure is not None:
            yield ("departure",), self.departure

    def cited(self) -> Iterator[tuple[KeyPath, Cited]]:
        """`parts`, and what stands within them with a source of its own."""
        for path, value in self.parts():
            yield path, value
            if isinstance(value, Act) and value.rounding is not None:
                yield (*path, "rounding"), value.rounding


class RuleSet(Entry):
    """A file of `config/rules/`."""

    title: Name
    issuer: Name
    level: Level
    authority: Literal["transport", "police"] | None = None
    """Whose decisions it is about; left out, everybody's."""
    example: bool = False
    """Invented. It gives way to any set that is not."""
    sources: dict[str, LegalSource]
    versions: Annotated[dict[str, RuleVersion], Field(min_length=1)]

    def in_force(self, day: date) -> tuple[str, RuleVersion] | None:
        """The version in force on a local day, with its key: of several the one that began last."""
        matching = [(key, one) for key, one in self.versions.items() if one.in_force(day)]
        return max(matching, key=lambda item: item[1].since) if matching else None


@dataclass(frozen=True)
class Rules:
    """Every rule set by the name of its file."""

    sets: Mapping[str, RuleSet] = field(default_factory=dict)

    def source(self, reference: str) -> LegalSource | None:
        """The text that a finding's `article` names: `<set>#<source>`."""
        name, _, key = reference.partition("#")
        known = self.sets.get(name)
        return None if known is None else known.sources.get(key)


def read_rules(config_dir: Path | None) -> Rules:
    """Every set there is, shipped or in the bureau's folder. Raises ConfigError with all problems."""
    sets: dict[str, RuleSet] = {}
    documents: dict[str, Document] = {}
    problems: list[ConfigProblem] = []
    for name in _entered(config_dir):
        try:
            document = read_config(f"{FOLDER}/{name}.yaml", config_dir)
            if document.value == {}:
                # Comments alone: what `fangxing init` wrote and nobody has filled in.
                continue
            found = typed(RuleSet, document)
        except ConfigError as error:
            problems += error.problems
            continue
        problems += _problems(found, document)
        sets[name], documents[name] = found, document
    problems += _two_for_one(sets, documents)
    if not problems:
        problems += _beyond_law(sets, documents)
    if problems:
        raise ConfigError(problems)
    return Rules(sets)


def _entered(config_dir: Path | None) -> list[str]:
    folders = [folder / FOLDER for folder in (shipped_dir(), config_dir) if folder is not None]
    return sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})


def _problems(rules: RuleSet, document: Document) -> Iterator[ConfigProblem]:
    """What is wrong within one set."""
    names = list(rules.versions)
    for later, earlier in overlaps(list(rules.versions.values())):
        first = _line(document, ("versions", names[earlier]))
        since = str(rules.versions[names[earlier]].since)
        start: KeyPath = ("versions", names[later], "from")
        yield document.problem(start, "versions_overlap", owner=names[earlier], since=since, first=first)
    for name, version in rules.versions.items():
        here: KeyPath = ("versions", name)
        for path, value in version.cited():
            if value.source not in rules.sources:
                known = ", ".join(rules.sources)
                cited: KeyPath = (*here, *path, "source")
                yield document.problem(cited, "unknown_source", value=value.source, known=known)
        for key, act in version.acts.items():
            yield from _act_problems(act, (*here, "acts", key), document)
        for key, exemption in version.exemptions.items():
            at: KeyPath = (*here, "exemptions", key)
            yield from _bad_bounds(exemption.when, (*at, "when"), document)
            for place, factor in enumerate(exemption.needs):
                if factor not in version.factors:
                    known = ", ".join(version.factors)
                    yield document.problem((*at, "needs", place), "unknown_factor", value=factor, known=known)


def _act_problems(act: Act, path: KeyPath, document: Document) -> Iterator[ConfigProblem]:
    wrong = False
    for key, tier in act.tiers.items():
        here = (*path, "tiers", key)
        if tier.formula is not None and act.rounding is None:
            yield document.problem((*here, "formula"), "rounding_missing")
        if (tier.penalty is Penalty.POINTS) != all(t.penalty is Penalty.POINTS for t in act.tiers.values()):
            yield document.problem((*here, "penalty"), "points_among_fines")
        for place, box in enumerate(tier.boxes):
            within = (*here, "any_of", place) if tier.any_of else (*here, "when")
            for problem in _bad_bounds(box, within, document):
                wrong = True
                yield problem
    if not wrong:
        yield from _tier_problems(act, (*path, "tiers"), document)


def _bad_bounds(box: Mapping[str, Bounds], path: KeyPath, document: Document) -> Iterator[ConfigProblem]:
    measures: dict[str, str] = {}
    for key, bounds in box.items():
        try:
            reach = reach_of(key, bounds)
        except BadMeasure as error:
            yield document.problem((*path, key), error.code, **error.params)
            continue
        if reach.measure in measures:
            other = measures[reach.measure]
            yield document.problem(
                (*path, key), "measure_twice", value=other, first=_line(document, (*path, other))
            )
        measures[reach.measure] = key


def _tier_problems(act: Act, path: KeyPath, document: Document) -> Iterator[ConfigProblem]:
    """Each pair of tiers that hold the same values, and each stretch that none holds, with both lines."""
    names = list(act.tiers)
    try:
        laid = laid_out([tier.reaches() for tier in act.tiers.values()])
    except TooManyCells:
        yield document.problem(path, "too_many_cells")
        return
    for later, earlier, where in laid.overlaps:
        other = names[earlier]
        yield document.problem(
            (*path, names[later]),
            "tiers_overlap",
            owner=other,
            first=_line(document, (*path, other)),
            where=_told(where),
        )
    for below, above, where in laid.gaps:
        nearest = [names[side] for side in (above, below) if side is not None]
        params = {"where": _told(where)}
        if len(nearest) == 2:
            params |= {"owner": nearest[1], "first": _line(document, (*path, nearest[1]))}
        code = "tiers_gap" if len(nearest) == 2 else "tiers_gap_beyond"
        yield document.problem((*path, *nearest[:1]), code, **params)


def _told(where: Iterable[Reach]) -> str:
    return "; ".join(told(reach) for reach in where)


def _line(document: Document, path: KeyPath) -> str:
    file, line = document.place(path)
    return f"{file}:{line}"


def _two_for_one(sets: Mapping[str, RuleSet], documents: Mapping[str, Document]) -> Iterator[ConfigProblem]:
    """Values that two sets of one level claim for the same day, unless one of the two is an example."""
    claims: dict[tuple[object, ...], list[tuple[str, str, KeyPath]]] = {}
    seen: set[tuple[str, str, str, str, KeyPath]] = set()
    for name, rules in sets.items():
        authorities = ("transport", "police") if rules.authority is None else (rules.authority,)
        for key, version in rules.versions.items():
            for path, _ in version.parts():
                for authority in authorities:
                    slot = (authority, rules.level, rules.example, path)
                    claims.setdefault(slot, []).append((name, key, path))
    for claimed in claims.values():
        for place, (name, key, path) in enumerate(claimed):
            for other, other_key, _ in claimed[:place]:
                same = (name, key, other, other_key, path)
                if other == name or same in seen:
                    continue
                if _share_a_day(sets[name], key, sets[other], other_key):
                    seen.add(same)
                    first = _line(documents[other], ("versions", other_key, *path))
                    where = ("versions", key, *path)
                    yield documents[name].problem(where, "two_sets_for_one", owner=other, first=first)


def _share_a_day(one: RuleSet, key: str, other: RuleSet, other_key: str) -> bool:
    """Whether both versions are in force on some day; one without an end gives way to the next of its set."""
    starts = {one.versions[key].since, other.versions[other_key].since}
    for day in starts:
        mine, theirs = one.in_force(day), other.in_force(day)
        if mine is not None and theirs is not None and mine[0] == key and theirs[0] == other_key:
            return True
    return False


def _beyond_law(sets: Mapping[str, RuleSet], documents: Mapping[str, Document]) -> Iterator[ConfigProblem]:
    """Tiers of a baseline that allow what the law, for some of the same values, does not."""
    every = [
        (name, key, act_key, act)
        for name, rules in sets.items()
        for key, version in rules.versions.items()
        for act_key, act in version.acts.items()
    ]
    for name, key, act_key, act in every:
        if sets[name].level is Level.LAW:
            continue
        for law_name, law_key, law_act_key, law in every:
            both = {sets[name].authority, sets[law_name].authority} - {None}
            if sets[law_name].level is not Level.LAW or law_act_key != act_key or len(both) > 1:
                continue
            if not _share_a_day(sets[name], key, sets[law_name], law_key):
                continue
            for tier_key, law_tier_key in _beyond(act, law):
                path: KeyPath = ("versions", law_key, "acts", act_key, "tiers", law_tier_key)
                first = _line(documents[law_name], path)
                where = ("versions", key, "acts", act_key, "tiers", tier_key, "fine")
                yield documents[name].problem(where, "beyond_law", owner=law_tier_key, first=first)


def _beyond(act: Act, law: Act) -> Iterator[tuple[str, str]]:
    """Pairs of a tier and a tier of the law that hold some values together and do not fit."""
    for key, tier in act.tiers.items():
        for law_key, law_tier in law.tiers.items():
            mine, most = tier.fine, law_tier.fine
            if mine is None or most is None:
                continue
            if mine.low_fen >= most.low_fen and mine.high_fen <= most.high_fen:
                continue
            if any(_meet(one, other) for one in tier.reaches() for other in law_tier.reaches()):
                yield key, law_key


def _meet(one: Mapping[str, Reach], other: Mapping[str, Reach]) -> bool:
    """Whether two boxes hold some values together, as far as they bound the same measures."""
    return all(
        one[measure].first <= other[measure].last and other[measure].first <= one[measure].last
        for measure in one.keys() & other.keys()
    )
