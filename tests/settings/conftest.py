"""A folder that lies over the shipped configuration, written key by key by a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str], Path]


@pytest.fixture
def overlay(tmp_path: Path) -> Write:
    """Writes one file of a bureau's folder and returns the folder."""
    folder = tmp_path / "bureau"
    folder.mkdir()

    def write(name: str, text: str) -> Path:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return folder

    return write
