"""PostgreSQL is started anew under a sender at work: every message arrives, and one that is seen twice bears
one number. A server of its own, since it is stopped."""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.alerts.played import Answer, Played, played, said
from tests.alerts.sending import LEASE, WEBHOOK, Sender, raise_flags, states
from tests.factories import SECOND

pytestmark = pytest.mark.full
PEOPLE = 12
CROWD = WEBHOOK.partition("recipients:")[0] + (
    "recipients:\n"
    + "".join(f"  p{n}: {{name: {{zh: 值班{n}}}, channel: hook}}\n" for n in range(PEOPLE))
    + f"levels:\n  all: [{{name: duty, recipients: [{', '.join(f'p{n}' for n in range(PEOPLE))}]}}]\n"
)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    def answer(_: int) -> Answer:
        time.sleep(0.1)
        return said({})

    with played(answer) as server:
        monkeypatch.setenv("TEST_HOOK", server.url)
        yield server


def test_postgresql_restarts_under_a_sender_at_work(hook: Played) -> None:
    pgserver = pytest.importorskip("pgserver")
    folder = tempfile.mkdtemp(prefix="fangxing-restart-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns of a missing XDG_RUNTIME_DIR
        server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        database = Database(server.get_uri())
        upgrade(database)
        now = raise_flags(database, CROWD, ["A"])
        sender, broken = Sender(database, CROWD, now), Counter[str]()

        def work() -> None:
            while set(states(database)) - {"delivered"}:
                try:
                    sender.run(after=2 * SECOND)
                except DBAPIError as error:
                    # As the job does it: the run has failed, and the next one goes on.
                    broken[type(error).__name__] += 1
                    sender.now += LEASE
                time.sleep(0.02)

        def patient() -> None:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    work()
                    break
                except DBAPIError:
                    time.sleep(0.1)

        thread = threading.Thread(target=patient)
        thread.start()
        while len(hook.bodies) < 4:
            time.sleep(0.01)
        pgserver.pg_ctl(["-m", "immediate", "-w", "-l", str(Path(folder) / "restarted.log"), "restart"],
                        pgdata=Path(folder), user=server.system_user)  # fmt: skip
        thread.join(60)
        assert not thread.is_alive()
        assert states(database) == ["delivered"] * PEOPLE
        assert broken, "the restart was not noticed: nothing was tried"
        numbers = Counter(body["number"] for body in hook.bodies)
        assert len(numbers) == PEOPLE
        # Seen twice is at most the one that was on its way, and under its number.
        assert sum(numbers.values()) <= PEOPLE + 1
        database.dispose()
    finally:
        server.cleanup()
