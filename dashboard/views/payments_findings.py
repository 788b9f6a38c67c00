"""What the titles of the Payments page may say: a fixed sentence per rule, else the neutral one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard.views.said import Code, Money, Said

if TYPE_CHECKING:
    from dashboard.views.payments import ChannelsPart, CostPart, FailuresPart, TimesPart
    from monitor.metrics.payment_channels import ChannelShare
    from monitor.metrics.payment_failures import Failures
    from monitor.metrics.payment_spread import Spread

MINUTES = 60.0
SEVERAL = 2
"""Cases whose every attempt failed in one hour, from which on the hour is more than one driver's trouble."""


def channels_finding(part: ChannelsPart) -> Said:
    """Whether more or fewer pay online than in as many days before: only where both are enough and their
    intervals (Wilson, 95 %) lie apart."""
    now, before = part.online, part.before
    if now is None or before is None or now.few or before.few:
        return Said("payments.channels.neutral")
    fields: Mapping[str, int] = {"k": now.k, "n": now.n, "k0": before.k, "n0": before.n}
    if (now.low or 0.0) > (before.high or 1.0):
        return Said("payments.channels.more_online", fields)
    if (now.high or 1.0) < (before.low or 0.0):
        return Said("payments.channels.less_online", fields)
    return Said("payments.channels.neutral")


def times_finding(part: TimesPart) -> Said:
    """The channels with the shortest and the longest median, where the middle halves of the two lie apart."""
    judged = [one for one in part.spreads if one.at is not None]
    if len(judged) < 2:
        return Said("payments.times.neutral")
    quick = min(judged, key=lambda one: quantile(one, 2))
    slow = max(judged, key=lambda one: quantile(one, 2))
    if quantile(quick, 3) >= quantile(slow, 1):
        return Said("payments.times.neutral")
    return Said(
        "payments.times.apart",
        {
            "quick": Code("channels", quick.cell["channel"]),
            "slow": Code("channels", slow.cell["channel"]),
            "hours": hours_text(quantile(quick, 2)),
            "hours0": hours_text(quantile(slow, 2)),
        },
    )


def hours_finding(part: TimesPart) -> Said:
    """Whether who gets a code at night waits longer: the median of the night lies past the middle half of the
    day, and both are enough."""
    night, day = part.night, part.day
    if night is None or day is None or night.at is None or day.at is None:
        return Said("payments.hours.neutral")
    if quantile(night, 2) <= quantile(day, 3):
        return Said("payments.hours.neutral")
    fields = {"hours": hours_text(quantile(night, 2)), "hours0": hours_text(quantile(day, 2))}
    return Said("payments.hours.night", fields)


def failures_finding(part: FailuresPart) -> Said:
    """How many hours there were in which several cases tried and none succeeded; the channel that fails more
    than all the others, where its interval lies above that of all."""
    several = [one for one in part.outages if one.cases >= SEVERAL]
    if several:
        return Said("payments.failures.outages", {"n": len(several), "least": SEVERAL})
    worst = _most_failing(part)
    if worst is None or worst.channel is None:
        return Said("payments.failures.neutral")
    fields: Mapping[str, Code | int] = {
        "channel": Code("channels", worst.channel),
        "k": worst.k,
        "n": worst.n,
    }
    return Said("payments.failures.channel", fields)


def _most_failing(part: FailuresPart) -> Failures | None:
    every = next((one for one in part.failures if one.channel is None), None)
    if every is None or every.high is None:
        return None
    above = [one for one in part.failures if one.channel and not one.few and (one.low or 0.0) > every.high]
    return max(above, key=lambda one: one.low or 0.0, default=None)


def cost_finding(part: CostPart) -> Said:
    """The hours that waited for payment, with their estimate where a rate is configured."""
    cost = part.cost
    if cost is None or not cost.payment_cases:
        return Said("payments.cost.neutral")
    fields: dict[str, Money | int | str] = {
        "hours": f"{cost.payment_hours:,.0f}", "k": cost.payment_cases, "n": cost.n,
    }  # fmt: skip
    if cost.payment_fen is None:
        return Said("payments.cost.hours", fields)
    return Said("payments.cost.priced", {**fields, "amount": rounded(cost.payment_fen)})


def rounded(fen: int) -> Money:
    """An estimate to whole hundreds of yuan, to the yuan below a thousand: it is no more exact than that."""
    step = 10_000 if fen >= 100_000 else 100
    return Money(round(fen / step) * step, "CNY")


def differences_finding(n: int) -> Said:
    """How many differences wait."""
    return Said("payments.differences.open", {"n": n}) if n else Said("payments.differences.none_open")


def quantile(one: Spread, place: int) -> float:
    """A quantile in hours, by its place in `payment_spread.SHARES`."""
    assert one.at is not None
    return one.at[place] / MINUTES


def hours_text(hours: float) -> str:
    """Hours with one decimal, from ten on whole."""
    return f"{hours:.0f}" if hours >= 9.95 else f"{hours:.1f}"


def share_text(one: ChannelShare) -> str:
    """A percentage without its sign."""
    return f"{100 * one.k / one.n:.0f}"
