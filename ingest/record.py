"""Taps of the Record page as one more source: each tap is an event with its own id, judged one by one.

A device keeps a tap until it has a verdict on it and may send it any number of times; the event's id makes it
count once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ingest.accept import Letter, accept
from ingest.candidate import Candidate, Refusal, RowResult
from ingest.intake import MINUTE, Intake
from ingest.mapping.objects import map_objects
from monitor.cases.event import DAY, SECOND, Event
from monitor.store.deliveries import Sender
from monitor.store.log import case_ids, events_of

SOURCE = "record"
"""Name of the source, and of its page in `config/sources`."""

OLDEST = 30 * DAY
"""Older than this is no tap that waited for the network but a wrong date; history comes as a file."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap as the device tells it. Times are RFC 3339 with offset.

    `revision` counts the versions of this event on its device, from 1. `voids` is the id of the event that a
    `voided` one strikes out. `data` holds columns of the page `config/sources/record.yaml`.
    """

    event_id: str
    revision: int
    case_no: str
    activity: str
    occurred_at: str
    recorded_at: str
    data: Mapping[str, str | int]
    voids: str | None = None


class Outcome(StrEnum):
    """What became of a tap."""

    NEW = "new"
    REVISION = "revision"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one tap; a refused one says why (text `reasons.<reason>`) and what would be accepted."""

    event_id: str
    outcome: Outcome
    reason: str | None = None
    column: str | None = None
    accepted: str | None = None
    params: Mapping[str, str] | None = None


def accept_taps(
    intake: Intake, sender: Sender, station: str, device: str, taps: Sequence[Tap], now: int
) -> list[Verdict]:
    """Take the taps of a device in, as one delivery, and say of each what became of it.

    What is refused goes to quarantine like a row of a file; the corrected tap later supersedes it there.
    """
    if not taps:
        return []
    tolerance = intake.configuration.board.future_tolerance_minutes * MINUTE
    told = [_columns(station, tap) for tap in taps]
    batch = map_objects(intake.how(intake.pages[SOURCE]), told)
    rows = [
        _in_time(row, columns, now, now + tolerance) for row, columns in zip(batch.rows, told, strict=True)
    ]
    letter = Letter(SOURCE, device, sender)
    delivery = accept(
        intake.database, intake.terms, letter, [batch._replace(rows=rows)], intake.moment
    ).delivery_id
    recorded = _recorded(intake, [one for row in rows for one in row.candidates])
    return [_verdict(tap, row, recorded, delivery) for tap, row in zip(taps, rows, strict=True)]


def _columns(station: str, tap: Tap) -> dict[str, str | int]:
    """The tap by the columns of the source page."""
    told: dict[str, str | int] = {
        "station": station,
        "case_no": tap.case_no,
        "activity": tap.activity,
        "occurred_at": tap.occurred_at,
        "recorded_at": tap.recorded_at,
        "revision": str(tap.revision),
        "event_id": tap.event_id,
    }
    if tap.voids is not None:
        told["voids"] = tap.voids
    return told | {key: value for key, value in tap.data.items() if key not in told}


def _in_time(row: RowResult, told: Mapping[str, str | int], now: int, latest: int) -> RowResult:
    """The row, refused where its time lies further ahead than clocks may differ, or too far back."""
    refusals: list[Refusal] = []
    for one in row.candidates:
        if one.occurred_at > latest:
            reason = "tap_ahead"
        elif one.occurred_at < now - OLDEST:
            reason = "tap_too_old"
        else:
            continue
        accepted = f"{_written(now - OLDEST)} – {_written(latest)}"
        value = _written(one.occurred_at)
        refusals.append(Refusal("occurred_at", value, reason, accepted, {"value": value}, one.activity))
    if not refusals:
        return row
    raw = {name: str(value) for name, value in told.items()}
    return row._replace(candidates=[], refusals=refusals, raw=raw)


def _written(at: int) -> str:
    """RFC 3339 in UTC to the second."""
    return datetime.fromtimestamp(at // SECOND, UTC).isoformat().replace("+00:00", "Z")


def _recorded(intake: Intake, candidates: Sequence[Candidate]) -> dict[str, list[Event]]:
    """Every version in the log of the events that the candidates tell, by the event's id."""
    found: dict[str, list[Event]] = {}
    with intake.database.read() as connection:
        ids = case_ids(connection, {(one.station, one.case_no) for one in candidates})
        for known in events_of(connection, ids.values()).values():
            for event in known.own:
                if event.source == SOURCE and event.event_id is not None:
                    found.setdefault(event.event_id, []).append(event)
    return found


def _verdict(tap: Tap, row: RowResult, recorded: Mapping[str, list[Event]], delivery: int) -> Verdict:
    if row.refusals:
        one = row.refusals[0]
        return Verdict(tap.event_id, Outcome.REFUSED, one.reason, one.column, one.accepted, one.params)
    versions = recorded.get(tap.event_id, [])
    brought = [e for e in versions if e.delivery_id == delivery and e.revision == tap.revision]
    if not brought:
        return Verdict(tap.event_id, Outcome.DUPLICATE)
    first = min(versions, key=lambda event: event.received_at)
    return Verdict(tap.event_id, Outcome.NEW if first in brought else Outcome.REVISION)
