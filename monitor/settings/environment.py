"""Settings of this installation from `FANGXING_*` variables. The defaults need no server, network or edit."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from monitor.settings.entry import Language, explained
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.secret import VARIABLE, filled_url
from monitor.settings.stations import ZoneName

PREFIX = "FANGXING_"
KEY_FILE = "personal.key"
KEY_BYTES = 32


def usual_data_dir() -> Path:
    """Where the program keeps its data unless told otherwise: the platform's folder for a user's own data."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "fangxing"


class Settings(BaseSettings):
    """What an installation decides. Every field is the environment variable `FANGXING_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(default_factory=usual_data_dir)
    """Folder of the database and of the key for personal digests."""
    database_url: str | None = None
    """SQLAlchemy URL; None for SQLite in `data_dir`. A password in it is a reference `${NAME}`."""
    config_dir: Path | None = None
    """Folder whose YAML lies over the shipped one, key by key."""
    lake_dir: Path | None = None
    """Folder of the copy that metrics read; None for `lake` in `data_dir`."""
    lake_memory: int = Field(default=1024, ge=0)
    """MiB of memory in which a server may keep columns of that copy; 0 for none."""
    zone: ZoneName = "Asia/Shanghai"
    """Time zone of a station that names none."""
    language: Language = "zh"
    host: str = "127.0.0.1"
    """Address to listen on. Until sign-in exists, loopback only."""
    port: int = Field(default=8127, ge=1, le=65535)
    jobs: Literal["on", "off"] = "on"
    """Whether the server runs the jobs too; off where `fangxing work` does."""

    @field_validator("database_url")
    @classmethod
    def _no_open_password(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            parts = urlsplit(url)
            password = parts.password
        except ValueError as error:
            raise PydanticCustomError("not_a_database_url", "not a database URL", {}) from error
        if not parts.scheme:
            raise PydanticCustomError("not_a_database_url", "not a database URL", {})
        if password and not VARIABLE.fullmatch(password):
            raise PydanticCustomError("secret_in_the_open", "a password written out", {})
        return url

    @field_validator("host")
    @classmethod
    def _loopback(cls, host: str) -> str:
        try:
            loopback = host == "localhost" or ip_address(host.strip("[]")).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise PydanticCustomError("host_not_loopback", "{host} is no loopback address", {"host": host})
        return host.strip("[]")

    @property
    def lake(self) -> Path:
        """The folder of the lake."""
        return self.lake_dir or self.data_dir / "lake"

    @property
    def database(self) -> str:
        """The database URL as it may be shown: references stand in it, secrets do not."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'fangxing.db').absolute().as_posix()}"

    def database_with_secrets(self) -> str:
        """The database URL to connect with. Never to be shown. Raises ConfigError for a variable not set."""
        return filled_url(self.database, f"{PREFIX}DATABASE_URL")


def load_settings(**given: Any) -> Settings:
    """Settings from the environment, `given` values (such as command-line options) before it.

    Raises ConfigError, with the name of the variable as the place.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        raise ConfigError([_problem(detail) for detail in error.errors()]) from error


def _problem(detail: ErrorDetails) -> ConfigProblem:
    code, params = explained(detail)
    if detail["loc"][0] == "database_url":
        # The value may hold the very password that it is refused for.
        params.pop("value")
    variable = PREFIX + str(detail["loc"][0]).upper()
    return ConfigProblem(variable, 0, "", code, code, params)


def personal_key(settings: Settings) -> bytes:
    """The key for digests of names, IDs and phones; made on first use, readable by its owner alone.

    Whoever has it can test guesses against stored digests, so it lies beside the database and never in it.
    With another key, digests of the same person no longer agree. Raises ConfigError where others can read it
    or it is damaged.
    """
    file = settings.data_dir / KEY_FILE
    if not file.exists():
        _make_key(file)
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise ConfigError([_of_file(file, "key_readable_by_others")])
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError([_of_file(file, "key_damaged")])
    return key


def _of_file(file: Path, message: str) -> ConfigProblem:
    return ConfigProblem(str(file), 0, "", message, message)


def _make_key(file: Path) -> None:
    """Writes a new key under a name of its own, then links it into place: of two processes that start
    at once one wins, and both read the same whole key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()
