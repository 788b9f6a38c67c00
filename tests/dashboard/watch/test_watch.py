"""The page: which board is asked for, when it is drawn again, and how the shell carries it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.address import match_path, read_search
from dashboard.app import build_dash, find_pages, page_in_shell
from dashboard.language import Reader, read_cookies
from dashboard.pages import watch
from dashboard.services import Services
from monitor.actions.notes import acknowledge
from monitor.cases.state import CaseState
from monitor.store.deliveries import Sender
from monitor.store.tables import case_versions

Held = Callable[..., CaseState]
ALL = watch.Asked(None, "zh", False)
MINUTE = 60_000_000


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    server = FastAPI()
    build_dash(server, services)
    with TestClient(server) as client:
        yield client


def as_json(component: Any) -> str:
    from dash._utils import to_json

    return json.dumps(json.loads(to_json(component)), ensure_ascii=False)


def test_a_board_is_drawn_again_only_when_data_or_minute_change(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3))
    boards = watch.Boards(services)
    first = boards.draw(ALL, now)
    assert boards.draw(ALL, now + 5_000_000) is first
    assert boards.draw(ALL, now + MINUTE).key != first.key
    acknowledge(services.database, Sender("a", "b"), ("14042301", "1"), now=now)
    assert boards.draw(ALL, now).key != first.key
    store(held(2, case_no="2"))
    assert boards.draw(ALL, now).held == 2


def test_a_part_that_failed_is_tried_again_at_the_next_refresh(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3))
    boards = watch.Boards(services)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.views.snapshot.open_cases", lambda *_: 1 / 0)
        assert boards.draw(ALL, now).held is None
    assert boards.draw(ALL, now).held == 1


def test_one_station_shows_its_own_vehicles_and_an_unknown_one_means_all(
    services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    store(held(3, station="14042301"), held(2, station="14042302"))
    boards = watch.Boards(services)
    one = watch.asked_of(services, {"station": "14042302"})
    assert boards.draw(one, now).held == 1
    assert watch.asked_of(services, {"station": "nowhere"}).station is None
    assert boards.draw(watch.asked_of(services, {}), now).held == 2


def test_off_site_points_cannot_be_chosen(services: Services) -> None:
    drawn = as_json(watch.stations(services, ALL, services.texts["zh"]))
    assert "城西" in drawn
    assert "外环" not in drawn


def test_every_callback_is_async_so_that_none_stalls_the_server(services: Services) -> None:
    app = build_dash(FastAPI(), services)
    slow = [
        output
        for output, callback in app.callback_map.items()
        if "callback" in callback and not inspect.iscoroutinefunction(inspect.unwrap(callback["callback"]))
    ]
    assert app.callback_map
    assert slow == []


@pytest.mark.parametrize("path", ["/", "/nowhere"])
@pytest.mark.parametrize("simulated", [True, False])
def test_every_page_says_so_when_its_data_is_made_up(services: Services, path: str, simulated: bool) -> None:
    object.__setattr__(services, "simulated", simulated)
    assert ("模拟数据" in as_json(page_in_shell(services, find_pages(), path, {}))) is simulated


def test_the_wall_says_so_too_and_is_dark_without_navigation(services: Services) -> None:
    drawn = as_json(page_in_shell(services, find_pages(), "/", {"wall": "1", "theme": "light"}))
    assert "模拟数据" in drawn
    assert '"forceColorScheme": "dark"' in drawn
    assert '"Nav"' not in drawn


def test_a_page_that_fails_says_so_in_the_shell_and_asks_again(services: Services) -> None:
    case_versions.drop(services.database.engine)
    drawn = as_json(page_in_shell(services, find_pages(), "/", {}))
    assert "这一块没有算出来" in drawn
    assert "fx-failed-page" in drawn
    assert "登记" in drawn, "the other places can still be reached"


def test_the_first_html_carries_language_theme_and_version(client: TestClient) -> None:
    plain = client.get("/").text
    assert '<html lang="zh-CN">' in plain
    assert '<meta name="fx-version" content="test-1">' in plain
    chosen = client.get("/", headers={"cookie": "fx-lang=en; fx-theme=dark"}).text
    assert '<html lang="en" data-mantine-color-scheme="dark">' in chosen
    assert "Fangxing" in chosen


def test_nothing_is_fetched_from_another_host(client: TestClient) -> None:
    html = client.get("/").text
    assert "https://" not in html
    assert 'src="//' not in html


def press(client: TestClient, **told: str) -> Any:
    """What the browser sends when a button of a row is pressed."""
    outputs = [
        "fx-acted.data",
        "fx-note.opened",
        "fx-note.title",
        "fx-note-before.children",
        "fx-note-case.data",
    ]
    return client.post(
        "/_dash-update-component",
        json={
            "output": f"..{'...'.join(outputs)}..",
            "outputs": [dict(zip(("id", "property"), one.split("."), strict=True)) for one in outputs],
            "inputs": [{"id": "fx-act", "property": "data", "value": told}],
            "changedPropIds": ["fx-act.data"],
            "state": [],
        },
    )


def test_acknowledging_is_written_with_who_and_stops_no_clock(
    client: TestClient, services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    from monitor.store.notes import notes_of

    key = ("14042301", "1")
    store(held(3))
    answer = press(client, kind="acknowledge", station=key[0], case=key[1], plate="晋D·8**21")
    assert answer.status_code == 200
    (note,) = notes_of(services.database, [key])[key]
    assert (note.kind, note.actor, note.at) == ("acknowledged", services.actor, now)
    with services.database.read() as connection:
        assert connection.execute(case_versions.select()).one().released_at is None


def test_the_note_dialog_opens_with_what_was_said_before(
    client: TestClient, services: Services, store: Callable[..., None], held: Held, now: int
) -> None:
    from monitor.actions.notes import add_note

    store(held(3))
    add_note(services.database, Sender("李**", "watch"), ("14042301", "1"), "两辆车", now=now - MINUTE)
    told = press(client, kind="note", station="14042301", case="1", plate="晋D·8**21").json()["response"]
    assert told["fx-note"] == {"opened": True, "title": "晋D·8**21 备注"}
    assert "备注 14:31 李**:两辆车" in json.dumps(told["fx-note-before"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("header", "reader"),
    [
        ("fx-lang=en; fx-theme=dark", Reader("en", "dark")),
        ("fx-lang=fr; other=1", Reader()),
        ("", Reader()),
        ("fx-lang=zh; fx-theme=", Reader("zh", None)),
    ],
)
def test_choices_are_read_from_cookies_and_unknown_ones_are_none(header: str, reader: Reader) -> None:
    assert read_cookies(header) == reader


def test_addresses_name_their_parts() -> None:
    assert match_path("/case/<station>/<case_no>", "/case/14042301/%E8%A5%84%2F7") == {
        "station": "14042301",
        "case_no": "襄/7",
    }
    assert match_path("/case/<station>/<case_no>", "/case/14042301") is None
    assert match_path("/", "/") == {}
    assert read_search("?station=14042301&wall=1") == {"station": "14042301", "wall": "1"}
    assert read_search(None) == {}
