"""Acknowledging, handing on, silences, sending again: who did it, once, and what becomes of messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.actions.flags import (
    NotDoneError,
    acknowledge_by_link,
    acknowledge_flag,
    hand_on,
    send_again,
    send_channel_again,
    silence,
    stop_silence,
)
from monitor.actions.notes import acknowledge
from monitor.alerts.links import new_links
from monitor.alerts.providers.answer import Refused, Sent
from monitor.alerts.scan import scan
from monitor.cases.event import DAY, SECOND
from monitor.store.database import Database
from monitor.store.deliveries import Sender as Person
from monitor.store.flags import FlagStep, flags_by_id, steps_of_flag
from monitor.store.notes import notes_of
from tests.alerts.flagged import HELD, configuration
from tests.alerts.sending import CROSSED, START, WEBHOOK, Sender, outbox, raise_flags, release
from tests.factories import HOUR, MINUTE

CONFIGURATION = configuration(WEBHOOK)
LI = Person("李", "10.0.0.1")


def no(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(NotDoneError) as said:
        act()
    assert said.value.code == code


def steps(database: Database) -> list[FlagStep]:
    with database.read() as connection:
        return steps_of_flag(connection, 1)


def token(database: Database, recipient: str, now: int) -> str:
    with database.write() as connection:
        return new_links(connection, [1], recipient, now, DAY)[1]


@pytest.fixture
def raised(database: Database) -> Database:
    """One flag, whose message waits."""
    raise_flags(database, WEBHOOK, ["C-1"])
    return database


def test_who_acknowledges_stops_the_levels_and_what_has_not_left(raised: Database) -> None:
    now = CROSSED + MINUTE
    flag = acknowledge_flag(raised, LI, 1, now=now, note=" 正在卸载 ")
    assert (flag.state, flag.acknowledged_by, flag.acknowledged_note) == ("acknowledged", "李", "正在卸载")
    with raised.read() as connection:
        assert flags_by_id(connection, [1]) == [flag]
    assert outbox(raised, "o.state", "o.error") == [("superseded", "acknowledged")]
    assert steps(raised)[-1] == FlagStep(1, now, "acknowledged", "李", "正在卸载")
    [note] = notes_of(raised, [(HELD, "C-1")])[(HELD, "C-1")]
    assert (note.kind, note.actor, note.text) == ("acknowledged", "李", "正在卸载")
    scan(raised, CONFIGURATION, CROSSED + 2 * HOUR)
    assert outbox(raised, "o.recipient") == [("duty",)], "nobody else is told"
    no("already", lambda: acknowledge_flag(raised, LI, 1, now=now))


def test_without_an_acknowledgement_the_next_level_is_told_in_its_time(raised: Database) -> None:
    sender = Sender(raised, WEBHOOK, CROSSED, lambda *_: Sent())
    sender.run()
    scan(raised, CONFIGURATION, CROSSED + 29 * MINUTE)
    assert sender.run(after=29 * MINUTE) == 0
    scan(raised, CONFIGURATION, CROSSED + 30 * MINUTE)
    assert sender.run(after=2 * MINUTE) == 1
    assert outbox(raised, "o.recipient", "o.level", "o.state") == [
        ("chief", 1, "delivered"), ("duty", 0, "delivered"),
    ]  # fmt: skip


def test_acknowledging_a_case_takes_over_its_flags(raised: Database) -> None:
    acknowledge(raised, LI, (HELD, "C-1"), now=CROSSED + MINUTE, text="看到了")
    with raised.read() as connection:
        assert flags_by_id(connection, [1])[0].acknowledged_by == "李"
    assert len(notes_of(raised, [(HELD, "C-1")])[(HELD, "C-1")]) == 1


def test_a_flag_that_is_over_or_unknown_is_not_acknowledged(raised: Database) -> None:
    no("no_flag", lambda: acknowledge_flag(raised, LI, 99, now=CROSSED))
    release(raised, "C-1", CROSSED + SECOND)
    scan(raised, CONFIGURATION, CROSSED + MINUTE)
    no("over", lambda: acknowledge_flag(raised, LI, 1, now=CROSSED + MINUTE))


def test_a_link_acts_once_as_whom_it_is_for(raised: Database) -> None:
    now = CROSSED + MINUTE
    first, second = token(raised, "duty", now), token(raised, "duty", now)
    assert acknowledge_by_link(raised, CONFIGURATION, first, now=now).acknowledged_by == "值班"
    for used in (first, second):
        no("link_used", lambda used=used: acknowledge_by_link(raised, CONFIGURATION, used, now=now))  # type: ignore[misc]
    other = token(raised, "chief", now)
    no("already", lambda: acknowledge_by_link(raised, CONFIGURATION, other, now=now))
    assert steps(raised)[-1].actor == "值班"


def test_a_link_ends_and_one_made_up_is_none(raised: Database) -> None:
    made = token(raised, "duty", CROSSED)
    no("link_ended", lambda: acknowledge_by_link(raised, CONFIGURATION, made, now=CROSSED + DAY))
    no("link_unknown", lambda: acknowledge_by_link(raised, CONFIGURATION, made + "x", now=CROSSED))
    assert outbox(raised, "f.state") == [("open",)]


def test_handing_on_tells_another_who_has_to_acknowledge_anew(raised: Database) -> None:
    sender = Sender(raised, WEBHOOK, CROSSED, lambda *_: Sent())
    sender.run()
    acknowledge_flag(raised, LI, 1, now=CROSSED + MINUTE)
    now = CROSSED + 10 * MINUTE
    no("no_recipient", lambda: hand_on(raised, CONFIGURATION, LI, 1, "nobody", now=now))
    flag = hand_on(raised, CONFIGURATION, LI, 1, "chief", now=now, note="我去现场")
    assert (flag.state, flag.acknowledged_by, flag.next_level_at) == ("open", None, now + 30 * MINUTE)
    assert steps(raised)[-1] == FlagStep(1, now, "handed_on", "李", "chief 我去现场")
    sender.run(after=12 * MINUTE)
    assert outbox(raised, "o.recipient", "o.state") == [("chief", "delivered"), ("duty", "delivered")]
    hand_on(raised, CONFIGURATION, LI, 1, "duty", now=now + HOUR)
    assert outbox(raised, "o.recipient", "o.state") == [("chief", "delivered"), ("duty", "delivered")]


def test_a_dead_message_is_sent_again_by_a_person_under_its_number(raised: Database) -> None:
    seen: list[str] = []
    answers = [Refused("provider_code", {"code": "93000"}), Sent()]

    def provider(*given: object) -> object:
        seen.append(str(given[-1]))
        return answers[len(seen) - 1]

    sender = Sender(raised, WEBHOOK, CROSSED, provider)  # type: ignore[arg-type]
    sender.run()
    [(key,)] = outbox(raised, "o.id")
    send_again(raised, LI, key, now=CROSSED + MINUTE)
    assert steps(raised)[-1] == FlagStep(1, CROSSED + MINUTE, "sent_again", "李", "duty")
    assert sender.run(after=2 * MINUTE) == 1
    assert outbox(raised, "o.state") == [("delivered",)] and len(set(seen)) == 1
    no("not_dead", lambda: send_again(raised, LI, key, now=CROSSED))
    no("no_message", lambda: send_again(raised, LI, 99, now=CROSSED))


def test_the_dead_of_a_channel_are_sent_again_together(raised: Database) -> None:
    raise_flags(raised, WEBHOOK, ["C-2"], start=START + SECOND)
    sender = Sender(raised, WEBHOOK, CROSSED + MINUTE, lambda *_: Refused("certificate"))
    sender.run()
    assert send_channel_again(raised, LI, "hook", now=sender.now) == 2
    assert send_channel_again(raised, LI, "hook", now=sender.now) == 0
    sender.send = lambda *_: Sent()
    assert sender.run(after=MINUTE + SECOND) == 1
    assert outbox(raised, "o.state") == [("delivered",), ("delivered",)]


@pytest.mark.parametrize(
    ("code", "reason", "until"),
    [
        ("no_reason", "  ", CROSSED + HOUR),
        ("no_end", "秤检定", None),
        ("end_past", "秤检定", CROSSED),
        ("end_too_far", "秤检定", CROSSED + 31 * DAY + 1),
    ],
)
def test_a_silence_that_is_not_whole_is_refused(
    database: Database, code: str, reason: str, until: int | None
) -> None:
    no(code, lambda: silence(database, CONFIGURATION, LI, reason, until, now=CROSSED))
    assert silence(database, CONFIGURATION, LI, "秤检定", CROSSED + 31 * DAY, now=CROSSED)


def test_a_silence_has_an_owner_a_reason_and_an_end(database: Database) -> None:
    until = CROSSED + HOUR
    key = silence(database, CONFIGURATION, LI, "秤检定", until, now=START, stations=[HELD])
    raise_flags(database, WEBHOOK, ["C-1"])
    assert outbox(database, "o.id") == []
    assert steps(database)[-1].note == "李: 秤检定"
    stop_silence(database, key, now=CROSSED + MINUTE)
    no("no_silence", lambda: stop_silence(database, key, now=CROSSED + MINUTE))
    scan(database, CONFIGURATION, CROSSED + MINUTE)
    assert outbox(database, "o.recipient", "o.state") == [("duty", "waiting")]
