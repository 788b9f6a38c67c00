from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.settings.environment import Settings, load_settings, personal_key, usual_data_dir
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.secret import revealed


def refused(**given: object) -> ConfigProblem:
    with pytest.raises(ConfigError) as caught:
        load_settings(**given)
    [problem] = caught.value.problems
    return problem


def test_the_defaults_need_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = load_settings()
    assert settings.data_dir == tmp_path / "fangxing" == usual_data_dir()
    assert settings.database == f"sqlite:///{tmp_path}/fangxing/fangxing.db"
    assert (settings.zone, settings.language, settings.host, settings.port) == (
        "Asia/Shanghai",
        "zh",
        "127.0.0.1",
        8127,
    )
    assert settings.config_dir is None


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGXING_LANGUAGE", "en")
    monkeypatch.setenv("FANGXING_PORT", "9000")
    settings = load_settings()
    assert (settings.language, settings.port) == ("en", 9000)


def test_a_given_value_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGXING_PORT", "9000")
    assert load_settings(port=9001).port == 9001


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"])
def test_loopback_is_accepted(host: str) -> None:
    assert load_settings(host=host).host == host.strip("[]")


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.org", "", "127.0.0.1.evil.example"]
)
def test_any_other_address_is_refused(host: str) -> None:
    problem = refused(host=host)
    assert (problem.file, problem.message) == ("FANGXING_HOST", "host_not_loopback")


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGXING_PORT", "http")
    problem = refused()
    assert (problem.file, problem.message) == ("FANGXING_PORT", "not_a_number")


def test_a_language_that_is_not_there_is_refused() -> None:
    assert refused(language="fr").message == "not_one_of"


def test_a_zone_that_does_not_exist_is_refused() -> None:
    assert refused(zone="Asia/Xiangyuan").message == "unknown_zone"


def test_a_password_written_out_is_refused_and_not_repeated() -> None:
    problem = refused(database_url="postgresql+psycopg://fx:hunter2@db/fx")
    assert (problem.file, problem.message) == ("FANGXING_DATABASE_URL", "secret_in_the_open")
    assert "hunter2" not in str(ConfigError([problem]))


def test_a_password_by_reference_is_filled_late_and_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(database_url="postgresql+psycopg://fx:${DB_PASSWORD}@db/fx")
    with pytest.raises(ConfigError) as caught:
        settings.database_with_secrets()
    assert caught.value.problems[0].message == "variable_not_set"
    monkeypatch.setenv("DB_PASSWORD", "p@ss/word")
    assert settings.database_with_secrets() == "postgresql+psycopg://fx:p%40ss%2Fword@db/fx"
    assert "p@ss" not in repr(settings) + str(settings.model_dump()) + settings.database


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    assert revealed(f"file:{file}", "WEBHOOK") == "s3cret"


def test_what_is_no_reference_is_not_taken_for_a_secret() -> None:
    with pytest.raises(ConfigError) as caught:
        revealed("s3cret", "WEBHOOK")
    assert "s3cret" not in str(caught.value)
    assert caught.value.problems[0].message == "secret_in_the_open"


def test_the_personal_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    key = personal_key(settings)
    assert len(key) == 32
    assert personal_key(settings) == key
    file = tmp_path / "data" / "personal.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["personal.key"], "no draft is left behind"


def test_each_installation_has_its_own_personal_key(tmp_path: Path) -> None:
    assert personal_key(Settings(data_dir=tmp_path / "a")) != personal_key(Settings(data_dir=tmp_path / "b"))


def test_starts_at_one_moment_agree_on_the_personal_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: personal_key(settings), range(32)))
    assert len(keys) == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_personal_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    personal_key(settings)
    (tmp_path / "personal.key").chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        personal_key(settings)
    assert caught.value.problems[0].message == "key_readable_by_others"


def test_a_damaged_personal_key_is_refused_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "personal.key"
    file.write_text("abc\n")
    file.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        personal_key(Settings(data_dir=tmp_path))
    assert caught.value.problems[0].message == "key_damaged"
    assert file.read_text() == "abc\n"
