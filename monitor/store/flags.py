"""Flags as they stand in the database: what falls due next, flags, their history, messages, silences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.cases.state import CaseState
from monitor.store.bulk import append_rows
from monitor.store.database import ask, ask_among
from monitor.store.tables import silences
from monitor.store.versions import STATE, state_of

ITSELF = ""
"""In the place of a person: it came of itself."""

OPEN, ACKNOWLEDGED, CLOSED, SUPERSEDED = "open", "acknowledged", "closed", "superseded"
LIVE = (OPEN, ACKNOWLEDGED)
NOBODY = -1
"""The level of a flag of which nobody has been told yet."""


class Step(StrEnum):
    """What became of a flag; text `flags.steps.<step>`."""

    RAISED = "raised"
    RAISED_AGAIN = "raised_again"
    MISSED = "missed"
    """An earlier threshold that nobody was told of; `note`: which, `at`: when it was."""
    TOLD = "told"
    """`note`: level and recipients."""
    HOLE = "hole"
    """Nobody was on duty at a level (`note`); the next one was told at once."""
    NOBODY = "nobody"
    """There is nobody to tell, at any level."""
    SILENCED = "silenced"
    """`note`: by whom and why."""
    ENDED = "ended"
    UNTRUE = "untrue"
    OVERTAKEN = "overtaken"
    ACKNOWLEDGED = "acknowledged"
    HANDED_ON = "handed_on"
    SENT_AGAIN = "sent_again"


class DueRow(NamedTuple):
    """The next threshold of a clock; `next_at` is None where a calendar is missing."""

    case_id: int
    clock: str
    station: str
    version: str
    next_at: int | None
    next_threshold: str


class Flag(NamedTuple):
    """A flag; instants in microseconds UTC."""

    id: int
    station: str
    case_id: int | None
    case_no: str | None
    clock: str
    threshold: str
    version: str
    due_at: int
    raised_at: int
    state: str
    ended_at: int | None
    level: int
    next_level_at: int | None
    acknowledged_at: int | None
    acknowledged_by: str | None
    acknowledged_note: str | None


class FlagStep(NamedTuple):
    """A step of a flag's history; `actor` is empty where it came of itself."""

    flag_id: int
    at: int
    kind: str
    actor: str
    note: str | None


class Message(NamedTuple):
    """A new row of the outbox."""

    number: str
    flag_id: int
    recipient: str
    channel: str
    level: int
    state: str
    attempts: int
    next_at: int


class SilenceRow(NamedTuple):
    """A silence that a person set; `scope` as JSON."""

    id: int
    scope: str
    owner: str
    reason: str
    since: int
    until: int


_FLAG = ", ".join(Flag._fields)
_DUE = ", ".join(DueRow._fields)

# ---------------------------------------------------------------- what falls due


def next_due(connection: Connection, now: int, most: int) -> list[int]:
    """Cases of which a threshold has come, the earliest first: as many probes of an index as there are."""
    statement = "SELECT case_id FROM due WHERE next_at <= ? ORDER BY next_at LIMIT ?"
    return list(dict.fromkeys(row[0] for row in ask(connection, statement, (now, most))))


def due_rows(connection: Connection, case_ids: Iterable[int]) -> list[DueRow]:
    """What stands of these cases."""
    return [
        DueRow(*row)
        for row in ask_among(connection, f"SELECT {_DUE} FROM due WHERE case_id {{among}}", case_ids)
    ]


def write_due(connection: Connection, before: Iterable[DueRow], after: Iterable[DueRow]) -> None:
    """Put what falls due in the place of what stood; what is the same is not written."""
    old = set(before)
    new = set(after)
    for row in old - new:
        ask(connection, "DELETE FROM due WHERE case_id = ? AND clock = ?", (row.case_id, row.clock))
    append_rows(connection, "due", DueRow._fields, [tuple(row) for row in sorted(new - old, key=_key)])


def _key(row: DueRow) -> tuple[int, str]:
    return row.case_id, row.clock


def unknown_years(connection: Connection) -> list[tuple[int, int]]:
    """Years without a calendar, and how many legal dates cannot be told for want of each."""
    rows = ask(
        connection,
        "SELECT next_threshold, count(*) FROM due WHERE next_at IS NULL GROUP BY next_threshold ORDER BY 1",
    )
    return [(int(year), n) for year, n in rows]


