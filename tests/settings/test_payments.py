"""How fines are paid: legal values with their source, addresses that lead only where they may, and hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.desk import Desk, filled
from monitor.settings.entry import latest_in_force
from monitor.settings.environment import Settings

Write = Callable[[str, str], Path]
WEST = "14042301"


def station(address: str) -> str:
    return f"stations:\n  '{WEST}':\n    payment:\n      address: \"{address}\"\n"


def test_the_shipped_values_come_with_their_article() -> None:
    payments = load_configuration(Settings()).payments
    term = latest_in_force(payments.due, date(2026, 11, 26))
    added = latest_in_force(payments.surcharge, date(2026, 11, 26))
    assert term is not None and added is not None
    assert (term.days, payments.article_of(term.source)) == (15, "行政处罚法(2021年修订) 第六十七条")
    assert (added.per_day, added.cap) == (300, 10_000)
    assert payments.grounds["small_fine"].at_most_fen == 10_000
    # The day rate is nobody's word yet.
    assert all(rate.example and not rate.confirmed for rate in payments.standing)


def test_nothing_is_due_by_a_term_before_it_was_in_force() -> None:
    assert latest_in_force(load_configuration(Settings()).payments.due, date(2021, 7, 14)) is None


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://pay.example.org/p?c={code}", "not_a_payment_address"),
        ("https://PAY.example.org/p?c={code}", "not_a_payment_address"),
        ("https://pay.example.org:8443/p?c={code}", "not_a_payment_address"),
        ("https://user@pay.example.org/p?c={code}", "not_a_payment_address"),
        ("https://pay.example.org\\\\@evil.example/p?c={code}", "not_a_payment_address"),
        ("https://{code}.example.org/p", "not_a_payment_address"),
        ("https://pay.example.org/p?c={code}&q='x'", "not_a_payment_address"),
        ("https://pay.example.org/p?c={code}&p={plate}", "foreign_placeholder"),
        ("https://pay.example.org/p?c={code.__class__}", "foreign_placeholder"),
        ("https://pay.example.org/p?c={code!r}", "foreign_placeholder"),
        ("https://pay.example.org/p?a={amount}", "foreign_placeholder"),
        ("https://pay.example.org/p?c={code", "foreign_placeholder"),
        ("https://elsewhere.example/p?c={code}", "foreign_host"),
        ("https://pay.example.org.elsewhere.example/p?c={code}", "foreign_host"),
    ],
)
def test_an_address_that_leads_elsewhere_does_not_load(overlay: Write, address: str, message: str) -> None:
    [problem] = check_config(overlay("stations.yaml", station(address)))
    assert (problem.key, problem.message) == (f"stations.{WEST}.payment.address", message)


def test_a_host_on_the_list_is_taken_and_the_list_is_its_own_file(overlay: Write) -> None:
    folder = overlay("stations.yaml", station("https://fs.elsewhere.example/p?c={code}"))
    overlay("payment-hosts.yaml", "hosts:\n  - {host: pay.example.org}\n  - {host: fs.elsewhere.example}\n")
    assert check_config(folder) == []


def test_a_code_can_only_be_a_value_in_the_address() -> None:
    template = "https://pay.example.org/p?c={code}&a={amount}"
    assert filled(template, "1404&a=1#/..", 200_005) == (
        "https://pay.example.org/p?c=1404%26a%3D1%23%2F..&a=2000.05"
    )
    with pytest.raises(ValueError, match="nothing to pay"):
        filled(template, "1404", 0)


def test_channels_are_open_closed_or_not_told() -> None:
    configuration = load_configuration(Settings())
    desk = configuration.stations[WEST].payment
    assert desk is not None

    def at(text: str) -> tuple[bool | None, ...]:
        local = datetime.fromisoformat(text)
        names = ("nontax_qr", "bank_counter", "pos")
        return tuple(desk.open_at(name, local, configuration.calendar) for name in names)

    assert at("2026-11-26 08:29") == (True, False, None)
    assert at("2026-11-26 08:30") == (True, True, None)
    assert at("2026-11-26 17:00") == (True, False, None)
    assert at("2026-11-28 10:00") == (True, False, None)  # a Saturday
    assert at("2026-10-10 10:00") == (True, True, None)  # a Saturday worked for the holidays
    assert at("2026-10-01 10:00") == (True, False, None)
    # Of a year without a calendar nobody knows which days are worked; the rest is known.
    assert at("2031-11-26 10:00") == (True, None, None)


def test_named_days_of_the_week() -> None:
    desk = Desk.model_validate(
        {"payee": {"zh": "某行"}, "hours": {"pos": [{"days": ["sat"], "from": "09:00", "to": "12:00"}]}}
    )
    calendar = load_configuration(Settings()).calendar
    assert desk.open_at("pos", datetime.fromisoformat("2026-11-28 09:00"), calendar)
    assert desk.open_at("pos", datetime.fromisoformat("2026-11-27 09:00"), calendar) is False


def test_hours_that_end_before_they_begin_are_named(overlay: Write) -> None:
    text = (
        f"stations:\n  '{WEST}':\n    payment:\n      hours:\n"
        "        pos: [{days: every, from: '20:00', to: '08:00'}]\n"
    )
    [problem] = check_config(overlay("stations.yaml", text))
    assert problem.message == "closes_before_opening"


def test_a_source_that_is_not_listed_is_named(overlay: Write) -> None:
    folder = overlay("payments.yaml", "due:\n  - {from: 2021-07-15, days: 15, source: hearsay}\n")
    [problem] = check_config(folder)
    assert (problem.key, problem.message) == ("due.0.source", "unknown_source")
