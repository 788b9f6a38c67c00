"""北关's case system tells the steps on paper as an event log in XES (IEEE 1849), packed by gzip."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from random import Random
from xml.sax.saxutils import quoteattr

from ..case import SimCase
from ..moments import MINUTE, SECOND, iso
from ..sites import NORTH
from ..telling import Account, Plant, Planted, Row, Written
from ..world import World

SOURCE = "sim-xes"
FILE = "北关事件日志.xes.gz"
HEADS = {"label": "concept:name"}
LABELS = {"legal_review": "法制审核", "served": "送达"}


def paper_steps(case: SimCase) -> list[tuple[str, int]]:
    """Legal review before the decision, service after it, which no ledger has a column for."""
    decided = case.last("decided")
    if decided is None or case.authority != "transport":
        return []
    rng = Random(f"paper/{case.case_no}")
    served = decided.at + rng.randint(6, 45) * MINUTE
    reviewed = decided.at - rng.randint(4, 20) * MINUTE
    if (review := case.first("legal_review")) is not None:
        reviewed = review.at
    return [("legal_review", reviewed), ("served", served)]


def write(out: Path, world: World, account: Account) -> tuple[list[Written], list[Planted], list[Row]]:
    """Write the log. No file where nothing was decided."""
    rows = _rows(world.of(NORTH), world.until)
    if not rows:
        return [], [], []
    rng = Random(f"{world.seed}/ways/xes")
    rows = _with_defects(rng, rows)
    written = Written(FILE, SOURCE)
    planted: list[Planted] = []
    for number, row in enumerate(rows, 1):
        account.event_row(written, row, ("activity", "at", "officers"))
        planted += [
            Planted(plant.kind, plant.expect, plant.reason, SOURCE, FILE, None, number,
                    HEADS.get(plant.column or ""), row.station, row.case_no, plant.activity)
            for plant in row.plants
        ]  # fmt: skip
    # Without the time of packing, so that the same seed gives the same bytes.
    (out / FILE).write_bytes(gzip.compress(log_of(rows).encode("utf-8"), mtime=0))
    return [written], planted, [row for row in rows if not row.whole]


def _rows(cases: Sequence[SimCase], until: int) -> list[Row]:
    found = []
    for case in cases:
        for activity, at in paper_steps(case):
            if at + MINUTE > until:
                continue
            values = {
                "activity": activity, "label": LABELS[activity], "at": at, "told_at": at + 40 * SECOND,
                "officers": f"X-{sum(map(ord, case.case_no)) % 7 + 11}",
            }  # fmt: skip
            found.append(Row(case.site.code, case.case_no, values, event_id=f"{case.case_no}/{activity}"))
    return found


def _with_defects(rng: Random, rows: list[Row]) -> list[Row]:
    """One event told twice, one told again with another time, one with a name that nobody knows."""
    for kind in ("duplicate_row", "corrected_row", "unknown_activity"):
        free = [row for row in rows if not row.plants]
        if not free:
            break
        row = rng.choice(free)
        again = row.copy()
        again.event_id = row.event_id
        if kind == "duplicate_row":
            again.plants = [Plant(kind, "duplicate", "", None, row.values["activity"])]
        elif kind == "corrected_row":
            again.values |= {
                "at": row.values["at"] + 2 * MINUTE,
                "told_at": row.values["told_at"] + 9 * MINUTE,
            }
            again.plants = [Plant(kind, "revision", "", None, row.values["activity"])]
        else:
            again.event_id = f"{row.event_id}/print"
            again.shown, again.whole = {"label": "打印文书"}, True
            again.plants = [Plant(kind, "row_lost", "unknown_activity", "label", None)]
        rows = [*rows[: rows.index(row) + 1], again, *rows[rows.index(row) + 1 :]]
    return rows


def log_of(rows: Sequence[Row]) -> str:
    """The log: a trace a case, attributes typed as the standard has it."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">',
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>',
        '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>',
        '<extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>',
    ]
    for case_no, group in groupby(rows, key=lambda row: row.case_no):
        events = list(group)
        lines.append("<trace>")
        lines += [_text("concept:name", case_no), _text("site", events[0].station)]
        for row in events:
            told = {**row.values, **row.shown}
            lines.append("<event>")
            lines += [_text("identity:id", row.event_id or ""), _text("concept:name", told["label"])]
            lines.append(f'<date key="time:timestamp" value="{iso(told["at"])}"/>')
            lines.append(f'<date key="saved" value="{iso(told["told_at"])}"/>')
            lines += [_text("org:resource", told["officers"]), "</event>"]
        lines.append("</trace>")
    return "\n".join([*lines, "</log>", ""])


def _text(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'
