"""`fangxing db move`: from SQLite into PostgreSQL, where every command then works."""

from __future__ import annotations

import pytest

from tests.engines import postgresql_url

from .conftest import EventFile, Fangxing

ROWS = (
    "城西,A1,confirmed,2024-07-01 08:00",
    "城西,A1,released,2024-07-01 20:00",
    "城西,A2,confirmed,2024-07-01 09:00",
)


def test_what_was_moved_is_whole_and_goes_on_in_postgresql(
    fangxing: Fangxing, event_file: EventFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fangxing("ingest", event_file(*ROWS)).code == 0
    with postgresql_url(empty=True) as url:
        ran = fangxing("db", "move", "--to", url)
        assert ran.code == 0, ran.err
        assert "events: 3 rows" in ran.out
        assert "2 cases folded again, none differs" in ran.out
        assert f"FANGXING_DATABASE_URL='{url}'" in ran.out
        monkeypatch.setenv("FANGXING_DATABASE_URL", url)
        assert fangxing("db", "check").code == 0
        assert fangxing("db", "refold").code == 0
        more = event_file(*ROWS, "城西,A3,confirmed,2024-07-02 09:00", name="more_events.csv")
        again = fangxing("ingest", more, "--json", "--source", "events")
        assert again.code == 0, again.err
        assert (again.object["totals"]["events"], again.object["totals"]["duplicates"]) == (1, 3)


def test_a_second_move_into_the_same_database_is_refused(fangxing: Fangxing, event_file: EventFile) -> None:
    assert fangxing("ingest", event_file(*ROWS)).code == 0
    with postgresql_url() as url:
        assert fangxing("db", "move", "--to", url).code == 0
        ran = fangxing("db", "move", "--to", url)
    assert ran.code == 1
    assert "the target already holds" in ran.err


def test_a_password_written_out_is_refused_and_not_shown(fangxing: Fangxing) -> None:
    ran = fangxing("db", "move", "--to", "postgresql://fangxing:hunter2@db.example/fangxing")
    assert ran.code == 2
    assert "hunter2" not in ran.out + ran.err
