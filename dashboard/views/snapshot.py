"""Everything the Watch page shows at one moment. A part that fails is a Failure of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from dashboard.views.board import BoardView, board_view
from dashboard.views.feeds import Feed, feeds_view, silent_activities
from dashboard.views.figures import Release, releases_view
from dashboard.views.loop import Loop, loop_of
from monitor.cases.event import DAY
from monitor.metrics.away import LakeAway
from monitor.metrics.week import WeekFigures, week_figures
from monitor.payments.address import AddressStanding, unconfirmed
from monitor.settings.stations import SiteType
from monitor.store.board import feeds_seen, open_cases, recent_releases, released_between
from monitor.store.flag_list import live_flags_of
from monitor.store.notes import notes_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.stations import Station
    from monitor.store.flags import Flag

log = logging.getLogger(__name__)

LAST_RELEASES = 5
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Told:
    """A reason that has its sentence: a text."""

    key: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that could not be worked out, and why."""

    reason: str | Told


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The board at `now`. `last_day`, the releases of 24 hours, is read only when the board is empty."""

    now: int
    zone: ZoneInfo
    board: BoardView | Failure
    week: WeekFigures | Failure
    releases: tuple[Release, ...] | Failure
    last_day: tuple[Release, ...]
    feeds: tuple[Feed, ...] | Failure
    addresses: tuple[AddressStanding, ...] | Failure = ()
    """Payment addresses that changed and wait for a second person."""
    loop: Loop | Failure | None = None
    """Whether flags are raised and sent."""

    @property
    def whole(self) -> bool:
        """Whether every part was worked out."""
        parts = (self.board, self.week, self.releases, self.feeds, self.addresses, self.loop)
        return not any(isinstance(part, Failure) for part in parts)


def holding_stations(services: Services) -> list[Station]:
    """The stations at which vehicles are held, in the order of the configuration."""
    return [one for one in services.configuration.stations.values() if one.site_type is SiteType.STATION]


def zone_of(services: Services, station: str | None) -> ZoneInfo:
    """The zone of a station, or of the first that holds vehicles."""
    known = services.configuration.stations.get(station or "")
    if known is not None:
        return known.tz
    holding = holding_stations(services)
    return holding[0].tz if holding else ZoneInfo("Asia/Shanghai")


def reason_of(error: Exception) -> str | Told:
    """An error in one short line: its sentence, or its kind and the first line of what it says."""
    if isinstance(error, LakeAway):
        return Told(error.key)
    return f"{type(error).__name__}: {error}".splitlines()[0][:160]


def attempt(name: str, read: Callable[[], Part]) -> Part | Failure:
    """The part, or the failure that stands in its place while the other parts live on."""
    try:
        return read()
    except LakeAway as away:
        # The log has it from the keeper of the lake, once.
        return Failure(reason_of(away))
    except Exception as error:  # noqa: BLE001: whatever breaks one part, the board must not go dark
        log.exception("part %s of the board failed", name)
        return Failure(reason_of(error))


def snapshot(services: Services, station: str | None, now: int) -> Snapshot:
    """Reads and works out the whole page for one station or, with None, for all."""
    database, configuration = services.database, services.configuration
    stations: Sequence[str] | None = None if station is None else [station]
    zone = zone_of(services, station)
    feeds = attempt("feeds", lambda: feeds_view(feeds_seen(database), services.sources, now))
    silent = frozenset[str]() if isinstance(feeds, Failure) else silent_activities(feeds)

    def board() -> BoardView:
        states = open_cases(database, stations)
        view = board_view(states, silent, configuration, now)
        notes = notes_of(database, [row.key for row in view.rows])
        raised: dict[tuple[str, str], tuple[Flag, ...]] = {}
        with database.read() as connection:
            for flag in live_flags_of(connection, stations):
                key = (flag.station, flag.case_no or "")
                raised[key] = (*raised.get(key, ()), flag)
        return view.noted({key: tuple(said) for key, said in notes.items()}).flagged(raised)

    shown = attempt("rows", board)
    last_day: tuple[Release, ...] = ()
    if isinstance(shown, BoardView) and shown.held == 0:
        found = attempt(
            "last day",
            lambda: releases_view(
                sorted(
                    released_between(database, stations, now - DAY, now + 1),
                    key=lambda state: -(state.released_at or 0),
                ),
                configuration,
                configuration.board.axis_hours,
            ),
        )
        last_day = () if isinstance(found, Failure) else found
    return Snapshot(
        now,
        zone,
        shown,
        attempt("week", lambda: week_figures(database, stations, now, zone)),
        attempt(
            "releases",
            lambda: releases_view(recent_releases(database, stations, now, LAST_RELEASES), configuration),
        ),
        last_day,
        feeds,
        attempt("addresses", lambda: waiting_addresses(services, station)),
        attempt("flags", lambda: loop_of(services, now)),
    )


def waiting_addresses(services: Services, station: str | None) -> tuple[AddressStanding, ...]:
    """The payment addresses of a station, or of all, that wait for a second person."""
    waiting = unconfirmed(services.database, services.configuration)
    return tuple(one for one in waiting if station in (None, one.station))
