"""Files with a row per event: how each is written."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ..case import SimCase, Step
from ..moments import local, stamp
from ..telling import Account, Plant, Planted, Row, Written
from .labels import ACTIVITIES


@dataclass(frozen=True, slots=True)
class EventDialect:
    """How a source writes its events. `content` are the keys of what an event says beside its case."""

    source: str
    stem: str
    suffix: str
    encoding: str
    columns: Mapping[str, str]
    content: tuple[str, ...]
    station: str = "name"
    delimiter: str = ","


MONEY = frozenset({"fine", "amount"})


def event_row(case: SimCase, step: Step, dialect: EventDialect, **values: Any) -> Row:
    """A row with the keys every event file has; `told_at` orders the file."""
    station = {"name": case.site.name, "code": case.site.code}[dialect.station]
    told = {
        "station": station,
        "case_no": case.case_no,
        "activity": step.activity,
        "label": ACTIVITIES[step.activity],
        "at": step.at,
        "told_at": step.told_at,
        **values,
    }
    return Row(case.site.code, case.case_no, told)


def copy_with(row: Row, plant: Plant, *, whole: bool = False, **shown: Any) -> Row:
    """The row once more, with a defect."""
    copy = row.copy()
    copy.event_id = row.event_id
    copy.shown = shown
    copy.whole = whole
    copy.plants = [plant]
    return copy


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key in ("at", "told_at"):
        return value if isinstance(value, str) else stamp(value)
    if key in MONEY:
        return f"{value / 100:.2f}"
    return str(value)


def write(
    folder: Path, dialect: EventDialect, rows: Sequence[Row], account: Account
) -> tuple[list[Written], list[Planted]]:
    """Write the rows in the order in which they were written down: a file of the last month that has any, and
    one of all months before."""
    ordered = sorted(rows, key=lambda row: int(row.values["told_at"]))
    months = [f"{local(row.values['told_at']):%Y%m}" for row in ordered]
    earlier = sum(month < months[-1] for month in months) if months else 0
    written, planted = [], []
    for here, span in ((ordered[:earlier], months[:earlier]), (ordered[earlier:], months[earlier:])):
        if here:
            name = span[0] if span[0] == span[-1] else f"{span[0]}-{span[-1]}"
            one, found = write_file(folder / f"{dialect.stem}_{name}{dialect.suffix}", dialect, here, account)
            written.append(one)
            planted += found
    return written, planted


def write_file(
    path: Path, dialect: EventDialect, rows: Sequence[Row], account: Account
) -> tuple[Written, list[Planted]]:
    """Write one file."""
    written = Written(path.name, dialect.source)
    planted: list[Planted] = []
    out = StringIO(newline="")
    lines = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\r\n")
    lines.writerow(dialect.columns.values())
    for number, row in enumerate(rows, 2):
        values = {**row.values, "event_id": row.event_id, **row.shown}
        lines.writerow([_cell(key, values.get(key)) for key in dialect.columns])
        account.event_row(written, row, ("activity", "at", *dialect.content))
        planted += [
            Planted(
                plant.kind, plant.expect, plant.reason, dialect.source, path.name, None, number,
                dialect.columns.get(plant.column or ""), row.station, row.case_no, plant.activity,
            )
            for plant in row.plants
        ]  # fmt: skip
    path.write_bytes(out.getvalue().encode(dialect.encoding))
    return written, planted
