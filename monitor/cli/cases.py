"""`fangxing cases`: cases by filter, as a table, JSON or CSV. Plates are masked in all three."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.cases.summary import Summary
    from monitor.settings.configuration import Configuration
    from monitor.store.cases import CaseFilter
    from monitor.store.database import Database

SECOND = 1_000_000
HOUR = 3600 * SECOND
AT_ONCE = 1_000
ON_SCREEN = 50

SPAN = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+)m)?", re.IGNORECASE)
ISO_SPAN = re.compile(r"PT(?=\d)(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+)M)?", re.IGNORECASE)


class State(StrEnum):
    """What `--state` may name: vehicles in custody, those weighed over the limit at a station without a
    confirmation, or what clock A says."""

    OPEN = "open"
    UNCONFIRMED = "unconfirmed"
    RUNNING = "running"
    OVERDUE = "overdue"
    ON_TIME = "released_on_time"
    LATE = "released_late"
    NOT_HELD = "not_held"
    NO_DEADLINE = "no_deadline"
    UNDETERMINED = "undetermined"
    IMPLAUSIBLE = "implausible"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    app.command("cases", help=say("cli.help.cases"))(cases)


def cases(
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    state: Annotated[State | None, typer.Option("--state", help=say("cli.help.state"))] = None,
    text: Annotated[str | None, typer.Option("--text", help=say("cli.help.text"))] = None,
    due_within: Annotated[
        str | None, typer.Option("--due-within", metavar="4h", help=say("cli.help.due_within"))
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help=say("cli.help.limit"))] = None,
    form: Annotated[Format, typer.Option("--format", help=say("cli.help.format"))] = Format.TABLE,
) -> None:
    from monitor.cases.summary import summary_of
    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.settings.environment import load_settings
    from monitor.store.cases import CaseFilter

    settings = load_settings()
    configuration = configured(settings)
    moment = now()
    named = [station_code(configuration, one) for one in station] if station else None
    if state is State.UNCONFIRMED:
        named = [one for one in confirming(configuration) if named is None or one in named]
    chosen = CaseFilter(
        stations=named,
        state=state,
        text=text,
        due_by=None if due_within is None else moment + span_of(due_within),
    )
    most = limit or (ON_SCREEN if form is Format.TABLE else None)
    found, total = _find(open_database(settings), chosen, moment, most)
    lines = [summary_of(one, configuration, moment) for one in found]
    if form is Format.JSON:
        _put_json(lines, total, moment, configuration, chosen)
    elif form is Format.CSV:
        heads = [say(f"cli.cases.heads.{head}") for head in HEADS]
        typer.echo(table.csv_text(heads, (_cells(one, configuration) for one in lines)), nl=False)
    else:
        _show(lines, total, configuration)


def confirming(configuration: Configuration) -> list[str]:
    """Stations that confirm on the spot; at toll gates and off-site nobody does."""
    from monitor.cases.activity import HELD_SITE_TYPES

    return [code for code, one in configuration.stations.items() if one.site_type in HELD_SITE_TYPES]


def span_of(text: str) -> int:
    """`4h`, `1h30m`, `45m` or `PT4H` in microseconds. Raises Answer for anything else."""
    found = ISO_SPAN.fullmatch(text.strip()) or SPAN.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise Answer("not_a_span", Code.WRONG_USE, value=text)
    return round(float(found["h"] or 0) * HOUR + int(found["m"] or 0) * HOUR / 60)


def _find(database: Database, chosen: CaseFilter, now: int, most: int | None) -> tuple[list[Any], int]:
    """At most `most` cases, all where it is None, and how many there are."""
    from monitor.store.cases import find_cases

    found: list[Any] = []
    while True:
        wanted = AT_ONCE if most is None else min(AT_ONCE, most - len(found))
        page = find_cases(database, chosen, now, limit=wanted, offset=len(found))
        found += page.cases
        if len(page.cases) < wanted or len(found) == most:
            return found, page.total


HEADS = (
    "station", "case", "state", "plate", "confirmed", "deadline", "released", "hours", "gross", "limit",
    "over", "waiting", "findings",
)  # fmt: skip


def _cells(one: Summary, configuration: Configuration) -> tuple[object, ...]:
    at = _times(one, configuration)
    return (
        _station(one.station, configuration),
        one.case_no,
        words().find(f"cli.cases.marks.{one.mark}") or one.mark,
        one.plate,
        at("confirmed"),
        at("deadline"),
        at("released"),
        None if one.taken is None else f"{one.taken / HOUR:.1f}",
        one.gross_kg,
        one.limit_kg,
        None if one.over_kg is None else max(one.over_kg, 0),
        None if one.waiting is None else words().find(f"owners.{one.waiting.owner}"),
        one.findings or None,
    )


def _station(code: str, configuration: Configuration) -> str:
    station = configuration.stations.get(code)
    return code if station is None else station.short.in_language(words().language)


def _times(one: Summary, configuration: Configuration) -> Any:
    """Gives a function: name of an instant → local time of the station, of a day alone its date."""
    from zoneinfo import ZoneInfo

    station = configuration.stations.get(one.station)
    zone = ZoneInfo("UTC") if station is None else station.tz

    def at(name: str) -> str | None:
        instant: int | None = getattr(one, f"{name}_at")
        if instant is None:
            return None
        local = datetime.fromtimestamp(instant // SECOND, UTC).astimezone(zone)
        return f"{local:%Y-%m-%d}" if getattr(one, f"{name}_until") is not None else f"{local:%Y-%m-%d %H:%M}"

    return at


def _show(lines: list[Summary], total: int, configuration: Configuration) -> None:
    if not lines:
        typer.echo(say("cli.cases.none"))
        return
    table.show(
        [say(f"cli.cases.heads.{head}") for head in HEADS],
        (_cells(one, configuration) for one in lines),
        numbers=(7, 8, 9, 10, 12),
    )
    typer.echo(say("cli.cases.count", shown=len(lines), n=total))


def _put_json(
    lines: list[Summary], total: int, now: int, configuration: Configuration, chosen: CaseFilter
) -> None:
    import orjson

    filters = {name: value for name, value in asdict(chosen).items() if value not in (None, False)}
    if "due_by" in filters:
        filters["due_by"] = _instant(filters["due_by"])
    told = {
        "as_of": _instant(now),
        "filters": filters,
        "total": total,
        "cases": list(_objects(lines)),
    }
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _objects(lines: list[Summary]) -> Iterator[dict[str, Any]]:
    """Instants as RFC 3339, spans in seconds."""
    for one in lines:
        told = asdict(one)
        for name in list(told):
            if name.endswith(("_at", "_until")):
                told[name] = _instant(told[name])
        for name in ("taken", "remaining", "held_after"):
            span = told.pop(name)
            told[f"{name}_s"] = None if span is None else span // SECOND
        if told["waiting"] is not None:
            told["waiting"]["since"] = _instant(told["waiting"]["since"])
        yield told


def _instant(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / SECOND, UTC).isoformat()
