"""A dry run says in words what each row would become."""

from __future__ import annotations

import pytest

from ingest.mapping.explain import explained
from ingest.mapping.pages import SourcePages
from monitor.settings.entry import Language
from monitor.settings.texts import Texts

from .conftest import Deliver
from .usual_case import HEAD, changed


def test_a_row_is_told_with_its_events_and_what_was_refused(deliver: Deliver, shipped: SourcePages) -> None:
    told = deliver("ledger-template", [HEAD, changed(复检时间="2024-02-30", 放行时间="2024-07-01")])
    zone = shipped["ledger-template"].zone
    lines = [line for row in told.rows for line in explained(row, zone, Texts("zh"))]
    assert lines == [
        "台账 第 1 行:表头,不是数据",
        "台账 第 2 行:S1 襄超〔2024〕1",
        "  → 检测认定 2024-07-01 08:30:00 gross_kg=52300 limit_kg=49000 plate=晋D12345 plate_colour=yellow",
        "  → 放行 2024-07-01(只有日期)",
        "  × 复检时间“2024-02-30”:没有这一天。 复检没有收 可以写:2024-07-01 08:30[:00] · 2024/7/1 8:30"
        " · 2024年7月1日8时30分 · 20240701083000 · 2024-07-01T08:30:00+08:00 · 2024-07-01",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_refusal_of_the_program_has_its_words(deliver: Deliver, language: Language) -> None:
    """Reasons found in the code itself, so that a new one without a text fails here."""
    import re
    from pathlib import Path

    import ingest.mapping

    folder = Path(next(iter(ingest.mapping.__path__)))
    code = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    reasons = set(re.findall(r'Bad\(\s*"([a-z_]+)"', code))
    reasons |= set(re.findall(r'Refusal\([^,()]*,\s*[^,()]*,\s*"([a-z_]+)"', code))
    reasons |= set(re.findall(r'(?:HeadProblem|TableError)\("([a-z_]+)"', code))
    reasons |= set(re.findall(r'Warned\([^,]+,[^,]+,\s*"([a-z_]+)"', code))
    assert {"negative", "missing_station", "ambiguous_column", "no_head", "hidden_sheet"} <= reasons
    texts = Texts(language)
    assert [reason for reason in sorted(reasons) if f"reasons.{reason}" not in texts] == []
