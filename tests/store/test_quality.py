"""What came in and what did not, as it stood at a moment, the same on both engines."""

from __future__ import annotations

from monitor.store.database import Database
from monitor.store.quality import Refused, refused_between
from monitor.store.quarantine import RETRIED, SUPERSEDED, quarantine_rows
from tests.factories import HOUR, STATION, at, candidate, deliver
from tests.reports.weekly.small import WEST, refuse

RECEIVED = at("2024-07-26 09:00")


def test_put_right_by_a_person_is_not_what_a_later_delivery_superseded(database: Database) -> None:
    deliver(database, [candidate("confirmed", RECEIVED - HOUR)], RECEIVED)
    refuse(
        database,
        RECEIVED,
        {
            "waits": None,
            "mended": (RETRIED, RECEIVED + HOUR, "wang"),
            "replaced": (SUPERSEDED, RECEIVED + 2 * HOUR, None),
            "replaced once": (SUPERSEDED, None, None),
        },
    )

    def asked(as_of: int, *stations: str) -> Refused:
        with database.read() as connection:
            return refused_between(connection, RECEIVED, RECEIVED + HOUR, as_of, stations or None)

    reasons = {"impossible_date": 4}
    assert asked(RECEIVED) == Refused(reasons, 0, 0, 1)
    assert asked(RECEIVED + HOUR) == Refused(reasons, 1, 0, 1)
    assert asked(RECEIVED + 2 * HOUR, WEST) == Refused(reasons, 1, 1, 1)
    assert asked(RECEIVED + 2 * HOUR, STATION) == Refused({}, 0, 0, 0)
    with database.read() as connection:
        settled = [one.item.value for one in quarantine_rows(connection, settled=True)]
    assert settled == ["replaced", "mended", "replaced once"]
