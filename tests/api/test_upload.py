"""`POST /api/v1/dropped`: bounded, from our own pages alone, for nobody else to read, gone in time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from ingest.drop import KEPT, MOST_FILES
from monitor.server import Installation, create_app, install
from monitor.settings.environment import Settings
from tests.factories import at

PATH = "/api/v1/dropped"
KIND = {"Content-Type": "application/octet-stream"}


class Clock:
    now = at("2026-11-24 14:12")

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def installation(tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    with patch("monitor.server.now", clock):
        made = install(Settings(data_dir=tmp_path))
    yield made
    made.database.dispose()


@pytest.fixture
def client(installation: Installation) -> TestClient:
    return TestClient(create_app(installation), base_url="http://127.0.0.1")


def waiting(installation: Installation) -> list[Path]:
    folder = installation.settings.data_dir / "dropped"
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def test_a_file_is_kept_as_it_is_for_its_owner_alone(client: TestClient, installation: Installation) -> None:
    told = client.post(f"{PATH}?name={quote('西站 台账.csv')}", content=b"a,b\n1,2\n", headers=KIND)
    assert told.status_code == 200
    [path] = waiting(installation)
    assert (path.name, path.read_bytes(), path.parent.name) == (
        "西站 台账.csv",
        b"a,b\n1,2\n",
        told.json()["token"],
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert told.json()["address"] == f"/mapping?file={path.parent.name}"


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "..\\evil.csv", "/etc/evil.csv", "a/b/../evil.csv", ".evil.csv"]
)
def test_a_name_never_leads_out_of_the_folder(
    client: TestClient, installation: Installation, name: str
) -> None:
    assert client.post(f"{PATH}?name={quote(name, safe='')}", content=b"x", headers=KIND).status_code == 200
    [path] = waiting(installation)
    assert path.name == "evil.csv"
    assert path.parent.parent == installation.settings.data_dir / "dropped"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({**KIND, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**KIND, "Origin": "http://elsewhere.example"}, 403),
    ],
)
def test_no_other_site_can_drop_a_file(
    client: TestClient, installation: Installation, headers: dict[str, str], status: int
) -> None:
    assert client.post(f"{PATH}?name=x.csv", content=b"a,b", headers=headers).status_code == status
    assert waiting(installation) == []


def test_a_file_that_is_too_large_is_refused_while_it_comes_and_leaves_nothing(
    client: TestClient, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.api.upload.MOST_BYTES", 1000)
    said_before = client.post(f"{PATH}?name=x.csv", content=b"x" * 1001, headers=KIND)
    monkeypatch.undo()
    monkeypatch.setattr("ingest.drop.Drops.take.__defaults__", (1000,))
    unsaid = client.post(f"{PATH}?name=x.csv", content=iter([b"x" * 600, b"x" * 600]), headers=KIND)
    for told in (said_before, unsaid):
        assert (told.status_code, told.json()["code"]) == (413, "too_large")
    assert waiting(installation) == []


def test_an_empty_file_is_refused(client: TestClient, installation: Installation) -> None:
    told = client.post(f"{PATH}?name=x.csv", content=b"", headers=KIND)
    assert (told.status_code, told.json()["code"]) == (422, "empty_file")
    assert waiting(installation) == []


def test_files_that_nobody_came_back_to_go_and_only_a_few_wait(
    client: TestClient, installation: Installation, clock: Clock
) -> None:
    for number in range(MOST_FILES + 2):
        client.post(f"{PATH}?name={number}.csv", content=b"x", headers=KIND)
        clock.now += 1_000_000
    assert {path.stem for path in waiting(installation)} == {str(n) for n in range(2, MOST_FILES + 2)}
    clock.now += KEPT
    client.post(f"{PATH}?name=last.csv", content=b"x", headers=KIND)
    assert [path.stem for path in waiting(installation)] == ["last"]


def test_a_token_is_no_path(installation: Installation) -> None:
    for token in ("..", "", "x" * 32, "../" * 10, "0" * 32):
        assert installation.drops.find(token) is None
