"""What tells made-up data from a station's own: a file that the simulator leaves beside what it writes."""

from __future__ import annotations

from pathlib import Path

MARK = "SIMULATED.txt"


def is_made_up(path: Path) -> bool:
    """Whether a file lies in a folder that the simulator wrote, or in one below it."""
    return any((folder / MARK).is_file() for folder in list(path.resolve().parents)[:2])
