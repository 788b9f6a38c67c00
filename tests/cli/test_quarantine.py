"""`fangxing quarantine`: listed, shown, retried once what was wrong is mended, exported."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .conftest import EventFile, Fangxing

ROWS = (
    "城西,A1,confirmed,2024-07-01 08:00",
    "新站,N1,confirmed,2024-07-01 08:00,52300",
    "城西,A1,released,2024-02-30 08:00",
)


def test_a_row_of_an_unknown_station_lands_once_the_station_is_configured(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fangxing("ingest", event_file(*ROWS))
    assert fangxing("quarantine", "retry", "--all").out.startswith("Settled 0, still refused 2")
    folder = tmp_path / "bureau"
    folder.mkdir()
    (folder / "stations.yaml").write_text("stations: {14042302: {aliases: [新站]}}", encoding="utf-8")
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))
    assert fangxing("quarantine", "retry", "--all").out.startswith(
        "Settled 1, still refused 1, events added or revised 1"
    )
    assert [
        one["case_no"] for one in fangxing("cases", "--text", "N1", "--format", "json").object["cases"]
    ] == ["N1"]


def test_retrying_what_is_still_wrong_makes_no_second_entry(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    fangxing("ingest", event_file(*ROWS))
    before = fangxing("quarantine", "list", "--all").out
    fangxing("quarantine", "retry", "--all")
    fangxing("quarantine", "retry", "1", "2")
    assert fangxing("quarantine", "list", "--all").out == before


def test_a_corrected_value_lands_and_the_entry_is_settled(fangxing: Fangxing, event_file: EventFile) -> None:
    fangxing("ingest", event_file(*ROWS))
    ran = fangxing("quarantine", "retry", "2", "--set", "occurred_at=2024-07-01 20:00")
    assert (ran.code, ran.out.split(",")[0]) == (0, "Settled 1")
    [case] = fangxing("cases", "--text", "A1", "--format", "json").object["cases"]
    assert case["released_at"] == "2024-07-01T12:00:00+00:00"
    assert case["taken_s"] == 12 * 3600
    settled = fangxing("quarantine", "list", "--all").out.splitlines()
    assert [line.split()[-1] for line in settled[1:]] == ["open", "retried"]


def two_cells_wrong(event_file: EventFile) -> Path:
    """A row with a bad mass and a bad number of axles: two entries, one row."""
    head = "station,case_no,activity,occurred_at,gross_kg,axles,note"
    return event_file("城西,A1,confirmed,2024-07-01 08:00,heavy,many,first", head=head)


@pytest.mark.parametrize("named", [("1",), ("2",), ("1", "2")])
def test_several_cells_of_one_row_are_corrected_in_one_retry(
    fangxing: Fangxing, event_file: EventFile, named: tuple[str, ...]
) -> None:
    fangxing("ingest", two_cells_wrong(event_file))
    ran = fangxing("quarantine", "retry", *named, "--set", "gross_kg=52300", "--set", "axles=6")
    assert (ran.code, ran.out.strip()) == (0, "Settled 2, still refused 0, events added or revised 1")
    settled = fangxing("quarantine", "list", "--all").out.splitlines()
    assert [line.split()[-1] for line in settled[1:]] == ["retried", "retried"]
    assert fangxing("quarantine", "list").out.strip() == "The quarantine is empty."


def test_a_row_corrected_in_part_keeps_what_is_still_wrong_once(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    fangxing("ingest", two_cells_wrong(event_file))
    fangxing("quarantine", "retry", "1", "--set", "gross_kg=52300")
    left = fangxing("quarantine", "list").out.splitlines()[1:]
    assert len(left) == 1 and "many" in left[0]


def test_a_value_is_not_set_in_two_rows_at_once(fangxing: Fangxing, event_file: EventFile) -> None:
    fangxing("ingest", event_file(*ROWS))
    assert fangxing("quarantine", "retry", "1", "2", "--set", "case_no=X").code == 2


def test_a_value_corrected_wrongly_is_refused_anew(fangxing: Fangxing, event_file: EventFile) -> None:
    fangxing("ingest", event_file(*ROWS))
    fangxing("quarantine", "retry", "2", "--set", "occurred_at=2024-02-31")
    listed = fangxing("quarantine", "list").out
    assert "2024-02-31" in listed and "2024-02-30" not in listed


def test_show_gives_the_row_and_what_would_be_accepted(fangxing: Fangxing, event_file: EventFile) -> None:
    fangxing("ingest", event_file(*ROWS))
    out = fangxing("quarantine", "show", 1).out
    assert "新站" in out and "城西" in out and "case_no: N1" in out


def test_an_export_opens_in_a_spreadsheet_and_holds_no_formula(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    fangxing("ingest", event_file(*ROWS, "=HYPERLINK(1),N2,confirmed,2024-07-01 08:00"))
    path = tmp_path / "refused.csv"
    assert fangxing("quarantine", "export", path).code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Value"] for row in rows] == ["新站", "2024-02-30 08:00", "'=HYPERLINK(1)"]
    assert fangxing("quarantine", "export", path).code == 2


def test_wrong_use_is_told(fangxing: Fangxing, event_file: EventFile) -> None:
    fangxing("ingest", event_file(*ROWS))
    assert fangxing("quarantine", "retry").code == 2
    assert fangxing("quarantine", "retry", "1", "--all").code == 2
    assert fangxing("quarantine", "show", "99").code == 2
    assert fangxing("quarantine", "retry", "99").code == 2
    assert "occurred_at" in fangxing("quarantine", "retry", "2", "--set", "time=x").err
