"""The job that sends messages: what a scan has just left goes too, a demo reaches nobody."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from monitor.alerts.providers.answer import Refused, Sent
from monitor.cases.event import SECOND
from monitor.jobs.flags import send_messages
from monitor.jobs.job import configured_jobs
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.texts import texts
from monitor.store.database import Database
from monitor.store.migrate import upgrade
from tests.alerts.flagged import configuration
from tests.alerts.sending import WEBHOOK, Sender, outbox, raise_flags
from tests.factories import SENDER


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'fangxing.db'}")
    upgrade(database)
    return database


def test_what_was_raised_this_moment_leaves_in_the_same_run(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    sender = Sender(database, WEBHOOK, now, lambda *_: Sent())

    def wait(seconds: float) -> None:
        sender.now += round(seconds * SECOND)

    assert send_messages(sender.delivery, wait).rows == 1
    assert outbox(database, "o.state") == [("delivered",)]


def test_dead_messages_are_told_by_the_job(database: Database) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    outcome = send_messages(Sender(database, WEBHOOK, now + 5 * SECOND, lambda *_: Refused("x")).delivery)
    assert (outcome.rows, outcome.problem, outcome.params) == (0, "messages_dead", {"n": "1"})


def test_a_demo_writes_into_the_log_whatever_the_channel(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    now = raise_flags(database, WEBHOOK, ["C-1"])
    made_up = replace(load_configuration(Settings()), alerts=configuration(WEBHOOK).alerts)
    intake = Intake(database, made_up, load_pages(), b"key", lambda: now + 5 * SECOND)
    [job] = [
        one for one in configured_jobs(intake, SENDER, texts("zh"), simulated=True) if one.name == "sending"
    ]
    with caplog.at_level(logging.INFO, "fangxing.flags"):
        assert job.run().rows == 1
    assert "1 条预警" in caplog.text and "C-1" in caplog.text
    assert job.run().rows == 0
