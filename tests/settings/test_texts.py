from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.problem import ConfigError
from monitor.settings.texts import MissingText, Texts, text_problems, texts

Write = Callable[[str, str], Path]

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_both_languages_have_the_same_keys() -> None:
    zh, en = set(texts("zh")), set(texts("en"))
    assert zh - en == set(), "only in zh.yaml"
    assert en - zh == set(), "only in en.yaml"


def test_both_languages_have_the_same_fields() -> None:
    zh, en = texts("zh"), texts("en")
    different = {key: (zh.fields(key), en.fields(key)) for key in zh if zh.fields(key) != en.fields(key)}
    assert different == {}


def test_no_text_was_left_untranslated() -> None:
    english = texts("en")
    left = [key for key in english if CHINESE.search(english.find(key) or "")]
    assert left == []


def test_fields_are_filled() -> None:
    assert texts("zh").get("config.count", n=3) == "3 处需要改"
    assert texts("en").get("config.count", n=3) == "3 to mend"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(MissingText, match=r"activities\.vanished"):
        texts("zh").get("activities.vanished")


def test_a_field_left_unfilled_is_an_error() -> None:
    with pytest.raises(MissingText, match=r"config\.count"):
        texts("zh").get("config.count")


def test_a_code_that_a_source_made_up_has_no_text() -> None:
    assert texts("zh").find("colours.purple") is None
    assert texts("zh").find("colours.blue") == "蓝牌"


def test_a_section_comes_with_the_rest_of_its_keys() -> None:
    section = texts("zh").section("config.problem")
    assert section["duplicate_key"].startswith("这个键")


def test_a_bureau_may_reword_one_text(overlay: Write) -> None:
    folder = overlay("texts/zh.yaml", "owners:\n  station: 本站\n")
    reworded = Texts("zh", folder)
    assert reworded.get("owners.station") == "本站"
    assert reworded.get("owners.police") == "交警"
    assert check_config(folder) == []


def test_a_text_in_one_language_alone_is_a_problem(overlay: Write) -> None:
    folder = overlay("texts/zh.yaml", "\nowners:\n  bank: 银行\n")
    [problem] = text_problems(folder)
    assert (problem.line, problem.key, problem.message) == (3, "owners.bank", "missing_in_other_language")


def test_other_fields_than_the_original_are_a_problem(overlay: Write) -> None:
    folder = overlay("texts/en.yaml", 'config:\n  count: "{number} to mend"\n')
    [problem] = text_problems(folder)
    assert (problem.line, problem.key, problem.message) == (2, "config.count", "other_fields")
    assert problem.params["fields"] == "n"


def test_broken_braces_are_a_problem(overlay: Write) -> None:
    folder = overlay("texts/zh.yaml", 'config:\n  count: "{n 处"\n')
    with pytest.raises(ConfigError) as caught:
        Texts("zh", folder)
    [problem] = caught.value.problems
    assert (problem.line, problem.key, problem.message) == (2, "config.count", "broken_fields")
