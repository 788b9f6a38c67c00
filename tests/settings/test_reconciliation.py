"""By when a payment is to be posted: its own entry, working days, dates in force."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.settings.calendar import Calendar, CalendarMissing, read_calendar
from monitor.settings.problem import ConfigError
from monitor.settings.reconciliation import Reconciliation, read_reconciliation
from monitor.settings.shipped import read_config
from monitor.settings.yamlfile import parse_yaml

TEXT = """
sources:
  law: {title: {zh: 法}, document: 某号}
posting:
  - {from: 2020-01-01, days: 3, source: law}
"""


@pytest.fixture
def shipped() -> Reconciliation:
    return read_reconciliation(read_config("reconciliation.yaml", None))


def test_cash_has_four_working_days_and_the_rest_three_calendar_days(shipped: Reconciliation) -> None:
    calendar = read_calendar(None)
    # Paid on Friday 2024-07-05: Monday to Thursday are the four working days.
    assert shipped.last_day("cash_on_spot", date(2024, 7, 5), calendar) == date(2024, 7, 11)
    assert shipped.last_day("nontax_qr", date(2024, 7, 5), calendar) == date(2024, 7, 8)
    assert shipped.last_day(None, date(2024, 7, 5), calendar) == date(2024, 7, 8)


def test_before_the_law_cash_is_as_any_other(shipped: Reconciliation) -> None:
    assert shipped.last_day("cash_on_spot", date(2021, 7, 14), Calendar()) == date(2021, 7, 17)


def test_working_days_without_a_calendar_are_not_guessed(shipped: Reconciliation) -> None:
    with pytest.raises(CalendarMissing):
        shipped.last_day("cash_on_spot", date(2024, 7, 5), Calendar())


def test_every_shipped_value_has_a_source_and_says_that_nobody_confirmed_it(shipped: Reconciliation) -> None:
    assert all(one.source in shipped.sources and not one.confirmed for one in shipped.posting)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("  - {from: 2020-01-01, days: 5, source: law}", "overlapping_dates"),
        ("  - {from: 2020-01-01, channels: [pos], days: 5, source: nobody}", "unknown_source"),
        ("  - {from: 2020-01-01, channels: [pos], source: law}", "one_count_of_days"),
        (
            "  - {from: 2020-01-01, channels: [pos], days: 1, working_days: 2, source: law}",
            "one_count_of_days",
        ),
    ],
)
def test_what_does_not_fit_is_refused(more: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_reconciliation(parse_yaml(TEXT + more, "reconciliation.yaml"))
    assert [one.message for one in caught.value.problems] == [problem]
