"""The fold: the state of a case from the set of its valid events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson

from monitor.cases.activity import ORDER, Activity, Authority
from monitor.cases.clock import verdict
from monitor.cases.event import SECOND, Event
from monitor.cases.facts import Fact, Facts, earliest, instants
from monitor.cases.payment import PAYMENT, payment_of
from monitor.cases.revision import valid_events
from monitor.cases.state import CaseState, Finding, Pause, Verdict
from monitor.cases.terms import Terms
from monitor.cases.weight import REMOVAL, removal_of, weights_of

CUSTODY_EVIDENCE = (
    Activity.DETAINED.value,
    Activity.UNLOADING.value,
    Activity.CARGO_TRANSFERRED.value,
    Activity.UNLOADED.value,
    Activity.REWEIGHED.value,
)
"""What shows that a vehicle stands there: a release that one of these follows was not the end."""

_NOT_HELD, _POLICE = Verdict.NOT_HELD.value, Authority.POLICE.value
_HOLDING = frozenset(CUSTODY_EVIDENCE) - {Activity.REWEIGHED.value}
"""A second weighing alone holds nobody: who shifts the load and is within the limit then drives on."""


def fold(
    station: str,
    case_no: str,
    events: Sequence[Event],
    terms: Terms,
    elsewhere: Sequence[Event] = (),
    *,
    once: bool = False,
) -> CaseState | None:
    """The state of a case; None where no valid event is left.

    Pure: any order, repetition or split of the same events gives the same state. `elsewhere` holds versions
    of its events that were recorded under another case number; `once` says that no two events are the same.
    """
    valid, waiting_voids = valid_events(events, elsewhere, once=once)
    if not valid:
        return _nothing_but_voids(station, case_no, waiting_voids)
    times = [event.occurred_at for event in valid]
    if times != sorted(set(times)):
        valid.sort(key=_in_time)
    facts: Facts = {}
    plain = _UNKNOWN.copy()
    findings: list[Finding] = []
    tolerance = terms.future_tolerance
    for event in valid:
        activity, at = event.activity, event.occurred_at
        data, of_case = _read(event.data)
        for key, value in of_case:
            # The first word on a vehicle stands, the last on who decides.
            if plain[key] is None or key == "authority":
                plain[key] = value
        fact = (event, data)
        if activity in facts:
            facts[activity].append(fact)
        else:
            facts[activity] = [fact]
        if at > event.received_at + tolerance:
            findings.append(Finding("future_time", at, (("activity", activity),)))
    for void in waiting_voids:
        findings.append(Finding("void_unmatched", void.occurred_at))

    weights_of(plain, facts, terms, findings)
    _clock_a(plain, facts, terms, findings)
    _first_told(plain, facts)
    _decision(plain, facts)
    if not PAYMENT.isdisjoint(facts):
        payment_of(plain, facts)
    if not REMOVAL.isdisjoint(facts):
        removal_of(plain, facts)
    plain["station"], plain["case_no"], plain["events"] = station, case_no, len(valid)
    plain["first_at"], plain["last_at"] = valid[0].occurred_at, valid[-1].occurred_at
    if findings:
        plain["findings"] = tuple(findings)
    if plain["custody"]:
        plain["days"] = _days(valid)
    if "suspended" in facts:
        plain["pauses"] = _pauses(facts)
    # By position rather than by sixty keywords, which took a third of the fold's time.
    return _new_tuple(CaseState, plain.values())


def _nothing_but_voids(station: str, case_no: str, voids: Sequence[Event]) -> CaseState | None:
    """A case of which only voids are known that name nothing: it has no event, and is listed for them."""
    if not voids:
        return None
    told = sorted(void.occurred_at for void in voids)
    return CaseState(
        station, case_no, Verdict.NOT_HELD.value, False, 0, told[0], told[-1],
        findings=tuple(Finding("void_unmatched", at) for at in told),
    )  # fmt: skip


_new_tuple: Callable[[type[CaseState], Iterable[Any]], CaseState] = tuple.__new__
_UNKNOWN: dict[str, Any] = {name: CaseState._field_defaults.get(name) for name in CaseState._fields}
"""Every field of a state in its order, with what stands where nothing is told."""


def _in_time(event: Event) -> tuple[int, int, bytes]:
    return event.occurred_at, ORDER.get(event.activity, 99), event.identity


OF_CASE = ("plate", "plate_colour", "vehicle", "axles", "limit_kg", "authority")
"""What any event may tell of the vehicle and the authority."""


@lru_cache(maxsize=8_192)
def _read(text: str) -> tuple[dict[str, Any], tuple[tuple[str, Any], ...]]:
    """The data of an event, and what of it is told of the case. Remembered, since most events of a log say
    what others said: nobody may change what comes back."""
    data: dict[str, Any] = orjson.loads(text) if text else {}
    return data, tuple([(key, data[key]) for key in OF_CASE if key in data])


def _clock_a(plain: dict[str, Any], facts: Facts, terms: Terms, findings: list[Finding]) -> None:
    """Custody, start, deadline, end and verdict of clock A."""
    confirmed = facts.get("confirmed")
    releases = facts.get("released")
    custody = "detained" in facts
    if not custody and terms.holds:
        custody = confirmed is not None or not _HOLDING.isdisjoint(facts)
    plain["custody"] = custody
    start: tuple[int, int] | None = None
    if confirmed:
        at, until = earliest(confirmed)
        plain["confirmed_at"], plain["confirmed_until"] = at, until
        if len(confirmed) > 1 and len(instants(confirmed)) > 1:
            findings.append(Finding("second_confirmation", confirmed[1][0].occurred_at))
        seconds = terms.limit_at(at) if custody else None
        # Without a limit there is nothing to be late against, so there is no start either.
        if seconds is not None:
            start = (at, at if until is None else until)
            plain["limit_s"] = seconds
            plain["deadline_at"] = at + seconds * SECOND
            if until is not None:
                plain["deadline_until"] = until + seconds * SECOND
    end = _end(plain, facts, releases, findings) if releases else None
    if not custody:
        plain["verdict"] = _NOT_HELD
        return
    told = verdict(custody, start, end, (plain["limit_s"] or 0) * SECOND)
    if told is Verdict.IMPLAUSIBLE:
        findings.append(Finding("released_before_confirmed", plain["released_at"]))
    plain["verdict"] = told.value


def _end(
    plain: dict[str, Any], facts: Facts, releases: list[Fact], findings: list[Finding]
) -> tuple[int, int] | None:
    """The first release that no evidence of custody follows."""
    if len(releases) > 1 and len(instants(releases)) > 1:
        findings.append(Finding("several_releases", releases[1][0].occurred_at))
    last_seen = max(
        (facts[activity][-1][0].occurred_at for activity in CUSTODY_EVIDENCE if activity in facts),
        default=None,
    )
    ends = [fact for fact in releases if last_seen is None or fact[0].latest >= last_seen]
    if not ends:
        findings.append(Finding("custody_after_release", last_seen))
        return None
    at, until = earliest(ends)
    plain["released_at"], plain["released_until"] = at, until
    return at, at if until is None else until


_INSTANTS = {
    activity: f"{activity}_at" for activity in ("handed_over", "filed", "notified", "withdrawn", "closed")
}
"""Activities of which a state tells the first instant alone."""
_SPANS = {
    activity: (f"{activity}_at", f"{activity}_until") for activity in ("accepted", "detained", "handed_in")
}
"""Those of clocks B and C, of which it tells the last possible instant too."""


def _first_told(plain: dict[str, Any], facts: Facts) -> None:
    for activity, found in facts.items():
        if activity in _INSTANTS:
            plain[_INSTANTS[activity]] = found[0][0].occurred_at
        elif activity in _SPANS:
            at, until = _SPANS[activity]
            plain[at], plain[until] = earliest(found)


POLICE_STEPS = frozenset(("accepted", "handed_over", "handed_in", "detained"))
"""Activities that put a case on the police track where no decision has named its authority yet."""


def _decision(plain: dict[str, Any], facts: Facts) -> None:
    """The decision in force, by whom, and the steps towards it."""
    if plain["authority"] is None and not POLICE_STEPS.isdisjoint(facts):
        plain["authority"] = _POLICE
    decided = facts.get("decided")
    if not decided:
        return
    told = decided
    if "decision_changed" in facts:
        told = sorted((*decided, *facts["decision_changed"]), key=lambda fact: _in_time(fact[0]))
    if "decision_revoked" in facts:
        revoked_at = facts["decision_revoked"][-1][0].occurred_at
        decided = [fact for fact in decided if fact[0].occurred_at > revoked_at]
        # What changed a decision falls with it.
        told = [fact for fact in told if fact[0].occurred_at > revoked_at]
    if not decided:
        return
    plain["decided_at"] = decided[0][0].occurred_at
    for _, data in told:
        for key in ("outcome", "decision_no", "fine_fen"):
            if key in data:
                plain[key] = data[key]
    default = plain.get("authority")
    by_police = [one for one in decided if one[1].get("authority", default) == _POLICE]
    if by_police:
        plain["police_decided_at"], plain["police_decided_until"] = earliest(by_police)


def _days(valid: Sequence[Event]) -> tuple[int, ...]:
    """Instants that stand for a day, and that no exact event shares."""
    days = {event.occurred_at for event in valid if event.occurred_until is not None}
    return tuple(sorted(days - {e.occurred_at for e in valid if e.occurred_until is None})) if days else ()


def _pauses(facts: Facts) -> tuple[Pause, ...]:
    """Suspended spans; each ends at the next resumption, and one not resumed runs on.

    A resumption that gives the reason of a suspension ends only those for that reason; any other ends all.
    """
    given = {data.get("reason") for _, data in facts["suspended"]}
    resumed = [
        (event.occurred_at, why if (why := data.get("reason")) in given else None)
        for event, data in facts.get("resumed", ())
    ]
    spans: list[Pause] = []
    for event, data in facts["suspended"]:
        reason = data.get("reason")
        until = next(
            (at for at, why in resumed if at >= event.occurred_at and (why is None or why == reason)), None
        )
        spans.append(Pause(event.occurred_at, until, str(reason or "")))
    return tuple(spans)
