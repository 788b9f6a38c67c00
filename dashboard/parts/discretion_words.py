"""Words of the Discretion page that several figures share: authorities, tiers, bounds, amounts, places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dashboard.parts.element import Node, span
from dashboard.views.discretion_rules import confirmed_of
from dashboard.views.said import Money
from monitor.settings.measure import HIGHEST, LOWEST, Reach

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.discretion_rules import LikeTold
    from monitor.settings.rulesets import Rules
    from monitor.settings.texts import Texts


def yuan(fen: float, speech: Speech) -> str:
    """An amount of money."""
    return speech.money(Money(round(fen), "CNY"))


def plain_yuan(fen: float) -> str:
    """An amount without its unit, for axes."""
    return f"{round(fen) / 100:,.2f}".removesuffix(".00")


def authority_word(authority: str | None, words: Texts) -> str:
    """Whose decision."""
    return words.find(f"authorities.{authority}") or words.get("flow.unknown")


def bounds(reach: Reach, words: Texts) -> str:
    """From where to where, by the signs of the rule: `> 30%, ≤ 50%`; empty where it has no bound."""
    measure, first, last = reach
    share = measure.endswith("_percent")
    count = measure.startswith("prior")

    def told(place: int) -> str:
        if share:
            return f"{place / 200:g}%"
        return str(place) if count else words.get(f"discretion.unit.{measure[-2:]}", n=f"{place:,}")

    if first == last and not share:
        return told(first)
    sides = []
    if first > LOWEST[measure]:
        if share:
            sides.append(f"{'>' if first % 2 else '≥'} {told(first - first % 2)}")
        else:
            sides.append(f"> {told(first - 1)}" if not count else f"≥ {told(first)}")
    if last < HIGHEST:
        sides.append(f"{'<' if share and last % 2 else '≤'} {told(last + last % 2 if share else last)}")
    return words.get("discretion.and").join(sides)


def reach_text(reach: Reach, words: Texts) -> str:
    """A measure with its bounds."""
    name = words.find(f"rules.measures.{reach.measure}") or reach.measure
    return f"{name} {bounds(reach, words)}".strip()


def reaches_text(reaches: Iterable[Reach], words: Texts) -> str:
    """Several, all of which hold."""
    told = [reach_text(one, words) for one in reaches if bounds(one, words)]
    return words.get("flow.join").join(told) or words.get("discretion.rules.always")


def like_text(like: LikeTold, speech: Speech) -> str:
    """What like cases have in common; of a tier that nobody knows any more its key."""
    words = speech.words
    tiers = [
        reaches_text((one for one in tier.reaches), words) for tier in like.tiers
    ] or list(like.keys)  # fmt: skip
    return f"{authority_word(like.authority, words)} · " + " + ".join(tiers)


def set_text(rules: Rules, told: str, words: Texts) -> str:
    """A rule set by its title and version; of one that nobody knows any more its key."""
    named = []
    for one in told.split("+"):
        known = confirmed_of(rules.sets, one)
        title = one.partition("@")[0] if known is None else known[0].title.in_language(words.language)
        named.append(words.get("discretion.version", title=title, version=one.partition("@")[2]))
    return words.get("case.joint").join(named)


def example_badge(words: Texts) -> Node:
    """The word that stands wherever an invented or unconfirmed rule is used."""
    return span(words.get("discretion.example"), "fx-badge fx-example")


def unconfirmed_badge(words: Texts) -> Node:
    """Nobody has held it against the published text."""
    return span(words.get("discretion.unconfirmed"), "fx-badge fx-example")
