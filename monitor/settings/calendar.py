"""Working days, `config/calendar/<year>.yaml`: public holidays, and the weekend days worked in their place.

The State Council announces each year late in the one before. A year that nobody has entered is not guessed:
what needs it gets `CalendarMissing`. Clocks of hours never come here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from monitor.settings.entry import Dated, Entry, Name, typed
from monitor.settings.limits import LegalSource
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import read_config, shipped_dir
from monitor.settings.yamlfile import Document

FOLDER = "calendar"
FILE = re.compile(r"(?:19|20)[0-9]{2}\.yaml")
SATURDAY = 5


class CalendarMissing(LookupError):
    """Whether a day is a working day cannot be told: the calendar of its `year` has not been entered."""

    def __init__(self, year: int) -> None:
        super().__init__(f"no calendar of {year}: enter it as {file_of(year)}")
        self.year = year


class Holiday(Dated):
    """Days off in a row, weekends and exchanged days included; without `until` it is one day."""

    name: Name

    @property
    def last(self) -> date:
        return self.until or self.since


class CalendarYear(Entry):
    """`calendar/<year>.yaml`."""

    source: LegalSource
    confirmed_by: str | None = None
    holidays: tuple[Holiday, ...]
    working_days: tuple[date, ...] = ()
    """Saturdays and Sundays that are worked."""


@dataclass(frozen=True)
class Calendar:
    """The years that have been entered."""

    years: Mapping[int, CalendarYear] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Raises CalendarMissing."""
        self.require(day.year)
        if day in self._worked:
            return True
        return day not in self._off and day.weekday() < SATURDAY

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after `day`, which itself does not count; `day` where n is 0.

        Raises CalendarMissing where a year on the way has not been entered, ValueError for a negative n.
        """
        if n < 0:
            raise ValueError(f"{n} working days")
        while n > 0:
            day += timedelta(days=1)
            n -= self.is_working_day(day)
        return day

    def require(self, year: int) -> None:
        """Raises CalendarMissing where the year has not been entered."""
        if year not in self.years:
            raise CalendarMissing(year)

    def days_off(self, since: date, until: date) -> tuple[date, ...]:
        """The days from `since` to before `until` that are no working days. Raises CalendarMissing."""
        days = [since + timedelta(days=place) for place in range((until - since).days)]
        return tuple(day for day in days if not self.is_working_day(day))

    def missing_by(self, today: date, ahead: int) -> int | None:
        """The first year, of today and of the day `ahead` days later, that has not been entered."""
        for year in range(today.year, (today + timedelta(days=ahead)).year + 1):
            if year not in self.years:
                return year
        return None

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(day for year in self.years.values() for day in year.working_days)

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(
            holiday.since + timedelta(days=place)
            for year in self.years.values()
            for holiday in year.holidays
            for place in range((holiday.last - holiday.since).days + 1)
        )


def file_of(year: int) -> str:
    """Where the calendar of a year stands in a folder of configuration."""
    return f"{FOLDER}/{year}.yaml"


def read_calendar(config_dir: Path | None) -> Calendar:
    """Every year there is, shipped or in the bureau's folder. Raises ConfigError with all problems."""
    years: dict[int, CalendarYear] = {}
    problems: list[ConfigProblem] = []
    for year in _entered(config_dir):
        try:
            document = read_config(file_of(year), config_dir)
            years[year] = typed(CalendarYear, document)
        except ConfigError as error:
            problems += error.problems
        else:
            problems += _problems(year, years[year], document)
    if problems:
        raise ConfigError(problems)
    return Calendar(years)


def _entered(config_dir: Path | None) -> list[int]:
    folders = [folder / FOLDER for folder in (shipped_dir(), config_dir) if folder is not None]
    found = {file.name for folder in folders if folder.is_dir() for file in folder.iterdir()}
    return sorted(int(name[:4]) for name in found if FILE.fullmatch(name))


def _problems(year: int, entered: CalendarYear, document: Document) -> Iterator[ConfigProblem]:
    """No holiday at all; days that cannot be meant: of another year, weekdays, both off and worked."""
    if not entered.holidays:
        yield document.problem(("holidays",), "empty")
    for place, holiday in enumerate(entered.holidays):
        for key, day in (("from", holiday.since), ("until", holiday.last)):
            if not _belongs(day, year):
                yield document.problem(("holidays", place, key), "other_year", value=str(day), year=str(year))
    for place, day in enumerate(entered.working_days):
        path = ("working_days", place)
        if not _belongs(day, year):
            yield document.problem(path, "other_year", value=str(day), year=str(year))
        elif day.weekday() < SATURDAY:
            yield document.problem(path, "worked_anyway", value=str(day))
        elif any(holiday.since <= day <= holiday.last for holiday in entered.holidays):
            yield document.problem(path, "off_and_worked", value=str(day))


def _belongs(day: date, year: int) -> bool:
    """A notice may move days of the December before: New Year's Day and what is worked for it."""
    return day.year == year or (day.year, day.month) == (year - 1, 12)
