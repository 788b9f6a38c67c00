"""What a row would become, in words: the answer of `--dry-run`."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import orjson

from ingest.candidate import Candidate, Refusal, RowResult
from monitor.settings.texts import Texts

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def explained(row: RowResult, zone: str, texts: Texts) -> list[str]:
    """Sentences about one row: its place and what it is, a line for each event and for each refused cell."""
    place = "dry_run.place_on_sheet" if row.sheet else "dry_run.place"
    where = texts.get(place, row=row.row, sheet=row.sheet or "")
    if row.aside is not None:
        why = texts.find(f"aside.{row.aside}") or row.aside
        return [texts.get("dry_run.aside", place=where, why=why)]
    unknown = texts.get("dry_run.unknown")
    lines = [
        texts.get("dry_run.case", place=where, station=row.station or unknown, case=row.case_no or unknown)
    ]
    if row.hidden:
        lines.append("  " + texts.get("dry_run.hidden"))
    lines += ["  " + _event(one, ZoneInfo(zone), texts) for one in row.candidates]
    lines += ["  " + refusal_sentence(one, texts) for one in row.refusals]
    return lines


def refusal_sentence(refusal: Refusal, texts: Texts) -> str:
    """A refused cell or row: column, value, why, what is lost with it and what would be accepted."""
    why = texts.get(f"reasons.{refusal.reason}", **{"accepted": refusal.accepted, **refusal.params})
    column = refusal.column or texts.get("dry_run.whole_row")
    value = "" if refusal.value is None else texts.get("dry_run.value", value=refusal.value)
    parts = [texts.get("dry_run.refused", column=column, value=value, why=why)]
    if refusal.activity is not None:
        parts.append(texts.get("dry_run.lost", activity=_label(refusal.activity, texts)))
    if refusal.accepted:
        parts.append(texts.get("dry_run.accepted", accepted=refusal.accepted))
    return texts.get("dry_run.between").join(parts)


def _event(one: Candidate, zone: ZoneInfo, texts: Texts) -> str:
    when = local(one.occurred_at, zone)
    shown = f"{when:%Y-%m-%d %H:%M:%S}"
    if one.occurred_until is not None:
        shown = texts.get("dry_run.day", day=f"{when:%Y-%m-%d}")
    told = orjson.loads(one.data) if one.data else {}
    for key in told.keys() & {"paid_at", "paid_until"}:
        told[key] = f"{local(told[key], zone):%Y-%m-%dT%H:%M:%S}"
    data = " ".join(f"{key}={value}" for key, value in told.items())
    return texts.get("dry_run.event", activity=_label(one.activity, texts), when=shown, data=data).rstrip()


def _label(activity: str, texts: Texts) -> str:
    return texts.find(f"activities.{activity}") or activity


def local(instant: int, zone: ZoneInfo) -> dt.datetime:
    """The local time of an instant in microseconds."""
    return (EPOCH + dt.timedelta(microseconds=instant)).astimezone(zone)
