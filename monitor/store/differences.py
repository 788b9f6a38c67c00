"""Differences found in a reconciliation: they stay, with who works on them and how they were closed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from monitor.cases.event import digest
from monitor.store.bulk import append_rows
from monitor.store.database import ask
from monitor.store.tables import difference_steps, differences

OPEN, CLOSED = "open", "closed"
ITSELF = ""
"""In the place of a person: it came, went or changed of itself."""


class Step(StrEnum):
    """What was done with a difference; text `reconciliation.steps.<step>`."""

    OPENED = "opened"
    CHANGED = "changed"
    VANISHED = "vanished"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"


class Found(NamedTuple):
    """A difference as a run finds it. `subject` with `kind` is what it is known by again; `since` when it
    began (microseconds UTC); local `date` and ISO `week` place it; fen. `beside`: another subject that the
    same difference may have been found under before. `params`: what else is to be shown, no personal value.
    """

    subject: str
    kind: str
    station: str
    case_no: str | None
    code: str | None
    line: str | None
    since: int
    date: str
    week: str
    expected_fen: int | None
    found_fen: int | None
    params: Mapping[str, Any]
    beside: str | None = None

    @property
    def content(self) -> bytes:
        """A difference that a person closed and that then says something else is open again."""
        return digest(self.expected_fen, self.found_fen)


class Difference(NamedTuple):
    """A difference as it stands. `closed_by` is empty where it vanished of itself; `closed_why` is then a
    code (text `reconciliation.went.<code>`), else what a person wrote."""

    id: int
    subject: str
    kind: str
    station: str
    case_no: str | None
    code: str | None
    line: str | None
    since: int
    date: str
    week: str
    expected_fen: int | None
    found_fen: int | None
    params: dict[str, Any]
    owner: str | None
    state: str
    closed_at: int | None
    closed_by: str | None
    closed_why: str | None


class Moves(NamedTuple):
    """What a run did to differences."""

    opened: int = 0
    changed: int = 0
    returned: int = 0
    vanished: int = 0


class StepDone(NamedTuple):
    """A step of a difference's history; `actor` is empty where it came of itself."""

    difference_id: int
    at: int
    step: str
    actor: str
    origin: str
    owner: str | None
    why: str | None


_FOUND = Found._fields[2:12]
"""What a run may say anew of a difference that stands."""
_COLUMNS = ("id", *Found._fields[:12], "content", "owner", "state")


def write_differences(
    connection: Connection, found: Iterable[Found], became: Callable[[str], str], now: int
) -> Moves:
    """Put what was found beside what stands. Neither owner nor a person's closing is ever lost.

    One that is found no more closes itself: `became` says for its subject what there is instead, a code of
    `reconciliation.went`. One that was closed by a person and still says the same stays closed.
    """
    rows = connection.execute(select(differences)).mappings().all()
    standing = {(row["subject"], row["kind"]): row for row in rows}
    fresh: list[Found] = []
    steps: list[StepDone] = []
    changed = returned = 0
    told: set[tuple[str, str]] = set()
    for one in found:
        key = one.subject, one.kind
        told.add(key)
        row = standing.get(key)
        if row is None:
            fresh.append(one)
            continue
        values = {name: getattr(one, name) for name in _FOUND}
        values["params"] = _json(one.params)
        same = bytes(row["content"]) == one.content
        back = row["state"] == CLOSED and (row["closed_by"] == ITSELF or not same)
        if back:
            values |= {"state": OPEN, "closed_at": None, "closed_by": None, "closed_why": None}
            steps.append(StepDone(row["id"], now, Step.RETURNED, ITSELF, ITSELF, None, None))
            returned += 1
        elif row["state"] == OPEN and not same:
            steps.append(StepDone(row["id"], now, Step.CHANGED, ITSELF, ITSELF, None, None))
            changed += 1
        if any(row[name] != value for name, value in values.items()):
            _update(connection, row["id"], {**values, "content": one.content})
    gone = [row for key, row in standing.items() if key not in told and row["state"] == OPEN]
    for row in gone:
        why = became(row["subject"])
        closing = {"state": CLOSED, "closed_at": now, "closed_by": ITSELF, "closed_why": why}
        _update(connection, row["id"], closing)
        steps.append(StepDone(row["id"], now, Step.VANISHED, ITSELF, ITSELF, None, why))
    owners = {row["subject"]: row["owner"] for row in gone if row["owner"] is not None}
    steps += _append(connection, fresh, owners, now)
    append_steps(connection, steps)
    return Moves(len(fresh), changed, returned, len(gone))


