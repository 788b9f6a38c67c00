"""The flags of a case: those that live, and everything that became of each, for the case's history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dashboard.views.moments import local
from dashboard.views.timeline import FlagEntry, Timeline
from monitor.store.flag_list import sendings_of
from monitor.store.flags import LIVE, OPEN, Flag, flags_of, steps_of_flags
from monitor.store.log import case_ids

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.store.database import Database
    from monitor.store.log import CaseKey


@dataclass(frozen=True, slots=True)
class CaseFlags:
    """Flags of a case, the earliest threshold first, and their history in the order of time."""

    flags: tuple[Flag, ...] = ()
    entries: tuple[FlagEntry, ...] = ()

    @property
    def live(self) -> tuple[Flag, ...]:
        """Those that stand."""
        return tuple(flag for flag in self.flags if flag.state in LIVE)

    @property
    def free(self) -> int:
        """How many nobody has taken over."""
        return sum(flag.state == OPEN for flag in self.flags)


def case_flags(database: Database, key: CaseKey) -> CaseFlags:
    """Reads them. A message is an entry once a provider has it; before, telling it is one."""
    with database.read() as connection:
        found = flags_of(connection, case_ids(connection, [key]).values())
        flags = {flag.id: flag for flag in sorted(found, key=lambda one: (one.due_at, one.id))}
        steps = steps_of_flags(connection, flags)
        sent = sendings_of(connection, flags)
    entries = [FlagEntry(step.at, flags[step.flag_id], step=step) for step in steps]
    entries += [
        FlagEntry(one.sent_at, flags[one.flag_id], sending=one) for one in sent if one.sent_at is not None
    ]
    entries.sort(key=lambda entry: entry.at)
    return CaseFlags(tuple(flags.values()), tuple(entries))


def with_flags(view: Timeline, flags: CaseFlags, zone: ZoneInfo) -> Timeline:
    """The history of a case with that of its flags. What is counted of its events stays so."""
    days: dict[date, list[FlagEntry]] = {}
    for entry in flags.entries:
        days.setdefault(local(entry.at, zone).date(), []).append(entry)
    told = dict(view.days)
    merged = tuple(
        (day, tuple(sorted((*told.get(day, ()), *days.get(day, ())), key=lambda one: one.at)))
        for day in sorted(told.keys() | days.keys())
    )
    return replace(view, days=merged)
