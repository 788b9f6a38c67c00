"""Personal values, apart from everything else, so that they can be erased when their time is up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection

from monitor.store.bulk import append_rows
from monitor.store.database import ask_among


class PersonLike(Protocol):
    """A personal value and the keyed digest that stands for it everywhere else."""

    @property
    def digest(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...


def remember_people(connection: Connection, persons: Sequence[PersonLike], delivery_id: int) -> None:
    """Keep each value once, under its digest."""
    wanted = {person.digest: person for person in persons}
    known = {
        key for (key,) in ask_among(connection, "SELECT digest FROM people WHERE digest {among}", wanted)
    }
    append_rows(
        connection,
        "people",
        ("digest", "kind", "value", "first_delivery_id"),
        [(key, one.kind, one.value, delivery_id) for key, one in wanted.items() if key not in known],
    )


def people_by_digest(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """The values behind digests that have not been erased. For those who may see them."""
    query = "SELECT digest, value FROM people WHERE digest {among}"
    return dict(ask_among(connection, query, digests))
