"""How much a file may ask of the machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; the defaults hold a year of a province's ledgers and stop what only an attack
    needs.

    `cell_chars` is what one spreadsheet cell can hold; `ratio` counts only above `ratio_floor`, because a
    small file of equal rows compresses as well as a bomb does and harms nobody. `memory_bytes`,
    `cpu_seconds` and `wait_seconds` (time the parent waits for the child, not the time it spends on what it
    got) bound the child.
    """

    columns: int = 400
    rows: int = 5_000_000
    cell_chars: int = 32_767
    unpacked_bytes: int = 2048 * MEBIBYTE
    whole_bytes: int = 64 * MEBIBYTE
    """Formats that can only be read whole (HTML, XLS)."""
    entries: int = 10_000
    ratio: int = 250
    ratio_floor: int = 32 * MEBIBYTE
    memory_bytes: int = 1536 * MEBIBYTE
    cpu_seconds: int = 900
    wait_seconds: float = 900.0
    batch: int = 2_000
    """Items the child sends at a time."""
    ahead: int = 12
    """Batches that wait in the child while the parent is busy; then it is held back."""


DEFAULT = Limits()
