"""The edge: errors as answers, help without heavy imports, and the commands that look at the installation."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import files

from .conftest import EventFile, Fangxing

HEAVY = ("pandas", "dash", "plotly", "sqlalchemy", "alembic", "fastapi", "uvicorn", "rich", "lxml")


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    script = f"""
import sys
from monitor.cli import run
code = run(["--help"])
print(code, [name for name in {HEAVY} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    for command in ("demo", "serve", "init", "ingest", "template", "quarantine", "cases", "simulate", "db",
                    "config", "doctor"):  # fmt: skip
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize(("language", "told"), [("zh", "列出案件"), ("en", "List cases")])
def test_help_is_in_the_configured_language(language: str, told: str) -> None:
    environment = os.environ | {"FANGXING_LANGUAGE": language}
    script = [sys.executable, "-c", "from monitor.cli import main; main()", "cases", "--help"]
    done = subprocess.run(script, capture_output=True, text=True, check=True, env=environment)
    assert told in done.stdout


def test_an_unforeseen_error_is_one_line_without_its_message_and_a_traceback_on_demand(
    fangxing: Fangxing, event_file: EventFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("张三丰")

    monkeypatch.setattr(files, "choose", fail)
    ran = fangxing("ingest", event_file())
    assert ran.code == 1
    assert "ZeroDivisionError" in ran.err and "FANGXING_DEBUG=1" in ran.err
    assert "Traceback" not in ran.err and "张三丰" not in ran.err
    monkeypatch.setenv("FANGXING_DEBUG", "1")
    assert "Traceback" in fangxing("ingest", event_file()).err


def test_wrong_settings_are_told_with_the_variable_and_what_would_do(
    fangxing: Fangxing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGXING_PORT", "many")
    ran = fangxing("cases")
    assert ran.code == 2
    assert "FANGXING_PORT" in ran.err and "A number" in ran.err


def test_the_server_refuses_any_address_but_loopback(fangxing: Fangxing) -> None:
    ran = fangxing("serve", "--host", "0.0.0.0")
    assert ran.code == 2
    assert "127.0.0.1" in ran.err


@pytest.mark.parametrize("command", [("serve",), ("demo", "--no-browser")])
def test_a_taken_port_is_told_before_anything_is_loaded(
    command: tuple[str, ...], fangxing: Fangxing, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = fangxing(*command, "--port", port)
    assert ran.code == 1
    assert str(port) in ran.err and "--port" in ran.err
    assert not (tmp_path / "data").exists()


def test_init_writes_once_and_its_folder_passes_the_check(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bureau"
    assert fangxing("init", folder).code == 0
    assert (folder / "stations.yaml").is_file()
    again = fangxing("init", folder)
    assert again.code == 2 and "not overwritten" in again.err
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))
    assert fangxing("config", "check").code == 0


def test_config_check_names_file_line_key_and_what_would_be_accepted(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bureau"
    (folder / "sources").mkdir(parents=True)
    (folder / "board.yaml").write_text("near_hours: soon\n", encoding="utf-8")
    (folder / "sources" / "ours.yaml").write_text("kind: ledger\nkinds: x\n", encoding="utf-8")
    monkeypatch.setenv("FANGXING_CONFIG_DIR", str(folder))
    ran = fangxing("config", "check")
    assert ran.code == 1
    assert "board.yaml:1 near_hours: not a number: soon. A number" in ran.out
    assert "ours.yaml:2 kinds" in ran.out
    assert "to mend" in ran.out.splitlines()[-1]
    assert fangxing("cases").code == 2


def test_the_template_is_read_by_the_page_that_claims_it(fangxing: Fangxing, tmp_path: Path) -> None:
    file = tmp_path / "fangxing-ledger.xlsx"
    assert fangxing("template", "ledger", file).code == 0
    ran = fangxing("ingest", file, "--json", "--strict")
    assert ran.code == 0
    assert ran.object["deliveries"][0]["source"] == "ledger-template"
    assert ran.object["totals"]["events"] == 0
    assert fangxing("template", "ledger", file).code == 2
    assert fangxing("template", "ledger", tmp_path / "ledger.csv").code == 2


def test_doctor_looks_without_making_anything(fangxing: Fangxing, tmp_path: Path) -> None:
    ran = fangxing("doctor")
    assert ran.code == 0
    assert "Python 3" in ran.out and "made at first use" in ran.out
    assert not (tmp_path / "data").exists()


def test_doctor_finds_a_key_that_others_can_read(
    fangxing: Fangxing, event_file: EventFile, tmp_path: Path
) -> None:
    fangxing("ingest", event_file("城西,A1,confirmed,2024-07-01 08:00"))
    assert fangxing("doctor").code == 0
    (tmp_path / "data" / "personal.key").chmod(0o644)
    ran = fangxing("doctor")
    assert ran.code == 1
    assert "chmod 600" in ran.out


def test_doctor_finds_a_broken_database_and_wrong_settings(
    fangxing: Fangxing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fangxing.db").write_bytes(b"no database at all" * 100)
    ran = fangxing("doctor")
    assert ran.code == 1
    assert "Cannot reach the database" in ran.out
    monkeypatch.setenv("FANGXING_ZONE", "Mars/Olympus")
    ran = fangxing("doctor")
    assert ran.code == 1
    assert "FANGXING_ZONE" in ran.out
