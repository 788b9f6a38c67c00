"""What `config check` finds: mutations of the shipped files, each with the place it must name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.entry import Language
from monitor.settings.problem import ConfigProblem
from monitor.settings.shipped import shipped_dir
from monitor.settings.texts import texts


def mutated(folder: Path, name: str, old: str, new: str) -> tuple[ConfigProblem, int]:
    """The one problem of the shipped file with `old` replaced once, and the line where `new` begins."""
    text = (shipped_dir() / name).read_text(encoding="utf-8")
    assert old in text
    at = text.index(old)
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    [problem] = check_config(folder)
    assert problem.file == str(file)
    return problem, text[:at].count("\n") + 1


def test_the_shipped_files_are_sound() -> None:
    assert check_config(None) == []


def test_a_full_copy_of_the_shipped_files_is_sound(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(shipped_dir(), folder, ignore=shutil.ignore_patterns("initial", "sources"))
    assert check_config(folder) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        (
            "stations.yaml",
            "    site_type: 21",
            "    site_type: 22",
            "stations.14042301.site_type",
            "not_one_of",
        ),
        (
            "stations.yaml",
            "    site_type: 21",
            "    sitetype: 21",
            "stations.14042301.sitetype",
            "unknown_key",
        ),
        ("stations.yaml", "    region: 140423", "    region: 1404", "stations.14042301.region", "wrong_form"),
        (
            "stations.yaml",
            "    zone: Asia/Shanghai",
            "    zone: Asia/Shanghi",
            "stations.14042301.zone",
            "unknown_zone",
        ),
        ("stations.yaml", "hours: 24,", "hours: 24h,", "stations.14042301.limits.0.hours", "not_a_number"),
        ("stations.yaml", "hours: 24,", "hours: 0,", "stations.14042301.limits.0.hours", "out_of_range"),
        (
            "stations.yaml",
            "[removal, payment]",
            "[removal, money]",
            "stations.14042301.gates.0.needs.1",
            "not_one_of",
        ),
        ("stations.yaml", "[removal, payment]", "[]", "stations.14042301.gates.0.needs", "empty"),
        (
            "stations.yaml",
            "[nontax_qr, bank",
            "[nontax_rq, bank",
            "stations.14042301.channels.0",
            "not_one_of",
        ),
        (
            "stations.yaml",
            "[transport, police]",
            "[transport, army]",
            "stations.14042301.authorities.1",
            "not_one_of",
        ),
        ("stations.yaml", "[城西站, ", "[北关站, ", "stations.14042302.aliases.0", "shared_name"),
        ("limits.yaml", "kg: 18000", "kg: 18 t", "rules.truck-2.kg", "not_a_number"),
        ("limits.yaml", "kg: 18000", "kg: -1", "rules.truck-2.kg", "out_of_range"),
        (
            "limits.yaml",
            "kg: 18000, source: order62-art3",
            "kg: 18000, source: order63",
            "rules.truck-2.source",
            "unknown_source",
        ),
        (
            "limits.yaml",
            "vehicle: truck, kg: 18000",
            "vehicle: lorry, kg: 18000",
            "rules.truck-2.vehicle",
            "not_one_of",
        ),
        (
            "limits.yaml",
            "axles: 3, vehicle: truck",
            "axles: 2, vehicle: truck",
            "rules.truck-3",
            "two_rules_for_one",
        ),
        ("limits.yaml", "height_mm: 4000", "height_mm: 4.2", "sizes.0.height_mm", "not_a_number"),
        ("board.yaml", "near_hours: 4", "near_hours: 30", "near_hours", "out_of_range"),
        ("board.yaml", "near_hours: 4", "near_hour: 4", "near_hour", "unknown_key"),
        ("board.yaml", "stale_seconds: 30", "stale_seconds: 300", "data_age", "not_rising"),
        ("board.yaml", "share: 0.9", "share: 90", "target.share", "out_of_range"),
        ("board.yaml", "few_n: 12", "few_n: 12\nfew_n: 8", "few_n", "duplicate_key"),
    ],
)
def test_a_mutation_is_named_by_file_line_and_key(
    tmp_path: Path, name: str, old: str, new: str, key: str, message: str
) -> None:
    problem, line = mutated(tmp_path, name, old, new)
    assert (problem.key, problem.message) == (key, message)
    if message in ("shared_name", "not_rising", "duplicate_key"):
        # These stand where the second of two, or the whole of several, is written.
        assert problem.line != 0
    else:
        assert problem.line == line


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_problem_has_a_whole_sentence(tmp_path: Path, language: Language) -> None:
    problem, line = mutated(tmp_path, "board.yaml", "near_hours: 4", "near_hour: 4")
    sentence = problem.sentence(texts(language))
    assert sentence.startswith(f"{problem.file}:{line} near_hour")
    assert "near_hours" in sentence


def test_a_typing_error_is_answered_with_the_key_that_was_meant(tmp_path: Path) -> None:
    problem, _ = mutated(tmp_path, "stations.yaml", "    aliases: [城西站", "    alias: [城西站")
    assert (problem.accepted, problem.params["close"]) == ("did_you_mean", "aliases")


def test_accepted_codes_are_listed(tmp_path: Path) -> None:
    problem, _ = mutated(tmp_path, "stations.yaml", "[nontax_qr, bank", "[nontax_rq, bank")
    assert problem.params["expected"].startswith("nontax_qr, nontax_web, bank_counter")


def test_the_line_of_a_shared_name_is_that_of_the_second_station(tmp_path: Path) -> None:
    problem, _ = mutated(tmp_path, "stations.yaml", "[城西站, ", "[北关站, ")
    lines = (tmp_path / "stations.yaml").read_text(encoding="utf-8").splitlines()
    assert "北关站, 北关治超站" in lines[problem.line - 1]
    assert problem.params["owner"] == "14042301"


def test_two_limits_from_one_day_overlap(tmp_path: Path) -> None:
    old = "      - {from: 2024-01-01, hours: 24"
    problem, line = mutated(tmp_path, "stations.yaml", old, "      - {from: 2024-01-01, hours: 12}\n" + old)
    assert (problem.key, problem.message) == ("stations.14042301.limits.1.from", "overlapping_dates")
    assert problem.line == line + 1
    assert problem.params["first"] == str(line)


def test_a_limit_that_starts_inside_a_closed_span_overlaps(tmp_path: Path) -> None:
    old = "      - {from: 2024-01-01, hours: 24"
    new = "      - {from: 2023-01-01, until: 2024-01-01, hours: 12}\n" + old
    problem, _ = mutated(tmp_path, "stations.yaml", old, new)
    assert problem.message == "overlapping_dates"


def test_a_limit_that_follows_an_open_one_does_not_overlap(tmp_path: Path) -> None:
    text = (shipped_dir() / "stations.yaml").read_text(encoding="utf-8")
    old = "      - {from: 2024-01-01, hours: 24"
    new = "      - {from: 2023-01-01, hours: 12}\n" + old
    (tmp_path / "stations.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert check_config(tmp_path) == []


def test_a_gate_on_payment_needs_ground_and_confirmation(tmp_path: Path) -> None:
    old = "      - {from: 2024-01-01, needs: [removal]}"
    new = "      - {from: 2024-01-01, needs: [removal, payment]}"
    problem, line = mutated(tmp_path, "stations.yaml", old, new)
    assert (problem.line, problem.message) == (line, "gate_without_ground")
    assert problem.params["needs"] == "payment"


def test_a_gate_on_payment_with_ground_and_confirmation_passes(tmp_path: Path) -> None:
    text = (shipped_dir() / "stations.yaml").read_text(encoding="utf-8")
    old = "      - {from: 2024-01-01, needs: [removal]}"
    ground = "legal_ground: {zh: 文号}, confirmed_by: 法制科"
    new = f"      - {{from: 2024-01-01, needs: [removal, payment], {ground}}}"
    (tmp_path / "stations.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert check_config(tmp_path) == []


def test_a_file_that_nobody_reads_is_named(tmp_path: Path) -> None:
    (tmp_path / "station.yaml").write_text("stations: {}\n", encoding="utf-8")
    (tmp_path / "board.yml").write_text("few_n: 3\n", encoding="utf-8")
    found = {Path(problem.file).name: problem for problem in check_config(tmp_path)}
    assert found.keys() == {"station.yaml", "board.yml"}
    assert found["station.yaml"].params["close"] == "stations.yaml"
    assert found["board.yml"].params["close"] == "board.yaml"


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "board.yaml").write_text("few_n: none\n", encoding="utf-8")
    (tmp_path / "stations.yaml").write_text("examples: maybe\n", encoding="utf-8")
    assert {problem.key for problem in check_config(tmp_path)} == {"few_n", "examples"}


def test_a_folder_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    [problem] = check_config(tmp_path / "nowhere")
    assert problem.message == "no_such_folder"


def test_leaving_out_the_examples_without_a_station_of_ones_own_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "stations.yaml").write_text("examples: false\n", encoding="utf-8")
    [problem] = check_config(tmp_path)
    assert (problem.key, problem.message) == ("stations", "no_station")
