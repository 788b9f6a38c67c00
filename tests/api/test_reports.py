"""`/api/v1/reports`: the reports on the shelf, one of them, and its files as they lie there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from monitor.reports.weekly.formats import MEDIA, Format
from monitor.reports.weekly.kept import ABOUT, Kept, key_of
from monitor.server import create_app, install
from monitor.settings.environment import Settings
from tests.factories import at

PATH = "/api/v1/reports"
WEST, NORTH = "14042301", "14042302"
MONDAY = at("2024-07-29 08:00")
WEEK = 7 * 86_400 * 1_000_000


def put(
    folder: Path, week: str, stations: tuple[str, ...] | None, as_of: int, language: str, *forms: str
) -> str:
    """A report on the shelf, made a minute after its moment; its files hold their own names."""
    key = key_of(week, stations, as_of, language)
    files = {str(form): f"weekly-{week}.{form}" for form in forms}
    kept = Kept(key, week, stations, as_of, as_of + 60_000_000, language, "d" * 64, "0.1", files)
    (folder / key).mkdir(parents=True)
    for name in files.values():
        (folder / key / name).write_bytes(name.encode())
    (folder / key / ABOUT).write_bytes(orjson.dumps(asdict(kept)))
    return key


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "reports"


@pytest.fixture(scope="module")
def keys(shelf: Path) -> list[str]:
    """The latest first."""
    return [
        put(shelf, "2024-W31", (NORTH,), MONDAY + WEEK, "zh", *Format),
        put(shelf, "2024-W30", None, MONDAY, "en", "html", "xlsx", "docx"),
        put(shelf, "2024-W29", None, MONDAY - WEEK, "zh", *Format),
    ]


@pytest.fixture(scope="module")
def client(shelf: Path, keys: list[str]) -> Iterator[TestClient]:
    made = install(Settings(data_dir=shelf.parent))
    yield TestClient(create_app(made), base_url="http://127.0.0.1", raise_server_exceptions=False)
    made.database.dispose()


def test_reports_that_were_made_are_listed_the_latest_first(client: TestClient, keys: list[str]) -> None:
    answer = client.get(PATH).json()
    assert answer["total"] == 3 and [one["key"] for one in answer["reports"]] == keys
    assert answer["reports"][1] == {
        "key": keys[1],
        "week": "2024-W30",
        "station": None,
        "as_of": "2024-07-29T08:00:00+08:00",
        "digest": "d" * 64,
        "formats": ["html", "xlsx", "docx"],
        "made_at": "2024-07-29T08:01:00+08:00",
        "language": "en",
        "program": "0.1",
    }
    assert client.get(f"{PATH}/{keys[1]}").json() == answer["reports"][1]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"week": "2024-W30"}, [1]),
        ({"week": "2024-W28"}, []),
        ({"station": NORTH}, [0]),
        ({"station": f"{WEST},{NORTH}"}, [0]),
        ({"station": WEST}, []),
        ({"lang": "zh"}, [0, 2]),
        ({"limit": 1, "offset": 1}, [1]),
    ],
)
def test_a_filter_leaves_what_it_says(
    client: TestClient, keys: list[str], params: dict[str, Any], found: list[int]
) -> None:
    answer = client.get(PATH, params=params).json()
    assert [one["key"] for one in answer["reports"]] == [keys[place] for place in found]


@pytest.mark.parametrize("form", list(Format))
def test_a_file_comes_as_it_lies_there(client: TestClient, keys: list[str], form: Format) -> None:
    answer = client.get(f"{PATH}/{keys[0]}/{form}")
    assert answer.status_code == 200 and answer.content == f"weekly-2024-W31.{form}".encode()
    assert answer.headers["content-type"] == MEDIA[form]
    assert answer.headers["content-disposition"] == f'attachment; filename="weekly-2024-W31.{form}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?week=2024-W54", 422, "bad_parameter"),
        ("?station=nowhere", 422, "unknown_station"),
        ("?limit=0", 422, "bad_parameter"),
        ("?lang=fr", 422, "bad_parameter"),
        ("/2024-W10_all_20240311T000000_zh", 404, "no_report"),
        ("/2024-W10_all_20240311T000000_zh/pdf", 404, "no_report"),
        ("/..%2Fsecret/pdf", 404, "unknown_path"),
        ("/KEY/pdf", 404, "no_format"),
        ("/KEY/json", 422, "bad_parameter"),
    ],
)
def test_what_there_is_not_and_what_cannot_be_is_a_problem(
    client: TestClient, keys: list[str], path: str, status: int, code: str
) -> None:
    answer = client.get(PATH + path.replace("KEY", keys[1]))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if code == "no_format":
        assert answer.json()["accepted"] == "html, xlsx, docx"


def test_it_is_described_and_an_empty_shelf_is_an_empty_list(client: TestClient, tmp_path: Path) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {PATH, f"{PATH}/{{key}}", f"{PATH}/{{key}}/{{format}}"} <= set(paths)
    made = install(Settings(data_dir=tmp_path))
    with TestClient(create_app(made), base_url="http://127.0.0.1") as empty:
        assert empty.get(PATH).json() == {"total": 0, "reports": []}
    made.database.dispose()
