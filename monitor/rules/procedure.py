"""Procedure checks: ceilings, officers, notice, statement, review, committee, days.

Only what is told is checked: a step of which no source tells is not a missing step, except where the ordinary
procedure is recorded and with it that the step was due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from monitor.cases.event import DAY, SECOND
from monitor.rules.assessment import RuleFinding, Value
from monitor.rules.book import InForce, Part
from monitor.rules.decision import Decision
from monitor.settings.penalties import Asked, Ceiling, CountRule, OfficersRule, OneOfficer

_POLICE, _SIMPLE, _ORDINARY = "police", "simple", "ordinary"


def procedure_findings(d: Decision, rules: InForce, zone: ZoneInfo) -> Iterator[RuleFinding]:
    """What of the procedure of a decision a person should look at."""
    parts = rules.parts
    if d.procedure == _SIMPLE and d.fine_fen is not None:
        yield from _over_ceiling(d, d.fine_fen, parts)
    if len(d.officers) == 1:
        yield from _one_officer(d, parts)
    if d.notified_at is not None:
        yield from _told_first(d, d.notified_at, parts)
    elif d.procedure == _ORDINARY and (notice := parts.get("procedure.notice")) is not None:
        yield RuleFinding("no_notice", notice.article, (Value("decided_at", d.decided_at, "instant"),))
    if d.procedure == _SIMPLE:
        return
    if d.fine_fen is not None:
        yield from _asked_for(d, d.fine_fen, parts)
    if d.filed_at is not None and d.decided_at - d.filed_at > DAY:
        yield from _too_long(d, d.filed_at, parts, zone)


def _over_ceiling(d: Decision, fine: int, parts: Mapping[str, Part]) -> Iterator[RuleFinding]:
    """A party that is not told may be an organisation: only what is over both ceilings is surely over."""
    name = "simple_citizen" if d.party == "citizen" else "simple_organisation"
    part = parts.get("procedure.simple_police" if d.authority == _POLICE else f"procedure.{name}")
    if part is not None and isinstance(part.value, Ceiling) and fine > part.value.most_fen:
        values = (Value("fine_fen", fine, "fen"), Value("ceiling_fen", part.value.most_fen, "fen"))
        yield RuleFinding("simple_over_ceiling", part.article, values)


def _one_officer(d: Decision, parts: Mapping[str, Part]) -> Iterator[RuleFinding]:
    part = parts.get("procedure.officers")
    if part is None or not isinstance(part.value, OfficersRule) or part.value.least < 2:
        return
    alone = parts.get("procedure.one_officer")
    if alone is not None and isinstance(alone.value, OneOfficer):
        # Where the procedure is not told it may be the one in which an officer may act alone.
        told = d.procedure or alone.value.procedure
        if (d.authority, told) == (alone.value.authority, alone.value.procedure):
            return
    values = (Value("officers", 1, "count"), Value("officers_least", part.value.least, "count"))
    yield RuleFinding("one_officer", part.article, values)


def _told_first(d: Decision, notified_at: int, parts: Mapping[str, Part]) -> Iterator[RuleFinding]:
    notice, statement = parts.get("procedure.notice"), parts.get("procedure.statement")
    if notice is not None and notified_at > (d.decided_at if d.decided_until is None else d.decided_until):
        values = (Value("notified_at", notified_at, "instant"), Value("decided_at", d.decided_at, "instant"))
        yield RuleFinding("decided_before_notice", notice.article, values)
    if statement is None or d.stated_at is None or d.fine_fen is None or d.notified_fen is None:
        return
    if d.fine_fen > d.notified_fen:
        values = (Value("notified_fen", d.notified_fen, "fen"), Value("fine_fen", d.fine_fen, "fen"))
        yield RuleFinding("statement_raised_fine", statement.article, values)


def _asked_for(d: Decision, fine: int, parts: Mapping[str, Part]) -> Iterator[RuleFinding]:
    """Legal review and collective discussion, where the rules ask for them."""
    if d.legal_review_at is None:
        for name in ("legal_review", "hearing_review"):
            part = parts.get(f"procedure.{name}")
            if part is not None and isinstance(part.value, Asked) and _asks(part.value, d, fine):
                yield RuleFinding("no_legal_review", part.article, tuple(_why_asked(part.value, d, fine)))
                break
    part = parts.get("procedure.committee")
    if (
        part is not None
        and isinstance(part.value, Asked)
        and d.committee_at is None
        and _asks(part.value, d, fine)
    ):
        yield RuleFinding("no_committee", part.article, tuple(_why_asked(part.value, d, fine)))


def _asks(asked: Asked, d: Decision, fine: int) -> bool:
    if asked.from_fen is not None and fine >= asked.from_fen:
        return True
    return asked.after_hearing and d.hearing_at is not None


def _why_asked(asked: Asked, d: Decision, fine: int) -> Iterator[Value]:
    if asked.from_fen is not None and fine >= asked.from_fen:
        yield Value("fine_fen", fine, "fen")
        yield Value("asked_from_fen", asked.from_fen, "fen")
    if asked.after_hearing and d.hearing_at is not None:
        yield Value("hearing_at", d.hearing_at, "instant")


def _too_long(d: Decision, filed_at: int, parts: Mapping[str, Part], zone: ZoneInfo) -> Iterator[RuleFinding]:
    """Calendar days from the local day of filing, which itself does not count."""
    part = parts.get("procedure.decision_days")
    if part is None or not isinstance(part.value, CountRule):
        return
    if d.decided_at - filed_at < (part.value.n - 1) * DAY:
        return
    taken = (_day(d.decided_at, zone) - _day(filed_at, zone)).days
    if taken > part.value.n:
        values = (
            Value("days_taken", taken, "count"),
            Value("days_most", part.value.n, "count"),
            Value("filed_at", filed_at, "instant"),
            Value("decided_at", d.decided_at, "instant"),
        )
        yield RuleFinding("decided_after_90_days", part.article, values)


def _day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone).date()
