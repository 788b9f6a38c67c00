"""The Flags page: what was raised, how each flag stands, who was told; who is on duty; if the loop lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dashboard.views.cases import page_of
from dashboard.views.duty import DutyList, duty_lists
from dashboard.views.loop import Loop, loop_of
from dashboard.views.snapshot import holding_stations
from monitor.alerts.telling import Silence, silences_now
from monitor.cases.plate import masked_plate
from monitor.store.flag_list import (
    ESCALATED,
    SILENCED,
    STANDINGS,
    UNDELIVERED,
    DeadChannel,
    FlagFilter,
    Scope,
    Sending,
    count_by,
    dead_channels,
    flags_page,
    last_given_up,
    sendings_of,
)
from monitor.store.flags import (
    ACKNOWLEDGED,
    CLOSED,
    LIVE,
    OPEN,
    SUPERSEDED,
    Flag,
    FlagStep,
    flags_by_id,
    flags_version,
    states_now,
    steps_of_flag,
)
from monitor.store.outbox import DELIVERED

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.entry import Name

PATH = "/flags"
ROWS = 20
ALIVE, OVER = "live", "over"
TABS = (ALIVE, OPEN, ACKNOWLEDGED, ESCALATED, SILENCED, DELIVERED, UNDELIVERED, OVER)
"""What the list may hold: all that live, those of one state or standing, and those that are over."""
KINDS = (
    "a", "b", "c", "step", "held_after_removal", "paid_not_released", "legal", "finding", "feed", "channel",
    "sending", "job",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlagAsk:
    """What an address asks for; what nobody offers is left out. `chosen`: the flag that is open."""

    tab: str = ALIVE
    kind: str | None = None
    station: str | None = None
    page: int = 1
    chosen: int | None = None

    def address(self, **changed: str | int | None) -> str:
        """The address with some chosen otherwise; another filter begins with page 1 and nothing open."""
        told: dict[str, str | int | None] = {
            "state": None if self.tab == ALIVE else self.tab, "kind": self.kind, "station": self.station,
        }  # fmt: skip
        if not changed.keys() & told.keys() and "page" not in changed and self.page > 1:
            told["page"] = self.page
        told |= changed
        query = urlencode({key: value for key, value in told.items() if value is not None})
        return f"{PATH}?{query}" if query else PATH


def flag_ask(query: Mapping[str, str], stations: Mapping[str, object]) -> FlagAsk:
    """What an address asks for."""
    tab, kind, station = query.get("state", ALIVE), query.get("kind"), query.get("station")
    chosen = query.get("flag", "")
    return FlagAsk(
        tab if tab in TABS else ALIVE,
        kind if kind in KINDS else None,
        station if station in stations else None,
        page_of(query),
        int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else None,
    )


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag in the list. `plate` is masked, `messages` counted by state, `silence` what holds it back,
    `given_up` when the last of its messages that are given up was, as far as it is known."""

    flag: Flag
    plate: str | None
    station: Name | None
    messages: Mapping[str, int]
    silence: Silence | None
    given_up: int | None = None

    @property
    def delivered(self) -> int:
        """Messages that arrived."""
        return self.messages.get(DELIVERED, 0)

    @property
    def wanted(self) -> int:
        """Messages that arrived or are still to arrive: those that are not needed any more are left out."""
        return sum(n for state, n in self.messages.items() if state != SUPERSEDED)


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """What is read of the flag that is open: its history and the record of its delivery."""

    steps: tuple[FlagStep, ...]
    sendings: tuple[Sending, ...]


@dataclass(frozen=True, slots=True)
class FlagsView:
    """A page of the list. `counts` of every tab and `kinds` are of the station alone; `any_flag`: whether one
    was ever raised; `stations`: those to
    choose from; `names`: what feeds and jobs are called, by their clocks."""

    asked: FlagAsk
    lines: tuple[FlagLine, ...]
    total: int
    counts: Mapping[str, int]
    kinds: Mapping[str, int]
    opened: OpenFlag | None
    dead: tuple[DeadChannel, ...]
    silences: tuple[Silence, ...]
    duty: tuple[DutyList, ...]
    loop: Loop
    any_flag: bool
    stations: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.total // ROWS))


def flags_view(
    services: Services, asked: FlagAsk, now: int, names: Mapping[str, str] | None = None
) -> FlagsView:
    """Reads one page. A flag that is open stands first where the page does not hold it (any more)."""
    configuration = services.configuration
    stations = None if asked.station is None else [asked.station]
    with services.database.read() as connection:
        silences = silences_now(connection, configuration, now)
        scopes = [Scope(one.stations, one.clocks, one.cases) for one in silences]

        def chosen(tab: str, kind: str | None) -> FlagFilter:
            kinds = None if kind is None else [kind]
            return FlagFilter(
                stations, _states(tab), kinds=kinds, standing=tab if tab in STANDINGS else None,
                silences=scopes,
            )  # fmt: skip

        counts = {tab: count_by(connection, chosen(tab, None)) for tab in TABS}
        kinds = {kind: count_by(connection, chosen(ALIVE, kind)) for kind in KINDS} if counts[ALIVE] else {}
        page = flags_page(
            connection, chosen(asked.tab, asked.kind), limit=ROWS, offset=(asked.page - 1) * ROWS
        )
        found, opened = list(page.flags), None
        if asked.chosen is not None:
            if all(flag.id != asked.chosen for flag in found):
                found = [*flags_by_id(connection, [asked.chosen]), *found]
            if any(flag.id == asked.chosen for flag in found):
                steps = steps_of_flag(connection, asked.chosen)
                opened = OpenFlag(tuple(steps), tuple(sendings_of(connection, [asked.chosen])))
        states = states_now(connection, {flag.case_id for flag in found if flag.case_id is not None})
        dead = dead_channels(connection)
        any_flag = bool(flags_version(connection))
    lines = []
    for flag in found:
        state = states.get(flag.case_id or 0)
        station = configuration.stations.get(flag.station)
        silence = next((one for one in silences if one.holds(flag)), None) if flag.state in LIVE else None
        messages, given_up = page.messages.get(flag.id, {}), page.given_up.get(flag.id)
        if opened is not None and flag.id == asked.chosen:
            messages = Counter(one.state for one in opened.sendings)
            given_up = last_given_up(opened.sendings)
        plate = None if state is None else masked_plate(state.plate)
        name = None if station is None else station.short
        lines.append(FlagLine(flag, plate, name, messages, silence, given_up))
    return FlagsView(
        asked, tuple(lines), page.total, counts, kinds, opened, tuple(dead), tuple(silences),
        tuple(duty_lists(configuration, asked.station, now)), loop_of(services, now), any_flag,
        tuple(one.code for one in holding_stations(services)), names or {},
    )  # fmt: skip


def _states(tab: str) -> tuple[str, ...]:
    if tab in (OPEN, ACKNOWLEDGED):
        return (tab,)
    return (CLOSED, SUPERSEDED) if tab == OVER else LIVE
