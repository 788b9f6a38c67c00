"""What was said of the stations' payment addresses: seen for the first time, confirmed by a second person."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from monitor.store.database import Database
from monitor.store.tables import payment_addresses

SEEN, CONFIRMED = "seen", "confirmed"

P = payment_addresses.c


class AddressSaid(NamedTuple):
    """`actor` saw or confirmed the address of a station at an instant (microseconds UTC)."""

    station: str
    address: str
    said: str
    at: int
    actor: str


def append_address(connection: Connection, said: AddressSaid, origin: str) -> None:
    """Append what was said."""
    connection.execute(payment_addresses.insert().values(origin=origin, **said._asdict()))


def addresses_said(connection: Connection) -> dict[str, list[AddressSaid]]:
    """Everything that was said, by station, in the order in which it was."""
    query = select(P.station, P.address, P.said, P.at, P.actor).order_by(P.id)
    found: dict[str, list[AddressSaid]] = {}
    for row in connection.execute(query):
        found.setdefault(row.station, []).append(AddressSaid(*row))
    return found


def address_version(database: Database) -> int:
    """Changes whenever somebody has said something of an address."""
    with database.read() as connection:
        last: int = connection.execute(select(func.coalesce(func.max(P.id), 0))).scalar_one()
    return last
