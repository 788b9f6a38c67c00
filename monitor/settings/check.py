"""`fangxing config check`: every problem of a folder of configuration, with file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from monitor.settings.calendar import FILE, FOLDER
from monitor.settings.configuration import config_files, load_configuration
from monitor.settings.environment import Settings
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.rulesets import FOLDER as RULES
from monitor.settings.shipped import existing_dir
from monitor.settings.texts import text_problems

FILES = (
    "stations.yaml", "limits.yaml", "clocks.yaml", "board.yaml", "jobs.yaml", "payments.yaml",
    "payment-hosts.yaml", "alerts.yaml",
    "reconciliation.yaml", "texts/zh.yaml", "texts/en.yaml",
)  # fmt: skip
"""What a bureau's folder may hold, beside pages in `sources/`, sets in `rules/` and years in `calendar/`."""


def check_config(config_dir: Path | None, zone: str = "Asia/Shanghai") -> list[ConfigProblem]:
    """All problems of this folder lying over the shipped files; of the shipped files alone where it is None.

    Source pages are checked by `ingest`, which knows what a page may say.
    """
    problems: list[ConfigProblem] = []
    try:
        existing_dir(config_dir)
    except ConfigError as error:
        return error.problems
    if config_dir is not None:
        problems += _stray_files(config_dir)
    try:
        load_configuration(Settings(config_dir=config_dir, zone=zone))
    except ConfigError as error:
        problems += error.problems
    try:
        problems += text_problems(config_dir)
    except ConfigError as error:
        problems += error.problems
    return problems


def _stray_files(config_dir: Path) -> Iterator[ConfigProblem]:
    """Files that nobody would read: a name typed wrong is a setting that silently does not hold."""
    for file in config_files(config_dir):
        name = file.relative_to(config_dir).as_posix()
        is_page = name.startswith(("sources/", f"{RULES}/")) and name.endswith(".yaml")
        folder, _, year = name.partition("/")
        if name in FILES or is_page or (folder == FOLDER and FILE.fullmatch(year)):
            continue
        known = (*FILES, "sources/*.yaml", f"{RULES}/*.yaml", f"{FOLDER}/<year>.yaml")
        params = {"value": name, "known": ", ".join(known)}
        close = difflib.get_close_matches(name, FILES, n=1, cutoff=0.8)
        accepted = "did_you_mean" if close else "unknown_file"
        if close:
            params["close"] = close[0]
        yield ConfigProblem(str(file), 0, "", "unknown_file", accepted, params)
