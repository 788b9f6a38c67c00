"""Who is told of a flag: silences, levels and rotas as they are at the moment, one message each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection

from monitor.alerts.message import SENDING
from monitor.cases.event import SECOND, digest
from monitor.settings.alerts import Alerts, ConfiguredSilence
from monitor.settings.cadence import span
from monitor.settings.configuration import Configuration
from monitor.store.flags import (
    ITSELF,
    NOBODY,
    Flag,
    FlagStep,
    Message,
    Step,
    append_flag_steps,
    put_in_outbox,
    set_levels,
    silences_at,
)


class Silence(NamedTuple):
    """Nobody is told of these flags until then. `stations`, `clocks` and `cases` (numbers) that are empty do
    not narrow it. `key`: by which one that a person set is ended; None for one of the configuration."""

    stations: tuple[str, ...]
    clocks: tuple[str, ...]
    cases: tuple[str, ...]
    owner: str
    reason: str
    until: int
    key: int | None = None

    def holds(self, flag: Flag) -> bool:
        return (
            (not self.stations or flag.station in self.stations)
            and (not self.clocks or flag.clock in self.clocks)
            and (not self.cases or flag.case_no in self.cases)
        )


def scope_json(
    stations: Sequence[str] = (), clocks: Sequence[str] = (), cases: Sequence[str] = ()
) -> str:
    """What a silence is about, as its row holds it."""
    told = {"stations": list(stations), "clocks": list(clocks), "cases": list(cases)}
    return orjson.dumps({key: value for key, value in told.items() if value}).decode()


def silences_now(connection: Connection, configuration: Configuration, now: int) -> list[Silence]:
    """Those of the configuration and those that people set, as far as they hold now."""
    found = [
        silence
        for one in configuration.alerts.silences
        if (silence := _configured(one, configuration.zone, now)) is not None
    ]
    for row in silences_at(connection, now):
        scope = orjson.loads(row.scope)
        stations, clocks, cases = (tuple(scope.get(key, ())) for key in ("stations", "clocks", "cases"))
        found.append(Silence(stations, clocks, cases, row.owner, row.reason, row.until, row.id))
    return found


def _configured(one: ConfiguredSilence, zone: ZoneInfo, now: int) -> Silence | None:
    """Whole days in the installation's zone."""
    if not one.in_force(datetime.fromtimestamp(now // SECOND, zone).date()):
        return None
    end = datetime.combine(one.until + timedelta(days=1), time(), zone).astimezone(UTC)
    until = round(end.timestamp()) * SECOND
    return Silence(one.stations, one.clocks, (), one.owner, one.reason, until)


def number_of(flag: Flag, recipient: str) -> str:
    """The one number under which a provider sees the message of a flag to a recipient, however often it is
    sent."""
    return digest(flag.case_id, flag.clock, flag.threshold, flag.version, recipient).hex()


def tell(connection: Connection, flags: Iterable[Flag], configuration: Configuration, now: int) -> int:
    """Tell the next level of each flag, in the transaction that raises or escalates it; returns how many
    messages there are to be.

    A silenced flag stays, nobody is told of it, and it comes up again when the silence ends.
    """
    alerts = configuration.alerts
    silences = silences_now(connection, configuration, now)
    steps: list[FlagStep] = []
    levels: list[tuple[int, int, int | None]] = []
    messages: list[Message] = []
    for flag in flags:
        silence = next((one for one in silences if one.holds(flag)), None)
        if silence is not None:
            note = f"{silence.owner}: {silence.reason}"
            steps.append(FlagStep(flag.id, now, Step.SILENCED, ITSELF, note))
            levels.append((flag.id, flag.level, silence.until))
            continue
        local = datetime.fromtimestamp(now // SECOND, configuration.zone_of(flag.station))
        known = alerts.levels_of(flag.station)
        behind = [(place, alerts.told_at(known[place], local)) for place in range(flag.level + 1, len(known))]
        reached = ((place, _reachable(alerts, flag, names)) for place, names in behind)
        level, names = next(((place, names) for place, names in reached if names), (len(known), ()))
        holes = [known[place].name for place, names in behind if place < level and not names]
        steps += [FlagStep(flag.id, now, Step.HOLE, ITSELF, hole) for hole in holes]
        if not names:
            steps.append(FlagStep(flag.id, now, Step.NOBODY, ITSELF, None))
            again = now + span(alerts.delivery.nobody_again) if holes and flag.level == NOBODY else None
            levels.append((flag.id, flag.level, again))
            continue
        messages += _messages(alerts, flag, level, names, now)
        coming = known[level + 1].delay - known[level].delay if level + 1 < len(known) else None
        levels.append((flag.id, level, None if coming is None else now + coming))
        told = f"{known[level].name}: {', '.join(names)}"
        steps.append(FlagStep(flag.id, now, Step.TOLD, ITSELF, told))
    put_in_outbox(connection, messages)
    set_levels(connection, levels)
    append_flag_steps(connection, steps)
    return len(messages)


def _reachable(alerts: Alerts, flag: Flag, names: Sequence[str]) -> tuple[str, ...]:
    """Who of these is reached at all: that a way out fails is told by the others."""
    failing = flag.clock.removeprefix(SENDING) if flag.clock.startswith(SENDING) else None
    return tuple(name for name in names if alerts.recipients[name].channel != failing)


def _messages(
    alerts: Alerts, flag: Flag, level: int, names: Sequence[str], now: int
) -> Iterator[Message]:
    for name in names:
        channel = alerts.recipients[name].channel
        yield Message(number_of(flag, name), flag.id, name, channel, level, "waiting", 0, now)
