"""The command line run in this process, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run

HEAD = "station,case_no,activity,occurred_at,gross_kg,plate,driver"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it put out."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """Standard output as the one JSON object it has to be."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Fangxing = Callable[..., Ran]
EventFile = Callable[..., Path]


@pytest.fixture
def fangxing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fangxing:
    monkeypatch.setenv("FANGXING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FANGXING_LANGUAGE", "en")

    def command(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(one) for one in arguments])
        put = capsys.readouterr()
        return Ran(code, put.out, put.err)

    return command


@pytest.fixture
def event_file(tmp_path: Path) -> EventFile:
    """An event file of rows `station,case_no,activity,occurred_at,gross_kg,plate,driver`; commas at the end
    may be left out."""

    def write(*rows: str, name: str = "events.csv", head: str = HEAD) -> Path:
        width = head.count(",")
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [head, *(row + "," * (width - row.count(",")) for row in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return write