def _append(
    connection: Connection, fresh: Collection[Found], owners: Mapping[str, str], now: int
) -> list[StepDone]:
    """Enter new ones; who worked on the one in whose place it comes works on it."""
    [(top,)] = ask(connection, "SELECT coalesce(max(id), 0) FROM differences")
    rows = []
    steps = []
    for key, one in enumerate(fresh, int(top) + 1):
        owner = owners.get(one.subject) or owners.get(one.beside or "")
        told = [*one[:11], _json(one.params)]
        rows.append((key, *told, one.content, owner, OPEN))
        steps.append(StepDone(key, now, Step.OPENED, ITSELF, ITSELF, owner, None))
    append_rows(connection, "differences", _COLUMNS, rows)
    return steps


def append_steps(connection: Connection, steps: Iterable[StepDone]) -> None:
    """Append to the history."""
    append_rows(connection, "difference_steps", StepDone._fields, [tuple(one) for one in steps])


def _json(params: Mapping[str, Any]) -> str:
    return orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()


def _update(connection: Connection, key: int, values: Mapping[str, Any]) -> None:
    connection.execute(differences.update().where(differences.c.id == key).values(**values))


def difference(connection: Connection, key: int) -> Difference | None:
    """One difference by its id."""
    row = connection.execute(select(differences).where(differences.c.id == key)).mappings().one_or_none()
    return None if row is None else difference_of(row)


def difference_of(row: Any) -> Difference:
    """A row of the table."""
    told = {name: row[name] for name in Difference._fields}
    return Difference(**{**told, "params": orjson.loads(told["params"])})


def set_owner(connection: Connection, key: int, owner: str | None) -> None:
    """Who works on it from now on."""
    _update(connection, key, {"owner": owner})


def set_closed(connection: Connection, key: int, at: int, by: str, why: str) -> None:
    """Close it by a person's word."""
    _update(connection, key, {"state": CLOSED, "closed_at": at, "closed_by": by, "closed_why": why})


def set_open(connection: Connection, key: int) -> None:
    """Open it again."""
    _update(connection, key, {"state": OPEN, "closed_at": None, "closed_by": None, "closed_why": None})


def steps_of(connection: Connection, key: int) -> list[StepDone]:
    """The history of a difference, oldest first."""
    names = [difference_steps.c[name] for name in StepDone._fields]
    query = select(*names).where(difference_steps.c.difference_id == key).order_by(difference_steps.c.id)
    return [StepDone(*row) for row in connection.execute(query)]


class OpenThen(NamedTuple):
    """A difference that was open at a moment."""

    kind: str
    station: str
    since: int
    date: str
    week: str
    expected_fen: int | None
    found_fen: int | None


_OPENING = (Step.OPENED.value, Step.RETURNED.value, Step.REOPENED.value)
_CLOSING = (Step.VANISHED.value, Step.CLOSED.value)
_LAST = (
    "SELECT max(s.id) FROM difference_steps s WHERE s.difference_id = d.id AND s.at <= ?"
    f" AND s.step IN ({', '.join('?' * len((*_OPENING, *_CLOSING)))})"
)
_THEN = (
    f"SELECT {', '.join(f'd.{name}' for name in OpenThen._fields)} FROM differences d"
    f" JOIN difference_steps l ON l.id = ({_LAST})"
    f" WHERE l.step IN ({', '.join('?' * len(_OPENING))}) ORDER BY d.id"
)


def open_at(connection: Connection, as_of: int) -> list[OpenThen]:
    """Those that were open at a moment, by what had been done with them until then."""
    values = (as_of, *_OPENING, *_CLOSING, *_OPENING)
    return [OpenThen(*row) for row in ask(connection, _THEN, values)]
