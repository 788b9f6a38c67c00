"""`jobs.yaml`: what is wrong is named with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings

Write = Callable[[str, str], Path]


def test_nothing_is_watched_until_a_bureau_says_so() -> None:
    assert load_configuration(Settings()).jobs.watches == {}


def test_a_watch_is_read(overlay: Write) -> None:
    folder = overlay("jobs.yaml", "watches:\n  a: {folder: /srv/in, source: events, every: 5m}\n")
    watch = load_configuration(Settings(config_dir=folder)).jobs.watches["a"]
    assert (watch.path, watch.source, watch.every_seconds, watch.backfill) == (
        Path("/srv/in"),
        "events",
        300,
        False,
    )


@pytest.mark.parametrize(
    ("lines", "line", "key", "message"),
    [
        (["  a:", "    folder: in"], 3, "watches.a.folder", "not_absolute"),
        (["  a:", "    folder: /in", "    every: soon"], 4, "watches.a.every", "wrong_form"),
        (["  a:", "    folder: /in", "    evry: 5m"], 4, "watches.a.evry", "unknown_key"),
        (["  a:", "    source: events"], 2, "watches.a.folder", "missing_key"),
        (
            ["  a:", "    folder: /in", "  b:", "    folder: /in/"],
            5,
            "watches.b.folder",
            "shared_folder",
        ),
        (
            ["  a:", "    folder: /in", "    settled_seconds: 0"],
            4,
            "watches.a.settled_seconds",
            "out_of_range",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(
    overlay: Write, lines: list[str], line: int, key: str, message: str
) -> None:
    folder = overlay("jobs.yaml", "\n".join(["watches:", *lines, ""]))
    [problem] = check_config(folder)
    assert (problem.line, problem.key, problem.message) == (line, key, message)
