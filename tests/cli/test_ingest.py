"""`fangxing ingest`: exit codes, the one JSON object, counts, and what a person is told."""

from __future__ import annotations

from pathlib import Path

from monitor.settings.texts import texts

from .conftest import EventFile, Fangxing

GOOD = (
    "城西,A1,confirmed,2024-07-01 08:00,52300,晋D12345,张三丰",
    "城西,A1,released,2024-07-01 19:00",
    "北关,B1,confirmed,2024-07-01 09:00,51000",
)
BAD = "城西,A2,confirmed,2024-02-30 08:00"


def test_json_is_one_object_with_deliveries_and_totals(fangxing: Fangxing, event_file: EventFile) -> None:
    ran = fangxing("ingest", event_file(*GOOD, BAD), "--source", "events", "--json")
    assert ran.code == 0
    assert set(ran.object) == {"deliveries", "totals"}
    assert ran.object["totals"] == {
        "read": 5,
        "events": 3,
        "duplicates": 0,
        "revisions": 0,
        "quarantined": 1,
        "cases": 2,
    }
    assert ran.err == ""


def test_rows_and_events_of_a_delivery_add_up(fangxing: Fangxing, event_file: EventFile) -> None:
    file = event_file(*GOOD, BAD, GOOD[1])
    [delivery] = fangxing("ingest", file, "--json").object["deliveries"]
    rows = delivery["rows"]
    assert rows == {"read": 6, "landed": 3, "unchanged": 1, "quarantined": 1, "aside": 1, "hidden": 0}
    assert rows["read"] == rows["landed"] + rows["unchanged"] + rows["quarantined"] + rows["aside"]
    assert delivery["mapped"] == delivery["events"] + delivery["duplicates"] + delivery["revisions"] == 4


def test_the_same_file_again_is_all_duplicates(fangxing: Fangxing, event_file: EventFile) -> None:
    file = event_file(*GOOD)
    fangxing("ingest", file)
    totals = fangxing("ingest", file, "--json").object["totals"]
    assert (totals["events"], totals["duplicates"], totals["cases"]) == (0, 3, 0)


def test_a_case_told_by_two_files_counts_once(fangxing: Fangxing, event_file: EventFile) -> None:
    first = event_file(GOOD[0], name="events1.csv")
    second = event_file(*GOOD[1:], name="events2.csv")
    ran = fangxing("ingest", first, second, "--json").object
    assert [one["cases"] for one in ran["deliveries"]] == [1, 2]
    assert ran["totals"]["cases"] == 2


