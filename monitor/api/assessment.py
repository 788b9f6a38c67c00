"""What `GET /api/v1/cases/{case_no}/assessment` says: each decision of a case held against the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from monitor.api.case_models import Answered
from monitor.cases.event import SECOND
from monitor.rules.assess import assess

if TYPE_CHECKING:
    from monitor.rules.assessment import Assessment, Band, RuleFinding, Value
    from monitor.rules.book import RuleBook
    from monitor.rules.decision import Decision
    from monitor.settings.rulesets import Rules


class ArticleOut(Answered):
    """Where a rule is written."""

    reference: str = Field(description="`<rule set>#<source>`.")
    title: str = ""
    document: str = ""
    article: str = ""


class ValueOut(Answered):
    """A number or word that a finding used."""

    name: str
    value: int | float | str = Field(description="Instants (unit `instant`) are RFC 3339.")
    unit: str = Field(description="`fen`, `kg`, `mm`, `instant`, `share`, `count` or `text`.")


class FindingOut(Answered):
    """Something that a person should look at. It accuses nobody."""

    code: str
    article: ArticleOut | None
    values: list[ValueOut]


class BandOut(Answered):
    """What the rules allow, in fen; the `other_*` are the other reading of a part-tonne, where it differs."""

    low_fen: int
    high_fen: int
    other_low_fen: int | None = None
    other_high_fen: int | None = None

    @classmethod
    def of(cls, band: Band) -> Self:
        return cls(
            low_fen=band.low, high_fen=band.high, other_low_fen=band.other_low, other_high_fen=band.other_high
        )


class AssessmentOut(Answered):
    """A decision held against the rules."""

    decision_no: str | None
    authority: str | None
    outcome: str | None
    fine_fen: int | None
    points: int | None
    decided_at: datetime
    rule_set: str | None = Field(description="Key and version of the set in force on the day of the act.")
    tiers: list[str]
    band: BandOut | None
    place: str = Field(
        description="`below`, `low`, `middle`, `high`, `above`, `no_discretion`, `exempt` or `unassessed`."
    )
    position: float | None
    why: str | None = Field(description="Why it cannot be assessed.")
    factors: list[str]
    departure: str | None
    example: bool = Field(description="Whether a rule used is an example or not confirmed.")
    lighter_since: str | None
    prior_acts: int | None = Field(description="Illegal overloads of the vehicle in the year before the act.")
    findings: list[FindingOut]

    @classmethod
    def of(cls, decision: Decision, assessment: Assessment, rules: Rules, zone: ZoneInfo) -> Self:
        return cls(
            decision_no=decision.decision_no,
            authority=decision.authority,
            outcome=decision.outcome,
            fine_fen=decision.fine_fen,
            points=decision.points,
            decided_at=_instant(decision.decided_at, zone),
            rule_set=assessment.rule_set,
            tiers=list(assessment.tiers),
            band=None if assessment.band is None else BandOut.of(assessment.band),
            place=assessment.place.value,
            position=assessment.position,
            why=assessment.why,
            factors=list(assessment.factors),
            departure=assessment.departure,
            example=assessment.example,
            lighter_since=assessment.lighter_since,
            prior_acts=decision.prior_acts,
            findings=[_finding(one, rules, zone) for one in assessment.findings],
        )


class AssessmentsOut(Answered):
    """Every decision in force of a case; none where nothing has been decided."""

    station: str
    case_no: str
    rules: str = Field(description="Digest of the rule sets.")
    assessments: list[AssessmentOut]


def assessed(decisions: list[Decision], book: RuleBook, rules: Rules, zone: ZoneInfo) -> list[AssessmentOut]:
    """The decisions of a case as the API tells them."""
    return [AssessmentOut.of(one, assess(one, book), rules, zone) for one in decisions]


def _finding(finding: RuleFinding, rules: Rules, zone: ZoneInfo) -> FindingOut:
    article = None
    if finding.article:
        source = rules.source(finding.article)
        article = ArticleOut(reference=finding.article)
        if source is not None:
            article = ArticleOut(
                reference=finding.article,
                title=source.title.zh,
                document=source.document,
                article=source.article,
            )
    return FindingOut(
        code=finding.code, article=article, values=[value_out(value, zone) for value in finding.values]
    )


def value_out(value: Value, zone: ZoneInfo) -> ValueOut:
    """A value of a finding as the API tells it."""
    told = value.value
    if value.unit == "instant" and isinstance(told, int):
        told = _instant(told, zone).isoformat()
    return ValueOut(name=value.name, value=told, unit=value.unit)


def _instant(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)
