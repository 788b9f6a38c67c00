"""`fangxing ingest --dry-run`: what each row would become, written nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.reason import place, refusal, sentence
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from ingest.candidate import Candidate, RowResult
    from ingest.intake import Intake
    from ingest.rehearsal import Rehearsed
    from monitor.cli.files import Chosen


def dry_run(intake: Intake, chosen: Chosen, rows: int) -> Rehearsed:
    """What a file named on the command line would become."""
    from ingest.rehearsal import Rehearsed, rehearse

    if chosen.page is None:
        return Rehearsed(str(chosen.path), None, reason="not_a_file", params={"file": chosen.path.name})
    return rehearse(intake, chosen.path, chosen.page, rows)


def rehearsed_object(told: Rehearsed) -> dict[str, Any]:
    """One delivery of `--json`; `rows_shown` tells of each what it would become."""
    return {
        "dry_run": True,
        "file": told.file,
        "source": told.source,
        "status": "failed" if told.failed else "done",
        **told.totals([told]),
        "mapped": told.events,
        "rows": {
            "read": told.read,
            "quarantined": told.rows_refused,
            "aside": told.aside,
            "hidden": told.hidden,
        },
        "warnings": [
            {"sheet": w.sheet, "row": w.row, "reason": w.reason, "message": sentence(w.reason, w.params)}
            for w in told.warned
        ],
        "problem": None
        if told.reason is None
        else {
            "reason": told.reason,
            "message": sentence(told.reason, told.params, told.file),
            **told.params,
        },
        "rows_shown": [_row_object(told, row) for row in told.shown],
        "first_quarantined": [
            {
                "sheet": row.sheet,
                "row": row.row,
                "column": one.column,
                "value": one.value,
                "reason": one.reason,
                "message": sentence(one.reason, one.params),
                "accepted": one.accepted,
            }
            for row in told.refused
            for one in row.refusals
        ],
    }


def _row_object(told: Rehearsed, row: RowResult) -> dict[str, Any]:
    from ingest.rehearsal import told_data

    return {
        "sheet": row.sheet,
        "row": row.row,
        "aside": row.aside,
        "station": row.station,
        "case_no": row.case_no,
        "events": [
            {"activity": one.activity, "at": told.time_of(one), "data": told_data(one)}
            for one in row.candidates
        ],
        "refusals": [one.reason for one in row.refusals],
    }


def show_rehearsed(rehearsed: Sequence[Rehearsed]) -> None:
    """Each row shown, then the counts."""
    for one in rehearsed:
        typer.echo(say("cli.dry_run.title", file=one.file, source=one.source or "-"))
        for row in one.shown:
            typer.echo(_row_line(one, row))
            for candidate in row.candidates:
                typer.echo("    " + _event_line(one, candidate))
        for warned in one.warned:
            where = place(one.file, warned.sheet, warned.row, None)
            why = sentence(warned.reason, warned.params, one.file)
            typer.echo(say("cli.ingest.warning", line=say("cli.refused.line", place=where, said=why)))
        for row in one.refused:
            for refused in row.refusals:
                where = place(one.file, row.sheet, row.row, refused.column)
                line = refusal(where, refused.value, refused.reason, refused.params, refused.accepted)
                typer.echo(say("cli.ingest.quarantined", line=line))
        for problem in one.problems:
            where = place(one.file, problem.sheet, problem.row, None)
            line = refusal(where, None, problem.reason, problem.params, problem.accepted)
            typer.echo(say("cli.ingest.error", line=line), err=True)
        if one.reason is not None:
            said = sentence(one.reason, one.params, one.file)
            line = say("cli.refused.line", place=one.file, said=said)
            typer.echo(say("cli.ingest.error", line=line), err=True)
        counts = {name: f"{count:,}" for name, count in one.totals([one]).items()}
        typer.echo(say("cli.dry_run.counts", **counts, aside=f"{one.aside:,}"))
    typer.echo(say("cli.dry_run.nothing_written"))


def _row_line(one: Rehearsed, row: RowResult) -> str:
    where = place("", row.sheet, row.row, None).removeprefix(" · ")
    if row.aside is not None:
        aside = words().find(f"aside.{row.aside}") or row.aside
        return say("cli.dry_run.aside", place=where, aside=aside)
    case = f"{row.station or '?'} {row.case_no or '?'}"
    return say("cli.dry_run.row", place=where, case=case, n=len(row.candidates), refused=len(row.refusals))


def _event_line(one: Rehearsed, candidate: Candidate) -> str:
    from ingest.rehearsal import told_data

    activity = words().find(f"activities.{candidate.activity}") or candidate.activity
    data = " ".join(f"{key}={value}" for key, value in told_data(candidate).items())
    return f"{one.time_of(candidate)}  {activity}  {data}".rstrip()
