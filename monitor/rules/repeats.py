"""Illegal overloads again within one rolling year: 公路安全保护条例第六十六条."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.assessment import RuleFinding, Value
from monitor.rules.book import InForce
from monitor.rules.decision import Decision
from monitor.settings.penalties import CountRule, ShareRule


def repeat_findings(d: Decision, rules: InForce) -> Iterator[RuleFinding]:
    """The fourth act of a vehicle or driver, and a company of which too many trucks were overloaded."""
    for prior, name, value in (
        (d.prior_acts, "vehicle_acts", "acts_of_vehicle"),
        (d.prior_driver_acts, "driver_acts", "acts_of_driver"),
    ):
        part = rules.parts.get(f"repeats.{name}") if prior else None
        if prior and part is not None and isinstance(part.value, CountRule) and prior + 1 >= part.value.n:
            values = (Value(value, prior + 1, "count"), Value("acts_from", part.value.n, "count"))
            yield RuleFinding("fourth_act", part.article, values)
            break
    if d.company_share is not None:
        part = rules.parts.get("repeats.company_share")
        if part is not None and isinstance(part.value, ShareRule):
            most = part.value.percent / 100
            if d.company_share > most:
                values = (
                    Value("company_share", d.company_share, "share"),
                    Value("company_share_most", most, "share"),
                )
                yield RuleFinding("company_over_share", part.article, values)
