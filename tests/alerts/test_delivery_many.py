"""20,000 flags at once leave within a robot's limits, in few messages, and from a threshold to the provider's
hand it takes seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor.alerts.scan import scan
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.alerts.flagged import HELD, configuration, terms_of
from tests.alerts.played import OK, played, said
from tests.alerts.sending import START, WECOM, Sender, states
from tests.factories import HOUR, MINUTE, candidate, deliver

CASES = 20_000
STATIONS = (HELD, "14042301")


@pytest.mark.full
@pytest.mark.timeout(900)
def test_20_000_flags_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    for station in STATIONS:
        told = [
            candidate("confirmed", START, case_no=f"C-{n:05}", station=station)
            for n in range(CASES // len(STATIONS))
        ]
        deliver(database, told, START, terms_of=terms_of)
    crossed = START + 12 * HOUR
    scan(database, configuration(WECOM), crossed - MINUTE)
    began = time.monotonic()
    found = scan(database, configuration(WECOM), crossed)
    scanned = time.monotonic() - began
    assert found.messages == CASES
    with played(lambda _: said(OK["wecom"])) as server:
        monkeypatch.setenv("TEST_HOOK", server.url)
        sender = Sender(database, WECOM, crossed)
        began = time.monotonic()
        assert sender.run() == len(STATIONS)
        sent = time.monotonic() - began
        assert set(states(database)) == {"delivered"}
        assert len(server.bodies) == len(STATIONS)
        assert all(len(body["text"]["content"].encode()) <= 2048 for body in server.bodies)
        assert all("10000 条预警" in body["text"]["content"] for body in server.bodies)
        # One more, with all these open: from its threshold to the provider's hand.
        one = [candidate("confirmed", START + 10 * MINUTE, case_no="LATER", station=HELD)]
        deliver(database, one, crossed, terms_of=terms_of)
        scan(database, configuration(WECOM), crossed + MINUTE)
        began = time.monotonic()
        scan(database, configuration(WECOM), crossed + 10 * MINUTE)
        sender.now = crossed + 10 * MINUTE
        assert sender.run() == 1
        single = time.monotonic() - began
    print(f"20,000 raised in {scanned:.1f} s, told in {sent:.1f} s; one more in {single:.2f} s")
    # Of the ten seconds the jobs' turns take 5 s, 3 s and the wait for company.
    assert single < 1
    database.dispose()
