"""Every problem that the code can name has its two sentences, and no sentence is left without a use."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.settings.entry import CODES, FAMILIES
from monitor.settings.texts import texts

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("monitor", "ingest", "dashboard")


def words_of_code() -> set[str]:
    """Every quoted word in the code: codes are written out where they are raised."""
    found: set[str] = set()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            found.update(re.findall(r'"([a-z0-9_]+)"', file.read_text(encoding="utf-8")))
    return found


def test_the_codes_of_types_have_both_sentences() -> None:
    codes = {*CODES.values(), *(code for _, code in FAMILIES), "invalid"}
    for section in ("problem", "accepted"):
        assert codes <= texts("zh").section(f"config.{section}").keys()


def test_each_problem_says_what_would_be_accepted() -> None:
    section = texts("zh").section
    assert section("config.problem").keys() - section("config.accepted").keys() == set()


def test_no_sentence_is_left_without_a_use() -> None:
    unused = texts("zh").section("config.problem").keys() - words_of_code()
    assert unused == set()
