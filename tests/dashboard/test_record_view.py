"""What the Record page is given: every step leads somewhere, words exist, limits are those of the law."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

import dashboard.app
from dashboard.views.record import (
    ASKS,
    FOLLOWERS,
    GROUPS,
    OFFERS,
    REASONS,
    record_page,
    record_stations,
    vehicle_choices,
)
from monitor.cases.activity import Activity, Step
from monitor.settings.configuration import Configuration, load_configuration
from monitor.settings.entry import Language
from monitor.settings.environment import Settings
from monitor.settings.texts import texts

NOW = 1_732_602_720_000_000  # 2024-11-26T14:32+08:00


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(Settings())


def test_every_step_a_case_can_wait_for_offers_a_tap() -> None:
    assert set(OFFERS) == set(Step)


def test_every_tap_that_is_offered_also_stands_under_more() -> None:
    listed = {activity for _, activities in GROUPS for activity in activities}
    offered = {activity for activities in (*OFFERS.values(), *FOLLOWERS.values()) for activity in activities}
    assert offered <= listed
    assert Activity.CONFIRMED not in listed, "a case is confirmed once, when it is made"


def test_a_release_or_an_end_of_the_violation_without_a_reweigh_asks_why() -> None:
    assert "no_reweigh" in ASKS[Activity.RELEASED]
    assert "no_reweigh" in ASKS[Activity.VIOLATION_REMOVED]


def test_a_reweigh_asks_for_its_weight() -> None:
    assert ASKS[Activity.REWEIGHED] == ("weight",)


def test_limits_offered_are_those_of_article_3(configuration: Configuration) -> None:
    choices = vehicle_choices(configuration.limits, date(2024, 11, 26))
    assert [(choice.axles, choice.vehicle, choice.kg) for choice in choices] == [
        (2, "truck", 18_000),
        (3, "truck", 25_000),
        (3, "combination", 27_000),
        (4, "truck", 31_000),
        (4, "combination", 36_000),
        (5, "combination", 43_000),
        (6, "combination", 49_000),
    ]


def test_a_day_before_the_rules_offers_no_limit(configuration: Configuration) -> None:
    assert vehicle_choices(configuration.limits, date(2016, 9, 20)) == []


def test_only_stations_that_hold_vehicles_are_offered(configuration: Configuration) -> None:
    codes = [station.code for station in record_stations(configuration, "zh")]
    assert codes == ["14042301", "14042302", "14042303"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_that_the_page_looks_up_by_code_exists(
    configuration: Configuration, language: Language
) -> None:
    page = record_page(configuration, texts(language), language, NOW, simulated=False, version="1")
    words = page["texts"]
    wanted = {f"record.reason.{code}" for codes in REASONS.values() for code in codes}
    wanted |= {f"record.group.{name}" for name, _ in GROUPS}
    wanted |= {f"record.outcome.{code}" for code in page["outcomes"]}
    wanted |= {f"record.body.{choice['vehicle']}" for choice in page["vehicles"]}
    wanted |= {f"colours.{code}" for code in page["colours"]}
    wanted |= {f"activities.{activity.value}" for activity in Activity}
    wanted |= {f"board.step.{step.value}" for step in Step}
    wanted |= {
        f"reasons.{code}" for code in ("tap_ahead", "tap_too_old", "tap_malformed", "unknown_activity")
    }
    assert wanted - set(words) == set()


def test_the_page_is_plain_json_and_speaks_the_language_asked_for(configuration: Configuration) -> None:
    page = record_page(configuration, texts("en"), "en", NOW, simulated=True, version="1")
    assert json.loads(json.dumps(page))["stations"][0]["short"] == "West"


def test_every_word_that_the_scripts_name_exists() -> None:
    assets = Path(dashboard.app.__file__).parent / "assets"
    named = {
        key
        for script in assets.glob("record*.js")
        for key in re.findall(r'T\("([a-z_.]+[a-z_])"', script.read_text(encoding="utf-8"))
    }
    assert len(named) > 80
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        assert {key for key in named if key not in texts(language)} == set()
