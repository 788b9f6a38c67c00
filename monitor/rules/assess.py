"""A decision held against the rules in force on the day of its act."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.assessment import Assessment, Place, RuleFinding, Value
from monitor.rules.bands import Allowed, allowed, placed, tier_of, within
from monitor.rules.book import Exempting, InForce, RuleBook, folded
from monitor.rules.decision import Decision
from monitor.rules.departures import departure_of, outside_findings
from monitor.rules.duplicates import double_fine
from monitor.rules.exemptions import exemption_of
from monitor.rules.procedure import procedure_findings
from monitor.rules.repeats import repeat_findings

_FINE = "fine"
_ANY = "transport"
"""What the law says of every authority stands under each of them."""


def assess(decision: Decision, book: RuleBook) -> Assessment:
    """What the rules say of a decision: its band, where the fine lies in it, what a person should look at.

    Pure and total: what is not told makes a decision `unassessed` with the reason, never an error.
    """
    d = decision
    span = book.span(d.station, d.acted_at)
    rules = None if d.authority is None else book.in_span(d.authority, span)
    if rules is None:
        return _without_authority(d, book.in_span(_ANY, span))
    findings: list[RuleFinding] = []
    fine = d.fine_fen
    if fine is None and d.outcome not in (None, _FINE):
        fine = 0
    elif fine is not None and fine < 0:
        findings.append(RuleFinding("negative_amount", "", (Value("fine_fen", fine, "fen"),)))
    found = allowed(d, rules)
    factors = tuple(_known(d.factors, rules)) if d.factors else ()
    exemption = exemption_of(d, rules, factors) if rules.exemptions else None
    place, position, why = _place(d, fine, found, exemption)
    departure = None
    if fine is not None and (place is Place.BELOW or place is Place.ABOVE):
        departure = departure_of(d, rules, factors)
        findings += outside_findings(d, fine, place, found, rules, departure)
    if fine is not None and fine > 0:
        if d.other_fines:
            findings += double_fine(d, rules)
        if exemption is not None:
            findings.append(_exempt_but_fined(d, fine, exemption))
    findings += procedure_findings(d, rules, book.zone_of(d.station))
    if d.prior_acts or d.prior_driver_acts or d.company_share is not None:
        findings += repeat_findings(d, rules)
    if d.points is not None and rules.points is not None:
        findings += _points(d, d.points, rules)
    lighter = None
    later = book.span(d.station, d.decided_at)
    if later > span and found.band is not None:
        lighter, told = _lighter(d, fine, found, book.in_span(d.authority or "", later))
        findings += told
    return Assessment(
        _sets(found),
        tuple([f"{act.key}.{tier.key}" for act, tier in found.acts]),
        found.band,
        place,
        position,
        why,
        factors,
        departure,
        not found.confirmed or (exemption is not None and not exemption.confirmed),
        lighter,
        tuple(findings),
    )


def _without_authority(d: Decision, rules: InForce | None) -> Assessment:
    """Neither scheme can be chosen; a fine nobody is named for is itself a finding."""
    fined = d.outcome == _FINE or bool(d.fine_fen)
    values = () if d.fine_fen is None else (Value("fine_fen", d.fine_fen, "fen"),)
    part = None if rules is None else rules.parts.get("procedure.authority")
    findings = [RuleFinding("no_authority", "" if part is None else part.article, values)] if fined else []
    if d.fine_fen is not None and d.fine_fen < 0:
        findings.append(RuleFinding("negative_amount", "", values))
    return Assessment(
        None, (), None, Place.UNASSESSED, None, "no_authority", (), None, False, None, tuple(findings)
    )


def _sets(found: Allowed) -> str | None:
    """The sets of the acts; mostly one."""
    if not found.acts:
        return None
    if len(found.acts) == 1:
        return found.acts[0].act.rule_set
    return "+".join(dict.fromkeys(act.rule_set for act, _ in found.acts))


def _known(told: tuple[str, ...], rules: InForce) -> Iterator[str]:
    """The codes of those factors that the rules know."""
    for word in told:
        code = rules.factors.get(folded(word))
        if code is not None:
            yield code


def _place(
    d: Decision, fine: int | None, found: Allowed, exemption: Exempting | None
) -> tuple[Place, float | None, str | None]:
    """Where the penalty lies, how far up in its band, and why that cannot be told."""
    spared = fine == 0 and d.outcome != _FINE
    if spared and exemption is not None:
        return Place.EXEMPT, None, None
    if fine is None:
        return Place.UNASSESSED, None, "no_amount" if d.outcome == _FINE else "no_outcome"
    if fine < 0:
        return Place.UNASSESSED, None, "negative_amount"
    if found.band is None:
        return Place.UNASSESSED, None, found.why
    if spared and (found.relaxed or found.band.low == 0):
        return Place.EXEMPT, None, None
    return (*placed(fine, found.band), None)


def _exempt_but_fined(d: Decision, fine: int, exemption: Exempting) -> RuleFinding:
    values = [Value("fine_fen", fine, "fen"), Value("exemption", exemption.kind, "text")]
    if d.gross_kg is not None and d.limit_kg is not None:
        values += [Value("gross_kg", d.gross_kg, "kg"), Value("limit_kg", d.limit_kg, "kg")]
    if d.prior_acts is not None:
        values.append(Value("prior_acts", d.prior_acts, "count"))
    values += [Value("factor", code, "text") for code in exemption.needs]
    return RuleFinding("exempt_but_fined", exemption.article, tuple(values))


def _points(d: Decision, points: int, rules: InForce) -> Iterator[RuleFinding]:
    """Points that are not those of the tier."""
    act = rules.points
    tier = None if act is None else tier_of(act, d)
    if act is None or tier is None or isinstance(tier, str) or tier.points == points:
        return
    values = [Value("points", points, "count"), Value("points_of_tier", tier.points, "count")]
    if d.gross_kg is not None and d.limit_kg is not None:
        values += [Value("gross_kg", d.gross_kg, "kg"), Value("limit_kg", d.limit_kg, "kg")]
    yield RuleFinding("points_differ", act.article, tuple(values))


def _lighter(
    d: Decision, fine: int | None, found: Allowed, rules: InForce | None
) -> tuple[str | None, list[RuleFinding]]:
    """The rules of the day of the decision, where they are lighter than those of the day of the act."""
    if rules is None or found.band is None:
        return None, []
    later = allowed(d, rules)
    if later.band is None or (later.band.high, later.band.low) >= (found.band.high, found.band.low):
        return None, []
    key = _sets(later)
    if fine is None or fine <= later.band.high or within(fine, later.band):
        return key, []
    part = rules.parts.get("procedure.lighter")
    values = (
        Value("fine_fen", fine, "fen"),
        Value("lighter_low_fen", later.band.low, "fen"),
        Value("lighter_high_fen", later.band.high, "fen"),
        Value("lighter_set", key or "", "text"),
    )
    article = later.acts[0].act.article if part is None else part.article
    return key, [RuleFinding("lighter_set_later", article, values)]
