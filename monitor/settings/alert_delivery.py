"""How messages about flags leave: channels, waits, recipients; parts of `config/alerts.yaml`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.cadence import span
from monitor.settings.entry import Entry, Name
from monitor.settings.scheduled import Interval
from monitor.settings.secret import is_reference

SHORTEST_LEASE = span("2m")
"""Twice as long as the longest sending: a message is not sent any more with less than half of it left."""


def _between(least: str, most: str) -> AfterValidator:
    """A span that is no shorter than the one and no longer than the other."""

    def checked(value: str) -> str:
        if not span(least) <= span(value) <= span(most):
            params = {"value": value, "least": least, "most": most}
            raise PydanticCustomError("span_out_of_range", "{value} is not {least} to {most}", params)
        return value

    return AfterValidator(checked)


class ChannelKind(StrEnum):
    """How a message leaves."""

    NONE = "none"
    LOG = "log"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    EMAIL = "email"
    APPRISE = "apprise"
    WEBHOOK = "webhook"


INSIDE = frozenset({ChannelKind.NONE, ChannelKind.LOG})
"""Channels that reach nobody outside and need no address."""

ADDRESSED = frozenset({ChannelKind.EMAIL})
"""Channels by which each recipient needs an address of its own."""


class AlertChannel(Entry):
    """A way out. `address` and `secret` say where they are kept, never what they are."""

    kind: ChannelKind
    address: str | None = None
    secret: str | None = None
    per_minute: Annotated[int, Field(gt=0, le=10_000)] | None = None
    private_hosts: tuple[str, ...] = ()
    """Hosts on loopback, link-local or private ranges that it may reach."""

    @model_validator(mode="after")
    def _kept_apart(self) -> Self:
        if self.kind not in INSIDE and not self.address:
            raise PydanticCustomError("channel_without_address", "no address", {})
        for told in (self.address, self.secret):
            if told is not None and not is_reference(told):
                raise PydanticCustomError("secret_in_the_open", "not a reference", {})
        return self


class Timing(Entry):
    """How messages are sent.

    `settle`: so long a message waits for company, since a scan raises many flags one after the other.
    `lease`: a sender that is not heard of for so long has lost what it took up. `first_wait`, `longest_wait`:
    until the second attempt, and at most; each wait is twice the one before. `attempts`: then a message is
    given up. `failing_after`: after so many failures in a row a way out is a flag itself. `jitter`: waits
    differ by so much of themselves, so that what failed together does not come back together.
    `nobody_again`: where nobody is on duty at any level it is tried again after so long. `link_life`: for so
    long a link in a message may be used. `longest_silence`: one that nobody looks at for longer would be a
    switch. `longest_wait` with the jitter stays below an hour: a wait longer than that is taken for the work
    of a clock that ran ahead.
    """

    settle: Interval = "1s"
    lease: Interval = "2m"
    first_wait: Interval = "10s"
    longest_wait: Annotated[Interval, _between("1s", "40m")] = "10m"
    jitter: Annotated[float, Field(ge=0, le=0.5)] = 0.2
    attempts: Annotated[int, Field(ge=1, le=1000)] = 24
    failing_after: Annotated[int, Field(ge=1, le=1000)] = 3
    nobody_again: Annotated[Interval, _between("1m", "1d")] = "15m"
    link_life: Annotated[Interval, _between("10m", "90d")] = "7d"
    longest_silence: Annotated[Interval, _between("1h", "366d")] = "31d"

    @model_validator(mode="after")
    def _lease_outlasts_a_sending(self) -> Self:
        if span(self.lease) < SHORTEST_LEASE:
            raise PydanticCustomError("lease_too_short", "{value}", {"value": self.lease})
        return self


class Recipient(Entry):
    """Somebody who is told."""

    name: Name
    channel: str
    address: str | None = None
