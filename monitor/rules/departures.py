"""A fine outside its band: whether its reason, evidence and review are on record, and what to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from monitor.rules.assessment import Band, Place, RuleFinding, Value
from monitor.rules.bands import Allowed, Tiered, allowed, within
from monitor.rules.book import InForce, folded
from monitor.rules.decision import Decision
from monitor.settings.penalties import DepartureNeed

EXPLAINED = "explained"
_NEEDS = tuple(DepartureNeed)
_FACTOR = 10_000
"""万元 in a column of 元, or the other way round."""


def departure_of(d: Decision, rules: InForce, factors: Collection[str]) -> str:
    """`explained`, or the first of reason, evidence and review that is needed and not on record."""
    needs = _NEEDS if rules.departure is None else rules.departure.needs
    for need in needs:
        if need is DepartureNeed.REASON:
            there = bool(d.departure_reason)
        elif need is DepartureNeed.EVIDENCE:
            there = bool(d.departure_evidence) or _shown(d, rules, factors)
        else:
            there = bool(d.departure_review)
        if not there:
            return f"without_{need.value}"
    return EXPLAINED


def _shown(d: Decision, rules: InForce, factors: Collection[str]) -> bool:
    """Whether there is evidence of every recorded factor."""
    evidence = {rules.factors.get(folded(told), told) for told in d.evidence}
    return bool(factors) and evidence.issuperset(factors)


def outside_findings(
    d: Decision, fine: int, place: Place, found: Allowed, rules: InForce, departure: str
) -> Iterator[RuleFinding]:
    """What to look at in a fine outside its band.

    A departure on record is none, unless it is above what the law itself allows. A fine that would fit with
    万元 and 元 exchanged is that and nothing else.
    """
    band = found.band
    if band is None:
        return
    numbers = (Value("fine_fen", fine, "fen"), *band_values(band), *numbers_of(d, found.acts))
    article = found.acts[0].act.article
    if _exchanged(fine, place, band):
        yield RuleFinding("factor_of_10000", article, numbers)
        return
    code = "above_band" if place is Place.ABOVE else "below_band"
    if place is Place.ABOVE and any(act.baseline for act, _ in found.acts):
        law = allowed(d, rules, by_law=True)
        if law.band is not None and fine > max(law.band.high, law.band.other_high or 0):
            values = (Value("fine_fen", fine, "fen"), *band_values(law.band), *numbers_of(d, law.acts))
            yield RuleFinding(code, law.acts[0].act.article, values)
            return
    elif place is Place.ABOVE:
        yield RuleFinding(code, article, numbers)
        return
    if departure != EXPLAINED:
        yield RuleFinding(code, article, numbers)
        part = rules.parts.get("departure")
        yield RuleFinding(f"departure_{departure}", article if part is None else part.article, numbers[:1])


def _exchanged(fine: int, place: Place, band: Band) -> bool:
    if fine <= 0:
        return False
    if place is Place.BELOW:
        return within(fine * _FACTOR, band)
    return fine % _FACTOR == 0 and within(fine // _FACTOR, band)


def band_values(band: Band) -> Iterator[Value]:
    """The bounds of a band, by both readings where they differ."""
    yield Value("low_fen", band.low, "fen")
    yield Value("high_fen", band.high, "fen")
    if band.other_low is not None and band.other_high is not None:
        yield Value("other_low_fen", band.other_low, "fen")
        yield Value("other_high_fen", band.other_high, "fen")


def numbers_of(d: Decision, acts: Collection[Tiered]) -> Iterator[Value]:
    """The numbers that the tiers of these acts ran on."""
    uses = acts_uses(acts)
    for name, unit in uses:
        told = getattr(d, name)
        if told is not None:
            yield Value(name, told, unit)


def acts_uses(acts: Collection[Tiered]) -> Collection[tuple[str, str]]:
    """The fields that acts run on, each once, with its unit."""
    if len(acts) == 1:
        return next(iter(acts)).act.uses
    return dict.fromkeys(use for act, _ in acts for use in act.uses)
