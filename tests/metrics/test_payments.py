"""Channels, times and failures of payments worked out by hand."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from monitor.cases.event import Event
from monitor.metrics.ask import Ask, By
from monitor.metrics.cell_names import UnknownCell
from monitor.metrics.cells import case_ids
from monitor.metrics.compliance import compliance
from monitor.metrics.known import UnknownBreakdown
from monitor.metrics.payment_channels import payment_channels
from monitor.metrics.payment_failures import payment_failures, payment_outages
from monitor.metrics.payment_time import members, payment_time
from monitor.metrics.small_numbers import wilson
from tests.factories import MINUTE, at, day, event
from tests.metrics.payment_rows import engine_of

NOW = at("2026-11-26 12:00")
ASK = Ask(NOW)
TEN = at("2026-11-25 10:00")


def fine(authority: str = "transport", fen: int = 100_000) -> Event:
    return event("decided", TEN - 60 * MINUTE, outcome="fine", fine_fen=fen, authority=authority)


def paid(minutes: float = 30, **told: object) -> Event:
    return event("paid", TEN + round(minutes * MINUTE), **{"amount_fen": 100_000, **told})


def asked(minutes: float = 0, **told: object) -> Event:
    return event("pay_requested", TEN + round(minutes * MINUTE), **told)


# ---------------------------------------------------------------- channels
SIXTEEN = {
    **{number: [fine(), paid(channel="nontax_qr")] for number in range(1, 9)},
    **{number: [fine(), paid(channel="bank_counter")] for number in range(9, 12)},
    12: [fine(), paid(channel="cash_on_spot", ground="难以执行")],
    13: [fine("police"), paid(channel="police_12123")],
    14: [fine("police"), paid(channel="police_12123")],
    15: [fine(), paid()],
    16: [fine(), asked()],
}


def test_shares_of_channels_and_of_ways() -> None:
    rows = payment_channels(engine_of(SIXTEEN), ASK, 12)
    assert [(row.way, row.channel, row.k) for row in rows] == [
        ("online", None, 10),
        ("online", "nontax_qr", 8),
        ("online", "police_12123", 2),
        ("desk", None, 3),
        ("desk", "bank_counter", 3),
        ("cash", None, 1),
        ("cash", "cash_on_spot", 1),
        ("other", None, 0),
    ]
    assert {(row.n, row.untold, row.few) for row in rows} == {(14, 1, False)}
    assert rows[0].share == pytest.approx(10 / 14)
    assert (rows[0].low, rows[0].high) == wilson(10, 14)


def test_the_authority_is_that_of_the_decision_and_few_payments_have_no_share() -> None:
    rows = payment_channels(engine_of(SIXTEEN), Ask(NOW, by=(By.AUTHORITY,)), 12)
    police = [row for row in rows if row.cell == {"authority": "police"} and row.channel]
    assert [(row.channel, row.k, row.n, row.share, row.few) for row in police] == [
        ("police_12123", 2, 2, None, True)
    ]
    # Without a decision it is what the payment tells, else unknown.
    cases = {
        1: [paid(channel="pos", authority="police")],
        2: [event("confirmed", TEN), paid(channel="pos")],
    }
    rows = payment_channels(engine_of(cases), Ask(NOW, by=(By.AUTHORITY,)), 1)
    told = [(row.cell["authority"], row.k) for row in rows if row.channel]
    assert told == [("police", 1), (None, 1)]


def test_by_the_hour_of_the_local_day_and_a_day_alone_has_no_hour() -> None:
    cases = {
        1: [fine(), paid(0, channel="pos")],
        2: [fine(), paid(59, channel="pos")],
        3: [fine(), paid(60, channel="pos")],
        4: [fine(), event("paid", day("2026-11-25"), amount_fen=100_000, channel="pos")],
    }
    rows = payment_channels(engine_of(cases), Ask(NOW, by=(By.HOUR,)), 1)
    assert [(row.cell["hour"], row.k) for row in rows if row.channel] == [(10, 2), (11, 1), (None, 1)]


def test_days_asked_for_are_those_of_the_payment() -> None:
    cases = {1: [fine(), paid(14 * 60 - 1, channel="pos")], 2: [fine(), paid(14 * 60, channel="pos")]}
    ask = Ask(NOW, since=date(2026, 11, 26))
    assert [row.k for row in payment_channels(engine_of(cases), ask, 1) if row.channel] == [1]


def test_nothing_is_said_where_no_channel_was_told() -> None:
    cases = {1: [fine(), asked(), paid()]}
    assert payment_channels(engine_of(cases), ASK, 1) == []
    assert payment_failures(engine_of(cases), ASK, 1) == []


def test_what_was_not_known_yet_or_takes_money_away_does_not_count() -> None:
    later = event("paid", TEN, received=NOW + 1, amount_fen=100_000, channel="pos")
    less = paid(channel="cash_on_spot", amount_fen=-100_000)
    assert payment_channels(engine_of({1: [fine(), later], 2: [fine(), less]}), ASK, 1) == []
    rows = payment_channels(engine_of({1: [fine(), later]}), Ask(NOW + 1), 1)
    assert [row.k for row in rows if row.channel] == [1]


def test_hours_of_the_day_tell_only_payments_apart() -> None:
    with pytest.raises(UnknownBreakdown):
        compliance(engine_of(SIXTEEN), Ask(NOW, by=(By.HOUR,)))


# ---------------------------------------------------------------- times
def test_minutes_from_the_code_to_the_money_by_channel() -> None:
    minutes = [10, 20, 30, 40]
    cases = {
        number: [
            fine(),
            asked(payment_code=f"A{number}", amount_fen=100_000),
            paid(span, payment_code=f"A{number}", channel="nontax_qr"),
            event("pay_confirmed", TEN + (span + 5) * MINUTE, amount_fen=100_000),
        ]
        for number, span in enumerate(minutes, 1)
    }
    cases[5] = [fine(), asked(), paid(100, channel="bank_counter")]
    cases[6] = [fine(), asked()]  # still unpaid, 26 hours on
    cases[7] = [fine(), event("pay_requested", day("2026-11-25")), paid(50, channel="nontax_qr")]
    cases[8] = [fine(), asked(60), paid(30, channel="nontax_qr")]  # before its code was made
    overall, counter, qr = payment_time(engine_of(cases), ASK, 1)
    assert (overall.channel, overall.n, overall.unpaid, overall.untimed) == (None, 5, 1, 2)
    # Of six 3 were paid by 30 minutes; 90 % were not.
    assert (overall.paid_median, overall.paid_p90) == (30.0, None)
    assert (overall.confirmed, overall.confirmed_median) == (4, 5.0)
    assert (counter.channel, counter.n, counter.paid_median, counter.confirmed) == (
        "bank_counter",
        1,
        100.0,
        0,
    )
    # Type 7 of 10, 20, 30, 40: 25, and 30 + 0.7 × 10.
    assert (qr.channel, qr.n, qr.paid_median, qr.untimed) == ("nontax_qr", 4, 25.0, 2)
    assert qr.paid_p90 == pytest.approx(37)


def test_few_payments_have_no_ninety_per_cent() -> None:
    cases = {1: [fine(), asked(), paid(channel="pos")]}
    overall, pos = payment_time(engine_of(cases), ASK, 2)
    assert (pos.few, pos.paid_median, pos.paid_p90) == (True, 30.0, None)
    assert (overall.few, overall.paid_p90) == (True, None)


def test_a_payment_belongs_to_the_hour_of_its_code() -> None:
    cases = {
        1: [fine(), asked(50), paid(70, channel="pos")],
        2: [fine(), asked(65), paid(70, channel="pos")],
    }
    rows = payment_time(engine_of(cases), Ask(NOW, by=(By.HOUR,)), 1)
    assert [(row.cell["hour"], row.channel, row.paid_median) for row in rows] == [
        (10, None, 20.0),
        (10, "pos", 20.0),
        (11, None, 5.0),
        (11, "pos", 5.0),
    ]


def test_a_payment_belongs_to_the_day_of_its_code_and_is_whole_whenever_it_was_paid() -> None:
    one, two = {"payment_code": "A"}, {"payment_code": "B"}
    next_day = 24 * 60
    cases = {
        1: [fine(), asked(**one), paid(30, **one), asked(next_day, **two), paid(next_day + 15, **two)],
        2: [fine(), asked(), paid(next_day + 20)],
    }
    (later,) = payment_time(engine_of(cases), Ask(NOW, since=date(2026, 11, 26)), 1)
    assert (later.n, later.unpaid, later.paid_median) == (1, 0, 15.0)
    (earlier,) = payment_time(engine_of(cases), Ask(NOW, until=date(2026, 11, 26)), 1)
    # Of two, one was paid by 30 minutes and the other on the next day.
    assert (earlier.n, earlier.unpaid, earlier.paid_median) == (2, 0, 30.0)
    assert earlier.paid_p90 == next_day + 20


def spans(*events: Event) -> list[tuple[object, ...]]:
    """Of each payment of a case: minutes to the full payment and to its arrival, and the channel."""
    engine = engine_of({1: events})
    rows = engine.rows(members(engine, ASK).order_by("requested_at", "key"))

    def minutes(span: int | None) -> float | None:
        return None if span is None else span / MINUTE

    return [(minutes(row["pay_us"]), minutes(row["confirm_us"]), row["channel"]) for row in rows]


def test_full_is_the_instalment_that_reaches_what_was_asked_for() -> None:
    half = {"payment_code": "A", "amount_fen": 50_000}
    assert spans(
        fine(),
        asked(payment_code="A", amount_fen=100_000),
        paid(10, channel="pos", **half),
        event("pay_confirmed", TEN + 15 * MINUTE, **half),
        paid(40, channel="nontax_qr", **half),
        event("pay_confirmed", TEN + 55 * MINUTE, **half),
    ) == [(40.0, 15.0, "pos")]
    assert spans(fine(), asked(), paid(10, amount_fen=99_999)) == [(None, None, None)]
    # Without amounts the first payment is the full one, and its arrival that of the last word on it.
    assert spans(fine(), asked(), event("paid", TEN + 5 * MINUTE)) == [(5.0, None, None)]


def test_payments_of_one_case_are_told_apart_by_code_and_without_by_order() -> None:
    one, two = {"payment_code": "A", "amount_fen": 60_000}, {"payment_code": "B", "amount_fen": 40_000}
    assert spans(fine(), asked(0, **one), asked(5, **two), paid(20, **two), paid(90, **one)) == [
        (90.0, None, None),
        (15.0, None, None),
    ]
    assert spans(
        fine(), asked(0, amount_fen=60_000), paid(20, amount_fen=60_000),
        asked(50, amount_fen=40_000), paid(60, amount_fen=40_000),
    ) == [(20.0, None, None), (10.0, None, None)]  # fmt: skip
    # One request and one code, whichever of the two tells it.
    assert spans(fine(), asked(0), paid(20, payment_code="A")) == [(20.0, None, None)]
    assert spans(fine(), asked(0, payment_code="A"), paid(20)) == [(20.0, None, None)]


# ---------------------------------------------------------------- failures and outages
def failed(minutes: float, channel: str | None = "nontax_qr") -> Event:
    told = {} if channel is None else {"channel": channel}
    return event("pay_failed", TEN + round(minutes * MINUTE), **told)


def test_failures_of_attempts_by_channel() -> None:
    cases = {
        1: [fine(), asked(), failed(1), failed(2), paid(3, channel="nontax_qr")],
        2: [fine(), asked(), paid(3, channel="bank_counter")],
        3: [fine(), asked(), failed(3, None), failed(4, "police_12123")],
    }
    rows = payment_failures(engine_of(cases), ASK, 4)
    assert [(row.channel, row.k, row.n, row.share) for row in rows] == [
        (None, 3, 5, 0.6),
        ("bank_counter", 0, 1, None),
        ("nontax_qr", 2, 3, None),
        ("police_12123", 1, 1, None),
    ]
    assert (rows[0].low, rows[0].high) == wilson(3, 5)


def test_an_hour_in_which_every_attempt_failed_is_an_outage() -> None:
    night = 13 * 60  # 23:00
    cases = {
        1: [fine(), asked(), failed(night + 5), failed(night + 59, "police_12123"), paid(night + 60)],
        2: [fine(), asked(), failed(night + 10)],
        3: [fine(), asked(), failed(5), paid(10, channel="bank_counter")],  # another channel worked
    }
    found = payment_outages(engine_of(cases), ASK)
    assert [(o.station, o.date, o.hour, o.failures, o.cases, o.channels) for o in found] == [
        ("S1", "2026-11-25", 23, 3, 2, 2)
    ]
    assert all(one.hour < two.hour for one, two in pairwise(found))


# ---------------------------------------------------------------- the cases behind
def test_hours_are_told_apart_by_days_off_where_these_are_known() -> None:
    saturday = 3 * 24 * 60
    cases = {
        1: [fine(), asked(), paid(30)],
        2: [fine(), asked(), paid(50)],
        3: [fine(), asked(saturday), paid(saturday + 120)],
        4: [fine(), asked(saturday)],
    }
    ask = Ask(at("2026-11-30 12:00"), by=(By.HOUR,))
    rows = payment_time(engine_of(cases), ask, 1, (date(2026, 11, 28),))
    told = {row.cell["day_off"]: row for row in rows if row.channel is None}
    assert {off: (row.cell["hour"], row.n, row.unpaid) for off, row in told.items()} == {
        False: (10, 2, 0), True: (10, 1, 1),
    }  # fmt: skip
    assert (told[False].paid_median, told[True].paid_median) == (30, 120)
    worked = payment_time(engine_of(cases), ask, 1, ())
    [row] = [row for row in worked if row.channel is None]
    assert (row.cell["day_off"], row.n, row.unpaid) == (False, 3, 1)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("paid.all", [1, 2, 3, 4]),
        ("paid.online", [1, 2]),
        ("paid.desk", [3]),
        ("paid.untold", [4]),
        ("paid.channel.nontax_qr.hour.10", [1]),
        ("paid.channel.nontax_qr.authority.police", [2]),
        ("payment_failures.all", [1, 5]),
        ("payment_failures.channel.nontax_qr.hour.11", [5]),
        ("payment_time.all", [1, 2, 3, 4]),
        ("payment_time.channel.pos", [3]),
        ("payment_time.unpaid", [5]),
        ("payment_time.untimed", []),
        ("payment_time.all.hour.10.off", [1, 2, 3, 4]),
        ("payment_time.all.work", []),
        ("payment_outages.all", [5]),
        ("payment_outages.2026-11-25.11", [5]),
        ("payment_outages.hour.10", []),
    ],
)
def test_each_case_behind_a_figure_stands_once(cell: str, numbers: list[int]) -> None:
    half = {"channel": "nontax_qr", "amount_fen": 50_000}
    cases = {
        1: [fine(), asked(), failed(10), paid(20, **half), paid(40, **half)],
        2: [fine("police"), asked(), paid(130, channel="nontax_qr")],
        3: [fine(), asked(), paid(channel="pos")],
        4: [fine(), asked(), paid()],
        5: [fine(), asked(), failed(61), failed(62)],
    }
    day_off = (date(2026, 11, 25),)
    assert sorted(case_ids(engine_of(cases), ASK, (), cell, day_off)) == numbers


@pytest.mark.parametrize(
    "cell",
    [
        "paid.unpaid", "paid.channel", "paid.all.off", "payment_time.cash", "payment_time.all.off",
        "payment_outages.1", "waiting.all.hour.1",
    ],
)  # fmt: skip
def test_what_is_no_cell_of_payments_is_refused(cell: str) -> None:
    with pytest.raises(UnknownCell):
        case_ids(engine_of({1: [fine()]}), ASK, (), cell)
