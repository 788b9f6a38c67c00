"""Sending what waits: take it up under a lease, read its cases again, send, write down what came of it.

A message is written down as delivered after the provider has said so, never before. A process that dies
between the two has it sent again, once its lease has run out, as the same rows under the same number; that is
the one way in which a provider sees a message twice, beside an answer that was lost on its way.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.alerts.links import new_links
from monitor.alerts.message import Told, compose
from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.alerts.still_true import Standing, still_true
from monitor.alerts.ways import CHANNEL_OFF, Send, longest_of, per_minute_of, send_by
from monitor.cases.event import SECOND
from monitor.settings.alert_delivery import AlertChannel, ChannelKind, Recipient, Timing
from monitor.settings.cadence import span
from monitor.settings.configuration import Configuration
from monitor.settings.texts import MissingText, Texts
from monitor.store.database import Database
from monitor.store.outbox import (
    MINUTE,
    Group,
    Pace,
    Row,
    bring_back,
    channels_waiting,
    count_dead,
    forget_links,
    paces,
    put_off_by_a_wrong_clock,
    set_dead,
    set_delivered,
    set_failed,
    set_pace,
    set_superseded,
    take_up,
    waiting_groups,
    waits_since,
)

log = logging.getLogger(__name__)

LATEST_START = 60 * SECOND
"""With less of its lease left a message is not sent any more: another may have it before an answer comes."""
LONGEST_RUN = 20 * SECOND
"""A run ends then and the next one goes on, so that its heartbeat tells that it lives."""
CHANNELS_AT_ONCE = 8
LINKED = 20
"""Flags of one message that get a link; in a longer one nobody would press them one by one."""


class Parcel(NamedTuple):
    """Rows that were taken up to leave as one message."""

    number: str
    lease: str
    until: int
    group: Group
    rows: list[Row]


@dataclass(frozen=True)
class Delivery:
    """The sending of one installation. `moment` gives the time now in microseconds, `chance` a number from 0
    to 1; `send` stands for what is outside."""

    database: Database
    configuration: Configuration
    words: Texts
    moment: Callable[[], int]
    send: Send = send_by
    chance: Callable[[], float] = field(default=random.random)
    names: Mapping[str, str] | None = None
    """What feeds and jobs are called, by their clocks."""

    @property
    def timing(self) -> Timing:
        """How messages are sent, as configured."""
        return self.configuration.alerts.delivery

    @property
    def settle(self) -> int:
        """So long a message waits for company, microseconds."""
        return span(self.timing.settle)

    def run(self) -> int:
        """Send everything that may leave now, channels side by side. How many messages a provider took."""
        now = self.moment()
        with self.database.read() as connection:
            channels = channels_waiting(connection, now)
            astray = put_off_by_a_wrong_clock(connection, now)
        if astray:
            with self.database.write() as connection:
                bring_back(connection, now)
        until = now + LONGEST_RUN
        if len(channels) < 2:
            return sum(self.empty(channel, until) for channel in channels)
        with ThreadPoolExecutor(min(len(channels), CHANNELS_AT_ONCE)) as pool:
            return sum(pool.map(lambda channel: self.empty(channel, until), channels))

    def empty(self, channel: str, until: int) -> int:
        """Send by one channel until nothing may leave any more, or it is time for the next run."""
        taken = 0
        while self.moment() < until and (parcel := self.take(channel)) is not None:
            taken += self.carry(channel, parcel)
        return taken

    def has_fresh(self) -> bool:
        """Whether something waits for company and nothing else."""
        now = self.moment()
        with self.database.read() as connection:
            return waits_since(connection, now - self.settle, now)

    def dead(self) -> int:
        """How many messages were given up."""
        with self.database.read() as connection:
            return count_dead(connection)

    def take(self, name: str) -> Parcel | None:
        """Take up the next message of a channel within its pace and that of whom it is for."""
        now = self.moment()
        with self.database.read() as connection:
            if self._next(connection, name, now) is None:
                return None
        with self.database.write() as connection:
            found = self._next(connection, name, now)
            if found is None:
                return None
            group, pace = found
            lease, until = secrets.token_hex(8), now + span(self.timing.lease)
            number, rows = take_up(connection, name, group, lease, now, until)
            set_pace(connection, _channel(name), pace._replace(used=pace.used + 1))
            set_pace(connection, _to(group), Pace(now, 1, now + MINUTE, 0))
        return Parcel(number, lease, until, group, rows)

    def _next(self, connection: Connection, name: str, now: int) -> tuple[Group, Pace] | None:
        channel = self.configuration.alerts.channels.get(name)
        pace = paces(connection, [_channel(name)]).get(_channel(name), Pace())
        if _closed(pace, now, 3600 * SECOND):
            return None
        if not 0 <= now - pace.since < MINUTE:
            pace = pace._replace(since=now, used=0)
        if channel is not None and pace.used >= per_minute_of(channel):
            return None
        groups = [one for one in waiting_groups(connection, name, now) if now - one.since >= self.settle]
        told = paces(connection, {_to(group) for group in groups})
        for group in groups:
            if not _closed(told.get(_to(group), Pace()), now, MINUTE):
                return group, pace
        return None

    def carry(self, name: str, parcel: Parcel) -> int:
        """Send what was taken up, and write down what came of it; 1 where a provider took it."""
        channel = self.configuration.alerts.channels.get(name)
        recipient = self.configuration.alerts.recipients.get(parcel.group.recipient)
        if channel is None or recipient is None:
            self._record(name, parcel, parcel.rows, Refused("recipient_gone"))
            return 0
        rows, told = self._still_to_tell(parcel, channel)
        if not rows or self.moment() > parcel.until - LATEST_START:
            # What is left of the lease is too short for an answer: it is taken up again when it has run out.
            return 0
        answer = self._send(name, channel, recipient, parcel, told)
        self._record(name, parcel, rows, answer)
        return int(isinstance(answer, Sent))

    def _still_to_tell(self, parcel: Parcel, channel: AlertChannel) -> tuple[list[Row], list[Told]]:
        """The rows whose flag is still true, the others taken back; links are kept before they are sent."""
        now = self.moment()
        true = still_true(self.database, self.configuration, {row.flag_id for row in parcel.rows}, now)
        rows = [row for row in parcel.rows if row.flag_id in true]
        false = [row.id for row in parcel.rows if row.flag_id not in true]
        order = sorted(rows, key=lambda row: true[row.flag_id].flag.due_at)
        address = self.configuration.alerts.pages
        tokens: dict[int, str] = {}
        outside = address is not None and channel.kind is not ChannelKind.LOG
        linked = [row.flag_id for row in order[:LINKED]] if outside else []
        if false or linked:
            with self.database.write() as connection:
                set_superseded(connection, parcel.lease, false, "untrue")
                if not rows:
                    # Nothing leaves, so nothing has to wait for the minute to be over.
                    set_pace(connection, _to(parcel.group), Pace())
                life = span(self.timing.link_life)
                tokens = new_links(connection, linked, parcel.group.recipient, now, life)
                forget_links(connection, now)
        links = {flag_id: f"{(address or '').rstrip('/')}/f/{token}" for flag_id, token in tokens.items()}
        return rows, [_told(true[row.flag_id], links.get(row.flag_id)) for row in rows]

    def _send(
        self, name: str, channel: AlertChannel, recipient: Recipient, parcel: Parcel, told: Sequence[Told]
    ) -> Answer:
        code = parcel.group.station
        station = self.configuration.stations.get(code)
        place = code if station is None else station.short.in_language(self.words.language)
        zone = self.configuration.zone_of(code)
        try:
            most = longest_of(channel.kind)
            message = compose(told, place, parcel.number, zone, self.words, most, self.names)
        except MissingText:
            # Texts are the bureau's to change: what they say wrongly waits until it is mended.
            return Again("text_broken")
        try:
            return self.send(name, channel, recipient, message, parcel.number)
        except Exception as error:  # noqa: BLE001 - whatever a way does, its message stays where it can be seen
            # Its type alone: the text may hold an address with its key.
            log.error("channel %s failed: %s", name, type(error).__name__)
            return Again("unexpected", unsure=True, params={"kind": type(error).__name__})

    def _record(self, name: str, parcel: Parcel, rows: Sequence[Row], answer: Answer) -> None:
        now = self.moment()
        with self.database.write() as connection:
            pace = paces(connection, [_channel(name)]).get(_channel(name), Pace())
            match answer:
                case Sent():
                    set_delivered(connection, parcel.lease, [row.id for row in rows], now)
                    if pace.failures:
                        set_pace(connection, _channel(name), pace._replace(failures=0, not_before=0))
                case Refused() if answer.reason == CHANNEL_OFF:
                    set_superseded(connection, parcel.lease, [row.id for row in rows], answer.reason)
                case Refused():
                    set_dead(connection, parcel.lease, [row.id for row in rows], _reason(answer), now)
                    # Nothing has left: once it is mended, what is sent again need not wait a minute.
                    set_pace(connection, _to(parcel.group), Pace())
                case Again():
                    pace = pace._replace(failures=pace.failures + 1)
                    rest = self._wait(pace.failures) if answer.after is None else answer.after
                    pace = pace._replace(not_before=now + round(rest * SECOND))
                    set_pace(connection, _channel(name), pace)
                    self._put_off(connection, parcel, rows, answer, now)

    def _put_off(
        self, connection: Connection, parcel: Parcel, rows: Sequence[Row], answer: Again, now: int
    ) -> None:
        counted = answer.reason != "too_many"
        over = [row.id for row in rows if counted and row.attempts >= self.timing.attempts]
        left = [row.id for row in rows if row.id not in set(over)]
        set_dead(connection, parcel.lease, over, _reason(answer), now)
        wait = self._wait(max((row.attempts for row in rows), default=1))
        next_at = now + round(max(wait, answer.after or 0.0) * SECOND)
        # A number that was there before stands for an attempt of which nobody knows whether it arrived: that
        # the provider was busy this time says nothing of that one.
        keep = answer.unsure or parcel.group.message is not None
        set_failed(connection, parcel.lease, left, _reason(answer), next_at, keep=keep, counted=counted)
        # The next attempt comes when the channel is open again, not a minute after this one.
        set_pace(connection, _to(parcel.group), Pace(now, 0, 0, 0))

    def _wait(self, attempts: int) -> float:
        """Seconds to the next attempt after so many."""
        first, longest = (span(one) / SECOND for one in (self.timing.first_wait, self.timing.longest_wait))
        wait = min(first * 2.0 ** min(attempts - 1, 20), longest)
        return wait * (1 + self.timing.jitter * (2 * self.chance() - 1))


def _channel(name: str) -> str:
    return f"channel:{name}"


def _to(group: Group) -> str:
    return f"to:{group.recipient}:{group.station}"


def _closed(pace: Pace, now: int, longest: int) -> bool:
    """Whether it has still to wait. A wait longer than any of ours was set by a clock that ran ahead."""
    return now < pace.not_before <= now + longest


def _reason(answer: Again | Refused) -> str:
    code = answer.params.get("code") or answer.params.get("kind")
    return answer.reason if code is None else f"{answer.reason}:{code}"


def _told(one: Standing, link: str | None) -> Told:
    flag = one.flag
    return Told(flag.case_no, one.plate, flag.clock, flag.threshold, flag.due_at, link)
