"""What runs by itself, `config/jobs.yaml`: watched folders and how often each is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from monitor.settings.entry import Entry, typed
from monitor.settings.problem import ConfigError
from monitor.settings.yamlfile import Document

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
Interval = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[smhd]$")]
"""A number with s, m, h or d: `30s`, `5m`."""


class FolderWatch(Entry):
    """A folder into which a system of the station puts files."""

    folder: str
    source: str | None = None
    """The page that reads every file of the folder; without it the file's name decides."""
    every: Interval = "1m"
    settled_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    """A file is taken once its size and time of change stayed the same for this long."""
    backfill: bool = False

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: str) -> str:
        # The server and `fangxing work` may be started from different places.
        if not Path(folder).expanduser().is_absolute():
            raise PydanticCustomError("not_absolute", "{folder} is not absolute", {"folder": folder})
        return folder

    @property
    def path(self) -> Path:
        return Path(self.folder).expanduser()

    @property
    def every_seconds(self) -> int:
        return int(self.every[:-1]) * SECONDS[self.every[-1]]


class Jobs(Entry):
    """`jobs.yaml`."""

    watches: dict[str, FolderWatch] = Field(default_factory=dict)


def read_jobs(document: Document) -> Jobs:
    """The jobs of a document. Raises ConfigError, also where two watches would take each other's files."""
    jobs = typed(Jobs, document)
    owners: dict[Path, str] = {}
    problems = []
    for name, watch in jobs.watches.items():
        owner = owners.setdefault(watch.path, name)
        if owner != name:
            problems.append(document.problem(("watches", name, "folder"), "shared_folder", owner=owner))
    if problems:
        raise ConfigError(problems)
    return jobs
