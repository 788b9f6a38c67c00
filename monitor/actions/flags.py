"""What a person does with flags: acknowledge, hand on, silence, have a message sent again.

None of it stops a clock. Everything stands in the flag's history with who did it and when.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from monitor.alerts.links import LinkState, opened
from monitor.alerts.telling import number_of, scope_json
from monitor.settings.cadence import span
from monitor.settings.configuration import Configuration
from monitor.settings.entry import Language
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.flags import (
    ACKNOWLEDGED,
    LIVE,
    OPEN,
    Flag,
    FlagStep,
    Message,
    Step,
    add_silence,
    append_flag_steps,
    flags_by_id,
    put_in_outbox,
)
from monitor.store.notes import ACKNOWLEDGED as SEEN
from monitor.store.notes import append_note
from monitor.store.outbox import (
    WAITING,
    dead_of,
    end_silence,
    let_wait,
    message_of,
    open_channels,
    set_acknowledged,
    set_open_again,
    take_back,
    use_links,
)

LONGEST = 500
"""Characters of a note or a reason."""


class NotDoneError(ValueError):
    """Why nothing was changed: `no_flag`, `over` (it lives no more), `already` (it is so already),
    `no_recipient` (nobody of that name is configured), `no_owner`, `no_reason`, `no_end`, `end_past`,
    `end_too_far` (a silence ends after now, and within the longest that is configured), `no_silence`,
    `no_message`, `not_dead` (only what was given up is sent again), `link_used`, `link_ended`,
    `link_unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def acknowledge_flag(database: Database, sender: Sender, flag_id: int, *, now: int, note: str = "") -> Flag:
    """Take a flag over: no further level is told, and messages that have not left do not leave.

    Raises NotDoneError, as the others here do. Returns the flag as it then stands.
    """
    with database.write() as connection:
        flag = _live(connection, flag_id)
        if flag.state == ACKNOWLEDGED:
            raise NotDoneError("already")
        return _acknowledged(connection, sender, flag, now, note)


def acknowledge_by_link(
    database: Database, configuration: Configuration, token: str, *, now: int, note: str = ""
) -> Flag:
    """Take a flag over by the link of a message, as whom the link is for. It then serves no more."""
    with database.write() as connection:
        state, link = opened(connection, token, now)
        if link is None or state is not LinkState.GOOD:
            raise NotDoneError(f"link_{state}")
        flag = _live(connection, link.flag_id)
        if flag.state == ACKNOWLEDGED:
            raise NotDoneError("already")
        use_links(connection, link.flag_id, link.recipient, now)
        sender = Sender(recipient_name(configuration, link.recipient), "link")
        return _acknowledged(connection, sender, flag, now, note)


def hand_on(
    database: Database,
    configuration: Configuration,
    sender: Sender,
    flag_id: int,
    recipient: str,
    *,
    now: int,
    note: str = "",
) -> Flag:
    """Give a flag to a recipient of the configuration, who is told and has to acknowledge it anew; the next
    level is told as late as if this one had just been. Who has the message already gets no second one."""
    known = configuration.alerts.recipients.get(recipient)
    if known is None:
        raise NotDoneError("no_recipient")
    with database.write() as connection:
        flag = _live(connection, flag_id)
        levels = configuration.alerts.levels_of(flag.station)
        place = max(flag.level, 0)
        coming = levels[place + 1].delay - levels[place].delay if place + 1 < len(levels) else None
        next_at = None if coming is None else now + coming
        set_open_again(connection, flag.id, next_at)
        number = number_of(flag, recipient)
        put_in_outbox(
            connection, [Message(number, flag.id, recipient, known.channel, place, WAITING, 0, now)]
        )
        told = " ".join(part for part in (recipient, _note(note)) if part)
        append_flag_steps(connection, [FlagStep(flag.id, now, Step.HANDED_ON, sender.actor, told)])
        return flag._replace(
            state=OPEN, next_level_at=next_at, acknowledged_at=None, acknowledged_by=None,
            acknowledged_note=None,
        )  # fmt: skip


def silence(
    database: Database,
    configuration: Configuration,
    sender: Sender,
    reason: str,
    until: int | None,
    *,
    now: int,
    stations: Sequence[str] = (),
    clocks: Sequence[str] = (),
    cases: Sequence[str] = (),
) -> int:
    """Have nobody told of flags until then; what is left empty does not narrow it. Returns its id. A message
    that waits already leaves all the same. `until` None: what was given is no time."""
    why = _note(reason)
    if not sender.actor.strip():
        raise NotDoneError("no_owner")
    if not why:
        raise NotDoneError("no_reason")
    if until is None:
        raise NotDoneError("no_end")
    if until <= now:
        raise NotDoneError("end_past")
    if until > now + span(configuration.alerts.delivery.longest_silence):
        raise NotDoneError("end_too_far")
    with database.write() as connection:
        scope = scope_json(stations, clocks, cases)
        return add_silence(connection, scope, sender.actor, why, now, until)


def stop_silence(database: Database, key: int, *, now: int) -> None:
    """End a silence that a person set; what it held back is told now."""
    with database.write() as connection:
        if not end_silence(connection, key, now):
            raise NotDoneError("no_silence")


def send_again(database: Database, sender: Sender, key: int, *, now: int) -> None:
    """Have a dead message sent again, under its number."""
    with database.write() as connection:
        message = message_of(connection, key)
        if message is None:
            raise NotDoneError("no_message")
        if message.state != "dead":
            raise NotDoneError("not_dead")
        let_wait(connection, [key], now)
        open_channels(connection, [message.channel])
        append_flag_steps(
            connection, [FlagStep(message.flag_id, now, Step.SENT_AGAIN, sender.actor, message.recipient)]
        )


def send_channel_again(database: Database, sender: Sender, channel: str, *, now: int) -> int:
    """Have every dead message of a channel sent again, once it is mended; how many there were."""
    with database.write() as connection:
        dead = dead_of(connection, channel)
        let_wait(connection, [one.id for one in dead], now)
        open_channels(connection, [channel])
        append_flag_steps(
            connection,
            [FlagStep(one.flag_id, now, Step.SENT_AGAIN, sender.actor, one.recipient) for one in dead],
        )
    return len(dead)


def recipient_name(configuration: Configuration, key: str, language: Language = "zh") -> str:
    """The name of a recipient, in Chinese as it stands in a history; the key of one configured no more."""
    known = configuration.alerts.recipients.get(key)
    return key if known is None else known.name.in_language(language)


def acknowledge_flags_of(
    connection: Connection, sender: Sender, flags: Sequence[Flag], now: int, note: str
) -> None:
    """Take over those of these flags that are open, in a transaction of the caller."""
    ids = [flag.id for flag in flags if flag.state == OPEN]
    set_acknowledged(connection, ids, now, sender.actor, _note(note))
    take_back(connection, ids, ACKNOWLEDGED)
    append_flag_steps(
        connection, [FlagStep(key, now, Step.ACKNOWLEDGED, sender.actor, _note(note) or None) for key in ids]
    )


def _acknowledged(connection: Connection, sender: Sender, flag: Flag, now: int, note: str) -> Flag:
    acknowledge_flags_of(connection, sender, [flag], now, note)
    if flag.case_no is not None:
        # The case says that somebody has seen it, as if it had been pressed there.
        append_note(
            connection, (flag.station, flag.case_no), SEEN, at=now, actor=sender.actor, origin=sender.origin,
            text=_note(note),
        )  # fmt: skip
    return flag._replace(
        state=ACKNOWLEDGED, next_level_at=None, acknowledged_at=now, acknowledged_by=sender.actor,
        acknowledged_note=_note(note),
    )  # fmt: skip


def _live(connection: Connection, flag_id: int) -> Flag:
    found = flags_by_id(connection, [flag_id])
    if not found:
        raise NotDoneError("no_flag")
    if found[0].state not in LIVE:
        raise NotDoneError("over")
    return found[0]


def _note(text: str) -> str:
    return text.strip()[:LONGEST]
