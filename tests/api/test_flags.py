"""`/api/v1/flags`: flags by filter, and everything of one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.actions.flags import acknowledge_flag, send_again
from monitor.alerts.providers.answer import Refused
from monitor.api.flags import flags_router
from monitor.api.problem import answer_problems
from monitor.cases.event import SECOND
from tests.alerts.sending import WEBHOOK, Sender, raise_flags
from tests.county import NOW, County
from tests.factories import HOUR, SENDER


def client(made: County) -> TestClient:
    app = FastAPI()
    answer_problems(app)
    app.include_router(flags_router(made.services))
    return TestClient(app)


def test_flags_are_found_by_state_case_and_station(tmp_path: Path) -> None:
    made = County(tmp_path)
    raise_flags(made.database, WEBHOOK, ["G-1", "G-2"], start=NOW - 12 * HOUR)
    acknowledge_flag(made.database, SENDER, 1, now=NOW, note="在办")
    asked = client(made)

    def cases(query: str = "") -> list[str]:
        return sorted(one["case_no"] for one in asked.get(f"/api/v1/flags{query}").json()["flags"])

    assert cases() == ["G-1", "G-2"] and cases("?state=open") == ["G-2"]
    assert cases("?case=G-1&state=all") == ["G-1"] and cases("?station=14042301") == []
    assert asked.get("/api/v1/flags?limit=1").json()["total"] == 2
    assert asked.get("/api/v1/flags?state=lost").status_code == 422


def test_a_message_that_was_given_up_says_when_until_it_is_sent_again(tmp_path: Path) -> None:
    made = County(tmp_path)
    now = raise_flags(made.database, WEBHOOK, ["G-1"], start=NOW - 12 * HOUR)
    asked = client(made)

    def given_up() -> set[str | None]:
        [listed], whole = asked.get("/api/v1/flags").json()["flags"], asked.get("/api/v1/flags/1").json()
        [message] = whole["sendings"]
        return {listed["given_up_at"], whole["given_up_at"], message["given_up_at"]}

    assert given_up() == {None}
    sender = Sender(made.database, WEBHOOK, now, lambda *_: Refused("provider_code", {"code": "7"}))
    sender.run()
    [told] = given_up()
    assert told is not None
    assert datetime.fromisoformat(told) == datetime.fromtimestamp(sender.now // SECOND, UTC)
    assert told.endswith("+08:00")
    send_again(made.database, SENDER, 1, now=now)
    assert given_up() == {None}


def test_one_flag_tells_its_history_and_its_messages(tmp_path: Path) -> None:
    made = County(tmp_path)
    raise_flags(made.database, WEBHOOK, ["G-1"], start=NOW - 12 * HOUR)
    acknowledge_flag(made.database, SENDER, 1, now=NOW, note="在办")
    told = client(made).get("/api/v1/flags/1").json()
    assert (told["clock"], told["threshold"], told["state"], told["note"]) == (
        "a", "left-12h", "acknowledged", "在办",
    )  # fmt: skip
    assert told["due_at"].endswith("+08:00")
    assert [step["kind"] for step in told["steps"]] == ["raised", "told", "acknowledged"]
    assert [(one["recipient"], one["state"]) for one in told["sendings"]] == [("duty", "superseded")]
    assert told["messages"] == {"superseded": 1}
    assert client(made).get("/api/v1/flags/99").status_code == 404
