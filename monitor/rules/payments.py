"""The payments of a case, joined by payment code: asked for, attempted, paid, arrived, overdue, collected.

Pure: legal values come from `config/payments.yaml`, each with its source; an estimate stands beside what was
recorded and never in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from monitor.cases.activity import ORDER
from monitor.cases.event import SECOND, Event
from monitor.cases.facts import Fact, Facts
from monitor.cases.payment import payment_of
from monitor.cases.state import CaseState
from monitor.rules.assessment import RuleFinding, Value
from monitor.rules.collection import cited, collected, findings_of
from monitor.rules.surcharge import Span, Surcharge, estimated
from monitor.settings.entry import latest_in_force
from monitor.settings.payments import Payments

MONEY = (
    "pay_requested", "pay_failed", "paid", "pay_confirmed", "refunded", "deferred", "surcharged",
)  # fmt: skip
"""The activities that are about money."""


class When(NamedTuple):
    """An instant in microseconds UTC; `until` is the last possible one where only the day is known."""

    at: int
    until: int | None


class Failure(NamedTuple):
    """An attempt that failed, by which channel and why, as far as it was told."""

    when: When
    channel: str | None
    reason: str | None


class Instalment(NamedTuple):
    """Money that was paid. `ground` is what was recorded of collecting on the spot, `grounds` the keys of
    `config/payments.yaml` it is known by; `collector` is who took it."""

    when: When
    amount_fen: int | None
    channel: str | None
    ground: str | None
    grounds: tuple[str, ...]
    collector: str | None


class Payment(NamedTuple):
    """What happened to one payment code, or to one request where codes are not told.

    Money in fen; None is "not told". `owed_fen` is what the request asked for, else the fine. `paid` is the
    instalment that made it full; `due` the last local day in time, and `due_by` what says so: `deferred`,
    `told` or `term` (calendar days from service).
    """

    code: str | None
    authority: str | None
    owed_fen: int | None
    requested: When | None
    failures: tuple[Failure, ...]
    instalments: tuple[Instalment, ...]
    paid: When | None
    paid_fen: int | None
    confirmed: When | None
    confirmed_fen: int | None
    refunded_fen: int
    deferred_parts: int | None
    due: date | None
    due_by: str | None
    surcharge: Surcharge | None
    """An estimate; None where nothing is owed, due or known to be late."""
    surcharged_fen: int
    """The surcharge that was recorded."""
    findings: tuple[RuleFinding, ...]

    @property
    def channel(self) -> str | None:
        """The channel of the first instalment that tells one."""
        return next((one.channel for one in self.instalments if one.channel), None)


def payments_of(
    state: CaseState, valid: Sequence[Event], terms: Payments, zone: ZoneInfo, now: int
) -> list[Payment]:
    """The payments of a case in the order in which they began.

    `valid`: its valid events; `zone`: that of its station; `now`: until when a surcharge runs. A case of
    which nothing but money is known has payments all the same, with the finding `payment_unknown_case`; money
    of any other case without a decision has `paid_without_decision`.
    """
    facts = _facts(valid)
    unknown = bool(facts) and set(facts) <= set(MONEY)
    groups = _by_code(facts)
    payments = [_payment(state, group, facts, terms, zone, now) for group in groups]
    if unknown:
        finding = RuleFinding("payment_unknown_case", "", ())
        payments = [one._replace(findings=(*one.findings, finding)) for one in payments]
    elif state.decided_at is None:
        payments = [one._replace(findings=(*one.findings, *_undecided(one, terms))) for one in payments]
    return _paid_twice(payments, state)


def _facts(valid: Sequence[Event]) -> Facts:
    facts: Facts = {}
    for event in sorted(valid, key=lambda e: (e.occurred_at, ORDER.get(e.activity, 99), e.identity)):
        facts.setdefault(event.activity, []).append((event, orjson.loads(event.data) if event.data else {}))
    return facts


def _by_code(facts: Facts) -> list[Facts]:
    """Money by its payment code. What tells none goes with the payment begun last before it, and a code first
    told of a payment with the request before it that told none. Where a case has no more than one request and
    one code, all of it is one payment."""
    money = [fact for name in MONEY for fact in facts.get(name, ())]
    told = {data["payment_code"] for _, data in money if data.get("payment_code")}
    if len(facts.get("pay_requested", ())) <= 1 and len(told) <= 1:
        only = {name: facts[name] for name in MONEY if name in facts}
        return [only] if only else []
    money.sort(key=lambda fact: (fact[0].occurred_at, ORDER[fact[0].activity], fact[0].identity))
    by_code: dict[str, Facts] = {}
    groups: list[Facts] = []
    latest: Facts | None = None
    for event, data in money:
        code = data.get("payment_code")
        begins = event.activity == "pay_requested"
        group = by_code.get(code) if code else None
        if group is None and latest is not None and not begins:
            group = latest if not code or all(one is not latest for one in by_code.values()) else None
        if group is None:
            group = {}
            groups.append(group)
        if code:
            by_code[code] = group
        if begins or latest is None:
            latest = group
        group.setdefault(event.activity, []).append((event, data))
    return groups


def _payment(
    state: CaseState, group: Facts, facts: Facts, terms: Payments, zone: ZoneInfo, now: int
) -> Payment:
    counted = {name: [fact for fact in found if _amount(fact) >= 0] for name, found in group.items()}
    counted = {name: found for name, found in counted.items() if found}
    asked = [data["amount_fen"] for _, data in counted.get("pay_requested", ()) if data.get("amount_fen")]
    owed = asked[-1] if asked else state.fine_fen
    told: dict[str, Any] = {"fine_fen": owed}
    payment_of(told, counted)
    paid = counted.get("paid", [])
    instalments = tuple(_instalment(fact, terms, zone) for fact in paid)
    due, due_by, parts = _due(group, facts, terms, zone)
    full = _when(paid, told["paid_at"])
    last = now if full is None else full.at
    late = None
    if owed and due is not None:
        late = estimated(
            owed, due, _local_day(last, zone), _paid_by_day(paid, zone), _pauses(facts, zone, now), terms
        )
    arrived = counted.get("pay_confirmed", [])
    first_request = counted.get("pay_requested") or group.get("pay_requested")
    payment = Payment(
        code=next((d["payment_code"] for fs in group.values() for _, d in fs if d.get("payment_code")), None),
        authority=state.authority if state.decided_at is not None else _authority(group),
        owed_fen=owed,
        requested=_moment(first_request[0][0]) if first_request else None,
        failures=tuple(
            Failure(_moment(event), data.get("channel"), data.get("reason"))
            for event, data in group.get("pay_failed", ())
        ),
        instalments=instalments,
        paid=full,
        paid_fen=told.get("paid_fen"),
        confirmed=_when(arrived, told["pay_confirmed_at"]),
        confirmed_fen=_sum(arrived) if arrived and all(_told(fact) for fact in arrived) else None,
        refunded_fen=_sum(counted.get("refunded", ())),
        deferred_parts=parts,
        due=due,
        due_by=due_by,
        surcharge=late,
        surcharged_fen=_sum(counted.get("surcharged", ())),
        findings=(),
    )
    return payment._replace(findings=findings_of(state, group, instalments, terms))


def _instalment(fact: Fact, terms: Payments, zone: ZoneInfo) -> Instalment:
    event, data = fact
    ground = data.get("ground")
    day = _local_day(event.occurred_at, zone)
    return Instalment(
        _moment(event), data.get("amount_fen"), data.get("channel"), ground,
        collected(ground, day, terms), data.get("collector"),
    )  # fmt: skip


def _due(
    group: Facts, facts: Facts, terms: Payments, zone: ZoneInfo
) -> tuple[date | None, str | None, int | None]:
    """The last day in time, what says so, and into how many instalments it was put off."""
    deferred = group.get("deferred", [])
    parts = next((d["instalments"] for _, d in reversed(deferred) if d.get("instalments")), None)
    put_off = [day for _, data in deferred if (day := _day(data.get("until"), zone)) is not None]
    if put_off:
        return put_off[-1], "deferred", parts
    told = [d for _, data in group.get("pay_requested", ()) if (d := _day(data.get("due"), zone)) is not None]
    if told:
        return told[-1], "told", parts
    served = facts.get("served")
    if not served:
        return None, None, parts
    received = _local_day(served[0][0].occurred_at, zone)
    term = latest_in_force(terms.due, received)
    # The day of receipt does not count: the first of the days is the one after it.
    return (None, None, parts) if term is None else (received + timedelta(days=term.days), "term", parts)


def _paid_twice(payments: list[Payment], state: CaseState) -> list[Payment]:
    """Mark the last payment of a case that was paid whole twice over, less what was refunded."""
    fine = state.fine_fen
    paid = [place for place, one in enumerate(payments) if one.paid_fen]
    net = sum((one.paid_fen or 0) - one.refunded_fen for one in payments)
    if not fine or not paid or net < 2 * fine:
        return payments
    values = (Value("paid_fen", net, "fen"), Value("fine_fen", fine, "fen"))
    last = payments[paid[-1]]
    payments[paid[-1]] = last._replace(findings=(*last.findings, RuleFinding("paid_twice", "", values)))
    return payments


def _undecided(payment: Payment, terms: Payments) -> Iterator[RuleFinding]:
    """Money that was asked for, paid or arrived is of a decision: without one, that."""
    money = [payment.requested, *(one.when for one in payment.instalments), payment.confirmed]
    at = min((when.at for when in money if when is not None), default=None)
    if at is None:
        return
    amounts = (payment.paid_fen, payment.confirmed_fen, payment.owed_fen)
    amount = next((fen for fen in amounts if fen is not None), None)
    values = [Value("at", at, "instant")]
    values += [] if amount is None else [Value("amount_fen", amount, "fen")]
    article = cited(terms, [term.source for term in terms.due])
    yield RuleFinding("paid_without_decision", article, tuple(values))


def _pauses(facts: Facts, zone: ZoneInfo, now: int) -> list[Span]:
    """Local days of review or suit, both ends included; one without an outcome runs on."""
    ends = [event.latest for event, _ in facts.get("appeal_decided", ())]
    spans = []
    for event, _ in facts.get("appealed", ()):
        end = min((one for one in ends if one >= event.occurred_at), default=now)
        spans.append(Span(_local_day(event.occurred_at, zone), _local_day(end, zone)))
    return spans


def _paid_by_day(paid: Sequence[Fact], zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    for event, data in paid:
        yield _local_day(event.occurred_at, zone), data.get("amount_fen") or 0


def _authority(group: Facts) -> str | None:
    return next((d["authority"] for facts in group.values() for _, d in facts if d.get("authority")), None)


def _moment(event: Event) -> When:
    return When(event.occurred_at, event.occurred_until)


def _when(facts: Sequence[Fact], at: int | None) -> When | None:
    if at is None:
        return None
    return next((_moment(event) for event, _ in facts if event.occurred_at == at), When(at, None))


def _amount(fact: Fact) -> int:
    return fact[1].get("amount_fen") or 0


def _told(fact: Fact) -> bool:
    return fact[1].get("amount_fen") is not None


def _sum(facts: Sequence[Fact]) -> int:
    return sum(_amount(fact) for fact in facts)


def _local_day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone).date()


def _day(told: object, zone: ZoneInfo) -> date | None:
    """A day as a source tells it, `2026-12-01` or 2026年12月1日, or an instant; None for anything else."""
    if isinstance(told, int):
        return _local_day(told, zone)
    found = _DAY.match(str(told).strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