_CURRENT = (
    "SELECT "
    + ", ".join(f'"{column.name}"' for column in STATE)
    + ", case_id FROM case_versions WHERE case_id {among} AND known_to IS NULL"
)


def states_now(connection: Connection, case_ids: Iterable[int]) -> dict[int, CaseState]:
    """The state of each of these cases that has one."""
    return {row[-1]: state_of(row) for row in ask_among(connection, _CURRENT, case_ids)}


_STANDING = (
    "SELECT case_id FROM case_versions"
    " WHERE known_to IS NULL AND custody AND released_at IS NULL AND case_id > ?"
    " UNION SELECT case_id FROM case_versions WHERE known_to IS NULL AND last_at >= ? AND case_id > ?"
    " UNION SELECT case_id FROM due WHERE case_id > ?"
    " UNION SELECT case_id FROM flags"
    " WHERE (state = 'open' OR state = 'acknowledged') AND case_id IS NOT NULL AND case_id > ?"
    " ORDER BY case_id LIMIT ?"
)


def every_case(connection: Connection, after: int, told_since: int, most: int) -> list[int]:
    """Cases of which a flag may be raised or withdrawn, by id: those that stand at a station, those told of
    since then, and those of which something falls due or a flag lives."""
    return [row[0] for row in ask(connection, _STANDING, (after, told_since, after, after, after, most))]


# ---------------------------------------------------------------- flags


def flags_of(connection: Connection, case_ids: Iterable[int]) -> list[Flag]:
    """Every flag of these cases."""
    statement = f"SELECT {_FLAG} FROM flags WHERE case_id {{among}}"
    return [Flag(*row) for row in ask_among(connection, statement, case_ids)]


def flags_of_no_case(connection: Connection, clocks: Iterable[str]) -> list[Flag]:
    """Flags of feeds and jobs that live, and those of these clocks in any state."""
    live = ask(
        connection,
        f"SELECT {_FLAG} FROM flags WHERE (state = 'open' OR state = 'acknowledged') AND case_id IS NULL",
    )
    named = f"SELECT {_FLAG} FROM flags WHERE case_id IS NULL AND clock {{among}}"
    found = {row[0]: Flag(*row) for row in (*live, *ask_among(connection, named, clocks))}
    return list(found.values())


def flags_by_id(connection: Connection, ids: Iterable[int]) -> list[Flag]:
    """These flags."""
    return [
        Flag(*row) for row in ask_among(connection, f"SELECT {_FLAG} FROM flags WHERE id {{among}}", ids)
    ]


def insert_flags(connection: Connection, rows: Sequence[Flag]) -> None:
    """Append flags that carry their ids, from `next_flag_id` on."""
    append_rows(connection, "flags", Flag._fields, [tuple(row) for row in rows])


