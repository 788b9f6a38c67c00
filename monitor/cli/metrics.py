"""`fangxing metrics NAME`: one definition per number, as a table, JSON or CSV."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from monitor.metrics.ask import Ask
    from monitor.metrics.engine import Engine

SECOND = 1_000_000
DAY = "YYYY-MM-DD"
WHERE = ("period", "station", "vehicle", "authority")
"""Columns that stand only where they tell rows apart."""


class Runs(StrEnum):
    DUCKDB = "duckdb"
    SPARK = "spark"


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    app.command("metrics", help=say("cli.help.metrics"))(metrics)


def metrics(
    name: Annotated[str, typer.Argument(help=say("cli.help.metric"))],
    since: Annotated[str | None, typer.Option("--from", metavar=DAY, help=say("cli.help.since"))] = None,
    until: Annotated[str | None, typer.Option("--to", metavar=DAY, help=say("cli.help.until_day"))] = None,
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help=say("cli.help.by"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("cli.help.as_of"))] = None,
    engine: Annotated[Runs, typer.Option("--engine", help=say("cli.help.engine"))] = Runs.DUCKDB,
    form: Annotated[Format, typer.Option("--format", help=say("cli.help.format"))] = Format.TABLE,
) -> None:
    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.cli.lake import brought_up
    from monitor.metrics.ask import Ask, By
    from monitor.metrics.catalog import FROM_DATABASE, METRICS, rows_from_database, rows_of, rules_of
    from monitor.metrics.known import UnknownBreakdown
    from monitor.metrics.nothing import holds_nothing
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    if name not in METRICS and name not in FROM_DATABASE:
        known = ", ".join((*METRICS, *FROM_DATABASE))
        raise Answer("unknown_metric", Code.WRONG_USE, value=name, known=known)
    try:
        apart = tuple(By(one) for one in by or ())
    except ValueError as error:
        known = ", ".join(one.value for one in By)
        raise Answer("unknown_breakdown", Code.WRONG_USE, value=", ".join(by or ()), known=known) from error
    moment = now()
    judged = moment if as_of is None else instant(as_of, configuration.zone)
    first, last = day("--from", since), day("--to", until)
    if first is not None and last is not None and first > last:
        raise Answer("days_reversed", Code.WRONG_USE, since=str(first), until=str(last))
    named = tuple(station_code(configuration, one) for one in station) if station else None
    question = Ask(judged, named, first, None if last is None else last + timedelta(days=1), None, apart)
    database = open_database(settings)
    nothing = None
    try:
        if name in FROM_DATABASE:
            rows = rows_from_database(name, database, question)
            if not rows:
                nothing = {"code": "none", "said": say("cli.metrics.none")}
        else:
            if engine is Runs.SPARK:
                spark_or_answer()
            brought_up(database, settings.lake, configuration, moment)
            reads = _engine(engine, settings.lake)
            rows = rows_of(name, reads, question, rules_of(configuration, judged))
            if holds_nothing(name, rows):
                nothing = _nothing(reads, question, configuration.zone)
    except UnknownBreakdown as error:
        raise Answer("not_told_apart", Code.WRONG_USE, metric=name, value=", ".join(error.by)) from error
    filters = {"from": since, "to": until, "station": list(named or ()), "by": [one.value for one in apart]}
    _put(name, judged, {key: value for key, value in filters.items() if value}, rows, form, nothing)


def _nothing(engine: Engine, question: Ask, zone: ZoneInfo) -> dict[str, str]:
    """Why nothing is counted: a code, and the sentence."""
    from monitor.metrics.extent import extent
    from monitor.metrics.nothing import in_words, why_asked

    why = why_asked(extent(engine, question), question, zone)
    return {"code": why.code, "said": in_words(why, words(), zone)}


def spark_or_answer() -> None:
    """Raises Answer where Spark cannot run here."""
    from monitor.metrics.spark_engine import SparkMissing, require_spark

    try:
        require_spark()
    except SparkMissing as missing:
        raise Answer(missing.code) from missing


def _engine(name: Runs, lake: Path) -> Engine:
    from monitor.metrics.lake_engine import LakeEngine
    from monitor.metrics.spark_engine import SparkEngine

    return SparkEngine(lake) if name is Runs.SPARK else LakeEngine.open(lake)


def day(name: str, text: str | None) -> date | None:
    """A local day. Raises Answer for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Answer("not_a_day", Code.WRONG_USE, name=name, value=text) from error


def instant(text: str, zone: ZoneInfo) -> int:
    """An instant by RFC 3339, or a local time; a day alone is its end. Raises Answer for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Answer("not_an_instant", Code.WRONG_USE, value=text) from error
    if len(text) == len("YYYY-MM-DD"):
        found += timedelta(days=1, microseconds=-1)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return round(found.timestamp() * SECOND)


def _put(
    name: str,
    as_of: int,
    filters: dict[str, Any],
    rows: list[dict[str, Any]],
    form: Format,
    nothing: dict[str, str] | None,
) -> None:
    import orjson

    if form is Format.JSON:
        told = {
            "metric": name,
            "definition": words().get(f"metrics.{name}.definition"),
            "as_of": datetime.fromtimestamp(as_of / SECOND, UTC).isoformat(),
            "filters": filters,
            "rows": rows,
            **({} if nothing is None else {"nothing": nothing}),
        }
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    flat = [_flat(row) for row in rows]
    named = dict.fromkeys(head for row in flat for head in row)
    heads = [head for head in WHERE if head in named] + [head for head in named if head not in WHERE]
    cells = [[row.get(head) for head in heads] for row in flat]
    if form is Format.CSV:
        typer.echo(table.csv_text(heads, cells), nl=False)
        if nothing is not None:
            tell(nothing["said"])
        return
    typer.echo(f"{words().get(f'metrics.{name}.label')}: {words().get(f'metrics.{name}.definition')}\n")
    if nothing is not None:
        typer.echo(nothing["said"])
        return
    table.show(heads, [[_short(cell) for cell in row] for row in cells])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is a list: that is for JSON; what stands beside becomes columns."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            found |= value
        elif not isinstance(value, list | tuple):
            found[key] = value
    return {key: value for key, value in found.items() if value is not None or key not in WHERE}


def _short(cell: object) -> object:
    """Three digits, or all before the point where there are more."""
    if not isinstance(cell, float):
        return cell
    return f"{cell:.3g}" if abs(cell) < 999.5 else f"{cell:.0f}"
