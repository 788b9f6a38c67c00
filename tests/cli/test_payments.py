"""`fangxing payments` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.server import install
from monitor.settings.environment import load_settings

from .conftest import EventFile, Fangxing

HEAD = "station,case_no,activity,occurred_at,fine_fen,amount_fen,payment_code,channel,authority,outcome"
ROWS = (
    "城西,A1,decided,2026-11-25 09:00,2000,,,,交通,罚款",
    "城西,A1,served,2026-11-25 09:30",
    "城西,A1,pay_requested,2026-11-25 10:00,,2000,14042320261155307712",
    "城西,A1,pay_failed,2026-11-25 10:05,,2000,14042320261155307712,扫码",
    "城西,A1,paid,2026-11-25 10:30,,2000,14042320261155307712,现场",
)
WEST = "14042301"


@pytest.fixture
def told(fangxing: Fangxing, event_file: EventFile) -> Fangxing:
    head = HEAD.replace("fine_fen", "罚款金额(元)").replace("amount_fen", "金额(元)")
    assert fangxing("ingest", event_file(*ROWS, head=head), "--strict").code == 0
    return fangxing


def test_the_payments_of_a_case_with_what_to_look_at(told: Fangxing) -> None:
    [payment] = told("payments", "case", "城西", "A1", "--json").object["payments"]
    assert (payment["code"], payment["owed_fen"], payment["paid_fen"]) == (
        "14042320261155307712",
        200_000,
        200_000,
    )
    assert payment["requested"]["at"] == "2026-11-25T10:00:00+08:00"
    assert (payment["due"], payment["due_by"], len(payment["failures"])) == ("2026-12-10", "term", 1)
    assert [finding["code"] for finding in payment["findings"]] == ["cash_without_ground"]
    assert "14042320261155307712" in told("payments", "case", WEST, "A1").out
    assert told("payments", "case", WEST, "A2").code == 1


def test_minutes_beyond_a_thousand_are_whole_in_the_table(fangxing: Fangxing, event_file: EventFile) -> None:
    rows = (
        "城西,C1,decided,2026-11-20 09:00,2000,,,,交通,罚款",
        "城西,C1,pay_requested,2026-11-20 10:00,,2000,14042320261155307713",
        "城西,C1,paid,2026-11-21 19:20:24,,2000,14042320261155307713,现场",  # 2000.4 minutes
    )
    head = HEAD.replace("fine_fen", "罚款金额(元)").replace("amount_fen", "金额(元)")
    assert fangxing("ingest", event_file(*rows, head=head), "--strict").code == 0
    out = fangxing("metrics", "payment_time").out
    assert " 2000 " in out and "2000." not in out
    assert "2000.4" in fangxing("metrics", "payment_time", "--format", "csv").out


def test_payments_to_look_at_are_listed_with_why(told: Fangxing) -> None:
    [payment] = told("payments", "look", "--json").object["payments"]
    assert (payment["station"], payment["case_no"]) == (WEST, "A1")
    assert [finding["code"] for finding in payment["findings"]] == ["cash_without_ground"]
    assert "A1" in told("payments", "look", "--from", "2026-11-25", "--to", "2026-11-25").out
    assert "no payment" in told("payments", "look", "--from", "2026-11-26").out
    assert "no payment" in told("payments", "look", "--station", "北关").out


def test_who_collected_is_a_code_and_a_name_is_refused(fangxing: Fangxing, event_file: EventFile) -> None:
    head = "station,case_no,activity,occurred_at,罚款金额(元),处理机关,收缴单位"
    rows = (
        "城西,B1,decided,2026-11-25 09:00,2000,交警,",
        "城西,B1,paid,2026-11-25 10:30,,,交警",
        "城西,B2,paid,2026-11-25 10:30,,,王某",
        "城西,B3,paid,2026-11-25 10:30,,,银行",
    )
    assert fangxing("ingest", event_file(*rows, head=head), "--strict").code == 3
    [payment] = fangxing("payments", "case", "城西", "B1", "--json").object["payments"]
    assert [finding["code"] for finding in payment["findings"]] == ["fine_and_collection_by_one"]
    [payment] = fangxing("payments", "case", "城西", "B3", "--json").object["payments"]
    assert [finding["code"] for finding in payment["findings"]] == ["payment_unknown_case"]
    # The refused cell waits in quarantine with its event; nobody's name went into the log.
    assert fangxing("payments", "case", "城西", "B2").code == 1


def test_a_notice_is_written_once(told: Fangxing, tmp_path: Path) -> None:
    page = tmp_path / "notice.html"
    assert told("payments", "notice", WEST, "A1", "--out", page).code == 0
    assert "Paid in full" in page.read_text(encoding="utf-8")
    assert told("payments", "notice", WEST, "A1", "--out", page).code == 1
    assert told("payments", "notice", WEST, "A1", "--out", tmp_path / "notice.docx").code == 2


def test_an_address_is_confirmed_by_a_second_person(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bureau"
    folder.mkdir()
    (folder / "payment-hosts.yaml").write_text(
        "hosts:\n  - {host: pay.example.org, example: true}\n  - {host: fs.bureau.example}\n",
        encoding="utf-8",
    )
    (folder / "stations.yaml").write_text(
        f"stations:\n  '{WEST}':\n    payment:\n      address: \"https://fs.bureau.example/p?c={{code}}\"\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))
    line = next(one for one in fangxing("payments", "addresses").out.splitlines() if one.startswith(WEST))
    early = fangxing("payments", "confirm", WEST, line.split()[1], "--as", "li")
    assert (early.code, "fangxing serve" in early.err) == (1, True)
    monkeypatch.setattr("monitor.server.local_user", lambda: "wang")
    install(load_settings()).database.dispose()
    line = next(one for one in fangxing("payments", "addresses").out.splitlines() if one.startswith(WEST))
    assert "waits for a second person" in line and "wang" in line
    digest = line.split()[1]
    same = fangxing("payments", "confirm", WEST, digest, "--as", "Wang")
    assert (same.code, "somebody else" in same.err) == (1, True)
    assert fangxing("payments", "confirm", WEST, "0" * 12, "--as", "li").code == 1
    assert fangxing("payments", "confirm", WEST, digest, "--as", "li").code == 0
    line = next(one for one in fangxing("payments", "addresses").out.splitlines() if one.startswith(WEST))
    assert "confirmed" in line and line.rstrip().endswith("li")
