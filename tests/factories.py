"""Small builders of what the core works on. Instants are microseconds UTC, texts local times in Shanghai."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from ingest.accept import Letter, accept
from ingest.candidate import Candidate
from ingest.mapping.batch import batch_of
from monitor.cases.event import SECOND, Event, digest
from monitor.cases.fold import fold
from monitor.cases.state import CaseState
from monitor.cases.terms import Terms, WeightLimit, no_weight_limit
from monitor.store.database import Database
from monitor.store.deliveries import DeliveryRow, Sender

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROME = ZoneInfo("Europe/Rome")
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
STATION = "S1"
CASE = "襄2024001"
SENDER = Sender("local", "127.0.0.1")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    """The instant of a local time such as `2024-11-26 14:32`."""
    local = datetime.fromisoformat(text).replace(tzinfo=zone)
    return round(local.astimezone(UTC).timestamp() * SECOND)


def day(text: str, zone: ZoneInfo = SHANGHAI) -> tuple[int, int]:
    """The first and the last instant of a local day."""
    first = date.fromisoformat(text)
    begin = datetime.combine(first, time(), zone)
    after = datetime.combine(first + timedelta(days=1), time(), zone)
    return round(begin.timestamp()) * SECOND, round(after.timestamp()) * SECOND - 1


def data(**told: Any) -> str:
    """Canonical JSON of an event's data."""
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode() if told else ""


def event(
    activity: str,
    when: int | tuple[int, int],
    *,
    ident: str | None = None,
    received: int | None = None,
    recorded: int | None = None,
    revision: int | None = None,
    event_id: str | None = None,
    known: int | None = None,
    source: str = "ledger",
    **told: Any,
) -> Event:
    """An event of a case. `when` is an instant or a day; `ident` tells events of one activity apart."""
    moment, until = when if isinstance(when, tuple) else (when, None)
    text = data(**told)
    got = (moment if until is None else until) if received is None else received
    return Event(
        identity=digest(source, activity, ident if ident is not None else event_id or when),
        content=digest(moment, until, text),
        activity=activity,
        occurred_at=moment,
        occurred_until=until,
        recorded_at=recorded,
        revision=revision,
        received_at=got,
        known_at=got if known is None else known,
        source=source,
        event_id=event_id,
        data=text,
        delivery_id=1,
        sheet=None,
        row=1,
        named=event_id is not None,
    )


def terms(
    *,
    holds: bool = True,
    hours: float | None = 24,
    limits: Sequence[tuple[int, int]] | None = None,
    zone: ZoneInfo = SHANGHAI,
    weight_limit: WeightLimit = no_weight_limit,
) -> Terms:
    """A station's terms: it holds vehicles, 24 hours, no table of weight limits."""
    if limits is None:
        limits = () if hours is None else ((0, round(hours * 3600)),)
    return Terms(STATION, holds, zone, tuple(limits), weight_limit)


def case(*events: Event, under: Terms | None = None, elsewhere: Sequence[Event] = ()) -> CaseState:
    """The state of a case that has these events."""
    state = fold(STATION, CASE, events, terms() if under is None else under, elsewhere)
    assert state is not None
    return state


def state(**fields: Any) -> CaseState:
    """A state of a case in custody, written down field by field."""
    told: dict[str, Any] = {
        "station": STATION, "case_no": CASE, "verdict": "running", "custody": True, "events": 1,
        "first_at": 0, "last_at": 0,
    }  # fmt: skip
    return CaseState(**{**told, **fields})


def candidate(
    activity: str,
    when: int | tuple[int, int],
    *,
    case_no: str = CASE,
    station: str = STATION,
    recorded: int | None = None,
    revision: int | None = None,
    event_id: str | None = None,
    ordinal: int = 0,
    **told: Any,
) -> Candidate:
    """An event as mapping hands it over."""
    moment, until = when if isinstance(when, tuple) else (when, None)
    return Candidate(
        station, case_no, activity, moment, until, recorded, revision, event_id, ordinal, data(**told)
    )


def letter(source: str = "ledger", *, ledger: bool = True, **told: Any) -> Letter:
    """A delivery of a ledger, told apart by its cases and activities."""
    return Letter(source, told.pop("name", "ledger.xlsx"), SENDER, ledger=ledger, **told)


def deliver(
    database: Database,
    candidates: Iterable[Candidate],
    now: int,
    how: Letter | None = None,
    terms_of: Callable[[str], Terms] | None = None,
) -> DeliveryRow:
    """Take candidates in, each as a row of its own, received from `now` on."""
    under = terms()
    return accept(
        database,
        terms_of or (lambda station: under),
        letter() if how is None else how,
        [batch_of(candidates)],
        lambda: now,
    )
