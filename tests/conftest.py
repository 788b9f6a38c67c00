"""What every test shares: long runs stay out unless asked for, and no setting of this machine leaks in."""

from __future__ import annotations

import os
import sys

import pytest

from tests.long import VARIABLE

if "--full" in sys.argv:
    # At once: what a conftest deeper down tries is decided while it is imported, before any hook runs.
    os.environ[VARIABLE] = "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the tests marked `full` (minutes) as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    long_runs = [item for item in items if item.get_closest_marker("full")]
    if long_runs:
        config.hook.pytest_deselected(items=long_runs)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A FANGXING_* variable of the developer's shell must not decide a test."""
    for name in list(os.environ):
        if name.startswith("FANGXING_"):
            monkeypatch.delenv(name)
