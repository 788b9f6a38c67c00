"""How fines are paid at a station: to whom, by which address, and when each channel is open.

The hosts that an address may lead to stand in a file of their own, `config/payment-hosts.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from string import Formatter
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.calendar import Calendar, CalendarMissing
from monitor.settings.entry import Entry, Name, typed
from monitor.settings.problem import ConfigProblem
from monitor.settings.yamlfile import Document

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLACEHOLDERS = ("code", "amount")
"""What an address may be filled with: the payment code, and the amount in yuan with two decimals."""

_FORM = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:443)?([/?#][!-~]*)?")
_FORBIDDEN = re.compile(r"[\\<>\"'`^|]")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


def known_address(template: str) -> str:
    """An https address of plain ASCII with no sign-in, no other port, and no placeholder before its path."""
    if _FORM.fullmatch(template) is None or _FORBIDDEN.search(template) is not None:
        raise PydanticCustomError("not_a_payment_address", "no https address: {value}", {"value": template})
    if "@" in urlsplit(template).netloc or not _fields_known(template):
        raise PydanticCustomError("foreign_placeholder", "placeholders: {value}", {"value": template})
    return template


def _fields_known(template: str) -> bool:
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return False
    names = [name for _, name, _, _ in parts if name is not None]
    plain = all(not spec and conversion is None for _, name, spec, conversion in parts if name is not None)
    return plain and "code" in names and set(names) <= set(PLACEHOLDERS)


def host_of(template: str) -> str:
    """The host of an address in lower case."""
    return urlsplit(template).hostname or ""


def filled(template: str, code: str, amount_fen: int) -> str:
    """The address for one payment; the code can only be a value in it. Raises ValueError for no amount."""
    if amount_fen <= 0:
        raise ValueError(f"nothing to pay: {amount_fen}")
    yuan, fen = divmod(amount_fen, 100)
    return template.format(code=quote(code, safe=""), amount=f"{yuan}.{fen:02d}")


def known_clock(text: str) -> str:
    """A time of day from 00:00 to 24:00."""
    if _CLOCK.fullmatch(text) is None:
        raise PydanticCustomError("not_a_time", "no time: {value}", {"value": text})
    return text


Clock = Annotated[str, AfterValidator(known_clock)]


class Opening(Entry):
    """Hours on certain days: `every` day, `working` days of the calendar, or named days of the week."""

    days: Literal["every", "working"] | tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    open: Clock = Field(alias="from")
    close: Clock = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.open >= self.close:
            params = {"since": self.open, "until": self.close}
            raise PydanticCustomError("closes_before_opening", "{until} before {since}", params)
        return self

    def holds_at(self, local: datetime, calendar: Calendar) -> bool:
        """Whether it is open at a local time. Raises CalendarMissing for working days of an unknown year."""
        clock = f"{local:%H:%M}"
        if not self.open <= clock < self.close:
            return False
        if self.days == "every":
            return True
        if self.days == "working":
            return calendar.is_working_day(local.date())
        return WEEKDAYS[local.weekday()] in self.days


class Desk(Entry):
    """Paying at a station. A channel without hours is one whose hours nobody has entered."""

    payee: Name
    address: Annotated[str, AfterValidator(known_address)] | None = None
    hours: Mapping[str, tuple[Opening, ...]] = Field(default_factory=dict)
    by_authority: Mapping[Literal["transport", "police"], tuple[str, ...]] = Field(default_factory=dict)
    """Channels for the fines of an authority; without an entry all of the station's."""
    example: bool = False

    def open_at(self, channel: str, local: datetime, calendar: Calendar) -> bool | None:
        """Whether a channel is open at a local time; None where that cannot be told."""
        openings = self.hours.get(channel)
        if openings is None:
            return None
        try:
            return any(one.holds_at(local, calendar) for one in openings)
        except CalendarMissing:
            return None


class Host(Entry):
    """A host that payment addresses may lead to, and who says so."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
    confirmed_by: str | None = None
    example: bool = False


class HostsFile(Entry):
    """`payment-hosts.yaml`."""

    hosts: tuple[Host, ...] = ()


def read_hosts(document: Document) -> tuple[Host, ...]:
    """The allow-list of a document. Raises ConfigError."""
    return typed(HostsFile, document).hosts


def foreign_hosts(
    desks: Mapping[str, Desk | None], hosts: tuple[Host, ...], stations: Document
) -> Iterator[ConfigProblem]:
    """Addresses, by station, that lead to a host which is not on the list."""
    allowed = {one.host for one in hosts}
    for code, desk in desks.items():
        if desk is None or desk.address is None or host_of(desk.address) in allowed:
            continue
        yield stations.problem(
            ("stations", code, "payment", "address"), "foreign_host",
            value=host_of(desk.address), known=", ".join(sorted(allowed)) or "-",
        )  # fmt: skip
