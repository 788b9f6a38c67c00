"""A payment notice in the words of one language: what the page and the PDF both print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.payments.notice import Notice, Offered, Standing
from monitor.settings.desk import WEEKDAYS, Opening

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

ALL_DAY = ("00:00", "24:00")


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: `state` is `open`, `closed` or `unknown`, told in `said`; `hours` may be empty."""

    name: str
    state: str
    said: str
    hours: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A notice ready to print. `rows` are label and value; `about` and `notes` are sentences."""

    title: str
    badge: str
    station: str
    standing: str
    amount_label: str
    amount: str
    rows: tuple[tuple[str, str], ...]
    channels_title: str
    channels: tuple[ChannelLine, ...]
    url: str | None
    qr_title: str
    qr_notes: tuple[str, ...]
    notes: tuple[str, ...]
    made: str


def yuan(fen: int) -> str:
    """2000.00, with thousands apart."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def grouped(code: str) -> str:
    """A payment code in groups of four, as it is read aloud."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def sheet_of(notice: Notice, words: Texts, *, simulated: bool = False) -> Sheet:
    """The words of a notice; what is not known is said to be missing."""

    def told(value: str | None) -> str:
        return value if value else words.get("notice.missing")

    owed = notice.standing is Standing.OWED
    rows = [
        ("case_no", notice.case_no),
        ("decision_no", told(notice.decision_no)),
        ("authority", told(words.find(f"authorities.{notice.authority}") or notice.authority)),
        ("plate", told(notice.plate)),
    ]
    if notice.standing in (Standing.OWED, Standing.PAID):
        payee = None if notice.payee is None else notice.payee.in_language(words.language)
        rows += [("payee", told(payee)), ("code", told(grouped(notice.code) if notice.code else None))]
        if owed:
            rows.append(("due", _due(notice, words)))
        if notice.paid_fen:
            rows.append(("paid", words.get("notice.yuan", amount=yuan(notice.paid_fen))))
    amount = told(None) if notice.left_fen is None else words.get("notice.yuan", amount=yuan(notice.left_fen))
    made = f"{notice.made:%Y-%m-%d %H:%M}"
    return Sheet(
        title=words.get("notice.title"),
        badge=" · ".join(_badges(notice, words, simulated)),
        station=notice.station_name.in_language(words.language),
        standing=words.get(f"notice.standing.{notice.standing}"),
        amount_label=words.get("notice.amount") if owed else "",
        amount=amount if owed else "",
        rows=tuple((words.get(f"notice.row.{name}"), value) for name, value in rows),
        channels_title=words.get("notice.channels", time=made) if owed else "",
        channels=tuple(_line(one, words) for one in notice.channels) if owed else (),
        url=notice.url,
        qr_title=words.get("notice.qr") if notice.url else "",
        qr_notes=tuple(_about_qr(notice, words)) if owed else (),
        notes=tuple(_notes(notice, words)) if owed else (),
        made=words.get("notice.made", time=made),
    )


def _badges(notice: Notice, words: Texts, simulated: bool) -> list[str]:
    found = [words.get("notice.simulated")] if simulated else []
    return [*found, words.get("notice.example")] if notice.example else found


def _due(notice: Notice, words: Texts) -> str:
    if notice.due is not None:
        return words.get(f"notice.due.{notice.due_by}", day=notice.due.isoformat(), n=notice.days or "")
    if notice.days is not None:
        return words.get("notice.due.from_receipt", n=notice.days)
    return words.get("notice.missing")


def _about_qr(notice: Notice, words: Texts) -> list[str]:
    if notice.url is None:
        return [words.get("notice.no_qr" if notice.code else "notice.no_code")]
    found = [words.get("notice.host", host=notice.host or "")]
    return found if notice.url_confirmed else [*found, words.get("notice.host_unconfirmed")]


def _notes(notice: Notice, words: Texts) -> list[str]:
    found = []
    if notice.percent is not None:
        found.append(words.get("notice.surcharge", percent=f"{notice.percent:g}"))
    if notice.surcharge_fen:
        found.append(words.get("notice.late", amount=yuan(notice.surcharge_fen)))
    if not notice.terms_confirmed:
        found.append(words.get("notice.terms_unconfirmed"))
    return [*found, words.get("notice.receipt")]


def _line(one: Offered, words: Texts) -> ChannelLine:
    state = "unknown" if one.open is None else "open" if one.open else "closed"
    name = words.find(f"channels.{one.channel}") or one.channel
    hours = words.get("notice.join").join(opening_words(opening, words) for opening in one.hours)
    return ChannelLine(name, state, words.get(f"notice.channel.{state}"), hours)


def opening_words(opening: Opening, words: Texts) -> str:
    """On which days a channel is open, and from when to when."""
    if opening.days in ("every", "working"):
        days = words.get(f"notice.days.{opening.days}")
    else:
        days = words.get("notice.join").join(
            words.get(f"notice.days.{day}") for day in WEEKDAYS if day in opening.days
        )
    if (opening.open, opening.close) == ALL_DAY:
        return words.get("notice.all_day", days=days)
    return words.get("notice.hours", days=days, open=opening.open, close=opening.close)
