"""Any order of breaches, releases, answers and deaths: each message ends as delivered or superseded, and a
provider sees one twice only where an answer was lost, under the same number."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from monitor.actions.flags import acknowledge_flag, send_channel_again
from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.alerts.providers.target import Message
from monitor.alerts.scan import scan
from monitor.cases.event import SECOND
from monitor.store.database import Database, ask
from monitor.store.deliveries import Sender as Person
from monitor.store.flags import LIVE
from monitor.store.migrate import upgrade
from tests.alerts.flagged import HELD, configuration
from tests.alerts.sending import CROSSED, LEASE, WEBHOOK, Sender, outbox, raise_flags, release, states
from tests.factories import HOUR, MINUTE
from tests.long import examples

STATIONS = (HELD, "14042301")
ANSWERS = ("sent", "busy", "wait", "refused", "lost", "dies before", "dies after")
PERSON = Person("李", "127.0.0.1")


class Died(BaseException):
    """The process of a sender is gone."""


class Provider:
    """Answers as it is told, and remembers what it has taken: number and the cases it told of."""

    def __init__(self) -> None:
        self.mood = "sent"
        self.taken: list[tuple[str, frozenset[str]]] = []
        self.lost = 0

    def send(self, _name: str, _channel: Any, recipient: Any, message: Message, number: str) -> Answer:
        told = frozenset(f"{one['case_no']} {one['threshold']} {recipient.name.zh}" for one in message.data)
        if self.mood == "dies before":
            raise Died
        if self.mood == "busy":
            return Again("provider_status", params={"code": "503"})
        if self.mood == "wait":
            return Again("too_many", 90.0)
        if self.mood == "refused":
            return Refused("certificate")
        self.taken.append((number, told))
        if self.mood == "sent":
            return Sent()
        self.lost += 1
        if self.mood == "lost":
            return Again("no_answer", unsure=True)
        raise Died


class Machine(RuleBasedStateMachine):
    template: Path | None = None

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        file = self.folder / "fangxing.db"
        if Machine.template is None:
            Machine.template = Path(tempfile.mkdtemp(prefix="machine-")) / "template.db"
            made = Database(f"sqlite:///{Machine.template}")
            upgrade(made)
            made.dispose()
        shutil.copy(Machine.template, file)
        self.database = Database(f"sqlite:///{file}")
        self.provider = Provider()
        self.now = CROSSED
        self.cases: dict[str, str] = {}
        self.made = 0

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.settle()
            self.database.dispose()
            shutil.rmtree(self.folder)

    @rule(n=st.integers(1, 3), station=st.sampled_from(STATIONS))
    def breach(self, n: int, station: str) -> None:
        fresh = [f"C-{self.made + k}" for k in range(n)]
        self.made += n
        self.cases |= dict.fromkeys(fresh, station)
        raise_flags(self.database, WEBHOOK, fresh, station=station, start=self.now - 12 * HOUR)

    @rule(place=st.integers(0, 2))
    def leave(self, place: int) -> None:
        if place < len(self.cases):
            case = list(self.cases)[-1 - place]
            release(self.database, case, self.now, station=self.cases.pop(case))

    @rule(place=st.integers(0, 2))
    def acknowledge(self, place: int) -> None:
        with self.database.read() as connection:
            rows = ask(connection, "SELECT id FROM flags WHERE state = 'open' ORDER BY id DESC")
        if place < len(rows):
            acknowledge_flag(self.database, PERSON, rows[place][0], now=self.now)

    @rule(seconds=st.sampled_from([5, 30, 70, 700, 2000]))
    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND
        scan(self.database, configuration(WEBHOOK), self.now)

    @rule(mood=st.sampled_from(ANSWERS), seconds=st.sampled_from([2, 61, 130]))
    def send(self, mood: str, seconds: int) -> None:
        self.now += seconds * SECOND
        self.provider.mood = mood
        with contextlib.suppress(Died):
            Sender(self.database, WEBHOOK, self.now, self.provider.send).run(after=0)

    @rule(mood=st.sampled_from(["lost", "dies after"]), n=st.integers(1, 3), then=st.integers(0, 3))
    def breach_and_lose_the_answer(self, mood: str, n: int, then: int) -> None:
        self.breach(n, HELD)
        self.send(mood, 61)
        # Those that it told of first are let go before it is sent again.
        if then < n:
            self.leave(then)
            self.wait(5)
        self.send("sent", 130)

    @rule()
    def again(self) -> None:
        send_channel_again(self.database, PERSON, "hook", now=self.now)

    @invariant()
    def seen_twice_only_where_an_answer_was_lost_and_under_one_number(self) -> None:
        if not hasattr(self, "provider"):
            return
        numbers: dict[str, set[str]] = {}
        for number, told in self.provider.taken:
            for one in told:
                numbers.setdefault(one, set()).add(number)
        assert all(len(seen) == 1 for seen in numbers.values())
        more = Counter(number for number, _ in self.provider.taken)
        assert sum(n - 1 for n in more.values()) <= self.provider.lost

    def settle(self) -> None:
        """Everything works again, and somebody has what was given up sent once more."""
        self.provider.mood = "sent"
        self.now += LEASE
        for _ in range(40):
            send_channel_again(self.database, PERSON, "hook", now=self.now)
            self.now += MINUTE
            Sender(self.database, WEBHOOK, self.now, self.provider.send).run(after=0)
            if set(states(self.database)) <= {"delivered", "superseded"}:
                break
        self.seen_twice_only_where_an_answer_was_lost_and_under_one_number()
        assert set(states(self.database)) <= {"delivered", "superseded"}
        heard = {one for _, told in self.provider.taken for one in told}
        names = {"duty": "值班", "chief": "站长"}
        columns = ("f.case_no", "f.threshold", "o.recipient", "o.state", "f.state")
        for case, threshold, recipient, state, flag in outbox(self.database, *columns):
            told = f"{case} {threshold} {names[recipient]}" in heard
            assert told if state == "delivered" else flag not in LIVE or flag == "acknowledged"


TestMachine = pytest.mark.timeout(900)(Machine.TestCase)
TestMachine.settings = settings(
    max_examples=examples(40),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
