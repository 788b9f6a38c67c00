"""Personal values, apart from everything else, so that they can be erased when their time is up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection, select

from monitor.store.log import chunks
from monitor.store.tables import people


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
    for chunk in chunks(wanted):
        known = set(connection.execute(select(people.c.digest).where(people.c.digest.in_(chunk))).scalars())
        new = [
            {
                "digest": key,
                "kind": wanted[key].kind,
                "value": wanted[key].value,
                "first_delivery_id": delivery_id,
            }
            for key in chunk
            if key not in known
        ]
        if new:
            connection.execute(people.insert(), new)


def people_by_digest(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """The values behind digests that have not been erased. For those who may see them."""
    found: dict[str, str] = {}
    for chunk in chunks(digests):
        query = select(people.c.digest, people.c.value).where(people.c.digest.in_(chunk))
        for key, value in connection.execute(query):
            found[key] = value
    return found
