from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.settings.check import check_config
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.settings.initial import write_initial
from monitor.settings.problem import ConfigError
from monitor.settings.shipped import shipped_dir

Write = Callable[[str, str], Path]


def test_every_file_has_its_digest(overlay: Write) -> None:
    folder = overlay("board.yaml", "few_n: 10\n")
    digests = load_configuration(Settings(config_dir=folder)).digests
    shipped = (shipped_dir() / "board.yaml").read_bytes()
    assert digests["board.yaml"] == hashlib.sha256(shipped).hexdigest()
    assert digests["config_dir/board.yaml"] == hashlib.sha256(b"few_n: 10\n").hexdigest()
    assert {"stations.yaml", "limits.yaml", "texts/zh.yaml", "texts/en.yaml"} <= digests.keys()
    assert not any("initial" in name for name in digests)


def test_the_digest_of_all_changes_with_any_file(overlay: Write) -> None:
    before = load_configuration(Settings()).digest
    folder = overlay("board.yaml", "few_n: 10\n")
    first = load_configuration(Settings(config_dir=folder)).digest
    overlay("board.yaml", "few_n: 11\n")
    second = load_configuration(Settings(config_dir=folder)).digest
    assert len({before, first, second}) == 3
    assert load_configuration(Settings(config_dir=folder)).digest == second


def test_loading_names_the_problems_of_all_files_at_once(overlay: Write) -> None:
    overlay("board.yaml", "few_n: -1\n")
    folder = overlay("limits.yaml", "\nrules:\n  truck-2: {kg: heavy}\n")
    with pytest.raises(ConfigError) as caught:
        load_configuration(Settings(config_dir=folder))
    places = {(Path(problem.file).name, problem.line, problem.key) for problem in caught.value.problems}
    assert places == {("board.yaml", 1, "few_n"), ("limits.yaml", 3, "rules.truck-2.kg")}


def test_a_folder_that_is_not_there_is_an_error_not_the_defaults(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_configuration(Settings(config_dir=tmp_path / "typo"))
    assert caught.value.problems[0].message == "no_such_folder"


def test_the_shipped_thresholds() -> None:
    board = load_configuration(Settings()).board
    assert (board.near_hours, board.few_n, board.rows_whole) == (4, 12, 8)
    assert (board.late_entry_minutes, board.future_tolerance_minutes) == (60, 5)
    assert (board.target.share, board.target.confirmed) == (0.9, False)


def test_the_initial_copy_passes_the_check_and_brings_its_own_station(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    written = write_initial(folder)
    names = ["alerts.yaml", "baseline.yaml", "board.yaml", "jobs.yaml", "limits.yaml", "stations.yaml"]
    assert sorted(file.name for file in written) == names
    assert check_config(folder) == []
    stations = load_configuration(Settings(config_dir=folder)).stations
    assert "14042399" in stations
    assert "14042301" not in stations, "the example county is left out"


def test_the_examples_in_the_comments_of_the_initial_copy_are_sound(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    write_initial(folder)
    for name in ("board.yaml", "limits.yaml", "jobs.yaml"):
        file = folder / name
        kept, _, example = file.read_text(encoding="utf-8").partition("#\n")
        del kept
        file.write_text("\n".join(line.removeprefix("# ") for line in example.splitlines()), encoding="utf-8")
    assert check_config(folder) == []
    configuration = load_configuration(Settings(config_dir=folder))
    assert configuration.board.target.confirmed
    assert configuration.limits.rules["truck-4-air"].confirmed
    jobs = configuration.jobs.planned(configuration.zone)
    own = ["calendar-check", "reconciliation", "alerts", "sending", "weekly-report"]
    assert [job.name for job in jobs] == ["chengxi-ledger", "chengbei", *own]


@pytest.mark.parametrize(("name", "least"), [("stations.yaml", 10), ("jobs.yaml", 4)])
def test_every_key_of_the_initial_copy_is_explained_in_both_languages(
    name: str, least: int, tmp_path: Path
) -> None:
    write_initial(tmp_path)
    lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.lstrip().startswith("#")]
    assert sum(any("一" <= letter <= "鿿" for letter in line) for line in comments) >= least
    assert sum(line.isascii() for line in comments) >= least


def test_initial_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "board.yaml").write_text("few_n: 9\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        write_initial(tmp_path)
    [problem] = caught.value.problems
    assert (problem.file, problem.message) == (str(tmp_path / "board.yaml"), "file_exists")
    assert [file.name for file in tmp_path.iterdir()] == ["board.yaml"], "nothing else was written"
    assert (tmp_path / "board.yaml").read_text(encoding="utf-8") == "few_n: 9\n"
