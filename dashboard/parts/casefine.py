"""A decision of a case held against the rules, and what the cases most like it were fined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.parts.casefile import table
from dashboard.parts.discretion_noted import finding_item
from dashboard.parts.discretion_words import (
    authority_word,
    example_badge,
    like_text,
    reaches_text,
    set_text,
    unconfirmed_badge,
    yuan,
)
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import case_address, link
from dashboard.parts.shell import failed_part
from dashboard.views.discretion_rules import confirmed_of, like_told, tier_told
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import Failure

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case_fine import CaseFines, Fine
    from monitor.metrics.like_cases import Alike, LikeCases
    from monitor.settings.configuration import Configuration


def fine_cards(told: CaseFines, now: int, speech: Speech, configuration: Configuration) -> list[Node]:
    """A card per decision, then its like cases."""
    cards = [_card(one, speech, configuration) for one in told.fines]
    if isinstance(told.like, Failure):
        cards.append(failed_part(speech.words, told.like.reason, clock_time(now, speech.zone)))
    else:
        cards += [_like(one, speech, configuration) for one in told.like]
    return cards


def title_of(fine: Fine, speech: Speech) -> str:
    """What was decided, and where it lies."""
    words, d = speech.words, fine.decision
    authority = authority_word(d.authority, words)
    if d.fine_fen is None or (d.fine_fen == 0 and d.outcome != "fine"):
        outcome = words.find(f"discretion.case.outcome.{d.outcome}") or words.get("discretion.case.unknown")
        return words.get("discretion.case.title_none", authority=authority, outcome=outcome)
    place = words.get(f"rules.places.{fine.assessment.place.value}")
    return words.get("discretion.case.title", authority=authority, fine=yuan(d.fine_fen, speech), place=place)


def _card(fine: Fine, speech: Speech, configuration: Configuration) -> Node:
    words, d, said = speech.words, fine.decision, fine.assessment
    number = (
        words.get("discretion.case.number", number=d.decision_no)
        if d.decision_no
        else words.get("discretion.case.no_number")
    )
    caption: list[Any] = [f"{number} · {speech.moment(d.decided_at)}"]
    if said.why is not None:
        why = words.find(f"rules.why.{said.why}") or said.why
        caption += [" · ", words.get("discretion.case.why", why=why)]
    parts: list[Any] = [element("h2", title_of(fine, speech)), element("p", caption, "fx-caption")]
    if said.band is not None:
        parts.append(_bar(fine, speech))
    parts.append(element("dl", _facts(fine, speech, configuration)))
    return element("section", parts, "fx-card fx-fine")


def _bar(fine: Fine, speech: Speech) -> Node:
    """The fine in its band, from nothing to what the law allows."""
    words, band = speech.words, fine.assessment.band
    assert band is not None
    amount = fine.decision.fine_fen
    most = max(
        [band.high, band.other_high or 0, fine.law_high_fen or 0, amount or 0]
    ) or 1  # fmt: skip
    scale = 1.0 if fine.law_high_fen and most == fine.law_high_fen else 0.88
    low, high = band.low, band.high
    if band.other_low is not None and band.low == band.high:
        low, high = min(low, band.other_low), max(high, band.other_high or high)

    def at(fen: int) -> float:
        return 100 * scale * fen / most

    above: list[Node] = []
    drawn = [
        div(None, "fx-fine-band", style={"left": f"{at(low):.2f}%", "width": f"{at(high) - at(low):.2f}%"})
    ]
    if amount is not None and amount >= 0:
        left = {"left": f"{at(amount):.2f}%"}
        word = {"left": f"{min(92.0, max(8.0, at(amount))):.2f}%"}
        drawn.append(div(None, "fx-fine-mark", style=left))
        above.append(span(yuan(amount, speech), "fx-fine-word", style=word))
    law = (
        span(words.get("discretion.case.law", amount=yuan(fine.law_high_fen, speech)))
        if fine.law_high_fen
        else None
    )
    axis = [span(words.get("discretion.case.axis_low")), span(band_text(fine, speech)), law]
    return div(
        [
            div([div(drawn, "fx-fine-track"), *above], "fx-fine-bar"),
            div([one for one in axis if one is not None], "fx-fine-axis"),
        ]
    )


def band_text(fine: Fine, speech: Speech) -> str:
    """What the rule allows; both readings of a part of a step where they differ."""
    words, band = speech.words, fine.assessment.band
    assert band is not None
    low, high = f"{band.low / 100:,.0f}", yuan(band.high, speech)
    if band.low == band.high:
        told = words.get("discretion.case.formula", low=high)
    else:
        told = words.get("discretion.case.band", low=low, high=high)
    if band.other_low is None or band.other_high is None:
        return told
    other = yuan(band.other_high, speech)
    if band.other_low == band.other_high:
        return told + words.get("flow.join") + words.get("discretion.case.other", low=other)
    low = f"{band.other_low / 100:,.0f}"
    return told + words.get("flow.join") + words.get("discretion.case.other_band", low=low, high=other)


def _facts(fine: Fine, speech: Speech, configuration: Configuration) -> list[Node]:
    words, said, rules = speech.words, fine.assessment, configuration.rules
    lines: list[tuple[str, Any]] = []
    tiers = [tier_told(rules, said.rule_set or "", key) for key in said.tiers]
    rule: list[Any] = []
    for tier in tiers:
        if tier is not None:
            when = reaches_text(tier.reaches, words)
            rule.append(element("p", f"{tier.act.in_language(words.language)}:{when}"))
    if said.rule_set:
        sets = [words.get("discretion.case.rule_set", rule_set=set_text(rules, said.rule_set, words))]
        told_sets = [confirmed_of(rules.sets, one) for one in said.rule_set.split("+")]
        invented = any(one is not None and one[0].example for one in told_sets)
        marks = [" ", example_badge(words) if invented else unconfirmed_badge(words)] if said.example else []
        rule.append(element("p", [*sets, *marks], "fx-mut"))
    if rule:
        lines.append(("rule", rule))
    names = [_factor(code, said.rule_set or "", speech, configuration) for code in said.factors]
    prior = fine.decision.prior_acts
    known = (
        words.get("discretion.case.prior_unknown")
        if prior is None
        else words.get("discretion.case.prior", n=prior)
    )
    factors = words.get("case.joint").join(names) or words.get("discretion.case.no_factors")
    lines.append(("factors", factors + words.get("flow.join") + known))
    if said.departure is not None:
        lines.append(("departure", words.get(f"rules.departures.{said.departure}")))
    lines.append(("exemption", _exemption(fine, speech, configuration)))
    if said.lighter_since is not None:
        lighter = words.get("discretion.case.lighter", rule_set=set_text(rules, said.lighter_since, words))
        lines.append(("findings", lighter))
    if said.findings:
        items = [finding_item(one, configuration, speech) for one in said.findings]
        about = element("p", words.get("discretion.case.about"), "fx-mut")
        lines.append(("findings", [element("ul", items), about]))
    else:
        lines.append(("findings", words.get("discretion.case.no_findings")))
    return [
        node
        for name, text in lines
        for node in (element("dt", words.get(f"discretion.case.{name}")), element("dd", text))
    ]


def _factor(code: str, sets: str, speech: Speech, configuration: Configuration) -> str:
    """A circumstance by its name in the rules, which may be in a set beside that of the tier."""
    known = speech.words.find(f"discretion.factor.{code}")
    for rule_set in configuration.rules.sets.values():
        for version in rule_set.versions.values():
            if code in version.factors:
                return version.factors[code].name.in_language(speech.words.language)
    return known or code


def _exemption(fine: Fine, speech: Speech, configuration: Configuration) -> list[Any]:
    words, exemption = speech.words, fine.exemption
    if exemption is None:
        return [words.get("discretion.case.no_exemption")]
    name = words.find(f"rules.exemptions.{exemption.kind}") or exemption.kind
    marks = [] if exemption.confirmed else [" ", example_badge(words)]
    source = configuration.rules.source(exemption.article)
    cited = [] if source is None else [span(f" {source.title.in_language(words.language)}", "fx-mut")]
    return [words.get("discretion.case.meets", name=name), *cited, *marks]


def _like(told: LikeCases, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    if told.why is None or not told.nearest:
        key = "discretion.case.like_untiered" if told.why is None else "discretion.case.like_none"
        return element("section", [element("h2", words.get(key))], "fx-card fx-like")
    fines = [one.fine_fen for one in told.nearest if one.fine_fen is not None]
    title = words.get("discretion.case.like_title", n=len(told.nearest))
    if fines:
        title = words.get(
            "discretion.case.like_title_spread", n=len(told.nearest), low=f"{min(fines) / 100:,.0f}",
            high=yuan(max(fines), speech),
        )  # fmt: skip
    like = like_told(configuration.rules, told.why)
    caption: list[Any] = [words.get("discretion.case.like_about", what=like_text(like, speech))]
    if like.example:
        caption += [" ", example_badge(words)]
    heads = [words.get(f"discretion.case.like_{name}") for name in ("case", "fine", "place", "why")]
    rows = [_like_row(one, told, speech, configuration) for one in told.nearest]
    return element(
        "section",
        [element("h2", title), element("p", caption, "fx-caption"), table(heads, rows, "fx-like-table")],
        "fx-card fx-like",
    )


def _like_row(one: Alike, told: LikeCases, speech: Speech, configuration: Configuration) -> list[Node | str]:
    words = speech.words
    station = configuration.stations.get(one.station)
    name = speech.named(None if station is None else station.short, one.station)
    case = link(f"{name} {one.case_no}", case_address((one.station, one.case_no)), "")
    fine = words.get("discretion.case.unknown") if one.fine_fen is None else yuan(one.fine_fen, speech)
    place: Node | str = words.get(f"rules.places.{one.place}")
    if one.position is not None and 0 <= one.position <= 1:
        dot = span(None, "fx-like-dot", style={"left": f"{8 + 84 * one.position:.1f}%"})
        said = f"{100 * one.position:.0f}%"
        place = div([dot, span(said, "fx-hidden-text")], "fx-like-track", title=said)
    return [
        span([case, element("small", one.decided_date)]),
        element("b", fine),
        place,
        why_alike(one, told, speech),
    ]


def why_alike(one: Alike, told: LikeCases, speech: Speech) -> str:
    """In what it differs, fact by fact, with how much."""
    words = speech.words
    said = []
    for name in one.apart:
        own, other = told.facts.get(name), one.facts.get(name)
        key = f"discretion.case.apart.{name}"
        if "n" not in words.fields(key):
            said.append(words.get(key))
        elif own is None or other is None:
            what = words.get(f"discretion.case.fact.{name}")
            said.append(words.get("discretion.case.apart.unknown", what=what))
        else:
            gap = other - own
            told_gap = f"{100 * gap:+.1f}" if name == "compared_share" else f"{gap:+,.0f}"
            said.append(words.get(key, n=told_gap))
    return words.get("flow.join").join(said) or words.get("discretion.case.like_same")
