"""The payment notice a driver is handed: what to pay, to whom, by when and where it can be paid right now.

Only facts of the case and of the configuration; what is not known is None and stands as missing on the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.cases.branch import NOTHING_TO_PAY
from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate
from monitor.payments.address import AddressStanding
from monitor.rules.payments import Payment, payments_of
from monitor.settings.desk import Desk, Opening, filled
from monitor.settings.entry import Name, latest_in_force
from monitor.settings.stations import Channel, Station

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.store.cases import CaseFile


class Standing(StrEnum):
    """What there is to pay: a text `notice.standing.<standing>`."""

    OWED = "owed"
    PAID = "paid"
    NO_DECISION = "no_decision"
    NOTHING = "nothing"
    """A warning or no penalty, or the case was withdrawn."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A channel for this fine; `open` at the hour of the notice, None where nobody has entered its hours."""

    channel: str
    open: bool | None
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice at one moment. Money in fen; `left_fen` is what is still to be paid.

    `url` is what the QR code says, None where there is no code, no amount, no address or no such channel for
    this authority. `url_confirmed`: a second person has confirmed the address. `days` and `percent` are the
    term and the surcharge a day in force, `terms_confirmed` whether somebody answers for both. `example`:
    payee and address are invented.
    """

    station: str
    station_name: Name
    case_no: str
    decision_no: str | None
    authority: str | None
    plate: str | None
    standing: Standing
    left_fen: int | None
    paid_fen: int
    code: str | None
    due: date | None
    due_by: str | None
    days: int | None
    percent: float | None
    terms_confirmed: bool
    surcharge_fen: int | None
    payee: Name | None
    channels: tuple[Offered, ...]
    url: str | None
    host: str | None
    url_confirmed: bool
    example: bool
    made: datetime


def notice_of(
    file: CaseFile,
    configuration: Configuration,
    standing: AddressStanding | None,
    now: int,
) -> Notice | None:
    """The notice of a case at `now`; None for a station that is not configured any more.

    Of several payments it is about the one begun last that is not paid in full.
    """
    state = file.state
    station = configuration.stations.get(state.station)
    if station is None:
        return None
    zone = station.tz
    valid = [event for event in file.events if file.is_valid(event)]
    payments = payments_of(state, valid, configuration.payments, zone, now)
    payment = _current(payments)
    owed = state.fine_fen if payment is None else payment.owed_fen
    paid = 0 if payment is None else (payment.paid_fen or 0)
    left = None if owed is None else max(0, owed - paid)
    what = _standing(file, payment, left)
    desk = station.payment
    local = datetime.fromtimestamp(now // SECOND, UTC).astimezone(zone)
    authority = payment.authority if payment is not None and payment.authority else state.authority
    channels = _channels(station, desk, authority, local, configuration)
    code = state.payment_code if payment is None else payment.code
    url = None
    if (
        what is Standing.OWED and desk is not None and desk.address and code and left
        and any(one.channel == Channel.NONTAX_QR for one in channels)
    ):  # fmt: skip
        url = filled(desk.address, code, left)
    due = None if payment is None else payment.due
    late = None if payment is None else payment.surcharge
    term = latest_in_force(configuration.payments.due, local.date())
    added = latest_in_force(configuration.payments.surcharge, local.date())
    return Notice(
        station=state.station,
        station_name=station.name,
        case_no=state.case_no,
        decision_no=state.decision_no,
        authority=authority,
        plate=masked_plate(state.plate),
        standing=what,
        left_fen=left,
        paid_fen=paid,
        code=code,
        due=due,
        due_by=None if payment is None else payment.due_by,
        days=None if term is None else term.days,
        percent=None if added is None else added.percent_per_day,
        terms_confirmed=all(one is None or one.confirmed for one in (term, added)),
        surcharge_fen=None if late is None else late.fen,
        payee=None if desk is None else desk.payee,
        channels=channels,
        url=url,
        host=None if url is None or standing is None else standing.host,
        url_confirmed=standing is not None and not standing.open,
        example=desk is not None and (desk.example or (standing is not None and standing.example)),
        made=local,
    )


def _current(payments: Sequence[Payment]) -> Payment | None:
    unpaid = [one for one in payments if one.paid is None and one.confirmed is None]
    return unpaid[-1] if unpaid else payments[-1] if payments else None


def _standing(file: CaseFile, payment: Payment | None, left: int | None) -> Standing:
    state = file.state
    if payment is not None and (payment.paid is not None or payment.confirmed is not None):
        return Standing.PAID
    if state.withdrawn_at is not None or state.outcome in NOTHING_TO_PAY:
        return Standing.NOTHING
    if state.decided_at is None and payment is None:
        return Standing.NO_DECISION
    return Standing.PAID if left == 0 else Standing.OWED


def _channels(
    station: Station, desk: Desk | None, authority: str | None, local: datetime, configuration: Configuration
) -> tuple[Offered, ...]:
    """The station's channels for this authority; cash on the spot is none to offer: it needs a ground."""
    mine = None if desk is None else desk.by_authority.get(authority or "")  # type: ignore[call-overload]
    found = []
    for channel in station.channels:
        if channel is Channel.CASH_ON_SPOT or (mine is not None and channel.value not in mine):
            continue
        hours = () if desk is None else desk.hours.get(channel.value, ())
        open_now = None if desk is None else desk.open_at(channel.value, local, configuration.calendar)
        found.append(Offered(channel.value, open_now, tuple(hours)))
    return tuple(found)
