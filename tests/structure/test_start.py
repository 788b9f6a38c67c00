"""What a start imports: a command that needs little starts soon."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"alembic", "dash", "fastapi", "lxml", "numpy", "pandas", "plotly", "psycopg", "scipy", "sqlalchemy"}
"""Each takes longer to import than all that help needs."""


def imported(arguments: list[str]) -> set[str]:
    """The modules at the top that a command has imported when it ends."""
    program = (
        f"import sys; from monitor.cli import run; code = run({arguments!r}); "
        "print(*(name for name in sys.modules if '.' not in name), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ingest", "--help"], ["serve", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported(arguments) & HEAVY == set()
