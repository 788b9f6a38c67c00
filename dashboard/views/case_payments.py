"""The payments of a case as its page tells them: what was asked for, tried, paid and has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dashboard.views.moments import local
from dashboard.views.said import At, Code, Day, Money, Said, Value
from monitor.rules.payments import MONEY, Payment, When, payments_of

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage
    from monitor.rules.assessment import RuleFinding
    from monitor.rules.payments import Instalment
    from monitor.settings.configuration import Configuration
    from monitor.settings.payments import Payments
    from monitor.store.cases import CaseFile

Row = tuple[str, tuple[Said, ...]]
"""What it is (a text `case.payments.row.<name>`), and what is said of it, a line each."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One payment: how it stands, its rows, and what a person should look at."""

    standing: Said
    rows: tuple[Row, ...]
    findings: tuple[RuleFinding, ...]


@dataclass(frozen=True, slots=True)
class CasePayments:
    """All of a case, in the order in which they began. `notice` is where the driver's notice is, None where
    its station is not configured; `waits`: a payment is open while the vehicle is held."""

    payments: tuple[PaymentView, ...]
    notice: str | None
    waits: bool


def case_payments(
    file: CaseFile,
    configuration: Configuration,
    sources: Mapping[str, SourcePage],
    now: int,
    zone: ZoneInfo,
) -> CasePayments | None:
    """None where there was no fine and no money."""
    state = file.state
    valid = [event for event in file.events if file.is_valid(event)]
    found = payments_of(state, valid, configuration.payments, zone, now)
    if not found and not state.fine_fen:
        return None
    source = next((event.source for event in valid if event.activity in MONEY), "")
    page = sources.get(source)
    currency = "CNY" if page is None else page.currency
    today = local(now, zone).date()
    is_open = any(one.paid is None and one.confirmed is None for one in found)
    known = state.station in configuration.stations
    station, case_no = quote(state.station, safe=""), quote(state.case_no, safe="/")
    return CasePayments(
        tuple(_payment(one, configuration.payments, currency, today) for one in found),
        f"/cases/{station}/{case_no}/notice" if known else None,
        is_open and state.custody and state.released_at is None,
    )


def _payment(one: Payment, terms: Payments, currency: str, today: date) -> PaymentView:
    def money(fen: int | None) -> Value:
        return "—" if fen is None else Money(fen, currency)

    rows: list[Row] = []

    def row(name: str, *said: Said) -> None:
        if said:
            rows.append((name, said))

    def plain(value: Value) -> Said:
        return Said("case.payments.plain", {"value": value})

    if one.code:
        row("code", plain(one.code))
    if one.authority:
        row("authority", plain(Code("authorities", one.authority)))
    if one.owed_fen is not None:
        row("owed", plain(money(one.owed_fen)))
    if one.requested is not None:
        row("requested", plain(_when(one.requested)))
    row("failed", *(
        Said("case.payments.failed", {
            "when": _when(failure.when),
            "channel": Code("channels", failure.channel) if failure.channel else "—",
            "reason": Code("record.reason", failure.reason) if failure.reason else "—",
        })
        for failure in one.failures
    ))  # fmt: skip
    row("paid", *(_instalment(part, terms, currency) for part in one.instalments))
    if one.confirmed is not None:
        said = {"when": _when(one.confirmed), "amount": money(one.confirmed_fen)}
        row("arrived", Said("case.payments.arrived", said))
    if one.refunded_fen:
        row("refunded", plain(money(one.refunded_fen)))
    if one.due is not None:
        row("due", Said(f"case.payments.due.{one.due_by}", {"day": one.due.isoformat()}))
    if one.deferred_parts:
        row("deferred", Said("case.payments.parts", {"n": one.deferred_parts}))
    if one.surcharge is not None:
        late = one.surcharge
        fields: dict[str, Value] = {
            "amount": money(late.fen), "days": late.days, "paused": late.paused, "article": late.article,
        }  # fmt: skip
        key = "capped" if late.capped else "paused" if late.paused else "late"
        row("surcharge", Said(f"case.payments.surcharge.{key}", fields))
    if one.surcharged_fen:
        row("surcharged", plain(money(one.surcharged_fen)))
    return PaymentView(_standing(one, today), tuple(rows), one.findings)


def _standing(one: Payment, today: date) -> Said:
    """How it stands now, in few words."""
    if one.confirmed is not None:
        return Said("case.payments.standing.arrived")
    if one.paid is not None:
        return Said("case.payments.standing.paid")
    if one.due is not None and one.due < today:
        return Said("case.payments.standing.late", {"n": (today - one.due).days})
    return Said("case.payments.standing.partly" if one.instalments else "case.payments.standing.open")


def _instalment(one: Instalment, terms: Payments, currency: str) -> Said:
    fields: dict[str, Value] = {
        "when": _when(one.when),
        "amount": "—" if one.amount_fen is None else Money(one.amount_fen, currency),
        "channel": Code("channels", one.channel) if one.channel else "—",
    }
    if one.ground is None and one.collector is None:
        return Said("case.payments.instalment", fields)
    names: Sequence[Value] = [terms.grounds[key].name for key in one.grounds if key in terms.grounds]
    fields["ground"] = names[0] if names else one.ground or "—"
    fields["collector"] = Code("case.value", one.collector) if one.collector else "—"
    return Said("case.payments.instalment_on_spot", fields)


def _when(when: When) -> Value:
    return At(when.at) if when.until is None else Day(when.at)
