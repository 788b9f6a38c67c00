"""Messages that leave: once, together, within the pace, and only what is still true."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.cases.event import SECOND
from monitor.settings.texts import texts
from monitor.store.database import Database, ask
from monitor.store.outbox import outbox_standing
from tests.alerts.played import OK, Played, played, said
from tests.alerts.sending import (
    CROSSED,
    LEASE,
    MOST_ATTEMPTS,
    START,
    WEBHOOK,
    WECOM,
    Sender,
    outbox,
    raise_flags,
    release,
    states,
)
from tests.factories import HOUR, MINUTE


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    with played(lambda _: said({})) as server:
        monkeypatch.setenv("TEST_HOOK", server.url)
        yield server


def test_what_waits_of_a_station_leaves_as_one_message_with_every_case(
    database: Database, hook: Played
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1", "C-2", "C-3"])
    assert Sender(database, WEBHOOK, now).run() == 1
    [body] = hook.bodies
    assert [flag["case_no"] for flag in body["flags"]] == ["C-1", "C-2", "C-3"]
    assert outbox(database, "o.state", "o.message", "o.sent_at") == [
        ("delivered", body["number"], now + 2 * SECOND)
    ] * 3
    assert body["number"] in [row[0] for row in outbox(database, "o.number")]
    assert Sender(database, WEBHOOK, now + HOUR).run() == 0, "nothing is sent twice"
    assert len(hook.bodies) == 1


def test_a_power_cut_at_two_stations_makes_one_message_for_each(database: Database, hook: Played) -> None:
    cases = [f"C-{n:03}" for n in range(60)]
    raise_flags(database, WECOM, cases)
    now = raise_flags(database, WECOM, cases, station="14042301")
    hook.answer = lambda _: said(OK["wecom"])
    assert Sender(database, WECOM, now).run() == 2
    for body in hook.bodies:
        text = body["text"]["content"]
        assert len(text.encode()) <= 2048
        listed = sum(line.startswith("C-") for line in text.splitlines())
        assert "60 条预警" in text and f"另有 {60 - listed} 条" in text and listed > 8
    assert set(states(database)) == {"delivered"}


def test_a_second_message_to_the_same_person_about_the_same_station_waits_for_the_minute(
    database: Database,
    hook: Played,
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    sender = Sender(database, WEBHOOK, now)
    assert sender.run() == 1
    raise_flags(database, WEBHOOK, ["C-2"], start=START + SECOND)
    raise_flags(database, WEBHOOK, ["C-3"], start=START + 3 * SECOND)
    assert sender.run(after=20 * SECOND) == 0
    assert sender.run(after=40 * SECOND) == 1
    assert [[flag["case_no"] for flag in body["flags"]] for body in hook.bodies] == [["C-1"], ["C-2", "C-3"]]


def test_no_more_messages_a_minute_than_a_robot_takes(database: Database, hook: Played) -> None:
    alerts = WECOM.replace("kind: wecom,", "kind: wecom, per_minute: 1,")
    hook.answer = lambda _: said(OK["wecom"])
    raise_flags(database, alerts, ["C-1"])
    now = raise_flags(database, alerts, ["D-1"], station="14042301")
    sender = Sender(database, alerts, now)
    assert [sender.run(), sender.run(after=30 * SECOND), sender.run(after=31 * SECOND)] == [1, 0, 1]


def test_what_is_no_longer_true_is_not_sent(database: Database, hook: Played) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1", "C-2"])
    # Released before anybody scanned again.
    release(database, "C-1", now + SECOND)
    assert Sender(database, WEBHOOK, now).run() == 1
    assert outbox(database, "f.case_no", "o.state", "f.state") == [
        ("C-1", "superseded", "closed"),
        ("C-2", "delivered", "open"),
    ]
    assert [flag["case_no"] for flag in hook.bodies[0]["flags"]] == ["C-2"]


def test_where_nothing_true_is_left_nothing_leaves_and_nothing_has_to_wait(
    database: Database, hook: Played
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    release(database, "C-1", now - MINUTE)
    sender = Sender(database, WEBHOOK, now)
    assert sender.run() == 0 and states(database) == ["superseded"]
    raise_flags(database, WEBHOOK, ["C-2"], start=START + SECOND)
    assert sender.run() == 1


def test_a_provider_that_is_down_for_an_hour_gets_one_message_when_it_is_back(
    database: Database,
    hook: Played,
) -> None:
    hook.answer = lambda _: said({}, 503)
    raise_flags(database, WEBHOOK, ["C-1"])
    sender = Sender(database, WEBHOOK, CROSSED)
    sender.run_on(until=CROSSED + 10 * MINUTE)
    raise_flags(database, WEBHOOK, ["C-2"], start=START + 10 * MINUTE)
    sender.run_on(until=CROSSED + 60 * MINUTE)
    asked = len(hook.bodies)
    assert 5 <= asked <= 14, "it is left alone more and more"
    assert set(states(database)) <= {"failed", "waiting"}
    hook.answer = lambda _: said({})
    assert sender.run_on(until=CROSSED + 75 * MINUTE) >= 1
    assert set(states(database)) == {"delivered"}
    last = [flag["case_no"] for body in hook.bodies[asked:] for flag in body["flags"]]
    assert last == ["C-1", "C-2"]


def test_429_leaves_the_channel_alone_for_as_long_as_it_asks(database: Database, hook: Played) -> None:
    hook.answer = lambda n: said({}, 429, Retry_After="300") if n == 1 else said({})
    raise_flags(database, WEBHOOK, ["C-1"])
    now = raise_flags(database, WEBHOOK, ["D-1"], station="14042301")
    sender = Sender(database, WEBHOOK, now)
    assert sender.run() == 0 and sender.run(after=295 * SECOND) == 0 and len(hook.bodies) == 1
    assert sender.run(after=6 * SECOND) == 2
    assert outbox(database, "o.attempts") == [(1,), (1,)], "being asked to wait is no failed attempt"


@pytest.mark.parametrize("unsure", [False, True])
def test_an_answer_that_was_lost_keeps_number_and_company_and_one_that_was_clear_does_not(
    database: Database,
    hook: Played,
    unsure: bool,
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-2"])
    sender = Sender(database, WEBHOOK, now, lambda *_: Again("no_answer", unsure=unsure))
    sender.run()
    raise_flags(database, WEBHOOK, ["C-1"], start=START + SECOND)
    sender = replace(sender, send=Sender.send)
    sender.run_on(until=now + 5 * MINUTE)
    sent = [[flag["case_no"] for flag in body["flags"]] for body in hook.bodies]
    assert sent == ([["C-1"], ["C-2"]] if unsure else [["C-2", "C-1"]])
    assert set(states(database)) == {"delivered"}


def test_a_clear_answer_after_one_that_was_lost_keeps_number_and_company(
    database: Database, hook: Played
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-2"])
    told: list[tuple[str, list[str]]] = []
    answers = iter([Again("no_answer", unsure=True), Again("provider_status"), Again("too_many", 90.0)])

    def provider(*given: Any) -> Answer:
        told.append((given[-1], [one["case_no"] for one in given[-2].data]))
        return next(answers, Sent())

    sender = Sender(database, WEBHOOK, now, provider)
    sender.run()
    sender.run(after=30 * SECOND)
    raise_flags(database, WEBHOOK, ["C-1"], start=START + SECOND)
    sender.run_on(until=now + 20 * MINUTE)
    first = [number for number, cases in told if "C-2" in cases]
    # The provider may have it since the first attempt: whatever is sent again is the same.
    assert len(first) >= 3 and len(set(first)) == 1
    assert all(cases in (["C-1"], ["C-2"]) for _, cases in told)
    assert set(states(database)) == {"delivered"}


def test_after_many_attempts_a_message_is_dead_and_says_why(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    tries = Counter[str]()

    def fails(*given: object) -> Answer:
        tries[str(given[-1])] += 1
        return Again("provider_status", params={"code": "500"})

    sender = Sender(database, WEBHOOK, now, fails)
    sender.run_on(until=now + 8 * HOUR, step=10 * MINUTE)
    assert outbox(database, "o.state", "o.error") == [("dead", "provider_status:500")]
    [(given_up_at,)] = outbox(database, "o.given_up_at")
    assert now + HOUR < given_up_at < now + 8 * HOUR
    assert list(tries.values()) == [MOST_ATTEMPTS], "under one number"


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 5), (0.5, 10), (1.0, 15)])
def test_waits_differ_by_the_share_and_links_last_as_long_as_configured(
    database: Database, chance: float, wait: int
) -> None:
    alerts = f"{WEBHOOK}delivery: {{jitter: 0.5, link_life: 1h}}\n"
    now = raise_flags(database, alerts, ["C-1"])
    sender = Sender(database, alerts, now, lambda *_: Again("no_answer"), lambda: chance)
    sender.run()
    assert outbox(database, "o.next_at") == [(sender.now + wait * SECOND,)]
    with database.read() as connection:
        assert ask(connection, "SELECT expires_at FROM flag_links") == [(sender.now + HOUR,)]


def test_a_refusal_is_dead_at_once(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    Sender(database, WEBHOOK, now, lambda *_: Refused("provider_code", {"code": "93000"})).run()
    assert outbox(database, "o.state", "o.error", "o.attempts", "o.given_up_at") == [
        ("dead", "provider_code:93000", 1, now + 2 * SECOND)
    ]
    with database.read() as connection:
        assert outbox_standing(connection, now) == (0, 0, 1, None)


def test_a_missing_secret_a_channel_that_is_off_and_a_recipient_that_is_gone_say_so(
    database: Database,
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    Sender(database, WEBHOOK, now).run()
    assert outbox(database, "o.state", "o.error") == [("dead", "secret_missing")]
    raise_flags(database, WEBHOOK, ["C-2"], start=START + HOUR)
    gone = WEBHOOK.replace("duty: {name", "other: {name").replace("[duty]", "[other]")
    Sender(database, gone, now + HOUR).run()
    assert ("C-2", "duty", "dead", "recipient_gone") in outbox(
        database, "f.case_no", "o.recipient", "o.state", "o.error"
    )
    raise_flags(database, WEBHOOK, ["C-3"], start=START + 2 * HOUR)
    off = WEBHOOK.replace("kind: webhook", "kind: none")
    Sender(database, off, now + 2 * HOUR).run()
    assert ("C-3", "superseded", "channel_off") in outbox(database, "f.case_no", "o.state", "o.error")


def test_a_way_that_breaks_loses_nothing_and_tells_its_kind_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])

    def breaks(*_: object) -> Answer:
        raise RuntimeError("https://robot.example/?key=SECRET")

    Sender(database, WEBHOOK, now, breaks).run()
    assert outbox(database, "o.state", "o.error") == [("failed", "unexpected:RuntimeError")]
    assert "SECRET" not in caplog.text


def test_two_senders_at_once_send_each_message_once(database: Database, hook: Played) -> None:
    stations = ("14042301", "14042302")
    now = 0
    for n in range(2):
        for station in stations:
            start = START + n * SECOND
            now = raise_flags(database, WEBHOOK, [f"{station}-{n}"], station=station, start=start)
    both = [Sender(Database(database.url.render_as_string(False)), WEBHOOK, now + 5 * SECOND) for _ in "12"]
    threads = [threading.Thread(target=sender.run) for sender in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for sender in both:
        sender.database.dispose()
    assert set(states(database)) == {"delivered"}
    assert max(Counter(body["number"] for body in hook.bodies).values()) == 1
    assert sorted(flag["case_no"] for body in hook.bodies for flag in body["flags"]) == [
        "14042301-0", "14042301-1", "14042302-0", "14042302-1",
    ]  # fmt: skip


def test_a_sender_that_comes_too_late_leaves_the_row_to_who_has_it_now(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    slow = Sender(database, WEBHOOK, now)
    seen: list[str] = []

    def hangs(*given: object) -> Answer:
        # While it hangs its lease runs out, and another sends the message.
        seen.append(str(given[-1]))
        other = Sender(database, WEBHOOK, slow.now + LEASE, lambda *more: _note(seen, more))
        assert other.run() == 1
        slow.now = other.now
        return Again("no_answer", unsure=True)

    slow.send = hangs
    slow.run()
    assert states(database) == ["delivered"] and len(set(seen)) == 1 and len(seen) == 2


def _note(seen: list[str], given: tuple[object, ...]) -> Answer:
    seen.append(str(given[-1]))
    return Sent()


def test_nothing_is_sent_twice_within_one_lease_when_the_clock_is_set_back(
    database: Database, hook: Played
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1", "C-2"])
    sender = Sender(database, WEBHOOK, now)
    inner: list[int] = []

    def back(*given: object) -> Answer:
        inner.append(Sender(database, WEBHOOK, sender.now - HOUR).run())
        return Sent()

    sender.send = back
    assert sender.run() == 1 and inner == [0] and hook.bodies == []
    assert set(states(database)) == {"delivered"}


def test_a_message_put_off_by_a_clock_that_ran_ahead_is_brought_back(
    database: Database, hook: Played
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    ahead = Sender(database, WEBHOOK, now + 20 * HOUR, lambda *_: Again("not_reached"))
    ahead.run()
    sender = Sender(database, WEBHOOK, now)
    assert sender.run() == 0 or sender.run() == 1
    assert sender.run(after=MINUTE) + len(hook.bodies) >= 1
    assert states(database) == ["delivered"]


def test_a_link_in_a_message_is_kept_as_a_digest_alone(database: Database, hook: Played) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    Sender(database, WEBHOOK, now).run()
    link = hook.bodies[0]["flags"][0]["link"]
    start, _, token = link.rpartition("/")
    assert start == "https://fangxing.example/f" and link in hook.bodies[0]["text"]
    with database.read() as connection:
        kept = ask(connection, "SELECT * FROM flag_links")
    assert len(kept) == 1 and token not in repr(kept)


def test_a_text_with_unknown_fields_waits_until_it_is_mended(
    database: Database, hook: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    sender = Sender(database, WEBHOOK, now)
    with monkeypatch.context() as broken:
        broken.setitem(texts("zh")._texts, "delivery.line", "{case}{plaet}")
        assert sender.run() == 0
    assert outbox(database, "o.state", "o.error") == [("failed", "text_broken")] and hook.bodies == []
    assert sender.run(after=MINUTE) == 1 and len(hook.bodies) == 1


def test_a_channel_that_hangs_holds_up_no_other(database: Database) -> None:
    alerts = WEBHOOK.replace(
        "recipients:\n", '  slow: {kind: webhook, address: "${TEST_HOOK}"}\nrecipients:\n', 1
    ).replace("chief: {name: {zh: 站长}, channel: hook}", "chief: {name: {zh: 站长}, channel: slow}")
    alerts = alerts.replace("[duty]", "[duty, chief]", 1)
    now = raise_flags(database, alerts, ["C-1"])
    other_sent = threading.Event()

    def send(name: str, *_: object) -> Answer:
        if name == "slow":
            return Sent() if other_sent.wait(20) else Again("no_answer")
        other_sent.set()
        return Sent()

    assert Sender(database, alerts, now, send).run() == 2
    assert outbox(database, "o.channel", "o.state") == [("slow", "delivered"), ("hook", "delivered")]
