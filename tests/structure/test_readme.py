"""The README is true: what it lists exists, and what exists is listed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.settings.environment import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    match = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert match is not None, f"README has no section {title!r}"
    return match[1]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables in a text."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]


def test_every_dependency_has_its_line_of_reason_and_nothing_else_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=!,; ]", line)[0] for line in project["dependencies"]}
    listed = {name.strip() for cell in first_cells(section("Parts")) for name in cell.split(",")}
    assert listed - {"part", "---"} == wanted


def test_every_setting_is_listed() -> None:
    listed = set(re.findall(rf"{PREFIX}[A-Z_]+", section("Settings")))
    assert listed == {PREFIX + name.upper() for name in Settings.model_fields}


def test_rooms_and_pictures_exist() -> None:
    paths = [
        part for cell in first_cells(section("How it is built")) for part in re.findall(r"`([^`]+)`", cell)
    ]
    assert len(paths) > 8
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), path
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"(?:^|/|`|&& )fangxing ([a-z][a-z ]*[a-z])", README, re.M)))
)
def test_every_command_named_exists(line: str) -> None:
    import typer.main

    from monitor.cli import commands

    found = typer.main.get_command(commands())
    for word in line.split():
        below = getattr(found, "commands", None)
        if below is None:
            break
        assert word in below, f"fangxing {line}: no command {word}"
        found = below[word]
