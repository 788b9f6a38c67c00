"""Whether a second person has confirmed the address to which a station's QR code leads.

A QR code that leads elsewhere is the cheapest way to take a driver's money. So the host stands on a list of
its own, and every change of an address shows until somebody else than who made it has confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from monitor.settings.configuration import Configuration
from monitor.settings.desk import host_of
from monitor.store.database import Database
from monitor.store.payment_addresses import CONFIRMED, SEEN, AddressSaid, addresses_said


@dataclass(frozen=True, slots=True)
class AddressStanding:
    """The address of a station in use. `changed_*`: when the program first saw it, and who ran it then, None
    before it did; `before` is the host that it took the place of. `example`: shipped, and leads nowhere."""

    station: str
    address: str
    example: bool
    before: str | None = None
    changed_at: int | None = None
    changed_by: str | None = None
    confirmed_at: int | None = None
    confirmed_by: str | None = None

    @property
    def host(self) -> str:
        return host_of(self.address)

    @property
    def digest(self) -> str:
        """By which two people make sure that they speak of the same address: 12 hexadecimal digits."""
        return sha256(self.address.encode()).hexdigest()[:12]

    @property
    def open(self) -> bool:
        """Whether a second person has still to confirm it."""
        return not self.example and self.confirmed_at is None


def standings(
    configuration: Configuration, said: Mapping[str, Sequence[AddressSaid]]
) -> dict[str, AddressStanding]:
    """How the address of each station that has one stands."""
    examples = {host.host for host in configuration.payment_hosts if host.example}
    found = {}
    for code, station in configuration.stations.items():
        if station.payment is not None and station.payment.address is not None:
            address = station.payment.address
            example = host_of(address) in examples
            found[code] = _standing(code, address, example, said.get(code, ()))
    return found


def _standing(station: str, address: str, example: bool, said: Sequence[AddressSaid]) -> AddressStanding:
    seen = [one for one in said if one.said == SEEN]
    last = seen[-1] if seen else None
    if last is None or last.address != address:
        return AddressStanding(station, address, example, None if last is None else host_of(last.address))
    before = host_of(seen[-2].address) if len(seen) > 1 else None
    # A confirmation holds for the change before it, not for an earlier use of the same address.
    after = said[max(place for place, one in enumerate(said) if one is last) + 1 :]
    confirmed = next((one for one in after if one.said == CONFIRMED and one.address == address), None)
    return AddressStanding(
        station, address, example, before, last.at, last.actor,
        None if confirmed is None else confirmed.at, None if confirmed is None else confirmed.actor,
    )  # fmt: skip


def standings_of(database: Database, configuration: Configuration) -> dict[str, AddressStanding]:
    """`standings` as the database knows them now."""
    with database.read() as connection:
        return standings(configuration, addresses_said(connection))


def unconfirmed(database: Database, configuration: Configuration) -> list[AddressStanding]:
    """The addresses that wait for a second person: what board and report show."""
    return [one for one in standings_of(database, configuration).values() if one.open]
