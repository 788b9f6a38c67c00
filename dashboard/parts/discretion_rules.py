"""The rule sets in force, readable: every value with its source, who confirmed it, and what is an example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dashboard.parts.casefile import table
from dashboard.parts.discretion_words import (
    authority_word,
    example_badge,
    reaches_text,
    unconfirmed_badge,
    yuan,
)
from dashboard.parts.element import Node, div, element, span
from dashboard.views.discretion_rules import in_force
from dashboard.views.said import Money
from monitor.settings.entry import Cited
from monitor.settings.penalties import (
    Asked,
    Ceiling,
    CountRule,
    Departure,
    OfficersRule,
    OneOfficer,
    Penalty,
    ShareRule,
    Tier,
    Together,
)

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion import DiscretionView
    from monitor.settings.configuration import Configuration
    from monitor.settings.rulesets import RuleSet, RuleVersion


def rule_card(view: DiscretionView, speech: Speech, configuration: Configuration) -> list[Node]:
    """Every set that is in force on the last day of the period, law before baselines."""
    words = speech.words
    day = min(view.until, view.today)
    sets = list(in_force(configuration.rules, day))
    sets.sort(key=lambda one: (one[1].level.value != "law", one[1].authority or "", one[0]))
    body: list[Any] = [
        element("h2", words.get("discretion.rules.title", n=len(sets))),
        element("p", words.get("discretion.rules.caption", day=day), "fx-caption"),
    ]
    body += [_set(name, rule_set, key, version, speech) for name, rule_set, key, version in sets]
    return [element("section", body, "fx-card fx-disc-rules", id="fx-disc-rules")]


def _set(name: str, rule_set: RuleSet, key: str, version: RuleVersion, speech: Speech) -> Node:
    words = speech.words
    marks: list[Any] = [span(words.get(f"rules.levels.{rule_set.level.value}"), "fx-badge")]
    if rule_set.example:
        marks.append(example_badge(words))
    elif any(not one.confirmed for _, one in version.cited()):
        marks.append(unconfirmed_badge(words))
    whose = (
        words.get("cli.rules.everybody")
        if rule_set.authority is None
        else authority_word(rule_set.authority, words)
    )
    title = element("b", rule_set.title.in_language(words.language))
    head = element("summary", [title, span(f" {whose} · rules/{name}.yaml · {key} ", "fx-mut"), *marks])
    until = words.get("discretion.rules.open") if version.until is None else str(version.until)
    confirmed = version.confirmed_by or words.get("discretion.unconfirmed")
    about = words.get(
        "discretion.rules.about", issuer=rule_set.issuer.in_language(words.language), since=version.since,
        until=until, confirmed=confirmed,
    )  # fmt: skip
    body: list[Any] = [element("p", about, "fx-caption")]
    for act in version.acts.values():
        note = "" if not act.named else words.get("discretion.rules.named")
        body.append(
            element(
                "h3", [act.name.in_language(words.language), span(f" {note}", "fx-mut"), *_marks(act, words)]
            )
        )
        heads = [words.get(f"discretion.rules.{one}") for one in ("when", "penalty", "source")]
        rows: list[list[Node | str]] = [
            [_when(tier, speech), _penalty(tier, speech), _source(rule_set, act.source, speech)]
            for tier in act.tiers.values()
        ]
        body.append(table(heads, rows, "fx-disc-rule-table"))
        if act.rounding is not None:
            way = words.get(f"rules.ways.{act.rounding.way.value}")
            body.append(element("p", [way, *_marks(act.rounding, words)], "fx-caption"))
    lines = list(_lines(rule_set, version, speech))
    if lines:
        body.append(element("ul", [element("li", one) for one in lines], "fx-flow-notes"))
    sources = [
        element("li", f"{one.title.in_language(words.language)} · {one.document} {one.article}".strip())
        for one in rule_set.sources.values()
    ]
    body.append(element("h3", words.get("discretion.rules.sources")))
    body.append(element("ul", sources, "fx-flow-notes"))
    return element("details", [head, div(body, "fx-disc-set-body")], "fx-disc-set")


def _marks(value: Cited, words: Any) -> list[Any]:
    if value.example:
        return [" ", example_badge(words)]
    return [] if value.confirmed else [" ", unconfirmed_badge(words)]


def _source(rule_set: RuleSet, key: str, speech: Speech) -> str:
    source = rule_set.sources.get(key)
    if source is None:
        return key
    return f"{source.title.in_language(speech.words.language)} {source.article}".strip()


def _when(tier: Tier, speech: Speech) -> str:
    words = speech.words
    boxes = [reaches_text(box.values(), words) for box in tier.reaches()]
    return words.get("discretion.rules.or").join(boxes)


def _penalty(tier: Tier, speech: Speech) -> str:
    words = speech.words
    if tier.formula is not None:
        formula = tier.formula
        return words.get(
            "discretion.rules.formula", every=f"{formula.every_kg:,}", step=yuan(formula.step_fen, speech),
            most=yuan(formula.most_fen, speech),
        )  # fmt: skip
    if tier.fine is not None:
        low = f"{tier.fine.low_fen / 100:,.0f}"
        return words.get("discretion.places.band", low=low, high=yuan(tier.fine.high_fen, speech))
    name = words.get(f"rules.penalties.{tier.penalty.value}")
    return f"{name} {tier.points}" if tier.penalty is Penalty.POINTS else name


def _lines(rule_set: RuleSet, version: RuleVersion, speech: Speech) -> Iterator[list[Any]]:
    """Factors, exemptions and everything else that is no tier."""
    words, language = speech.words, speech.words.language
    for factor in version.factors.values():
        said = words.get(
            "discretion.rules.factor", effect=words.get(f"rules.effects.{factor.effect.value}"),
            name=factor.name.in_language(language), evidence=factor.evidence.in_language(language),
        )  # fmt: skip
        yield [said, *_marks(factor, words)]
    for exemption in version.exemptions.values():
        needs = [
            version.factors[one].name.in_language(language)
            for one in exemption.needs
            if one in version.factors
        ]
        when = reaches_text(exemption.reaches(), words)
        told = words.get("flow.join").join([when, *needs])
        name = exemption.name.in_language(language)
        yield [words.get("discretion.rules.exemption", name=name, when=told), *_marks(exemption, words)]
    for path, value in version.parts():
        if path[0] in ("acts", "factors", "exemptions"):
            continue
        name = words.find(f"rules.parts.{path[-1]}") or str(path[-1])
        told = _value(value, speech)
        joined = words.get("discretion.rules.value", name=name, value=told) if told else name
        yield [joined, span(f" {_source(rule_set, value.source, speech)}", "fx-mut"), *_marks(value, words)]


def _value(value: Cited, speech: Speech) -> str:
    words = speech.words
    match value:
        case Ceiling() | Together():
            return words.get("discretion.rules.most", amount=yuan(value.most_fen, speech))
        case CountRule():
            return str(value.n)
        case ShareRule():
            return f"{value.percent:g}%"
        case OfficersRule():
            return words.get("discretion.rules.least", n=value.least)
        case OneOfficer():
            authority = authority_word(value.authority, words)
            procedure = words.find(f"discretion.procedure.{value.procedure}") or value.procedure
            return f"{authority} · {procedure}"
        case Asked() if value.from_fen is not None:
            return words.get("discretion.rules.from", amount=speech.money(Money(value.from_fen, "CNY")))
        case Departure():
            needs = [words.get(f"discretion.needs.{one.value}") for one in value.needs]
            return words.get("case.joint").join(needs)
    return ""
