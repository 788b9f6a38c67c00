"""The rooms of the program: who imports whom, and that none stands outside the order."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_every_room_imports_only_from_rooms_below_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    passed = lint_imports(config_filename="pyproject.toml", cache_dir=None, is_debug_mode=False)
    assert passed, capsys.readouterr().out


def test_every_room_has_its_place_in_the_order() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract["id"] == "rooms"]
    placed = {name.strip(" ()") for line in layers for name in line.replace(":", "|").split("|")}
    rooms = {"ingest", "dashboard"}
    for entry in (ROOT / "monitor").iterdir():
        is_room = entry.suffix == ".py" or (entry.is_dir() and any(entry.glob("*.py")))
        if is_room and not entry.name.startswith("__"):
            rooms.add(f"monitor.{entry.stem}")
    assert rooms - placed == set()


def test_the_order_is_read_from_the_project_file() -> None:
    configuration = read_configuration(str(ROOT / "pyproject.toml"))
    assert configuration["session_options"]["root_packages"] == ["monitor", "ingest", "dashboard"]
    assert len(configuration["contracts_options"]) >= 2
