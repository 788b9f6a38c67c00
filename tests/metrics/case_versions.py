"""Small builders of case versions as metrics read them. Texts are local times in Shanghai."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.cases.event import SECOND
from monitor.lake.case_rows import STORED, case_table
from monitor.metrics.engine import MemoryEngine

ZONE = ZoneInfo("Asia/Shanghai")
DAY = 86_400 * SECOND

Version = tuple[Any, ...]


def at(text: str) -> int:
    """The instant of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


def local(instant: int | None, form: str) -> str | None:
    """An instant as a local date or week."""
    return None if instant is None else datetime.fromtimestamp(instant / SECOND, ZONE).strftime(form)


def version(number: int, start: str | None, end: str | None = None, **told: Any) -> Version:
    """A version of a case with clock A of 24 hours, as the store writes it; instants as texts."""
    begin = None if start is None else at(start)
    deadline = None if begin is None else begin + DAY
    done = None if end is None else at(end)
    verdict = (
        "no_deadline" if begin is None or deadline is None else "running" if done is None
        else "released_on_time" if done <= deadline else "released_late"
    )  # fmt: skip
    values: dict[str, Any] = {
        "id": number, "case_id": number, "known_from": 0, "station": "S1", "case_no": str(number),
        "verdict": verdict, "custody": True, "events": 2, "first_at": begin or at("2024-07-22T08:00"),
        "last_at": done or begin or at("2024-07-22T08:00"), "confirmed_at": begin, "limit_s": 86_400,
        "deadline_at": deadline, "released_at": done, "pay_failures": 0, "removed_derived": False,
    }  # fmt: skip
    for name, instant in (("start", begin), ("deadline", deadline), ("released", done)):
        values[f"{name}_date"], values[f"{name}_week"] = local(instant, "%Y-%m-%d"), local(instant, "%G-W%V")
    for name, value in told.items():
        instant = name.endswith(("_at", "_until", "known_from", "known_to")) and isinstance(value, str)
        values[name] = at(value) if instant else value
    return tuple(values.get(name) for name in STORED)


def engine(*versions: Version) -> MemoryEngine:
    """These versions to run metrics on."""
    return MemoryEngine({"case_versions": case_table(list[Sequence[Any]](versions), lambda _: ZONE)})