def next_flag_id(connection: Connection) -> int:
    """The first id that is free. Only one writer writes at a time."""
    [(top,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM flags")
    return int(top) + 1


def end_flags(connection: Connection, ids: Iterable[int], state: str, now: int) -> None:
    """Let flags live no longer, and take back their messages that have not left yet."""
    found = list(ids)
    ask_among(
        connection,
        "UPDATE flags SET state = ?, ended_at = ?, next_level_at = NULL WHERE id {among}",
        found,
        (state, now),
    )
    ask_among(
        connection,
        "UPDATE outbox SET state = 'superseded' WHERE state IN ('waiting', 'failed', 'dead')"
        " AND flag_id {among}",
        found,
    )


def reopen_flags(connection: Connection, ids: Iterable[int], now: int) -> None:
    """Let flags live again; nobody has acknowledged them, and nobody was told anew."""
    ask_among(
        connection,
        "UPDATE flags SET state = 'open', ended_at = NULL, level = -1, raised_at = ?, next_level_at = NULL,"
        " acknowledged_at = NULL, acknowledged_by = NULL, acknowledged_note = NULL WHERE id {among}",
        ids,
        (now,),
    )


def to_escalate(connection: Connection, now: int, most: int) -> list[Flag]:
    """Open flags whose next level is to be told by now."""
    statement = (
        f"SELECT {_FLAG} FROM flags WHERE next_level_at IS NOT NULL AND next_level_at <= ? AND state = 'open'"
        " ORDER BY next_level_at LIMIT ?"
    )
    return [Flag(*row) for row in ask(connection, statement, (now, most))]


def set_levels(connection: Connection, told: Iterable[tuple[int, int, int | None]]) -> None:
    """Which level was told last, and when the next one is: (flag, level, next_level_at)."""
    groups: dict[tuple[int, int | None], list[int]] = {}
    for flag_id, level, next_at in told:
        groups.setdefault((level, next_at), []).append(flag_id)
    for (level, next_at), ids in groups.items():
        statement = "UPDATE flags SET level = ?, next_level_at = ? WHERE id {among}"
        ask_among(connection, statement, ids, (level, next_at))


def append_flag_steps(connection: Connection, steps: Iterable[FlagStep]) -> None:
    """Append to the history."""
    append_rows(connection, "flag_steps", FlagStep._fields, [tuple(step) for step in steps])


def steps_of_flag(connection: Connection, flag_id: int) -> list[FlagStep]:
    """The history of a flag, oldest first."""
    return steps_of_flags(connection, [flag_id])


def steps_of_flags(connection: Connection, flag_ids: Iterable[int]) -> list[FlagStep]:
    """The history of these flags; of each the oldest first."""
    columns = ", ".join(FlagStep._fields)
    statement = f"SELECT {columns} FROM flag_steps WHERE flag_id {{among}} ORDER BY id"
    return [FlagStep(*row) for row in ask_among(connection, statement, flag_ids)]


# ---------------------------------------------------------------- messages


def put_in_outbox(connection: Connection, messages: Sequence[Message]) -> None:
    """Append a message for each recipient that has none of its flag; one that was taken back before it left
    waits again, one that was delivered stays so."""
    stood = {
        (row[0], row[1]): (row[2], row[3])
        for row in ask_among(
            connection,
            "SELECT flag_id, recipient, id, state FROM outbox WHERE flag_id {among}",
            {message.flag_id for message in messages},
        )
    }
    fresh = [message for message in messages if (message.flag_id, message.recipient) not in stood]
    append_rows(connection, "outbox", Message._fields, [tuple(message) for message in fresh])
    for message in messages:
        found = stood.get((message.flag_id, message.recipient))
        if found is not None and found[1] == SUPERSEDED:
            ask(
                connection,
                "UPDATE outbox SET state = CASE WHEN sent_at IS NULL THEN 'waiting' ELSE 'delivered' END,"
                " attempts = 0, next_at = ?, level = ?, error = NULL, lease = NULL, leased_until = NULL,"
                " given_up_at = NULL WHERE id = ?",
                (message.next_at, message.level, found[0]),
            )


# ---------------------------------------------------------------- silences


def silences_at(connection: Connection, now: int) -> list[SilenceRow]:
    """Silences that hold now."""
    columns = ", ".join(SilenceRow._fields)
    statement = f"SELECT {columns} FROM silences WHERE until > ? AND since <= ? ORDER BY id"
    return [SilenceRow(*row) for row in ask(connection, statement, (now, now))]


def add_silence(
    connection: Connection, scope: str, owner: str, reason: str, since: int, until: int
) -> int:
    """Set a silence; returns its id."""
    values = {"scope": scope, "owner": owner, "reason": reason, "since": since, "until": until}
    added: int = connection.execute(
        silences.insert().values(**values).returning(silences.c.id)
    ).scalar_one()
    return added


def flags_version(connection: Connection) -> int:
    """Changes whenever a flag does: the last step of any."""
    [(last,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM flag_steps")
    return int(last)


def count_flags(connection: Connection) -> dict[str, int]:
    """Flags that live, by state; by their index, whatever the history."""
    statement = (
        "SELECT state, count(*) FROM flags WHERE (state = 'open' OR state = 'acknowledged') GROUP BY state"
    )
    return dict.fromkeys(LIVE, 0) | {row[0]: row[1] for row in ask(connection, statement)}
