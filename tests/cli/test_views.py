"""`fangxing views`, and what `config check`, `doctor` and `work` say of views: never a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Fangxing
from tests.ingest.viewed import COLUMNS, QUERY, Station, station_on

SECRET = "geheim"
Configure = Callable[..., None]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with station_on("sqlite", tmp_path) as station:
        yield station


@pytest.fixture
def configure(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Writes the view `chengbei` with these keys changed."""

    def write(**changed: str) -> None:
        told = {"url": station.url, "query": QUERY, "source": "events", "watermark": "changed_at", **changed}
        folder = tmp_path / "config"
        folder.mkdir(exist_ok=True)
        lines = ["calendar_check: null", "views:", "  chengbei:"]
        lines += [f"    {key}: {value}" for key, value in told.items()]
        (folder / "jobs.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))

    write()
    return write


def test_a_view_is_read_now_and_listed_with_how_far(
    fangxing: Fangxing, station: Station, configure: Configure
) -> None:
    station.tell("C1", "12:00")
    told = fangxing("views", "read", "chengbei", "--json")
    assert told.code == 0
    assert told.object["totals"] == {
        "read": 1, "events": 1, "duplicates": 0, "revisions": 0, "quarantined": 0, "cases": 1,
    }  # fmt: skip
    assert told.object["deliveries"][0]["file"] == "chengbei"
    assert "nothing new" in fangxing("views", "read", "chengbei").out
    listed = fangxing("views", "list").out
    assert "2026-07-01 12:00:00" in listed
    assert "events" in listed


def test_a_view_read_anew_brings_its_old_rows_as_duplicates(
    fangxing: Fangxing, station: Station, configure: Configure
) -> None:
    station.tell("C1", "08:00")
    station.tell("C2", "12:00")
    fangxing("views", "read", "chengbei")
    totals = fangxing("views", "read", "chengbei", "--anew", "--json").object["totals"]
    assert (totals["read"], totals["duplicates"], totals["events"]) == (2, 2, 0)


def test_a_try_shows_columns_and_rows_and_writes_nothing(
    fangxing: Fangxing, station: Station, configure: Configure, tmp_path: Path
) -> None:
    station.tell("C1", "12:00")
    station.tell("C2", "12:00", gross=-5)
    ran = fangxing("views", "try", "chengbei")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()][5] == ["gross_kg", "gross"]
    assert "confirmed" in ran.out
    assert "cannot be negative" in ran.out
    assert not (tmp_path / "data").exists()


def test_everything_due_includes_views(fangxing: Fangxing, station: Station, configure: Configure) -> None:
    station.tell("C1", "12:00")
    ran = fangxing("work", "--once")
    assert (ran.code, ran.out.splitlines()[1].split()) == (0, ["chengbei", "1", "done"])


def test_a_view_that_cannot_be_read_is_a_sentence_and_exit_one(
    fangxing: Fangxing, station: Station, configure: Configure
) -> None:
    station.view(COLUMNS.replace("case_no", "case_no AS renamed"))
    for command in (
        ("views", "read", "chengbei"),
        ("views", "try", "chengbei"),
        ("work", "--once"),
        ("doctor",),
    ):
        ran = fangxing(*command)
        assert ran.code == 1, command
        assert "The view lacks a needed column: case_no" in ran.out + ran.err, command


def test_an_unknown_view_is_wrong_use(fangxing: Fangxing, configure: Configure) -> None:
    ran = fangxing("views", "read", "chengxi")
    assert (ran.code, "chengbei" in ran.err) == (2, True)


def test_doctor_asks_each_view(fangxing: Fangxing, configure: Configure) -> None:
    assert "View chengbei: sqlite://" in fangxing("doctor").out


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        ({"source": "evnts"}, 6, "sources has no evnts"),
        ({"url": "postgresql://reader:${NOT_SET}@db/x"}, 4, "NOT_SET is not set"),
        ({"password": "file:/no/such"}, 8, "cannot read /no/such"),
        ({"url": "oracle+oracledb://reader@db/x"}, 4, "the driver oracledb is not installed"),
        ({"url": f"postgresql://reader:{SECRET}@db/x"}, 4, "a password is written out"),
        ({"url": f"postgresql://db/x?password={SECRET}"}, 4, "a password is written out"),
        ({"url": f"mssql+pyodbc:///?odbc_connect=PWD%3D{SECRET}"}, 4, "a password is written out"),
        ({"password": SECRET}, 8, "a password is written out"),
        ({"url": "/srv/cases.db"}, 4, "not a database URL"),
        ({"query": "SELECT * FROM v_events"}, 5, "has no :since"),
        ({"query": "\"SELECT 1 WHERE 1 >= :since AND b = :station\""}, 5, "unknown parameter :station"),
        ({"query": "DELETE FROM v WHERE a >= :since"}, 5, "not one SELECT"),
        ({"query": "SELECT 1 WHERE 1 >= :since; DROP TABLE v"}, 5, "not one SELECT"),
        ({"overlap": "soon"}, 8, "not a duration: soon"),
        ({"watermark_kind": "number", "overlap": "2h"}, 9, "not a whole number: 2h"),
        ({"watermark_kind": "text", "overlap": "5"}, 9, "no overlap"),
        ({"watermark_kind": "clock"}, 8, "unknown value clock"),
        ({"start": "last year"}, 8, "not a time: last year"),
        ({"every": "often"}, 8, "wrong form: often"),
        ({"rows": "0"}, 8, "out of range"),
        ({"watermrk": "a"}, 8, "Did you mean watermark?"),
    ],
)  # fmt: skip
def test_the_check_names_line_and_key_of_a_mistake_and_no_secret(
    fangxing: Fangxing, configure: Configure, changed: dict[str, str], line: int, said: str
) -> None:
    configure(**changed)
    ran = fangxing("config", "check")
    assert ran.code == 1
    assert f"jobs.yaml:{line} views.chengbei.{list(changed)[-1]}: " in ran.out
    assert said in ran.out
    assert SECRET not in ran.out + ran.err


def test_a_url_in_the_wrong_place_is_not_shown(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "jobs.yaml").write_text(f"views:\n  a: 'postgresql://reader:{SECRET}@db/x'\n")
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))
    monkeypatch.setenv("FANGXING_DEBUG", "1")
    for command in (("config", "check"), ("work", "--once"), ("doctor",)):
        ran = fangxing(*command)
        assert ran.code != 0
        assert SECRET not in ran.out + ran.err + caplog.text


def test_a_view_under_the_name_of_a_watch_is_refused(
    fangxing: Fangxing, configure: Configure, tmp_path: Path
) -> None:
    file = tmp_path / "config" / "jobs.yaml"
    file.write_text(file.read_text() + "watches:\n  chengbei: {folder: /srv/in}\n")
    assert "views.chengbei: " in fangxing("config", "check").out


def test_the_check_is_fine_with_a_fine_view(
    fangxing: Fangxing, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fangxing("config", "check").code == 0
    monkeypatch.setenv("CHENGBEI_PASSWORD", SECRET)
    configure(url="'postgresql://reader:${CHENGBEI_PASSWORD}@db/x'", overlap="2h", start="2024-01-01")
    ran = fangxing("config", "check")
    assert (ran.code, SECRET in ran.out) == (0, False)
