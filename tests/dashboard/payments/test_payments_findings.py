"""What titles of the Payments page say, and that they say nothing where nothing was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.views import payments_findings as found
from dashboard.views.payments import ChannelsPart, CostPart, FailuresPart, TimesPart
from dashboard.views.said import Code, Money
from monitor.metrics.cost_of_waiting import WaitingCost
from monitor.metrics.payment_channels import ChannelShare
from monitor.metrics.payment_failures import Failures, Outage
from monitor.metrics.payment_spread import Spread
from monitor.metrics.small_numbers import wilson


def share(k: int, n: int, few: bool = False) -> ChannelShare:
    low, high = wilson(k, n) or (0.0, 1.0)
    return ChannelShare({}, "online", None, k, n, 0, None if few else k / n, few, low, high)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        # Wilson: 30/100 lies in 21.9–39.6 %, 55/100 in 45.2–64.4 %, 45/100 in 35.6–54.8 %.
        (share(55, 100), share(30, 100), "more_online"),
        (share(30, 100), share(55, 100), "less_online"),
        (share(45, 100), share(30, 100), "neutral"),
        (share(9, 10, few=True), share(30, 100), "neutral"),
        (share(55, 100), None, "neutral"),
        (None, None, "neutral"),
    ],
)
def test_more_or_less_online_only_where_the_intervals_lie_apart(
    now: ChannelShare | None, before: ChannelShare | None, said: str
) -> None:
    assert found.channels_finding(ChannelsPart((), (), now, before, 0)).key == f"payments.channels.{said}"


def spread(channel: str, *minutes: float) -> Spread:
    return Spread({"authority": "transport", "channel": channel, "night": True}, 20, minutes or None, ())


def times(*spreads: Spread, night: Spread | None = None, day: Spread | None = None) -> TimesPart:
    return TimesPart(None, spreads, night, day)


QUICK, SLOW = spread("nontax_qr", 6, 12, 30, 60, 90), spread("bank_counter", 30, 61, 300, 600, 900)


def test_two_channels_are_set_side_by_side_only_where_their_middle_halves_lie_apart() -> None:
    said = found.times_finding(times(QUICK, SLOW, spread("pos")))
    assert said.key == "payments.times.apart"
    assert said.fields == {
        "quick": Code("channels", "nontax_qr"), "slow": Code("channels", "bank_counter"),
        "hours": "0.5", "hours0": "5.0",
    }  # fmt: skip
    touching = spread("bank_counter", 30, 60, 300, 600, 900)
    for part in (times(QUICK, touching), times(QUICK), times(QUICK, spread("pos")), times()):
        assert found.times_finding(part).key == "payments.times.neutral"


def test_night_is_said_to_be_slow_only_past_the_middle_half_of_the_day() -> None:
    assert found.hours_finding(times(night=SLOW, day=QUICK)).key == "payments.hours.night"
    for part in (times(night=QUICK, day=SLOW), times(night=spread("x"), day=QUICK), times()):
        assert found.hours_finding(part).key == "payments.hours.neutral"


def failures(k: int, n: int, channel: str | None) -> Failures:
    low, high = wilson(k, n) or (0.0, 1.0)
    return Failures({}, channel, k, n, k / n, False, low, high)


def outage(cases: int) -> Outage:
    return Outage("14042301", "2026-11-24", 22, 3, cases, 1)


def test_hours_without_a_channel_are_counted_from_two_cases_on() -> None:
    said = found.failures_finding(FailuresPart((), (outage(1), outage(2), outage(3)), {}))
    assert (said.key, said.fields["n"]) == ("payments.failures.outages", 2)
    assert found.failures_finding(FailuresPart((), (outage(1),), {})).key == "payments.failures.neutral"


def test_a_channel_stands_in_the_title_where_it_fails_more_than_all() -> None:
    # 60/100: 50.2–69.1 %; 70/300 over all: 18.9–28.4 %; 28/100: 20.1–37.5 %.
    every = failures(70, 300, None)
    part = FailuresPart((every, failures(60, 100, "pos"), failures(28, 100, "nontax_qr")), (), {})
    said = found.failures_finding(part)
    assert (said.key, said.fields["channel"]) == ("payments.failures.channel", Code("channels", "pos"))
    like_all = FailuresPart((every, failures(28, 100, "pos")), (), {})
    assert found.failures_finding(like_all).key == "payments.failures.neutral"


def test_the_cost_is_told_with_an_amount_only_where_a_rate_is_configured() -> None:
    cost = WaitingCost({}, 90, 239.4, 30, 798_000, 460.0, 88, 1_533_300, 80_000, False, True, False)
    said = found.cost_finding(CostPart(cost, "示例"))
    assert (said.key, said.fields["amount"]) == ("payments.cost.priced", Money(800_000, "CNY"))
    plain: dict[str, Any] = {"payment_fen": None, "removed_fen": None, "day_rate_fen": None}
    assert found.cost_finding(CostPart(replace(cost, **plain), None)).key == "payments.cost.hours"
    nobody = replace(cost, payment_cases=0)
    assert found.cost_finding(CostPart(nobody, "示例")).key == "payments.cost.neutral"
    assert found.cost_finding(CostPart(None, None)).key == "payments.cost.neutral"


@pytest.mark.parametrize(
    ("fen", "shown"), [(1_234_567, 1_230_000), (99_949, 99_900), (0, 0), (99_960, 100_000)]
)
def test_an_estimate_is_shown_no_more_exactly_than_it_is(fen: int, shown: int) -> None:
    assert found.rounded(fen) == Money(shown, "CNY")


def test_differences_are_counted_in_the_title() -> None:
    assert found.differences_finding(3).fields == {"n": 3}
    assert found.differences_finding(0).key == "payments.differences.none_open"
