"""Messages on their way: which may leave, who has taken them up, what became of them.

A message is a row of `outbox`. Rows of one recipient and station leave together; `message` is then the number
of the first of them, written before anything is sent, and it stays while nobody knows whether a provider has
it: sent again, they are the same rows under the same number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.cases.event import SECOND
from monitor.store.bulk import append_rows
from monitor.store.database import ask, ask_among

WAITING, LEASED, FAILED = "waiting", "leased", "failed"
"""Not sent yet; taken up by a sender; to be sent again later."""
DELIVERED, DEAD, SUPERSEDED = "delivered", "dead", "superseded"
"""A provider has it; given up, until somebody has it sent again; no longer true, or not needed any more."""

LONGEST_WAIT = 2 * 3600 * SECOND
"""No message waits longer for its next attempt. One that seems to was put off by a clock that ran ahead."""
MINUTE = 60 * SECOND

_TO_SEND = "(o.state = 'waiting' OR o.state = 'leased' OR o.state = 'failed')"


class Group(NamedTuple):
    """What may leave together: rows of a recipient and a station, `message` where their company is fixed."""

    recipient: str
    station: str
    message: str | None
    since: int


class Row(NamedTuple):
    """A message that was taken up."""

    id: int
    number: str
    flag_id: int
    level: int
    attempts: int


class Pace(NamedTuple):
    """How fast something may go: `used` times since `since`, nothing before `not_before`, and how often it
    failed in a row."""

    since: int = 0
    used: int = 0
    not_before: int = 0
    failures: int = 0


class Standing(NamedTuple):
    """How many messages wait, were put off or are dead, and since when the oldest of the first two waits."""

    waiting: int
    failed: int
    dead: int
    oldest: int | None


def channels_waiting(connection: Connection, now: int) -> list[str]:
    """The channels by which something may leave."""
    statement = f"SELECT DISTINCT o.channel FROM outbox o WHERE {_TO_SEND} AND o.next_at <= ? ORDER BY 1"
    return [row[0] for row in ask(connection, statement, (now,))]


def waiting_groups(connection: Connection, channel: str, now: int) -> list[Group]:
    """What may leave by a channel, what waits longest first."""
    statement = (
        "SELECT o.recipient, f.station, o.message, min(o.next_at) FROM outbox o JOIN flags f"
        f" ON f.id = o.flag_id WHERE {_TO_SEND} AND o.next_at <= ? AND o.channel = ?"
        " GROUP BY o.recipient, f.station, o.message ORDER BY 4, 1, 2"
    )
    return [Group(*row) for row in ask(connection, statement, (now, channel))]


def take_up(
    connection: Connection, channel: str, group: Group, lease: str, now: int, until: int
) -> tuple[str, list[Row]]:
    """Take the rows of a group under a lease, in the transaction that found it. The message's number, and
    the rows."""
    same = "o.message IS NULL" if group.message is None else "o.message = ?"
    named = () if group.message is None else (group.message,)
    statement = (
        "SELECT o.id, o.number, o.flag_id, o.level, o.attempts + 1 FROM outbox o"
        f" JOIN flags f ON f.id = o.flag_id WHERE {_TO_SEND} AND o.next_at <= ? AND o.channel = ?"
        f" AND o.recipient = ? AND f.station = ? AND {same} ORDER BY o.id"
    )
    rows = [
        Row(*row)
        for row in ask(connection, statement, (now, channel, group.recipient, group.station, *named))
    ]
    number = group.message or rows[0].number
    ask_among(
        connection,
        "UPDATE outbox SET state = 'leased', lease = ?, leased_until = ?, next_at = ?, message = ?,"
        " attempts = attempts + 1 WHERE id {among}",
        [row.id for row in rows],
        (lease, until, until, number),
    )
    return number, rows


def _settle(connection: Connection, values: str, ids: Iterable[int], given: tuple[object, ...]) -> None:
    """Write how leased rows ended; one whose lease another has by now is left alone."""
    values += ", lease = NULL, leased_until = NULL"
    ask_among(connection, f"UPDATE outbox SET {values} WHERE lease = ? AND id {{among}}", ids, given)


def set_delivered(connection: Connection, lease: str, ids: Iterable[int], now: int) -> None:
    """A provider has them."""
    _settle(connection, "state = 'delivered', sent_at = ?, error = NULL", ids, (now, lease))


def set_superseded(connection: Connection, lease: str, ids: Iterable[int], why: str) -> None:
    """They are not true any more, or lead to nobody."""
    _settle(connection, "state = 'superseded', message = NULL, error = ?", ids, (why, lease))


def set_failed(
    connection: Connection,
    lease: str,
    ids: Iterable[int],
    why: str,
    next_at: int,
    *,
    keep: bool,
    counted: bool = True,
) -> None:
    """To be sent again at a time. `keep`: together, under the number they had, because a provider may have
    them. Not `counted`: the provider only wanted to be left alone for a while."""
    values = "state = 'failed', error = ?, next_at = ?"
    values += "" if keep else ", message = NULL"
    values += "" if counted else ", attempts = attempts - 1"
    _settle(connection, values, ids, (why, next_at, lease))


def set_dead(connection: Connection, lease: str, ids: Iterable[int], why: str, now: int) -> None:
    """Given up now."""
    _settle(connection, "state = 'dead', error = ?, given_up_at = ?", ids, (why, now, lease))


def ways_failing(connection: Connection, failures: int) -> list[tuple[str, int]]:
    """Channels that failed so often in a row since something left by them, or that gave messages up which
    somebody has to have sent again; and since when, as far as that is known."""
    tried = ask(
        connection,
        "SELECT name, since FROM pace WHERE name >= 'channel:' AND name < 'channel;' AND failures >= ?",
        (failures,),
    )
    found = {name.partition(":")[2]: since for name, since in tried}
    given_up = (
        "SELECT channel, min(coalesce(given_up_at, next_at)) FROM outbox WHERE state = 'dead'"
        " GROUP BY channel"
    )
    for channel, since in ask(connection, given_up):
        found[channel] = min(since, found.get(channel, since))
    return sorted(found.items())


def bring_back(connection: Connection, now: int) -> None:
    """What waits for a time that no wait of ours reaches, because our clock ran ahead, may leave now. What is
    leased stays with whoever has it."""
    ask(
        connection,
        "UPDATE outbox SET next_at = ? WHERE (state = 'waiting' OR state = 'leased' OR state = 'failed')"
        " AND next_at > ? AND state <> 'leased'",
        (now, now + LONGEST_WAIT),
    )


def put_off_by_a_wrong_clock(connection: Connection, now: int) -> bool:
    """Whether there is anything to bring back."""
    statement = f"SELECT 1 FROM outbox o WHERE {_TO_SEND} AND o.next_at > ? AND o.state <> 'leased' LIMIT 1"
    return bool(ask(connection, statement, (now + LONGEST_WAIT,)))


def waits_since(connection: Connection, after: int, until: int) -> bool:
    """Whether a message waits since a moment between the two, the first not included."""
    statement = f"SELECT 1 FROM outbox o WHERE {_TO_SEND} AND o.next_at > ? AND o.next_at <= ? LIMIT 1"
    return bool(ask(connection, statement, (after, until)))


def count_dead(connection: Connection) -> int:
    """How many messages were given up."""
    [(dead,)] = ask(connection, "SELECT count(*) FROM outbox WHERE state = 'dead'")
    return int(dead)


def outbox_standing(connection: Connection, now: int) -> Standing:
    """How the outbox stands."""
    told = {
        row[0]: (row[1], row[2])
        for row in ask(
            connection,
            f"SELECT o.state, count(*), min(o.next_at) FROM outbox o WHERE {_TO_SEND} GROUP BY o.state",
        )
    }
    dead = count_dead(connection)
    since = [at for n, at in told.values() if n and at <= now]
    waiting = sum(told.get(state, (0, 0))[0] for state in (WAITING, LEASED))
    return Standing(waiting, told.get(FAILED, (0, 0))[0], dead, min(since, default=None))


# ---------------------------------------------------------------- pace


def paces(connection: Connection, names: Iterable[str]) -> dict[str, Pace]:
    """How these stand; none that never went."""
    columns = ", ".join(Pace._fields)
    statement = f"SELECT name, {columns} FROM pace WHERE name {{among}}"
    return {row[0]: Pace(*row[1:]) for row in ask_among(connection, statement, names)}


def set_pace(connection: Connection, name: str, pace: Pace) -> None:
    """Set how something stands."""
    ask(connection, "DELETE FROM pace WHERE name = ?", (name,))
    append_rows(connection, "pace", ("name", *Pace._fields), [(name, *pace)])


# ---------------------------------------------------------------- links


class Link(NamedTuple):
    """A link in a message: to one flag, for one recipient. `digest` alone is kept, never the link."""

    digest: str
    flag_id: int
    recipient: str
    expires_at: int
    used_at: int | None


def add_links(connection: Connection, links: Iterable[Link]) -> None:
    """Keep links."""
    append_rows(connection, "flag_links", Link._fields, [tuple(link) for link in links])


def link_of(connection: Connection, digest: str) -> Link | None:
    """The link with this digest."""
    columns = ", ".join(Link._fields)
    found = ask(connection, f"SELECT {columns} FROM flag_links WHERE digest = ?", (digest,))
    return Link(*found[0]) if found else None


def use_links(connection: Connection, flag_id: int, recipient: str, now: int) -> None:
    """Use every link of a recipient to a flag: a message that came twice does not act twice."""
    ask(
        connection,
        "UPDATE flag_links SET used_at = ? WHERE flag_id = ? AND recipient = ? AND used_at IS NULL",
        (now, flag_id, recipient),
    )


def forget_links(connection: Connection, before: int) -> None:
    """Forget links that ended before then."""
    ask(connection, "DELETE FROM flag_links WHERE expires_at < ?", (before,))


# ---------------------------------------------------------------- by a person's hand


class Kept(NamedTuple):
    """A message as an action needs it."""

    id: int
    flag_id: int
    recipient: str
    channel: str
    state: str


def message_of(connection: Connection, key: int) -> Kept | None:
    """A message by its id."""
    columns = ", ".join(Kept._fields)
    found = ask(connection, f"SELECT {columns} FROM outbox WHERE id = ?", (key,))
    return Kept(*found[0]) if found else None


def dead_of(connection: Connection, channel: str) -> list[Kept]:
    """The dead messages of a channel."""
    columns = ", ".join(Kept._fields)
    statement = f"SELECT {columns} FROM outbox WHERE state = 'dead' AND channel = ? ORDER BY id"
    return [Kept(*row) for row in ask(connection, statement, (channel,))]


def let_wait(connection: Connection, ids: Iterable[int], now: int) -> None:
    """Dead messages wait again, each under the number it had."""
    ask_among(
        connection,
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, error = NULL,"
        " given_up_at = NULL WHERE state = 'dead' AND id {among}",
        ids,
        (now,),
    )


def open_channels(connection: Connection, channels: Iterable[str]) -> None:
    """Forget what failed by these channels: somebody has mended something."""
    ask_among(
        connection,
        "UPDATE pace SET failures = 0, not_before = 0 WHERE name {among}",
        [f"channel:{channel}" for channel in channels],
    )


def take_back(connection: Connection, flag_ids: Iterable[int], why: str) -> None:
    """Messages of these flags that have not left are not needed; what is leased may be on its way."""
    ask_among(
        connection,
        "UPDATE outbox SET state = 'superseded', message = NULL, error = ?"
        " WHERE state IN ('waiting', 'failed', 'dead') AND flag_id {among}",
        flag_ids,
        (why,),
    )


def set_acknowledged(
    connection: Connection, flag_ids: Iterable[int], now: int, actor: str, note: str
) -> None:
    """Somebody takes these flags over: no further level is told."""
    ask_among(
        connection,
        "UPDATE flags SET state = 'acknowledged', next_level_at = NULL, acknowledged_at = ?,"
        " acknowledged_by = ?, acknowledged_note = ? WHERE id {among}",
        flag_ids,
        (now, actor, note),
    )


def set_open_again(connection: Connection, flag_id: int, next_level_at: int | None) -> None:
    """A flag is anybody's again, until who was told of it last takes it over."""
    ask(
        connection,
        "UPDATE flags SET state = 'open', next_level_at = ?, acknowledged_at = NULL, acknowledged_by = NULL,"
        " acknowledged_note = NULL WHERE id = ?",
        (next_level_at, flag_id),
    )


def end_silence(connection: Connection, key: int, now: int) -> bool:
    """End a silence now, and what it held back is told now; whether there was one that held."""
    found = ask(connection, "SELECT until FROM silences WHERE id = ? AND until > ?", (key, now))
    for (until,) in found:
        ask(connection, "UPDATE silences SET until = ? WHERE id = ?", (now, key))
        ask(
            connection,
            "UPDATE flags SET next_level_at = ? WHERE next_level_at = ? AND state = 'open'",
            (now, until),
        )
    return bool(found)
