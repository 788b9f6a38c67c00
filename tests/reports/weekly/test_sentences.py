"""One fixed sentence per rule, and none that the numbers do not allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.metrics.bunching import Answer, Bunching
from monitor.metrics.control_chart import Point
from monitor.reports.weekly import sentences as said
from monitor.reports.weekly.frame import ChartTold, HeadFigure, Measure
from monitor.reports.weekly.rate import share
from monitor.reports.weekly.wording import Wording
from monitor.settings.texts import texts
from tests.reports.weekly.small import Small


@pytest.fixture(scope="module")
def w(tmp_path_factory: pytest.TempPathFactory) -> Wording:
    return Wording(texts("zh"), Small(Path(tmp_path_factory.mktemp("words"))).report().about)


def figure(now: Measure, before: Measure) -> HeadFigure:
    return HeadFigure("rate", now, before, now, ())


def middle(value: float | None, n: int, low: float | None = None, high: float | None = None) -> Measure:
    return Measure(None, n, value, low, high)


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (share(3, 4), share(20, 20), "3/4;太少,不能判断变化。"),
        (share(0, 0), share(20, 20), "没有可算的数。"),
        (share(18, 20), share(5, 6), "18/20(90.0%);太少,不能判断变化。"),
        (share(19, 20), share(8, 20), "19/20(95.0%);高于上周的 8/20(40.0%),差别超出偶然。"),
        (share(8, 20), share(19, 20), "8/20(40.0%);低于上周的 19/20(95.0%),差别超出偶然。"),
        (share(18, 20), share(17, 20), "18/20(90.0%);与上周的 17/20(85.0%) 相比,看不出变化。"),
        (
            middle(20, 30, 18, 22), middle(10, 30, 8, 12),
            "20.0 小时(30 件);长于上周的 10.0 小时(30 件),两个 95% 区间不相交。",
        ),
        (
            middle(10, 30, 8, 18), middle(11, 30, 9, 12),
            "10.0 小时(30 件);与上周的 11.0 小时(30 件) 相比,看不出变化。",
        ),
        (middle(10, 30), middle(11, 30), "10.0 小时(30 件);上周 11.0 小时(30 件);变化未作检验。"),
        (middle(10, 3), middle(11, 30), "10.0 小时(3 件);太少,不能判断变化。"),
    ],
)  # fmt: skip
def test_a_change_is_told_only_where_the_numbers_show_one(
    w: Wording, now: Measure, before: Measure, sentence: str
) -> None:
    assert said.changed(figure(now, before), w) == sentence


@pytest.mark.parametrize(
    ("measure", "begins"),
    [
        (share(3, 4), "24 小时放行率 3/4;太少"),
        (share(200, 200), "24 小时放行率达到目标 90%"),
        (share(50, 100), "24 小时放行率低于目标 90%"),
        (share(18, 20), "24 小时放行率是否达到目标 90%,这些数还不能说"),
    ],
)
def test_a_target_is_met_or_missed_only_by_the_whole_interval(
    w: Wording, measure: Measure, begins: str
) -> None:
    assert said.target(measure, w).startswith(begins)


def chart(kind: str, rule: str | None, side: str | None, low: float = 0.5, high: float = 0.7) -> ChartTold:
    return ChartTold(kind, ("2024-W30",), (Point(0.6, 0.6, low, high),), rule, side, ())


def test_variation_says_for_better_or_worse_by_what_is_charted(w: Wording) -> None:
    assert "向好" in said.variation(chart("p", "run_of_eight", "above"), w)
    assert "变差" in said.variation(chart("p", "run_of_eight", "below"), w)
    # Longer hours are worse.
    assert "变差" in said.variation(chart("xmr", "outside_limits", "above"), w)
    assert "偶然" in said.variation(chart("p", None, None), w)
    assert "不够" in said.variation(chart("none", None, None), w)


def test_assurance_is_told_of_shares_alone(w: Wording) -> None:
    assert "都达不到" in said.assurance(chart("p", None, None), w)
    assert "都会达到" in said.assurance(chart("p", None, None, 0.91, 1.0), w)
    assert "一周一个样" in said.assurance(chart("p", None, None, 0.8, 0.97), w)
    assert "不能说明" in said.assurance(chart("g", None, None), w)


def test_a_pile_is_told_by_its_test_and_accuses_nobody(w: Wording) -> None:
    assert "少于 60 件" in said.piled(Bunching(Answer.TOO_FEW, 17, 3), w)
    told = Bunching(Answer.PILED, 100, 40, 12.0, 9.0, 16.0, 28.0, 0.001, 9.0)
    assert said.piled(told, w) == (
        "期限前两小时放行 40 件,按前后的走势应有 12.0 件(95% 区间 9.0–16.0);多出的超过偶然,原因请查案件。"
    )
