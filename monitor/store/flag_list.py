"""Lists of flags: by station, kind and how each stands, with the messages of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from monitor.store.database import Database, ask, ask_among
from monitor.store.flags import LIVE, OPEN, Flag
from monitor.store.outbox import DEAD, DELIVERED, FAILED
from monitor.store.tables import flags, outbox

ESCALATED, SILENCED, UNDELIVERED = "escalated", "silenced", "failed"
STANDINGS = (ESCALATED, SILENCED, DELIVERED, UNDELIVERED)
"""How a flag that lives may stand beside its state: open at a higher level than the first; held back by a
silence; a message of it arrived; one has not arrived, or was given up."""


class Scope(NamedTuple):
    """Which flags a silence is about; what is empty does not narrow it."""

    stations: Sequence[str] = ()
    clocks: Sequence[str] = ()
    cases: Sequence[str] = ()


class FlagFilter(NamedTuple):
    """Which flags a list holds; a field left None does not narrow it. `states`: none named is all. `kinds`:
    clocks by what stands before their colon."""

    stations: Sequence[str] | None = None
    states: Sequence[str] | None = LIVE
    clocks: Sequence[str] | None = None
    case_no: str | None = None
    since: int | None = None
    """Raised since then."""
    kinds: Sequence[str] | None = None
    standing: str | None = None
    silences: Sequence[Scope] = ()
    """The silences that hold now; `standing` asks for them."""


class FlagPage(NamedTuple):
    """One page of a list, the latest threshold first, with the messages of each flag by state. `given_up`:
    when the last of those that are given up was, by flag, as far as it is known."""

    flags: list[Flag]
    messages: dict[int, dict[str, int]]
    total: int
    given_up: dict[int, int]


class Sending(NamedTuple):
    """A message of a flag; instants in microseconds. `error`: a code of `delivery.reason`, with what belongs
    to it behind a colon. `sent_at` is None until a provider had it, `next_at` when it is tried (again).
    `given_up_at`: when it was last given up; None of one given up before that was written down."""

    id: int
    flag_id: int
    recipient: str
    channel: str
    level: int
    state: str
    attempts: int
    next_at: int
    error: str | None
    sent_at: int | None
    given_up_at: int | None


class DeadChannel(NamedTuple):
    """A channel by which messages were given up, how many, why the last of them, and when one last was (None:
    not known)."""

    channel: str
    n: int
    error: str | None
    at: int | None = None


_SENDING = ", ".join(Sending._fields)


def find_flags(database: Database, chosen: FlagFilter, *, limit: int = 100, offset: int = 0) -> FlagPage:
    """Flags by filter."""
    with database.read() as connection:
        return flags_page(connection, chosen, limit=limit, offset=offset)


def flags_page(connection: Connection, chosen: FlagFilter, *, limit: int = 100, offset: int = 0) -> FlagPage:
    """Flags by filter, as of the connection."""
    its, told = flags.c, _wanted(chosen)
    total = connection.execute(select(func.count()).select_from(flags).where(*told)).scalar_one()
    query = select(*(its[name] for name in Flag._fields)).where(*told)
    query = query.order_by(its.due_at.desc(), its.id.desc()).limit(limit).offset(offset)
    found = [Flag(*row) for row in connection.execute(query)]
    counted = ask_among(
        connection,
        "SELECT flag_id, state, count(*), max(given_up_at) FROM outbox WHERE flag_id {among}"
        " GROUP BY flag_id, state",
        [flag.id for flag in found],
    )
    messages: dict[int, dict[str, int]] = {}
    for flag_id, state, n, _ in counted:
        messages.setdefault(flag_id, {})[state] = n
    given_up = {flag_id: at for flag_id, state, _, at in counted if state == DEAD and at is not None}
    return FlagPage(found, messages, total, given_up)


def count_by(connection: Connection, chosen: FlagFilter) -> int:
    """How many flags a filter finds."""
    query = select(func.count()).select_from(flags).where(*_wanted(chosen))
    return int(connection.execute(query).scalar_one())


def _wanted(chosen: FlagFilter) -> list[ColumnElement[bool]]:
    its = flags.c
    told: list[ColumnElement[bool]] = []
    if chosen.states is not None:
        told.append(or_(*(its.state == state for state in chosen.states)))
    if chosen.stations is not None:
        told.append(its.station.in_(chosen.stations))
    if chosen.clocks is not None:
        told.append(its.clock.in_(chosen.clocks))
    if chosen.kinds is not None:
        told.append(or_(*(or_(its.clock == kind, its.clock.like(f"{kind}:%")) for kind in chosen.kinds)))
    if chosen.case_no is not None:
        told.append(its.case_no == chosen.case_no)
    if chosen.since is not None:
        told.append(its.raised_at >= chosen.since)
    if chosen.standing is not None:
        told.append(_stands(chosen.standing, chosen.silences))
    return told


def _stands(standing: str, silences: Sequence[Scope]) -> ColumnElement[bool]:
    its = flags.c
    if standing == ESCALATED:
        return and_(its.state == OPEN, its.level > 0)
    if standing == SILENCED:
        held = (and_(true(), *_narrowed(scope)) for scope in silences)
        return and_(its.state == OPEN, or_(~true(), *held))
    wanted = (DELIVERED,) if standing == DELIVERED else (FAILED, DEAD)
    return exists().where(outbox.c.flag_id == its.id, outbox.c.state.in_(wanted))


def _narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    columns = (flags.c.station, flags.c.clock, flags.c.case_no)
    return [column.in_(names) for column, names in zip(columns, scope, strict=True) if names]


def sendings_of(connection: Connection, flag_ids: Iterable[int]) -> list[Sending]:
    """The messages of these flags, the first told first."""
    statement = f"SELECT {_SENDING} FROM outbox WHERE flag_id {{among}} ORDER BY id"
    return [Sending(*row) for row in ask_among(connection, statement, flag_ids)]


def last_given_up(sendings: Iterable[Sending]) -> int | None:
    """When the last of those of these messages that are given up was; None: none is, or it is not known."""
    found = [one.given_up_at for one in sendings if one.state == DEAD and one.given_up_at is not None]
    return max(found, default=None)


def dead_channels(connection: Connection) -> list[DeadChannel]:
    """The channels by which messages were given up."""
    statement = (
        "SELECT d.channel, d.n, o.error, d.at FROM (SELECT channel, count(*) AS n, max(id) AS last,"
        " max(given_up_at) AS at FROM outbox WHERE state = 'dead' GROUP BY channel) d"
        " JOIN outbox o ON o.id = d.last ORDER BY d.channel"
    )
    return [DeadChannel(*row) for row in ask(connection, statement)]


def live_flags_of(connection: Connection, stations: Sequence[str] | None = None) -> list[Flag]:
    """Every flag of a case that lives, of these stations or of all."""
    columns = ", ".join(Flag._fields)
    statement = (
        f"SELECT {columns} FROM flags WHERE (state = 'open' OR state = 'acknowledged')"
        " AND case_id IS NOT NULL"
    )
    if stations is None:
        return [Flag(*row) for row in ask(connection, f"{statement} ORDER BY due_at, id")]
    found = [Flag(*row) for row in ask_among(connection, f"{statement} AND station {{among}}", stations)]
    return sorted(found, key=lambda flag: (flag.due_at, flag.id))
