"""The link of a message over HTTP: opening shows, pressing acts, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.alerts.links import new_links
from monitor.alerts.scan import scan
from monitor.api.link import link_router
from monitor.cases.event import DAY
from monitor.settings.texts import texts
from monitor.store.database import Database
from tests.alerts.flagged import HELD, configuration
from tests.alerts.sending import CROSSED, WEBHOOK, outbox, raise_flags, release
from tests.engines import ENGINES, database_on
from tests.factories import MINUTE


class Phone:
    """Somebody who has a message with a link."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, CROSSED + MINUTE
        services = SimpleNamespace(
            configuration=configuration(WEBHOOK),
            database=database,
            now=lambda: self.now,
            simulated=False,
            texts={"zh": texts("zh"), "en": texts("en")},
            language="zh",
        )
        app = FastAPI()
        app.include_router(link_router(services))  # type: ignore[arg-type]
        self.client = TestClient(app)

    def link(self, recipient: str = "duty") -> str:
        with self.database.write() as connection:
            return "/f/" + new_links(connection, [1], recipient, self.now, DAY)[1]

    def stands(self) -> tuple[object, ...]:
        [row] = outbox(self.database, "f.state", "f.acknowledged_by", "f.acknowledged_note")
        return row


@pytest.fixture(params=ENGINES)
def phone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Phone]:
    with database_on(request.param, tmp_path) as database:
        raise_flags(database, WEBHOOK, ["C<1>"])
        yield Phone(database)


def test_opening_it_shows_the_flag_and_changes_nothing(phone: Phone) -> None:
    link = phone.link()
    for _ in range(3):
        answer = phone.client.get(link)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        place = configuration(WEBHOOK).stations[HELD].short.zh
        for said in (place, "C&lt;1&gt;", "放行时限还剩 12 小时", "2026-07-01 20:00", "以 值班 的身份接单"):
            assert said in answer.text
    assert phone.client.head(link).status_code == 405
    assert phone.stands() == ("open", None, None)


def test_pressing_acknowledges_once_with_the_note(phone: Phone) -> None:
    link = phone.link()
    answer = phone.client.post(link, data={"note": "在卸了 <b>"})
    assert "已接单" in answer.text and phone.stands() == ("acknowledged", "值班", "在卸了 <b>")
    again = phone.client.post(link, data={"note": "x"})
    assert "值班 已于" in again.text and phone.stands()[2] == "在卸了 <b>"
    assert "<form" not in phone.client.get(link).text
    assert "值班 已于" in phone.client.get(phone.link("chief")).text


def test_a_link_that_ended_is_over_or_is_none_says_so_without_a_button(phone: Phone) -> None:
    link, unknown = phone.link(), "/f/" + "x" * 24
    assert phone.client.get(unknown).status_code == 404
    assert "没有这个链接" in phone.client.post(unknown).text
    phone.now += DAY
    assert "过期" in phone.client.post(link).text and "<form" not in phone.client.get(link).text
    phone.now = CROSSED + MINUTE
    release(phone.database, "C<1>", CROSSED + 2_000_000, station=HELD)
    scan(phone.database, configuration(WEBHOOK), phone.now)
    assert "已经了结" in phone.client.get(link).text
    assert "已经了结" in phone.client.post(link).text


def test_a_form_that_is_too_long_brings_no_note(phone: Phone) -> None:
    phone.client.post(phone.link(), content=b"note=" + b"x" * 100_000)
    assert phone.stands() == ("acknowledged", "值班", "")


def test_it_comes_in_the_language_asked_for(phone: Phone) -> None:
    assert "Acknowledge as" in phone.client.get(phone.link(), params={"lang": "en"}).text
