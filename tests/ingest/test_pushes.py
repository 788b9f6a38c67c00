"""Pushes that wait are written together; each is still its own delivery with its own answer or failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count as counted
from pathlib import Path
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event, func, select

import ingest.accept
import ingest.append
import ingest.push
from ingest.intake import Intake
from ingest.mapping.pages import load_pages
from ingest.push import KeyUsedError, Push, Pushed, Pushes
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.casebook import append_versions
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, recent_deliveries
from monitor.store.quarantine import quarantine_rows
from monitor.store.refold import refold
from monitor.store.tables import events, people
from tests.engines import ENGINES, database_on
from tests.factories import SENDER, at

STATION = "14042302"
NOW = at("2024-11-30 09:00")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_on(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    ticks = counted(NOW)
    return Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))


@pytest.fixture
def pushes(intake: Intake) -> Pushes:
    return Pushes(intake, in_words)


def in_words(pushed: Pushed) -> str:
    outcomes = [verdict.outcome.value for verdict in pushed.verdicts]
    return json.dumps([pushed.delivery.delivery_id, *outcomes])


def row(case_no: str, activity: str = "confirmed", clock: str = "08:00", **told: Any) -> dict[str, Any]:
    plain = {"station": STATION, "case_no": case_no, "occurred_at": f"2024-11-26T{clock}:00+08:00"}
    return {**plain, "activity": activity, **told}


def push(*rows: dict[str, Any], key: str | None = None, source: str = "events") -> Push:
    return Push(source, SENDER, rows, None, key, json.dumps(rows).encode())


def outcomes(answer: str | Exception) -> list[str]:
    assert isinstance(answer, str), answer
    return list(json.loads(answer)[1:])


def together(pushes: Pushes, *sent: Push) -> list[str | Exception]:
    """The answers to pushes that wait at the same time."""
    reached = Barrier(2, timeout=60)
    busy = pushes._writer.submit(reached.wait)
    answers: list[Future[str | Exception]] = [Future() for _ in sent]
    for one, answer in zip(sent, answers, strict=True):
        pushes.send(one, answer.set_result)
    reached.wait()
    busy.result()
    return [answer.result(60) for answer in answers]


def commits(database: Database, work: Callable[[], Any]) -> int:
    """How many transactions were committed meanwhile."""
    seen: list[None] = []

    def committed(_connection: object) -> None:
        seen.append(None)

    event.listen(database.engine, "commit", committed)
    try:
        work()
    finally:
        event.remove(database.engine, "commit", committed)
    return len(seen)


def entered(database: Database) -> list[DeliveryRow]:
    """The deliveries, oldest first."""
    with database.read() as connection:
        return recent_deliveries(connection)[::-1]


def recorded(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def test_a_push_with_a_key_is_one_transaction(pushes: Pushes, database: Database) -> None:
    assert commits(database, lambda: pushes.take(push(row("A-1"), key="k"))) == 1
    assert commits(database, lambda: pushes.take(push(row("A-1"), key="k"))) <= 1
    assert recorded(database) == 1


def test_pushes_that_wait_are_one_transaction_and_each_its_own_delivery(
    pushes: Pushes, database: Database
) -> None:
    sent = [
        push(row("A-1"), row("A-2"), key="k-1"),
        push(row("A-1"), row("A-1", "weighed", "07:00"), row("A-3", "vanished"), key="k-2"),
        push(row("A-2", "released", "09:00")),
    ]
    answers: list[str | Exception] = []
    assert commits(database, lambda: answers.extend(together(pushes, *sent))) == 1
    assert list(map(outcomes, answers)) == [["new", "new"], ["duplicate", "new", "quarantined"], ["new"]]
    first, second, third = entered(database)
    assert [one.name for one in (first, second, third)] == ["push k-1", "push k-2", "push"]
    told = [(c.rows_read, c.rows_landed, c.rows_unchanged, c.rows_quarantined, c.cases)
            for c in (first.counts, second.counts, third.counts)]  # fmt: skip
    assert told == [(2, 2, 0, 0, 2), (3, 1, 1, 1, 1), (1, 1, 0, 0, 1)]
    assert {one.status for one in (first, second, third)} == {"done"}


def test_receipts_follow_the_order_in_which_pushes_came(pushes: Pushes, database: Database) -> None:
    together(pushes, *(push(row(f"A-{n}"), row(f"A-{n}", "weighed", "07:00")) for n in range(20)))
    with database.read() as connection:
        told = connection.execute(
            select(events.c.delivery_id, events.c.received_at).order_by(events.c.received_at)
        ).all()
    assert len({received for _, received in told}) == 40
    assert [delivery for delivery, _ in told] == sorted(delivery for delivery, _ in told)
    with database.read() as connection:
        assert refold(connection, pushes._intake.terms, repair=False).differing == []


def test_a_revision_that_waits_behind_what_it_corrects_is_a_revision(
    pushes: Pushes, database: Database
) -> None:
    first = row("A-1", "weighed", "07:00", event_id="w-1", gross_kg=61_400)
    answers = together(
        pushes, push(first), push({**first, "gross_kg": 62_000}), push({**first, "gross_kg": 62_000})
    )
    assert list(map(outcomes, answers)) == [["new"], ["revision"], ["duplicate"]]


def test_one_that_fails_takes_no_other_down_and_is_entered_as_failed(
    pushes: Pushes, database: Database
) -> None:
    def fails_for_one(connection: Any, changed: Any, *rest: Any) -> int:
        if any(case.key[1] == "BAD" for case in changed.values()):
            raise OSError("no")
        return append_versions(connection, changed, *rest)

    sent = [push(row("A-1", driver="张三")), push(row("BAD"), key="k"), push(row("A-2", driver="张三"))]
    with patch.object(ingest.append, "append_versions", fails_for_one):
        good, bad, other = together(pushes, *sent)
    assert outcomes(good) == outcomes(other) == ["new"]
    assert isinstance(bad, OSError)
    assert [(one.status, one.counts.events) for one in entered(database)] == [
        ("done", 1),
        ("failed", 0),
        ("done", 1),
    ]
    assert recorded(database) == 2
    assert outcomes(pushes.take(sent[1])) == ["new"]
    with database.read() as connection:
        assert connection.execute(select(people.c.value)).scalars().all() == ["张三"]


def test_a_person_told_by_a_push_that_failed_is_kept_with_the_next(
    pushes: Pushes, database: Database
) -> None:
    with (
        patch.object(ingest.append, "insert_events", side_effect=OSError("no")),
        pytest.raises(OSError, match="no"),
    ):
        pushes.take(push(row("A-1", driver="李四")))
    pushes.take(push(row("A-2", driver="李四")))
    with database.read() as connection:
        assert connection.execute(select(people.c.value)).scalars().all() == ["李四"]


def test_the_same_key_twice_at_once_is_answered_once(pushes: Pushes, database: Database) -> None:
    same = push(row("A-1"), key="k")
    first, again, other = together(pushes, same, same, push(row("A-2"), key="k"))
    assert outcomes(first) == ["new"]
    assert again == first
    assert isinstance(other, KeyUsedError)
    assert (len(entered(database)), recorded(database)) == (1, 1)


def test_what_waits_is_written_in_parts_that_others_can_get_between(
    pushes: Pushes, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.push, "ROWS_TOGETHER", 4)
    sent = [push(row(f"A-{n}"), row(f"B-{n}")) for n in range(6)]
    assert commits(database, lambda: together(pushes, *sent)) == 3
    assert recorded(database) == 12


def test_an_entry_that_cannot_be_made_leaves_the_first_error_to_be_told(
    pushes: Pushes, database: Database
) -> None:
    with (
        patch.object(ingest.accept, "open_delivery", side_effect=OSError("the disk is full")),
        pytest.raises(OSError, match="the disk is full") as caught,
    ):
        pushes.take(push(row("A-1")))
    assert "could its failure be entered" in " ".join(caught.value.__notes__)
    assert entered(database) == []


def test_a_corrected_push_settles_what_was_quarantined_of_its_case_alone(
    pushes: Pushes, database: Database
) -> None:
    pushes.take(push(row("A-1", "weighed", "07:00", amount=5), row("A-2", "weighed", "07:00", amount=5)))
    with database.read() as connection:
        assert len(quarantine_rows(connection)) == 2
    pushes.take(push(row("A-1", "weighed", "07:00")))
    with database.read() as connection:
        assert [entry.item.case_no for entry in quarantine_rows(connection)] == ["A-2"]


@pytest.mark.parametrize("text", ["a\0b", "晋D81021\ufeff", "\u202e1-A", "😀" * 50, "x" * 5_000])
def test_any_text_is_taken_or_refused_on_every_database(
    pushes: Pushes, database: Database, text: str
) -> None:
    answer = pushes.take(push(row(text), row("A-1", note=text), row("A-2", event_id=text), key="k"))
    assert set(outcomes(answer)) <= {"new", "quarantined"}
    [entry] = entered(database)
    assert entry.counts.rows_read == 3
