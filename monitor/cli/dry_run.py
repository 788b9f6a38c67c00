"""`fangxing ingest --dry-run`: what each row would become, written nowhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cases.plate import masked_plate
from monitor.cli.reason import place, refusal, sentence
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from ingest.candidate import Candidate, RowResult
    from ingest.intake import Intake
    from ingest.mapping.batch import SheetProblem, Warned
    from monitor.cli.files import Chosen

SECOND = 1_000_000


@dataclass
class Rehearsed:
    """What a file would become. `shown` holds its first rows, `refused` the first rows with refusals."""

    file: str
    source: str | None
    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    read: int = 0
    aside: int = 0
    hidden: int = 0
    events: int = 0
    refusals: int = 0
    rows_refused: int = 0
    cases: set[tuple[str, str]] = field(default_factory=set)
    shown: list[RowResult] = field(default_factory=list)
    refused: list[RowResult] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    reason: str | None = None
    params: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.reason is not None or (bool(self.problems) and not self.events)

    @staticmethod
    def totals(rehearsed: Sequence[Rehearsed]) -> dict[str, int]:
        """As of a real run into an empty database, where nothing is a duplicate yet."""
        return {
            "read": sum(one.read for one in rehearsed),
            "events": sum(one.events for one in rehearsed),
            "duplicates": 0,
            "revisions": 0,
            "quarantined": sum(one.refusals for one in rehearsed),
            "cases": len(set().union(*(one.cases for one in rehearsed))),
        }

    def as_object(self) -> dict[str, Any]:
        """One delivery of `--json`; `rows_shown` tells of each what it would become."""
        return {
            "dry_run": True,
            "file": self.file,
            "source": self.source,
            "status": "failed" if self.failed else "done",
            **self.totals([self]),
            "mapped": self.events,
            "rows": {
                "read": self.read,
                "quarantined": self.rows_refused,
                "aside": self.aside,
                "hidden": self.hidden,
            },
            "warnings": [
                {"sheet": w.sheet, "row": w.row, "reason": w.reason, "message": sentence(w.reason, w.params)}
                for w in self.warned
            ],
            "problem": None
            if self.reason is None
            else {
                "reason": self.reason,
                "message": sentence(self.reason, self.params, self.file),
                **self.params,
            },
            "rows_shown": [self._row_object(row) for row in self.shown],
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
                for row in self.refused
                for one in row.refusals
            ],
        }

    def _row_object(self, row: RowResult) -> dict[str, Any]:
        return {
            "sheet": row.sheet,
            "row": row.row,
            "aside": row.aside,
            "station": row.station,
            "case_no": row.case_no,
            "events": [
                {"activity": one.activity, "at": self.time_of(one), "data": told_data(one)}
                for one in row.candidates
            ],
            "refusals": [one.reason for one in row.refusals],
        }

    def time_of(self, candidate: Candidate) -> str:
        """Local time of the station; of a day alone its date."""
        zone = self.zones.get(candidate.station, ZoneInfo("UTC"))
        local = datetime.fromtimestamp(candidate.occurred_at // SECOND, UTC).astimezone(zone)
        return f"{local:%Y-%m-%d}" if candidate.occurred_until is not None else f"{local:%Y-%m-%d %H:%M:%S}"


def told_data(candidate: Candidate) -> dict[str, Any]:
    """The data of an event as it may be shown: plates masked, personal digests left out."""
    found: dict[str, Any] = json.loads(candidate.data) if candidate.data else {}
    if "plate" in found:
        found["plate"] = masked_plate(str(found["plate"]))
    return {key: value for key, value in found.items() if not key.endswith("_digest")}


def dry_run(intake: Intake, chosen: Chosen, rows: int) -> Rehearsed:
    """Read a file by its page and keep its first `rows` rows, and as many with refusals, to be shown."""
    from ingest.mapping.read import read_isolated
    from ingest.tables.fault import TableError

    if chosen.page is None:
        return Rehearsed(str(chosen.path), None, reason="not_a_file", params={"file": chosen.path.name})
    zones = {code: station.tz for code, station in intake.configuration.stations.items()}
    told = Rehearsed(str(chosen.path), chosen.page.name, zones)
    try:
        for batch in read_isolated(chosen.path, intake.how(chosen.page), intake.limits):
            told.read += batch.read
            told.warned += batch.warnings
            told.problems += batch.problems
            told.refusals += len(batch.problems)
            ordered = sorted(batch.results(), key=lambda row: row.row)
            for row in ordered:
                _count(told, row, rows)
    except TableError as error:
        told.reason, told.params = error.code, error.params
    return told


def _count(told: Rehearsed, row: RowResult, rows: int) -> None:
    told.hidden += row.hidden
    told.events += len(row.candidates)
    told.refusals += len(row.refusals)
    told.cases.update((one.station, one.case_no) for one in row.candidates)
    if not row.candidates:
        if row.refusals:
            told.rows_refused += 1
        else:
            told.aside += 1
    if len(told.shown) < rows:
        told.shown.append(row)
    if row.refusals and len(told.refused) < rows:
        told.refused.append(row)


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
    activity = words().find(f"activities.{candidate.activity}") or candidate.activity
    data = " ".join(f"{key}={value}" for key, value in told_data(candidate).items())
    return f"{one.time_of(candidate)}  {activity}  {data}".rstrip()
