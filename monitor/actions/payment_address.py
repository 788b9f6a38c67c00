"""Noting a change of a station's payment address, and confirming it as a second person."""

from __future__ import annotations

import unicodedata

from monitor.payments.address import AddressStanding, standings
from monitor.settings.configuration import Configuration
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.payment_addresses import CONFIRMED, SEEN, AddressSaid, addresses_said, append_address

LONGEST = 100
"""Characters of a name."""


class NotConfirmedError(ValueError):
    """Why an address was not confirmed: `no_address` (the station has none), `no_name`, `not_seen` (no server
    has run with it yet, so nobody is known to have changed it), `same_person` (who changed it),
    `other_address` (it is not, or no more, the one that was looked at), `already`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def note_addresses(
    database: Database, configuration: Configuration, sender: Sender, *, now: int
) -> list[str]:
    """Record every address that is not the one seen last at its station, as changed by who runs the program.

    Returns the stations. Examples are recorded too, so that what takes their place is known as a change.
    """
    with database.read() as connection:
        fresh = _fresh(standings(configuration, addresses_said(connection)))
    if not fresh:
        return []
    with database.write() as connection:
        # Another process may have been quicker.
        fresh = _fresh(standings(configuration, addresses_said(connection)))
        for one in fresh:
            append_address(
                connection, AddressSaid(one.station, one.address, SEEN, now, sender.actor), sender.origin
            )
    return [one.station for one in fresh]


def confirm_address(
    database: Database,
    configuration: Configuration,
    sender: Sender,
    station: str,
    digest: str,
    *,
    now: int,
) -> AddressStanding:
    """Confirm the address of a station, told by its `digest`, as `sender.actor`. Raises NotConfirmedError.

    Nothing is deleted: who saw and who confirmed what, and when, stays on record.
    """
    name = _folded(sender.actor)
    if not name:
        raise NotConfirmedError("no_name")
    with database.write() as connection:
        standing = standings(configuration, addresses_said(connection)).get(station)
        if standing is None:
            raise NotConfirmedError("no_address")
        if standing.digest != digest:
            raise NotConfirmedError("other_address")
        if standing.confirmed_at is not None:
            raise NotConfirmedError("already")
        if standing.changed_by is None:
            # Noting it now would make the second person the first, and the first the second.
            raise NotConfirmedError("not_seen")
        if _folded(standing.changed_by) == name:
            raise NotConfirmedError("same_person")
        append_address(
            connection,
            AddressSaid(station, standing.address, CONFIRMED, now, sender.actor.strip()[:LONGEST]),
            sender.origin,
        )
        return standings(configuration, addresses_said(connection))[station]


def _fresh(found: dict[str, AddressStanding]) -> list[AddressStanding]:
    return [one for one in found.values() if one.changed_at is None]


def _folded(name: str) -> str:
    """A name as two are compared: width, case and spaces aside."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