def test_strict_exits_with_3_only_where_something_was_quarantined(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    assert fangxing("ingest", event_file(*GOOD), "--strict").code == 0
    assert fangxing("ingest", event_file(*GOOD, BAD), "--strict").code == 3
    assert fangxing("ingest", event_file(*GOOD, BAD)).code == 0


def test_a_quarantined_cell_is_named_with_its_place_and_what_would_do(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    out = fangxing("ingest", event_file(*GOOD, BAD)).out
    [line] = [line for line in out.splitlines() if line.startswith("Quarantined")]
    for part in ("events.csv", "row 5", "occurred_at", '"2024-02-30 08:00"', "no such day", "Accepted: 2024"):
        assert part in line
    assert "fangxing quarantine list --delivery 1" in out


def test_what_was_quarantined_before_is_still_pointed_to(fangxing: Fangxing, event_file: EventFile) -> None:
    file = event_file(*GOOD, BAD)
    fangxing("ingest", file)
    assert "fangxing quarantine list --source events" in fangxing("ingest", file).out


def test_a_file_that_fails_does_not_stop_the_others(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    empty = tmp_path / "events-empty.csv"
    empty.touch()
    ran = fangxing("ingest", empty, event_file(*GOOD), "--json")
    assert ran.code == 1
    assert [one["status"] for one in ran.object["deliveries"]] == ["failed", "done"]
    assert ran.object["deliveries"][0]["problem"]["reason"] == "empty_file"
    assert ran.object["totals"]["events"] == 3


def test_a_folder_gives_every_file_whose_name_a_source_claims(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    event_file(GOOD[0], name="in/events1.csv")
    event_file(GOOD[1], name="in/sub/events2.csv")
    event_file(GOOD[2], name="in/notes.csv")
    event_file(GOOD[2], name="in/.hidden/events3.csv")
    deliveries = fangxing("ingest", tmp_path / "in", "--json").object["deliveries"]
    assert [Path(one["file"]).name for one in deliveries] == ["events1.csv", "events2.csv"]


def test_an_unknown_source_is_wrong_use_and_those_that_exist_are_named(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    ran = fangxing("ingest", event_file(*GOOD), "--source", "evnts")
    assert ran.code == 2
    assert "road-traffic-fines" in ran.err
    assert ran.out == ""


def test_a_file_that_no_source_claims_is_wrong_use_and_nothing_lands(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    ran = fangxing("ingest", event_file(*GOOD), event_file(*GOOD, name="notes.csv"))
    assert ran.code == 2
    assert "notes.csv" in ran.err and "--source" in ran.err
    assert fangxing("cases").out.strip() == "No case fits."


def test_a_folder_without_a_claimed_file_is_wrong_use(fangxing: Fangxing, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    ran = fangxing("ingest", tmp_path / "in")
    assert ran.code == 2
    assert "events*.csv" in ran.err


def test_a_command_line_that_does_not_fit_is_wrong_use(fangxing: Fangxing) -> None:
    assert fangxing("ingest").code == 2
    assert fangxing("ingest", "a.csv", "--no-such-option").code == 2
    assert fangxing("no-such-command").code == 2


def test_a_dry_run_tells_what_each_row_would_become_and_writes_nothing(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    ran = fangxing("ingest", event_file(*GOOD, BAD), "--dry-run")
    assert ran.code == 0
    assert "row 2: 14042301 A1, events: 1" in ran.out
    assert f"2024-07-01 08:00:00  {texts('en').get('activities.confirmed')}" in ran.out
    assert "gross_kg=52300" in ran.out
    assert "no such day" in ran.out
    assert not (tmp_path / "data").exists()


def test_a_dry_run_as_json_has_the_totals_of_the_real_one(fangxing: Fangxing, event_file: EventFile) -> None:
    file = event_file(*GOOD, BAD)
    rehearsed = fangxing("ingest", file, "--dry-run", "--json").object
    assert rehearsed["totals"] == fangxing("ingest", file, "--json").object["totals"]
    assert fangxing("ingest", file, "--dry-run", "--strict").code == 3


def test_plates_are_masked_and_names_never_shown(fangxing: Fangxing, event_file: EventFile) -> None:
    file = event_file(*GOOD, "城西,A3,confirmed,bad,,晋D12345,张三丰")
    shown = [
        fangxing("ingest", file, "--dry-run"),
        fangxing("ingest", file, "--dry-run", "--json"),
        fangxing("ingest", file),
        fangxing("quarantine", "list"),
        fangxing("quarantine", "show", 1),
        fangxing("cases"),
        fangxing("cases", "--format", "json"),
        fangxing("cases", "--format", "csv"),
    ]
    assert [ran.code for ran in shown] == [0] * len(shown)
    told = "".join(ran.out + ran.err for ran in shown)
    assert "晋D·1**45" in told
    assert "晋D12345" not in told
    assert "张三丰" not in told


def test_who_brought_a_file_and_from_where_is_kept(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    import getpass
    import socket

    from monitor.store.database import Database
    from monitor.store.deliveries import recent_deliveries

    fangxing("ingest", event_file(*GOOD))
    with Database(f"sqlite:///{tmp_path / 'data' / 'fangxing.db'}").read() as connection:
        [entry] = recent_deliveries(connection)
    assert (entry.actor, entry.origin) == (getpass.getuser(), f"cli@{socket.gethostname()}")
