"""Hours of waiting and their price, worked out by hand."""

from __future__ import annotations

from monitor.cases.event import DAY, HOUR
from monitor.metrics.ask import Ask
from monitor.metrics.cells import case_ids
from monitor.metrics.cost_of_waiting import Rate, cost_of_waiting, priced
from monitor.metrics.engine import Engine
from monitor.metrics.gates import GateSpan
from monitor.settings.stations import Need
from tests.metrics.case_versions import at, engine, version

NOW = at("2024-07-26T08:00")
PAYING = (GateSpan("S1", 0, 2**62, frozenset({Need.REMOVAL, Need.PAYMENT})),)
RATE = Rate(80_000, confirmed=False)  # 800 yuan a day


def told() -> Engine:
    return engine(
        # Held 10 hours: removed after 4, paid after 7, released after 10.
        version(1, "2024-07-22T08:00", "2024-07-22T18:00", decided_at="2024-07-22T09:00",
                removed_at="2024-07-22T12:00", paid_at="2024-07-22T15:00", outcome="fine"),
        # Paid before the violation was removed: nothing was waited for but the release, 2 hours.
        version(2, "2024-07-22T08:00", "2024-07-22T14:00", decided_at="2024-07-22T09:00",
                paid_at="2024-07-22T10:00", removed_at="2024-07-22T12:00", outcome="fine"),
        # Of its removal only the day is known.
        version(3, "2024-07-22T08:00", "2024-07-22T20:00", decided_at="2024-07-22T09:00",
                paid_at="2024-07-22T10:00", outcome="fine"),
    )  # fmt: skip


def test_hours_and_what_they_cost_at_the_day_rate() -> None:
    (row,) = cost_of_waiting(told(), Ask(NOW), PAYING, RATE, 12)
    assert (row.n, row.payment_hours, row.payment_cases) == (3, 3.0, 1)
    assert (row.removed_hours, row.removed_cases) == (8.0, 2)
    # 3 and 8 hours of 24 at 800 yuan.
    assert (row.payment_fen, row.removed_fen) == (10_000, 26_667)
    assert (row.estimate, row.rate_confirmed, row.day_rate_fen, row.few) == (True, False, 80_000, True)


def test_where_release_does_not_wait_for_payment_no_hour_is_the_payments() -> None:
    (row,) = cost_of_waiting(told(), Ask(NOW), (), RATE, 1)
    assert (row.payment_hours, row.payment_cases, row.removed_hours) == (0.0, 0, 8.0)


def test_the_cases_behind_are_those_counted() -> None:
    behind = {
        cell: sorted(case_ids(told(), Ask(NOW), PAYING, f"waiting.{cell}"))
        for cell in ("all", "payment", "removed")
    }
    assert behind == {"all": [1, 2, 3], "payment": [1], "removed": [1, 2]}


def test_without_a_rate_there_are_hours_and_no_price() -> None:
    (row,) = cost_of_waiting(told(), Ask(NOW), PAYING, None, 1)
    assert (row.payment_hours, row.payment_fen, row.removed_fen, row.day_rate_fen) == (3.0, None, None, None)


def test_a_price_is_exact_to_the_fen() -> None:
    assert priced(DAY, RATE) == 80_000
    assert priced(HOUR // 2, Rate(48, confirmed=True)) == 1
    assert priced(HOUR // 4, Rate(48, confirmed=True)) == 1  # half a fen up
    assert priced(HOUR // 4 - 1, Rate(48, confirmed=True)) == 0
