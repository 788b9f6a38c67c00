"""What `GET /api/v1/cases/{case_no}/payments` says: the payments of a case by payment code. Money in fen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from monitor.api.assessment import ArticleOut, FindingOut, value_out
from monitor.api.case_models import Answered
from monitor.cases.event import SECOND

if TYPE_CHECKING:
    from monitor.rules.assessment import RuleFinding
    from monitor.rules.payments import Payment, When


class MomentOut(Answered):
    """An instant; `until` is the last possible one where only the day is known."""

    at: datetime
    until: datetime | None = None

    @classmethod
    def of(cls, when: When, zone: ZoneInfo) -> Self:
        until = None if when.until is None else _local(when.until, zone)
        return cls(at=_local(when.at, zone), until=until)


class FailureOut(Answered):
    """An attempt that failed."""

    when: MomentOut
    channel: str | None
    reason: str | None


class InstalmentOut(Answered):
    """Money that was paid. `grounds`: by which legal grounds what was recorded as `ground` is known."""

    when: MomentOut
    amount_fen: int | None
    channel: str | None
    ground: str | None
    grounds: list[str]
    collector: str | None


class SurchargeOut(Answered):
    """What a surcharge would come to by the rate in force: an estimate, never what was decided."""

    estimate_fen: int
    days: int
    paused_days: int = Field(description="Days of review or suit, which do not count.")
    capped: bool
    article: str


class PaymentOut(Answered):
    """One payment code, or one request where codes are not told."""

    payment_code: str | None
    authority: str | None
    owed_fen: int | None
    requested: MomentOut | None
    failures: list[FailureOut]
    instalments: list[InstalmentOut]
    paid: MomentOut | None = Field(description="The instalment that made it full.")
    paid_fen: int | None
    confirmed: MomentOut | None
    refunded_fen: int
    due: date | None = Field(description="The last local day in time.")
    due_by: str | None = Field(description="`deferred`, `told` or `term` (days from service).")
    surcharge: SurchargeOut | None
    surcharged_fen: int = Field(description="The surcharge that was recorded.")
    findings: list[FindingOut]

    @classmethod
    def of(cls, one: Payment, zone: ZoneInfo) -> Self:
        late = one.surcharge
        return cls(
            payment_code=one.code,
            authority=one.authority,
            owed_fen=one.owed_fen,
            requested=_moment(one.requested, zone),
            failures=[
                FailureOut(when=MomentOut.of(f.when, zone), channel=f.channel, reason=f.reason)
                for f in one.failures
            ],
            instalments=[
                InstalmentOut(
                    when=MomentOut.of(i.when, zone),
                    amount_fen=i.amount_fen,
                    channel=i.channel,
                    ground=i.ground,
                    grounds=list(i.grounds),
                    collector=i.collector,
                )
                for i in one.instalments
            ],
            paid=_moment(one.paid, zone),
            paid_fen=one.paid_fen,
            confirmed=_moment(one.confirmed, zone),
            refunded_fen=one.refunded_fen,
            due=one.due,
            due_by=one.due_by,
            surcharge=None if late is None else SurchargeOut(
                estimate_fen=late.fen, days=late.days, paused_days=late.paused, capped=late.capped,
                article=late.article,
            ),
            surcharged_fen=one.surcharged_fen,
            findings=[_finding(finding, zone) for finding in one.findings],
        )  # fmt: skip


class PaymentsOut(Answered):
    """Every payment of a case, in the order in which they began."""

    station: str
    case_no: str
    notice: str = Field(description="Where the payment notice of the case is.")
    payments: list[PaymentOut]


def _finding(finding: RuleFinding, zone: ZoneInfo) -> FindingOut:
    article = ArticleOut(reference=finding.article) if finding.article else None
    return FindingOut(
        code=finding.code, article=article, values=[value_out(value, zone) for value in finding.values]
    )


def _moment(when: When | None, zone: ZoneInfo) -> MomentOut | None:
    return None if when is None else MomentOut.of(when, zone)


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(zone)
