"""What the rules allow as pages draw it: boxes, the stepped line of a formula, tiers in words."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.parts.discretion_charts import Frame, line_area
from dashboard.parts.discretion_words import bounds
from dashboard.views.discretion_rules import drawn_band, in_force, like_told
from dashboard.views.discretion_units import funnel_of
from monitor.metrics.consistency import Line
from monitor.settings.measure import HIGHEST, Reach
from monitor.settings.rulesets import read_rules
from monitor.settings.texts import texts

RULES = read_rules(None)
DAY = date(2026, 11, 24)


def test_the_band_of_the_police_is_boxes_over_the_approved_load() -> None:
    band = drawn_band(RULES, "police", DAY)
    assert band is not None
    assert (band.measure, band.rule_set, band.example) == (
        "load_over_percent", "example-police@2024-01-01", True,
    )  # fmt: skip
    plain = [box for box in band.boxes if not box.further]
    assert [(box.first, box.last, box.low_fen, box.high_fen) for box in plain] == [
        (0.0, 0.3, 20_000, 50_000), (0.3, 0.5, 50_000, 100_000), (0.5, 1.0, 100_000, 150_000),
        (1.0, None, 150_000, 200_000),
    ]  # fmt: skip
    assert band.room
    assert len(band.boxes) == 7


def test_before_the_example_the_law_itself_is_drawn() -> None:
    band = drawn_band(RULES, "police", date(2023, 1, 1))
    assert band is not None
    assert (band.rule_set, band.example, band.top_fen) == ("national-police@2022-04-01", False, 200_000)
    assert drawn_band(RULES, "police", date(1990, 1, 1)) is None


def test_the_formula_is_a_line_without_room_between_its_two_readings() -> None:
    band = drawn_band(RULES, "transport", DAY)
    assert band is not None
    assert (band.measure, band.room, band.confirmed) == ("over_kg", False, False)
    [line] = band.lines
    assert line.fen(5_300, down=True) == 250_000
    assert line.fen(5_300, down=False) == 300_000
    assert line.fen(90_000, down=True) == 3_000_000
    area = line_area(line, Frame(10_000.0, 1_000_000.0, (), ()))
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in area)


def test_every_set_in_force_is_there_once_and_law_and_baseline_apart() -> None:
    names = [name for name, *_ in in_force(RULES, DAY)]
    assert len(names) == len(set(names))
    assert names.index("national-police") < names.index("example-police")


def test_like_cases_are_told_by_the_names_of_their_tiers_and_unknown_ones_by_their_keys() -> None:
    told = like_told(RULES, "police|example-police@2024-01-01|mass.up-to-50")
    assert (told.authority, told.example, len(told.tiers)) == ("police", True, 1)
    gone = like_told(RULES, "police|gone@2020-01-01|mass.old")
    assert (gone.tiers, gone.keys) == ((), ("mass.old",))


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (Reach("load_over_percent", 6001, 10_000), "> 30%,且 ≤ 50%"),
        (Reach("over_percent", 6000, 9_999), "≥ 30%,且 < 50%"),
        (Reach("over_kg", 1001, HIGHEST), "> 1,000 千克"),
        (Reach("prior_acts", 3, HIGHEST), "≥ 3"),
        (Reach("prior_acts", 0, 2), "≤ 2"),
        (Reach("over_kg", 1, HIGHEST), ""),
    ],
)
def test_bounds_are_told_by_the_signs_of_the_rule(reach: Reach, said: str) -> None:
    assert bounds(reach, texts("zh", None)) == said


def unit(name: str, above: int, free: int, expected: float | None, note: str | None) -> Line:
    return Line("team", name, "S", free=free, above_middle=above, expected_above=expected, note=note)


def test_a_funnel_moves_shares_by_what_their_cases_explain_and_leaves_small_units_alone() -> None:
    lines = (
        unit("b", 15, 20, 0.6, None),
        unit("a", 3, 4, None, "too_few"),
        unit("c", 18, 20, 0.4, "stands_out"),
    )
    found = funnel_of(lines, "team", {}, 12)
    assert [one.line.name for one in found.units] == ["a", "b", "c"]
    assert found.centre == pytest.approx(36 / 44)
    assert [one.state for one in found.units] == ["few", "within", "out"]
    assert (found.out, found.small) == (1, 1)
    assert found.units[0].height == pytest.approx(0.75)
    assert found.units[1].height == pytest.approx(0.75 - 0.6 + 36 / 44)
    assert found.units[2].height == 1.0
    assert found.units[1].cell == "fine_units.team~free~S~b"


def test_without_room_there_is_no_funnel_to_draw() -> None:
    found = funnel_of((unit("a", 0, 0, None, "too_few"),), "team", {}, 12)
    assert found.centre is None
    assert found.course == ()
