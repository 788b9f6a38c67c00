"""What the wheel carries, and that the versions the tests passed with are written down."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from monitor.settings import shipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=! ]", requirement)[0] for requirement in requirements}


def test_the_program_looks_for_configuration_where_the_wheel_puts_it(project: dict[str, Any]) -> None:
    placed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert placed == {"config": shipped.IN_WHEEL.relative_to(ROOT).as_posix()}


def test_every_direct_dependency_has_an_exact_version(project: dict[str, Any]) -> None:
    direct = names(project["project"]["dependencies"]) | names(
        project["project"]["optional-dependencies"]["test"]
    )
    exact = project["tool"]["uv"]["constraint-dependencies"]
    assert all("==" in constraint for constraint in exact)
    assert direct - names(exact) == set()


@pytest.mark.full
def test_the_wheel_carries_the_whole_configuration(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True)
    [wheel] = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    config = {file.relative_to(ROOT / "config").as_posix() for file in (ROOT / "config").rglob("*.yaml")}
    assert {f"monitor/settings/shipped/{name}" for name in config} <= inside
    assert not any(name.startswith("tests/") for name in inside)
