"""Channels that fail: of payment at a station, and of our own messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.alerts.message import what
from monitor.alerts.providers.answer import Again, Answer, Refused
from monitor.alerts.scan import scan
from monitor.settings.alert_delivery import Timing
from monitor.settings.problem import ConfigError
from monitor.settings.texts import texts
from monitor.store.database import Database
from tests.alerts.flagged import ALERTS, HELD, configuration, messages, stands, terms_of
from tests.alerts.sending import WEBHOOK, Sender, raise_flags
from tests.factories import HOUR, MINUTE, at, candidate, deliver

PAYS = ALERTS.replace(
    "      findings: [second_confirmation]\n",
    "      findings: [second_confirmation]\n      channel_failing: {failures: 3, within: 1h}\n",
)
CLOCK = f"channel:{HELD}:nontax_qr"
NOON = at("2026-07-01 12:00")


def fail(database: Database, case: str, when: int, channel: str = "nontax_qr") -> None:
    """A payment that did not go through."""
    told = [
        candidate("confirmed", NOON - HOUR, case_no=case, station=HELD),
        candidate("pay_failed", when, case_no=case, station=HELD, channel=channel),
    ]
    deliver(database, told, when, terms_of=terms_of)


def test_a_payment_channel_that_keeps_failing_is_a_flag_of_its_station(database: Database) -> None:
    fail(database, "A", NOON)
    fail(database, "B", NOON + 10 * MINUTE)
    fail(database, "C", NOON + 11 * MINUTE, "pos")
    scan(database, configuration(PAYS), NOON + 12 * MINUTE)
    assert stands(database, CLOCK) == []
    fail(database, "C", NOON + 20 * MINUTE)
    scan(database, configuration(PAYS), NOON + 21 * MINUTE)
    assert stands(database, CLOCK) == [(None, CLOCK, "failing", "open")]
    # The same flag while it lasts, however many more fail.
    fail(database, "D", NOON + 50 * MINUTE)
    scan(database, configuration(PAYS), NOON + 61 * MINUTE)
    assert [one.state for one in stands(database, CLOCK)] == ["open"]
    assert what(CLOCK, "failing", texts("zh")) == "缴款渠道 非税平台二维码 接连失败"
    # When it fails no more it is over, and the next time is another flag, of which everybody is told again.
    scan(database, configuration(PAYS), NOON + 3 * HOUR)
    assert [one.state for one in stands(database, CLOCK)] == ["closed"]
    for n, case in enumerate("EFG"):
        fail(database, case, NOON + 4 * HOUR + n * MINUTE)
    scan(database, configuration(PAYS), NOON + 4 * HOUR + 5 * MINUTE)
    assert [one.state for one in stands(database, CLOCK)] == ["closed", "open"]
    told = [(one[2], one[3]) for one in messages(database, CLOCK)]
    assert told[-2:] == [("duty", "waiting"), ("second", "waiting")] and len(told) == 5


def test_without_a_rule_no_payment_channel_is_a_flag(database: Database) -> None:
    for n, case in enumerate("ABCDEF"):
        fail(database, case, NOON + n * MINUTE)
    scan(database, configuration(ALERTS), NOON + 10 * MINUTE)
    assert stands(database, CLOCK) == []


@pytest.mark.parametrize(
    ("answer", "runs"), [(lambda: Again("not_reached"), 3), (lambda: Refused("secret_missing"), 1)]
)
def test_a_way_out_that_fails_is_a_flag_until_something_leaves_by_it(
    database: Database, answer: Callable[[], Answer], runs: int
) -> None:
    now = raise_flags(database, WEBHOOK, ["A"])
    sender = Sender(database, WEBHOOK, now, lambda *_: answer())
    for _ in range(runs - 1):
        sender.run(after=MINUTE)
        scan(database, configuration(WEBHOOK), sender.now)
        assert stands(database, "sending:hook") == []
    sender.run(after=MINUTE)
    scan(database, configuration(WEBHOOK), sender.now)
    assert stands(database, "sending:hook") == [(None, "sending:hook", "failing", "open")]
    assert what("sending:hook", "failing", texts("zh")) == "通知渠道 hook 发不出"


def test_how_messages_are_sent_is_configured() -> None:
    assert configuration().alerts.delivery == Timing()
    slow = WEBHOOK + "delivery: {settle: 5s, attempts: 3, first_wait: 1m}\n"
    told = configuration(slow).alerts.delivery
    assert (told.settle, told.attempts, told.first_wait, told.lease) == ("5s", 3, "1m", "2m")
    with pytest.raises(ConfigError) as found:
        configuration(WEBHOOK + "delivery: {lease: 30s}\n")
    assert [one.message for one in found.value.problems] == ["lease_too_short"]
