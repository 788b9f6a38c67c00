"""What the Data page says of the copy that metrics read, and what stands in a part's place without it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dashboard.parts.joblist import lake_band
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.views.snapshot import Failure, attempt
from monitor.cases.event import DAY, HOUR
from monitor.lake.keeper import LakeStanding
from monitor.lake.manifest import LakeDamaged
from monitor.metrics.away import Away, LakeAway
from monitor.settings.texts import texts
from tests.factories import at

NOW = at("2026-11-26 14:32")
PROBLEMS = ("disk", "disk_full", "disk_denied", "no_database", "unexpected", "damaged", "being_written")


def said(standing: LakeStanding | None, language: str = "en") -> str:
    speech = Speech(texts(language), ZoneInfo("Asia/Shanghai"), 2026)
    return str(lake_band(standing, NOW, speech))


def test_a_lake_that_stands_well_needs_no_word() -> None:
    assert said(None) == said(LakeStanding()) == "[]"


@pytest.mark.parametrize(("language", "word"), [("zh", "腾出空间"), ("en", "Make room")])
def test_what_prevents_it_is_said_with_what_to_do(language: str, word: str) -> None:
    shown = said(LakeStanding("disk_full", NOW - HOUR), language)
    assert word in shown and "alert" in shown


def test_what_was_mended_is_said_for_a_day() -> None:
    damage = LakeDamaged("file_missing", file="events/2026-11.parquet")
    shown = said(LakeStanding(mended=damage, mended_at=NOW - HOUR))
    assert "13:32" in shown and "events/2026-11.parquet" in shown
    assert said(LakeStanding(mended=damage, mended_at=NOW - DAY)) == "[]"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_part_that_cannot_read_it_says_so_in_words(problem: str) -> None:
    engine = Away(LakeAway(problem))
    failure = attempt("a part", lambda: engine.table("case_versions"))
    assert isinstance(failure, Failure)
    for language in ("zh", "en"):
        shown = str(failed_part(texts(language), failure.reason, "14:32"))
        assert "LakeAway" not in shown and "lake.problem" not in shown
        assert texts(language).get(f"lake.problem.{problem}") in shown
