"""A list of weighings: which it holds, as an address says it, and its rows in a file. Plates stay masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.cases.plate import masked_plate
from monitor.reports.case_list import Cell, Sheet, moment
from monitor.reports.case_query import BadQuery, case_filter
from monitor.store.weighing_list import Weighing, WeighingFilter, find_weighings

if TYPE_CHECKING:
    from monitor.settings.stations import Stations
    from monitor.settings.texts import Texts
    from monitor.store.database import Database

FIELDS = ("station", "from", "to", "which")
WHICH = ("over", "unconfirmed")
COLUMNS = ("at", "station", "check_no", "plate", "axles", "gross", "limit", "over", "kind", "became")
"""In this order; the heads are the texts `weighings.columns.…`."""

WIDTHS = {"at": 17, "station": 24, "check_no": 26, "plate": 12, "became": 30}


def weighing_filter(asked: Mapping[str, str], stations: Stations, now: int) -> WeighingFilter:
    """The weighings that an address asks for. Raises BadQuery."""
    which = asked.get("which", "")
    if which and which not in WHICH:
        raise BadQuery("which", which, " · ".join(WHICH))
    told = {name: asked[name] for name in ("station", "from", "to") if asked.get(name)}
    period = case_filter(told, stations, now)
    return WeighingFilter(
        period.stations, period.since, period.until, which == "over", which == "unconfirmed"
    )


def each_weighing(database: Database, chosen: WeighingFilter, at_once: int = 500) -> Iterator[Weighing]:
    """All weighings of a filter, newest first, read part by part."""
    page = find_weighings(database, chosen, limit=at_once)
    yield from page.weighings
    while page.next is not None:
        page = find_weighings(database, chosen, before=page.next, limit=at_once)
        yield from page.weighings


def weighing_cells(one: Weighing, stations: Stations, words: Texts) -> tuple[Cell, ...]:
    """A weighing in the order of `COLUMNS`, in the local time of its station."""
    station = stations.get(one.station)
    plate = words.get("weighings.unread") if one.data.get("plate_unread") else masked_plate(one.plate)
    if one.case_no is None:
        became = words.get("weighings.no_case")
    elif one.unconfirmed:
        became = words.get("weighings.unconfirmed")
    else:
        became = words.get("weighings.case", case=one.followed_by or one.case_no)
    return (
        moment(one.at, None, ZoneInfo("UTC") if station is None else station.tz),
        one.station if station is None else station.name.in_language(words.language),
        one.check_no,
        None if one.plate is None else plate,
        one.axles,
        one.gross_kg,
        one.limit_kg,
        one.over_kg,
        words.get("weighings.again" if one.again else "weighings.first"),
        became,
    )


def weighing_sheet(words: Texts) -> Sheet:
    """The sheet of a list of weighings."""
    heads = [words.get(f"weighings.columns.{name}") for name in COLUMNS]
    return Sheet(words.get("weighings.title"), heads, [WIDTHS.get(name, 10) for name in COLUMNS])
