"""The sending process killed before each statement of delivery, and between an answer and our commit.

The child is a real process that ends by SIGKILL: nothing of it runs any more, and what it had not committed
is gone. Afterwards another sender goes on once the lease has run out.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from monitor.alerts.providers.answer import Answer
from monitor.alerts.ways import send_by
from monitor.cases.event import SECOND
from monitor.store.database import Database
from tests.alerts.played import Played, played, said
from tests.alerts.sending import LEASE, WEBHOOK, Sender, outbox, raise_flags, release
from tests.factories import MINUTE

GATED = "14042301"
MOST_STATEMENTS = 200


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    with played(lambda _: said({})) as server:
        monkeypatch.setenv("TEST_HOOK", server.url)
        yield server


class Killed:
    """Counts what a child does, and kills it before step `at`; a `mark` is a step of ours."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def step(self, *_: Any) -> None:
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(self, url: str) -> Database:
        """A database of the child's own, each statement of which is a step, BEGIN and COMMIT too."""
        database = Database(url)
        if database.is_sqlite:
            event.listen(
                database.engine, "connect", lambda raw, _: raw.set_trace_callback(lambda _: self.step())
            )
        else:
            event.listen(database.engine, "before_cursor_execute", self.step)
            event.listen(database.engine, "commit", self.step)
        return database

    def send(self, *given: Any) -> Answer:
        """Send, with a step before and one after the provider's answer."""
        self.step()
        answer = send_by(*given)
        self.step()
        return answer


def in_a_child(work: Callable[[], int]) -> int:
    """Run in a process of its own; how it ended, as `waitpid` says it."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return status


def prepared(database: Database) -> int:
    """Two messages of one station, one of which is no longer true, and one of another; the moment to send."""
    raise_flags(database, WEBHOOK, ["C-1", "C-2", "C-3"])
    now = raise_flags(database, WEBHOOK, ["D-1"], station=GATED)
    release(database, "C-2", now + SECOND)
    return now


def killed_at(database: Database, hook: Played, at: int) -> bool:
    """One life of a sender that is killed at a step, then another sender; whether the step was reached."""
    now = prepared(database)
    url = database.url.render_as_string(False)
    # What the child's server connections shared with this process would be closed twice.
    database.dispose()

    def work() -> int:
        killer = Killed(at)
        Sender(killer.watched(url), WEBHOOK, now, killer.send).run()
        return 7

    status = in_a_child(work)
    reached = os.WIFSIGNALED(status)
    assert reached or os.WEXITSTATUS(status) == 7, "the child broke by itself"
    before = Counter(body["number"] for body in hook.bodies)
    other = Sender(database, WEBHOOK, now + 3 * SECOND)
    other.run()
    assert not set(before) & set(Counter(body["number"] for body in hook.bodies[sum(before.values()) :])), (
        "nothing is sent twice within one lease"
    )
    other.now = now + LEASE
    other.run_on(until=now + LEASE + 3 * MINUTE)
    assert outbox(database, "f.case_no", "o.recipient", "o.state") == [
        ("C-1", "duty", "delivered"),
        ("C-2", "duty", "superseded"),
        ("C-3", "duty", "delivered"),
        ("D-1", "duty", "delivered"),
    ]
    seen = Counter(body["number"] for body in hook.bodies)
    told: dict[str, set[str]] = {}
    for body in hook.bodies:
        for flag in body["flags"]:
            told.setdefault(flag["case_no"], set()).add(body["number"])
    assert set(told) == {"C-1", "C-3", "D-1"}
    assert all(len(numbers) == 1 for numbers in told.values()), "a case comes under one number alone"
    assert max(seen.values()) <= 2 and sum(n - 1 for n in seen.values()) <= 1
    return reached


SOME = (1, 3, 6, 9, 12, 15, 18, 22, 27)


@pytest.mark.parametrize("at", SOME)
def test_a_sender_killed_at_a_step_loses_nothing(database: Database, hook: Played, at: int) -> None:
    killed_at(database, hook, at)


def test_killed_between_the_answer_and_the_commit_is_the_one_way_to_be_seen_twice(
    database: Database, hook: Played
) -> None:
    now = prepared(database)
    url = database.url.render_as_string(False)
    database.dispose()

    def dies(*given: Any) -> Answer:
        send_by(*given)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    assert os.WIFSIGNALED(in_a_child(lambda: Sender(Database(url), WEBHOOK, now, dies).run()))
    Sender(database, WEBHOOK, now + LEASE + MINUTE).run()
    seen = Counter(body["number"] for body in hook.bodies)
    assert sorted(seen.values()) == [1, 2]
    first, again = [body for body in hook.bodies if seen[body["number"]] == 2]
    assert [one["case_no"] for one in first["flags"]] == [one["case_no"] for one in again["flags"]]


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_sender_killed_at_every_step_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.engines import ENGINES, database_on

    for engine in ENGINES:
        at = 0
        while True:
            at += 1
            assert at < MOST_STATEMENTS
            with (
                played(lambda _: said({})) as hook,
                database_on(engine, tmp_path_factory.mktemp("killed")) as database,
            ):
                monkeypatch.setenv("TEST_HOOK", hook.url)
                if not killed_at(database, hook, at):
                    break
        print(f"{engine}: killed at each of {at - 1} steps")
        assert at > 20
