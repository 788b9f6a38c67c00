"""When an entry of `config/jobs.yaml` runs: how often or at what time, and how late at most."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.cadence import Cadence, at, every, span
from monitor.settings.entry import Entry

Interval = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[smhd]$")]
"""A number with s, m, h or d: `30s`, `5m`."""


def _time_of_day(value: str) -> str:
    try:
        at(value, ZoneInfo("UTC"))
    except ValueError as error:
        raise PydanticCustomError("not_a_time", "{value} is no time of day", {"value": value}) from error
    return value


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
"""`08:00`, or with a day of the week `mon 08:00`."""


class Scheduled(Entry):
    """When a job runs. Neither `every` nor `at`: as often as is usual for its kind."""

    USUALLY: ClassVar[str] = "1m"

    every: Interval | None = None
    at: TimeOfDay | None = None
    """In the installation's zone."""
    grace: Interval | None = None
    """Due longer ago than this it is entered as missed and waits for its next time; left out, never."""

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if self.every is not None and self.at is not None:
            raise PydanticCustomError("every_and_at", "both every and at")
        return self

    def cadence(self, zone: ZoneInfo) -> Cadence:
        return at(self.at, zone) if self.at is not None else every(self.every or self.USUALLY)

    @property
    def grace_micros(self) -> int | None:
        return None if self.grace is None else span(self.grace)
