"""How much is tried: enough to find a fault soon, and with `--full` much more."""

from __future__ import annotations

import os
from collections.abc import Sequence

VARIABLE = "TESTS_FULL"
"""Set by `--full` before any test is collected, so that other processes know it too."""

TIMES = 40


def is_full() -> bool:
    """Whether the long runs were asked for."""
    return os.environ.get(VARIABLE) == "1"


def examples(count: int) -> int:
    """How many examples a property is tried on."""
    return count * TIMES if is_full() else count


def seeds(short: Sequence[int], long: Sequence[int]) -> Sequence[int]:
    """The seeds to try."""
    return long if is_full() else short
