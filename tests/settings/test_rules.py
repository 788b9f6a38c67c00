"""Rule sets: what the shipped ones say, and what does not load, with its lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.initial import write_initial
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.rulesets import read_rules
from monitor.settings.shipped import shipped_dir
from monitor.settings.texts import texts

ROUNDING = "        rounding: {way: floor, source: art43-mass, confirmed_by: null}\n"
TRANSPORT, POLICE = "rules/national-transport.yaml", "rules/national-police.yaml"


def mutated(folder: Path, name: str, old: str, new: str) -> list[ConfigProblem]:
    """The problems of the shipped file with `old` replaced once; it lies over the shipped one key by key, so
    what is to go is `null`."""
    text = (shipped_dir() / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_config(folder)


def line_of(name: str, words: str) -> int:
    lines = (shipped_dir() / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_the_shipped_rules_are_sound_and_every_value_has_its_source() -> None:
    rules = read_rules(None)
    assert set(rules.sets) >= {"national-transport", "national-police", "national-procedure"}
    for rule_set in rules.sets.values():
        for version in rule_set.versions.values():
            for _, value in version.cited():
                assert rule_set.sources[value.source].document


def test_the_reading_of_a_part_tonne_is_a_setting_and_unconfirmed() -> None:
    [version] = read_rules(None).sets["national-transport"].versions.values()
    rounding = version.acts["mass"].rounding
    assert rounding is not None
    assert (rounding.way.value, rounding.confirmed) == ("floor", False)


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message", "both"),
    [
        (
            TRANSPORT,
            "when: {over_kg: {above: 1000}}",
            "when: {over_kg: {from: 1000, above: null}}",
            "versions.2021-08-11.acts.mass.tiers.per-tonne",
            "tiers_overlap",
            ("up-to-a-tonne:", "over_kg = 1000"),
        ),
        (
            TRANSPORT,
            "when: {over_kg: {above: 1000}}",
            "when: {over_kg: {above: 1001}}",
            "versions.2021-08-11.acts.mass.tiers.per-tonne",
            "tiers_gap",
            ("up-to-a-tonne:", "over_kg = 1001"),
        ),
        (
            POLICE,
            "when: {load_over_percent: {above: 30}}",
            "when: {load_over_percent: {from: 30, above: null}}",
            "versions.2021-04-29.acts.mass.tiers.over-30",
            "tiers_overlap",
            ("up-to-30:", "load_over_percent = 30"),
        ),
        (
            POLICE,
            "when: {load_over_percent: {to: 30}}",
            "when: {load_over_percent: {below: 30, to: null}}",
            "versions.2021-04-29.acts.mass.tiers.over-30",
            "tiers_gap",
            ("up-to-30:", "load_over_percent = 30"),
        ),
        (
            TRANSPORT,
            "- {height_mm: {to: 4200}, width_mm: {above: 3000, to: 3750}, length_mm: {to: 28000}}",
            "- {height_mm: {to: 4200}, width_mm: {above: 3000, to: 3700}, length_mm: {to: 28000}}",
            "versions.2021-08-11.acts.size.tiers.large",
            "tiers_gap",
            ("middle:", "width_mm ≥ 3701, ≤ 3750"),
        ),
    ],
)
def test_tiers_that_overlap_or_leave_a_gap_are_refused_with_both_lines(
    tmp_path: Path, name: str, old: str, new: str, key: str, message: str, both: tuple[str, str]
) -> None:
    problems = mutated(tmp_path, name, old, new)
    assert {(one.key, one.message) for one in problems} == {(key, message)}
    one, (other, where) = problems[0], both
    assert one.line == line_of(name, key.rpartition(".")[2] + ":")
    assert one.params["first"] == f"{tmp_path / name}:{line_of(name, other)}"
    assert where in one.params["where"]
    for language in ("zh", "en"):
        said = one.sentence(texts(language))
        assert f"{tmp_path / name}:{one.line}" in said
        assert one.params["first"] in said


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        (TRANSPORT, "over_kg: {to: 1000}", "over_lb: {to: 1000}", "over_lb", "unknown_unit"),
        (TRANSPORT, "over_kg: {to: 1000}", "weight_kg: {to: 1000}", "weight_kg", "unknown_measure"),
        (TRANSPORT, "over_kg: {to: 1000}", "over_kg: {to: 1000.5}", "over_kg", "too_fine"),
        (TRANSPORT, "over_kg: {to: 1000}", "over_kg: {to: 1 t}", "to", "not_a_number"),
        (TRANSPORT, "over_kg: {to: 1000}", "over_kg: {to: 1000, below: 9}", "over_kg", "two_bounds"),
        (TRANSPORT, "over_kg: {to: 1000}", "over_kg: {to: 0}", "over_kg", "empty_bounds"),
        (TRANSPORT, "fine: {from_yuan: 0, to_yuan: 200}", "fine: {to_usd: 200}", "to_usd", "unknown_key"),
        (TRANSPORT, "from_yuan: 200, to_yuan: 1", "from_yuan: 2000, to_yuan: 1", "fine", "fine_reversed"),
        (TRANSPORT, "penalty: warning", "penalty: fine", "up-to-a-tonne", "penalty_amount"),
        (TRANSPORT, ROUNDING, "        rounding: null\n", "formula", "rounding_missing"),
        (TRANSPORT, "source: art43-size", "source: art44", "source", "unknown_source"),
        (TRANSPORT, "most_yuan: 30000}", "most_yuan: 30000.005}", "most_yuan", "too_fine"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(
    tmp_path: Path, name: str, old: str, new: str, key: str, message: str
) -> None:
    found = [(one.key.rpartition(".")[2], one.message) for one in mutated(tmp_path, name, old, new)]
    assert (key, message) in found


def test_two_versions_in_force_on_one_day_are_refused_with_both_lines(tmp_path: Path) -> None:
    [problem] = mutated(tmp_path, POLICE, "from: 2022-04-01", "from: 2021-04-29")
    assert (problem.key, problem.message) == ("versions.2022-04-01.from", "versions_overlap")
    assert problem.params["first"] == f"{tmp_path / POLICE}:{line_of(POLICE, '2021-04-29:')}"


def test_two_sets_that_decide_the_same_are_refused_with_both_lines(tmp_path: Path) -> None:
    text = (shipped_dir() / TRANSPORT).read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules" / "second.yaml"
    file.write_text(text, encoding="utf-8")
    problems = check_config(tmp_path)
    assert {(one.message, one.key) for one in problems} == {
        ("two_sets_for_one", "versions.2021-08-11.acts.mass"),
        ("two_sets_for_one", "versions.2021-08-11.acts.size"),
        ("two_sets_for_one", "versions.2021-08-11.together"),
    }
    for one in problems:
        assert one.file == str(file)
        assert re.search(r"national-transport\.yaml:\d+$", one.params["first"])


def test_a_set_that_has_ended_gives_its_days_to_another(tmp_path: Path) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    text = (shipped_dir() / TRANSPORT).read_text(encoding="utf-8")
    (own / "second.yaml").write_text(text.replace("2021-08-11", "2030-01-01"), encoding="utf-8")
    (own / "national-transport.yaml").write_text(
        "versions:\n  2021-08-11: {until: 2029-12-31}\n", encoding="utf-8"
    )
    assert check_config(tmp_path) == []


def test_a_bureau_changes_the_reading_in_its_own_folder(tmp_path: Path) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    (own / "national-transport.yaml").write_text(
        "versions:\n  2021-08-11:\n    acts:\n      mass: {rounding: {way: ceil, confirmed_by: 张某某}}\n",
        encoding="utf-8",
    )
    [version] = read_rules(tmp_path).sets["national-transport"].versions.values()
    rounding = version.acts["mass"].rounding
    assert rounding is not None
    assert (rounding.way.value, rounding.confirmed) == ("ceil", True)


def test_the_baseline_that_init_writes_does_nothing_until_it_is_filled_in(tmp_path: Path) -> None:
    write_initial(tmp_path)
    assert check_config(tmp_path) == []
    assert "baseline" not in read_rules(tmp_path).sets
    file = tmp_path / "rules/baseline.yaml"
    _, _, example = file.read_text(encoding="utf-8").partition("#\n")
    file.write_text("\n".join(line.removeprefix("# ") for line in example.splitlines()), encoding="utf-8")
    assert check_config(tmp_path) == []
    [version] = read_rules(tmp_path).sets["baseline"].versions.values()
    assert list(version.acts["mass"].tiers) == ["up-to-30", "up-to-50", "over-50"]


@pytest.mark.parametrize(
    ("old", "new"), [("to_yuan: 500}", "to_yuan: 501}"), ("from_yuan: 200", "from_yuan: 199")]
)
def test_a_baseline_may_not_go_beyond_the_law(tmp_path: Path, old: str, new: str) -> None:
    [problem, *_] = mutated(tmp_path, "rules/example-police.yaml", old, new)
    assert (problem.key.rpartition(".")[2], problem.message) == ("fine", "beyond_law")
    assert re.search(r"national-police\.yaml:\d+$", problem.params["first"])


def test_a_bad_set_loads_nothing_and_the_one_in_force_stays(tmp_path: Path) -> None:
    before = load_configuration(Settings(config_dir=tmp_path))
    mutated(tmp_path, TRANSPORT, "when: {over_kg: {above: 1000}}", "when: {over_kg: {above: 1001}}")
    with pytest.raises(ConfigError):
        load_configuration(Settings(config_dir=tmp_path))
    # What was read before is whole and unchanged.
    assert before.rules.sets["national-transport"] == read_rules(None).sets["national-transport"]


def test_the_digest_of_the_rules_follows_the_rules_alone(tmp_path: Path) -> None:
    before = load_configuration(Settings(config_dir=tmp_path)).rules_digest
    (tmp_path / "board.yaml").write_text("few_n: 9\n", encoding="utf-8")
    assert load_configuration(Settings(config_dir=tmp_path)).rules_digest == before
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/example-police.yaml").write_text("issuer: {zh: 别处}\n", encoding="utf-8")
    assert load_configuration(Settings(config_dir=tmp_path)).rules_digest != before
