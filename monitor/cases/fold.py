"""The fold: the state of a case from the set of its valid events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from monitor.cases.activity import ORDER, Activity, Authority
from monitor.cases.clock import verdict
from monitor.cases.event import SECOND, Event
from monitor.cases.facts import Fact, Facts
from monitor.cases.payment import Payment, payment_of
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState, Finding, Pause, Verdict
from monitor.cases.terms import Terms

CUSTODY_EVIDENCE = (
    Activity.DETAINED,
    Activity.UNLOADING,
    Activity.CARGO_TRANSFERRED,
    Activity.UNLOADED,
    Activity.REWEIGHED,
)
"""What shows that a vehicle stands there: a release that one of these follows was not the end."""


def fold(
    station: str, case_no: str, events: Sequence[Event], terms: Terms, elsewhere: Sequence[Event] = ()
) -> CaseState | None:
    """The state of a case; None where no valid event is left.

    Pure: any order, repetition or split of the same events gives the same state. `elsewhere` holds versions
    of its events that were recorded under another case number.
    """
    valid, waiting_voids = valid_events(events, elsewhere)
    if not valid:
        return None
    valid.sort(key=_in_time)
    facts: Facts = {}
    read: list[Fact] = []
    for event in valid:
        fact = Fact(event, orjson.loads(event.data) if event.data else _NOTHING)
        read.append(fact)
        facts.setdefault(event.activity, []).append(fact)
    findings: list[Finding] = []
    for event in valid:
        if event.occurred_at > event.received_at + terms.future_tolerance:
            findings.append(Finding("future_time", event.occurred_at, (("activity", event.activity),)))
    for void in waiting_voids:
        findings.append(Finding("void_unmatched", void.occurred_at))

    plain: dict[str, Any] = {}
    _weights(plain, facts, read, terms, findings)
    _clock_a(plain, facts, terms, findings)
    _other_clocks(plain, facts)
    _decision(plain, facts, read)
    paid = payment_of(facts, plain.get("fine_fen"))
    _removal(plain, facts)
    return CaseState(
        station=station,
        case_no=case_no,
        events=len(valid),
        first_at=valid[0].occurred_at,
        last_at=valid[-1].occurred_at,
        pauses=_pauses(facts) if "suspended" in facts else (),
        findings=tuple(findings),
        closed_at=_first_at(facts, "closed"),
        withdrawn_at=_first_at(facts, "withdrawn"),
        **plain,
        **(paid._asdict() if paid is not None else _NO_PAYMENT),
    )


_NOTHING: dict[str, Any] = {}
_NO_PAYMENT: dict[str, Any] = Payment()._asdict()


def _in_time(event: Event) -> tuple[int, int, bytes]:
    return event.occurred_at, ORDER.get(event.activity, 99), event.identity


def _first_at(facts: Facts, activity: str) -> int | None:
    found = facts.get(activity)
    return found[0].event.occurred_at if found else None


def _instants(found: list[Fact] | None) -> set[int]:
    return {fact.event.occurred_at for fact in found} if found else set()


def _weights(
    plain: dict[str, Any], facts: Facts, read: list[Fact], terms: Terms, findings: list[Finding]
) -> None:
    """Vehicle, first weight and the limit that applies, recorded or worked out."""
    for key in ("plate", "plate_colour", "vehicle", "axles"):
        for fact in read:
            value = fact.data.get(key)
            if value is not None:
                plain[key] = value
                break
    first: Fact | None = None
    for activity in ("weighed", "confirmed"):
        for fact in facts.get(activity, ()):
            if first is None and fact.data.get("gross_kg") is not None:
                first = fact
    recorded = next((fact.data["limit_kg"] for fact in read if fact.data.get("limit_kg") is not None), None)
    if first is not None:
        plain["gross_kg"] = first.data["gross_kg"]
        worked_out = terms.weight_limit(plain.get("vehicle"), plain.get("axles"), first.event.occurred_at)
        if recorded is not None:
            plain["limit_kg"] = recorded
            plain["limit_rule"] = "recorded" if worked_out is None else worked_out[1]
            if worked_out is not None and worked_out[0] != recorded:
                plain["limit_rule"] = "recorded"
                findings.append(
                    Finding(
                        "limit_differs",
                        first.event.occurred_at,
                        (("recorded_kg", str(recorded)), ("rule_kg", str(worked_out[0]))),
                    )
                )
        elif worked_out is not None:
            plain["limit_kg"], plain["limit_rule"] = worked_out
        elif "confirmed" in facts:
            findings.append(Finding("limit_unknown", first.event.occurred_at))
    elif recorded is not None:
        plain["limit_kg"], plain["limit_rule"] = recorded, "recorded"
    reweighs = [fact for fact in facts.get("reweighed", ()) if fact.data.get("gross_kg") is not None]
    if reweighs:
        within = [fact for fact in reweighs if _within(fact, plain.get("limit_kg"))]
        chosen = within[0] if within else reweighs[-1]
        plain["reweigh_kg"] = chosen.data["gross_kg"]
        gross = plain.get("gross_kg")
        heavier = [fact for fact in reweighs if gross is not None and fact.data["gross_kg"] > gross]
        if heavier:
            weight = str(heavier[0].data["gross_kg"])
            findings.append(
                Finding(
                    "reweigh_heavier",
                    heavier[0].event.occurred_at,
                    (("first_kg", str(gross)), ("reweigh_kg", weight)),
                )
            )


def _within(fact: Fact, limit_kg: int | None) -> bool:
    limit = fact.data.get("limit_kg", limit_kg)
    return limit is not None and fact.data["gross_kg"] <= limit


def _clock_a(plain: dict[str, Any], facts: Facts, terms: Terms, findings: list[Finding]) -> None:
    """Custody, start, deadline, end and verdict of clock A."""
    confirmed = facts.get("confirmed")
    detained = facts.get("detained")
    stands = terms.holds and any(activity in facts for activity in CUSTODY_EVIDENCE)
    custody = bool(detained) or (terms.holds and bool(confirmed)) or stands
    plain["custody"] = custody
    start: tuple[int, int] | None = None
    if confirmed:
        event = confirmed[0].event
        plain["confirmed_at"], plain["confirmed_until"] = event.occurred_at, event.occurred_until
        start = (event.occurred_at, event.latest)
        if len(confirmed) > 1 and len(_instants(confirmed)) > 1:
            findings.append(Finding("second_confirmation", confirmed[1].event.occurred_at))
        if custody:
            seconds = terms.limit_at(event.occurred_at)
            if seconds is None:
                # No limit is configured here, so there is nothing to be late against.
                start = None
            else:
                plain["limit_s"] = seconds
                plain["deadline_at"] = event.occurred_at + seconds * SECOND
                if event.occurred_until is not None:
                    plain["deadline_until"] = event.occurred_until + seconds * SECOND
    end: tuple[int, int] | None = None
    releases = facts.get("released")
    if releases:
        if len(releases) > 1 and len(_instants(releases)) > 1:
            findings.append(Finding("several_releases", releases[1].event.occurred_at))
        evidence = [
            fact.event.occurred_at for activity in CUSTODY_EVIDENCE for fact in facts.get(activity, ())
        ]
        last_seen = max(evidence, default=None)
        for fact in releases:
            if last_seen is None or fact.event.latest >= last_seen:
                event = fact.event
                plain["released_at"], plain["released_until"] = event.occurred_at, event.occurred_until
                end = (event.occurred_at, event.latest)
                break
        else:
            findings.append(Finding("custody_after_release", last_seen))
    told = verdict(custody, start, end, plain.get("limit_s", 0) * SECOND)
    if told is Verdict.IMPLAUSIBLE:
        findings.append(Finding("released_before_confirmed", plain["released_at"]))
    plain["verdict"] = told.value


def _other_clocks(plain: dict[str, Any], facts: Facts) -> None:
    for activity in ("accepted", "detained", "handed_in"):
        found = facts.get(activity)
        if found:
            event = found[0].event
            plain[f"{activity}_at"], plain[f"{activity}_until"] = event.occurred_at, event.occurred_until


POLICE_STEPS = ("accepted", "handed_over", "handed_in", "detained")
"""Activities that put a case on the police track where no decision has named its authority yet."""


def _decision(plain: dict[str, Any], facts: Facts, read: list[Fact]) -> None:
    """The decision in force, by whom, and the steps towards it."""
    for fact in read:
        authority = fact.data.get("authority")
        if authority is not None:
            plain["authority"] = authority
    if "authority" not in plain and any(activity in facts for activity in POLICE_STEPS):
        plain["authority"] = Authority.POLICE.value
    for activity in ("handed_over", "filed", "notified"):
        found = facts.get(activity)
        if found:
            plain[f"{activity}_at"] = found[0].event.occurred_at
    decided = facts.get("decided")
    revoked = facts.get("decision_revoked")
    if revoked and decided:
        decided = [fact for fact in decided if fact.event.occurred_at > revoked[-1].event.occurred_at]
    if not decided:
        return
    first, last = decided[0], decided[-1]
    plain["decided_at"] = first.event.occurred_at
    for changed in (*decided, *facts.get("decision_changed", ())):
        for key in ("outcome", "decision_no", "fine_fen"):
            if key in changed.data:
                plain[key] = changed.data[key]
    if last.data.get("authority", plain.get("authority")) == Authority.POLICE:
        plain["police_decided_at"] = first.event.occurred_at
        plain["police_decided_until"] = first.event.occurred_until


def _removal(plain: dict[str, Any], facts: Facts) -> None:
    """Unloading, reweighing, and the moment the violation ended, told or derived."""
    begun = facts.get("unloading")
    if begun:
        plain["unloading_at"] = begun[0].event.occurred_at
    done = [
        fact.event.occurred_at
        for activity in ("unloaded", "cargo_transferred")
        for fact in facts.get(activity, ())
    ]
    if done:
        plain["unloaded_at"] = max(done)
    reweighs = [fact for fact in facts.get("reweighed", ()) if fact.data.get("gross_kg") is not None]
    within = next((fact for fact in reweighs if _within(fact, plain.get("limit_kg"))), None)
    if within is not None:
        plain["reweighed_at"] = within.event.occurred_at
    elif reweighs and plain.get("limit_kg") is not None:
        plain["reweigh_failed_at"] = reweighs[-1].event.occurred_at
    told = facts.get("violation_removed")
    ended = told[0] if told else within
    if ended is not None:
        plain["removed_at"], plain["removed_until"] = ended.event.occurred_at, ended.event.occurred_until
        plain["removed_derived"] = not told


def _pauses(facts: Facts) -> tuple[Pause, ...]:
    """Suspended spans; each ends at the next resumption, and one not resumed runs on."""
    resumed = sorted(fact.event.occurred_at for fact in facts.get("resumed", ()))
    spans: list[Pause] = []
    for fact in facts["suspended"]:
        since = fact.event.occurred_at
        until = next((at for at in resumed if at >= since), None)
        spans.append(Pause(since, until, str(fact.data.get("reason", ""))))
    return tuple(spans)
