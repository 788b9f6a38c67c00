"""A change of a payment address shows until somebody else has confirmed just that address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.actions.payment_address import NotConfirmedError, confirm_address, note_addresses
from monitor.payments.address import standings_of, unconfirmed
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.payment_addresses import addresses_said
from tests.factories import HOUR, at

NOW = at("2026-11-26 14:32")
WEST = "14042301"
CHANGER, OTHER = Sender("wang", "desk"), Sender("li", "desk")
OWN = "https://fs.bureau.example/p?c={code}"
SECOND = "https://fs.bureau.example/q?c={code}"

Configured = Callable[[str], Configuration]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """The shipped configuration with another address at one station, whose host is on the list."""

    def load(address: str) -> Configuration:
        folder = tmp_path / "bureau"
        folder.mkdir(exist_ok=True)
        hosts = "hosts:\n  - {host: pay.example.org, example: true}\n  - {host: fs.bureau.example}\n"
        (folder / "payment-hosts.yaml").write_text(hosts, encoding="utf-8")
        text = f"stations:\n  '{WEST}':\n    payment:\n      address: \"{address}\"\n"
        (folder / "stations.yaml").write_text(text, encoding="utf-8")
        return load_configuration(Settings(config_dir=folder))

    return load


def confirm(database: Database, configuration: Configuration, who: Sender, digest: str | None = None) -> None:
    known = standings_of(database, configuration)[WEST].digest
    confirm_address(database, configuration, who, WEST, digest or known, now=NOW + HOUR)


def test_a_new_address_waits_for_a_second_person(database: Database, configured: Configured) -> None:
    configuration = configured(OWN)
    assert WEST in note_addresses(database, configuration, CHANGER, now=NOW)
    [waiting] = unconfirmed(database, configuration)
    assert (waiting.station, waiting.host, waiting.changed_at, waiting.changed_by) == (
        WEST,
        "fs.bureau.example",
        NOW,
        "wang",
    )
    confirm(database, configuration, OTHER)
    assert unconfirmed(database, configuration) == []
    standing = standings_of(database, configuration)[WEST]
    assert (standing.confirmed_at, standing.confirmed_by) == (NOW + HOUR, "li")


@pytest.mark.parametrize("name", ["wang", " WANG ", "wang", ""])
def test_who_changed_it_cannot_confirm_it(database: Database, configured: Configured, name: str) -> None:
    configuration = configured(OWN)
    note_addresses(database, configuration, CHANGER, now=NOW)
    with pytest.raises(NotConfirmedError) as refused:
        confirm(database, configuration, Sender(name, "desk"))
    assert refused.value.code == ("same_person" if name else "no_name")
    assert len(unconfirmed(database, configuration)) == 1


def test_an_address_that_nobody_has_seen_is_not_confirmed_by_its_first_reader(
    database: Database, configured: Configured
) -> None:
    with pytest.raises(NotConfirmedError, match="not_seen"):
        confirm(database, configured(OWN), OTHER)
    # Nor is the reader now taken for who changed it.
    assert standings_of(database, configured(OWN))[WEST].changed_by is None


def test_another_address_than_the_one_looked_at_is_not_confirmed(
    database: Database, configured: Configured
) -> None:
    first = configured(OWN)
    note_addresses(database, first, CHANGER, now=NOW)
    looked_at = standings_of(database, first)[WEST].digest
    second = configured(SECOND)
    note_addresses(database, second, CHANGER, now=NOW + 1)
    with pytest.raises(NotConfirmedError, match="other_address"):
        confirm(database, second, OTHER, looked_at)


def test_every_change_waits_again_one_back_to_a_confirmed_address_too(
    database: Database, configured: Configured
) -> None:
    first = configured(OWN)
    note_addresses(database, first, CHANGER, now=NOW)
    confirm(database, first, OTHER)
    with pytest.raises(NotConfirmedError, match="already"):
        confirm(database, first, OTHER)
    second = configured(SECOND)
    # Before anybody has noted it, it stands unconfirmed all the same.
    assert [one.address for one in unconfirmed(database, second)] == [SECOND]
    note_addresses(database, second, CHANGER, now=NOW + 2 * HOUR)
    again = configured(OWN)
    note_addresses(database, again, OTHER, now=NOW + 3 * HOUR)
    [waiting] = unconfirmed(database, again)
    assert (waiting.address, waiting.changed_by) == (OWN, "li")


def test_seeing_the_same_again_says_nothing_and_examples_wait_for_nobody(database: Database) -> None:
    shipped = load_configuration(Settings())
    assert len(note_addresses(database, shipped, CHANGER, now=NOW)) == 4
    assert note_addresses(database, shipped, OTHER, now=NOW + 1) == []
    assert unconfirmed(database, shipped) == []
    with database.read() as connection:
        assert sum(map(len, addresses_said(connection).values())) == 4
