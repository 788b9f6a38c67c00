"""By when payments are to be on statements, and what each statement holds: `config/reconciliation.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from monitor.settings.calendar import Calendar
from monitor.settings.entry import Entry, latest_in_force, overlaps, typed
from monitor.settings.limits import LegalSource, Sourced
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document

Days = Annotated[int, Field(ge=0, le=366)]


class PostingDays(Sourced):
    """Within how many days after the day of payment it is to be posted, in calendar or in working days."""

    channels: tuple[str, ...] = ()
    """Codes of payment channels; none: all that no other entry names."""
    days: Days | None = None
    working_days: Days | None = None

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.days is None) == (self.working_days is None):
            raise PydanticCustomError("one_count_of_days", "days, or working_days", {})
        return self


class Holds(Entry):
    """What the statements of a source hold; nothing said: its own stations and every channel."""

    stations: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class Reconciliation(Entry):
    """`reconciliation.yaml`."""

    sources: dict[str, LegalSource]
    posting: tuple[PostingDays, ...] = ()
    statements: dict[str, Holds] = Field(default_factory=dict)
    """Name of a source page → what its statements hold."""

    def rule(self, channel: str | None, day: date) -> PostingDays | None:
        """The entry for what was paid on a local day by a channel; None where none is in force."""
        own = [one for one in self.posting if channel is not None and channel in one.channels]
        others = [one for one in self.posting if not one.channels]
        return latest_in_force(own, day) or latest_in_force(others, day)

    def last_day(self, channel: str | None, day: date, calendar: Calendar) -> date | None:
        """The last local day on which it is posted in time; None without an entry.

        Raises CalendarMissing where working days cannot be told.
        """
        rule = self.rule(channel, day)
        if rule is None:
            return None
        if rule.working_days is not None:
            return calendar.add_working_days(day, rule.working_days)
        return day + timedelta(days=rule.days or 0)


def read_reconciliation(document: Document) -> Reconciliation:
    """Raises ConfigError, also for a source that is not listed or days that two entries claim."""
    found = typed(Reconciliation, document)
    problems = list(_problems(found, document))
    if problems:
        raise ConfigError(problems)
    return found


def _problems(found: Reconciliation, document: Document) -> Iterator[ConfigProblem]:
    by_channel: dict[str | None, list[int]] = {}
    for place, one in enumerate(found.posting):
        if one.source not in found.sources:
            known = ", ".join(found.sources)
            path = ("posting", place, "source")
            yield document.problem(path, "unknown_source", value=one.source, known=known)
        for channel in one.channels or (None,):
            by_channel.setdefault(channel, []).append(place)
    for places in by_channel.values():
        for later, earlier in overlaps([found.posting[place] for place in places]):
            line = str(document.place(("posting", places[earlier]))[1])
            since = str(found.posting[places[earlier]].since)
            path = ("posting", places[later], "from")
            yield document.problem(path, "overlapping_dates", since=since, first=line)
