"""What every test shares: long runs stay out unless asked for, and no setting of this machine leaks in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.engines import hurry
from tests.long import VARIABLE

HERE = Path(__file__).parent

hurry()

if "--full" in sys.argv:
    # At once: what a conftest deeper down tries is decided while it is imported, before any hook runs.
    os.environ[VARIABLE] = "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the tests marked `full` (minutes) as well")


BEFORE_THE_DATABASE = (
    "test_another_media_type_is_refused",
    "test_a_body_that_is_no_batch_is_a_problem_and_leaves_nothing",
    "test_a_compressed_body_is_refused_unread",
    "test_a_problem_names_the_place",
    "test_other_sites_and_wrong_keys_are_refused",
)
"""Tests of what is refused before a database is asked: on the second engine in long runs alone."""

FIRST = ("browser", "ingest")
"""Folders whose files take longest. Files go to the processes whole and in this order, so that none is left
with a long one at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    folders = {item: item.path.relative_to(HERE).parts[0] for item in items}
    items.sort(key=lambda item: FIRST.index(folders[item]) if folders[item] in FIRST else len(FIRST))
    if config.getoption("--full"):
        return
    long_runs = [item for item in items if item.get_closest_marker("full") or _again(item)]
    if long_runs:
        config.hook.pytest_deselected(items=long_runs)
        left_out = set(long_runs)
        items[:] = [item for item in items if item not in left_out]


def _again(item: pytest.Item) -> bool:
    return item.name.startswith(BEFORE_THE_DATABASE) and "[postgresql" in item.name


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A FANGXING_* variable of the developer's shell must not decide a test."""
    for name in list(os.environ):
        if name.startswith("FANGXING_"):
            monkeypatch.delenv(name)
