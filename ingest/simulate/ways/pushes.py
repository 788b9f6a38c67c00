"""What programs push over HTTP: numbered bodies, and an index with the path and key of each request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from ..moments import HOUR, MINUTE, iso
from ..sites import RIVER
from ..world import World
from .records import TOLL, record, row_of
from .traffic import traffic
from .weighings import whole_kg

FOLDER = "pushes"
INDEX = "index.json"
PER_DAY = 72
ROWS = 72
"""Weighings in one push."""
VISITS = 32


@dataclass(frozen=True, slots=True)
class Push:
    """One request. `verdicts` are what each row must get; `again` names the request whose answer it must get,
    byte for byte, because the program was not sure that it had arrived."""

    file: str
    path: str
    source: str
    key: str
    rows: tuple[dict[str, Any], ...]
    verdicts: tuple[str, ...]
    again: str | None = None

    @property
    def body(self) -> bytes:
        return (json.dumps(self.rows, ensure_ascii=False, indent=0) + "\n").encode("utf-8")

    def entry(self) -> dict[str, str]:
        """The request in the index."""
        return {"file": self.file, "path": self.path, "source": self.source, "idempotency_key": self.key}


def pushes_of(world: World) -> list[Push]:
    """河口 pushes its weighings as they gather, and the visits after a case; some requests come twice."""
    rng = Random(f"{world.seed}/ways/pushes")
    rows = [
        record(row_of(one), TOLL, whole_kg)
        for one in traffic(world.seed, RIVER, world.since, world.until, PER_DAY)
    ]
    if rows:
        # A camera of another maker: 9 is no colour of the set that the page names.
        rng.choice(rows)["plateNumColor"] = "9"
    drafts = [("weighings", "weighings", rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    visits = _visits(world)
    if visits:
        drafts.append(("events", "events", visits))
        mended = {**visits[0], "occurred_at": iso(_instant(visits[0]) - 10 * MINUTE)}
        drafts.append(("events", "events", [*visits[:2], mended]))
    made: list[Push] = []
    known: set[str] = set()
    for path, source, several in drafts:
        made.append(_push(world, len(made), path, source, several, known))
        if len(made) == 2:
            first = made[-1]
            made.append(replace(first, file=_name(len(made)), again=first.file))
        if len(made) == 4:
            # The same rows under another key: nothing new.
            made.append(_push(world, len(made), path, source, several, known))
    return made


def _visits(world: World) -> list[dict[str, Any]]:
    """Return visits (案件回访) by telephone, a day and more after release."""
    found = []
    for case in world.of(RIVER):
        released = case.released_at(world.until)
        if released is None:
            continue
        at = released + 26 * HOUR + sum(map(ord, case.case_no)) % 300 * MINUTE
        if at + HOUR < world.until:
            found.append(
                {"event_id": f"HF-{case.case_no}", "station": case.site.code, "case_no": case.case_no,
                 "activity": "visited", "occurred_at": iso(at), "note": "电话回访"}
            )  # fmt: skip
    return found[-VISITS:]


def _instant(row: dict[str, Any]) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(row["occurred_at"]).timestamp()) * 1_000_000


def _push(
    world: World, place: int, path: str, source: str, rows: Sequence[dict[str, Any]], known: set[str]
) -> Push:
    verdicts = []
    for row in rows:
        said = json.dumps(row, sort_keys=True)
        event_id = row.get("event_id")
        if str(row.get("plateNumColor")) == "9":
            verdicts.append("quarantined")
        elif said in known:
            verdicts.append("duplicate")
        else:
            verdicts.append("revision" if event_id in known else "new")
        known |= {said} | ({event_id} if event_id else set())
    key = f"river-{world.seed}-{place + 1:04d}"
    return Push(_name(place), f"/api/v1/{path}", source, key, tuple(rows), tuple(verdicts))


def _name(place: int) -> str:
    return f"{place + 1:04d}.json"


def write(out: Path, pushes: Sequence[Push]) -> None:
    """Write the requests, and the index in the order in which they have to be sent."""
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    for push in pushes:
        (folder / push.file).write_bytes(push.body)
    index = {"simulated": True, "requests": [push.entry() for push in pushes]}
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it was written, ready to be sent."""

    path: str
    source: str
    key: str
    body: bytes


def recorded(folder: Path) -> list[Recorded]:
    """The requests of a folder that was written here, in the order in which they have to be sent."""
    index = json.loads((folder / INDEX).read_text("utf-8"))
    return [
        Recorded(one["path"], one["source"], one["idempotency_key"], (folder / one["file"]).read_bytes())
        for one in index["requests"]
    ]
