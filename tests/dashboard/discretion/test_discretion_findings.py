"""Titles of the Discretion page: a fixed sentence per rule, neutral where none fires, nothing said of few."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.parts.sentence import Speech
from dashboard.views import discretion_findings as found
from dashboard.views.discretion import LinesPart, PointsPart
from dashboard.views.discretion_rules import DrawnBand, drawn_band
from dashboard.views.discretion_units import funnel_of
from monitor.metrics.consistency import Line
from monitor.settings.rulesets import read_rules
from monitor.settings.texts import texts
from tests.dashboard.discretion.test_discretion_rules import DAY, unit
from tests.factories import ROME

RULES = read_rules(None)


def spoken(said: Any, language: str = "zh") -> str:
    return Speech(texts(language, None), ROME).say(said)


def points(authority: str, inside: int, n: int) -> PointsPart:
    band: DrawnBand | None = drawn_band(RULES, authority, DAY)
    return PointsPart(authority, band, (), inside, n, {}, ())


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (points("police", 352, 371), "交警罚款 352/371 件在幅度内"),
        (points("police", 11, 11), "交警罚款 11/11 件在幅度内:太少,不作判断"),
        (points("transport", 150, 155), "交通执法 150/155 件与算法一致"),
        (points("transport", 0, 0), "交通执法:这段时间没有能对照规则的罚款"),
    ],
)
def test_the_title_of_the_points_counts_and_judges_no_few(part: PointsPart, said: str) -> None:
    assert spoken(found.points_finding(part, 12)) == said


def test_equal_fines_are_a_question_and_without_them_the_title_is_neutral() -> None:
    uniform = Line("tier", "police|x|mass.a", k=40, n=40, note="uniform_fines")
    assert "请看是否该有差别" in spoken(found.places_finding((uniform,)))
    assert spoken(found.places_finding(())) == "落在幅度的哪一段"


def test_the_title_of_the_funnel_counts_units_and_names_none() -> None:
    few, within, out = (
        unit("a", 3, 4, None, "too_few"),
        unit("b", 9, 20, 0.5, None),
        unit("c", 19, 20, 0.5, "stands_out"),
    )
    told = {
        "班组:没有可看的": (),
        "班组 1 个:太少,不作判断": (few,),
        "班组 2 个,都在平常范围,1 个太少不判": (few, within),
        "班组 3 个,1 个值得看一看,1 个太少不判": (few, within, out),
    }
    for said, lines in told.items():
        assert spoken(found.units_finding(funnel_of(lines, "team", {}, 12))) == said


def test_circumstances_and_changes_are_told_with_their_interval_and_only_where_shown() -> None:
    part = LinesPart((
        Line("circumstance", "mitigating", k=30, n=90, effect=-0.15, low=-0.2, high=-0.1, note="lower"),
        Line("circumstance", "aggravating", k=5, n=90, note="too_few"),
        Line("drift", "police", period="2026-09", k=40, n=90, effect=0.2, low=0.1, high=0.3),
        Line(
            "rule_change", "police|set|mass.a", period="2026-10-01", k=20, n=50, effect=0.0, low=-0.1,
            high=0.1,
        ),
    ))  # fmt: skip
    said = [spoken(one) for one in found.time_findings(part)]
    assert said == [
        "从轻减轻情节:30/90 件记有,罚款在幅度里低一些:-15(-20 至 -10)",
        "从重情节:5/90 件记有,太少,不作判断",
        "交警:2026-09 起罚款在幅度里的位置变了 +20(+10 至 +30)",
        "交警 mass.a:规则换成 2026-10-01 版前后看不出变化:+0(-10 至 +10)",
    ]
    assert all("{" not in spoken(one, "en") for one in found.time_findings(part))
