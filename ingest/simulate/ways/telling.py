"""All ways beside the ledgers, written into the folder of a simulation, and the truth about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..dialects import statement
from ..fines import Fines
from ..moments import iso
from ..telling import Account, Row
from ..world import World
from . import bureau_view, event_log, pushes
from .bureau_view import ViewRow
from .weighings import WeighingFiles


@dataclass(frozen=True, slots=True)
class Ways:
    """What was written: `files` as (path, source page) in the order of reading, the view's database, the
    folder of pushes. `coming` are the view's rows that become visible later."""

    files: tuple[tuple[Path, str], ...]
    view: Path
    pushes: Path
    coming: tuple[ViewRow, ...]
    weighed: int
    """Check numbers that the files tell of: each stands under its number, with or without a case."""
    events: int
    """Distinct events that the files tell; lines of a statement are none."""
    lines: int
    """Lines of the treasury's statement."""
    truth: dict[str, Any]


def write_ways(out: Path, world: World, fines: Fines, account: Account) -> Ways:
    """Write them all; same world, same bytes, apart from the view's database."""
    weighings = WeighingFiles(out, world, account)
    weighings.write()
    logs, log_planted, log_rows = event_log.write(out, world, account)
    rows = bureau_view.view_rows(world)
    visible = [row for row in rows if row.visible_at <= world.until]
    view = out / bureau_view.FILE
    view.unlink(missing_ok=True)
    bureau_view.create(view)
    bureau_view.fill(view, visible)
    sent = pushes.pushes_of(world)
    pushes.write(out, sent)
    statements, lines = statement.write(out, world, fines)
    told = [*weighings.written, *logs]
    files = [*told, *statements]
    return Ways(
        tuple((out / one.file, one.source) for one in files),
        view,
        out / pushes.FOLDER,
        tuple(row for row in rows if row.visible_at > world.until),
        len({(row.station, row.case_no) for row in weighings.rows}),
        sum(one.new for one in told),
        len(lines),
        {
            "files": [asdict(one) for one in files],
            "defects": [asdict(one) for one in (*weighings.planted, *log_planted)],
            "statement": lines,
            "weighings": [_weighing(row) for row in weighings.rows],
            "log": [_event(row) for row in log_rows],
            "view": {
                "database": view.name,
                "view": bureau_view.VIEW,
                "watermark": bureau_view.WATERMARK,
                "source": bureau_view.SOURCE,
                "rows": [bureau_view.as_told(row) for row in visible],
            },
            "pushes": [_push(one) for one in sent],
        },
    )


def _weighing(row: Row) -> dict[str, Any]:
    told = row.values
    return {
        "station": row.station, "check_no": row.case_no, "activity": told["activity"], "at": iso(told["at"]),
        "plate_colour": told["colour"], "gross_kg": told["gross"], "limit_kg": told["limit"],
        "verdict_told": "not_held",
    }  # fmt: skip


def _event(row: Row) -> dict[str, Any]:
    told = row.values
    return {
        "event_id": row.event_id, "station": row.station, "case_no": row.case_no,
        "activity": told["activity"], "at": iso(told["at"]),
    }  # fmt: skip


def _push(one: pushes.Push) -> dict[str, Any]:
    return {**one.entry(), "rows": len(one.rows), "verdicts": list(one.verdicts), "answered_as": one.again}
