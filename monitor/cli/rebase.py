"""`fangxing rebase`: limits of a weekly chart begin anew after a lasting change; taking that back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say

SECOND = 1_000_000

Week = Annotated[str, typer.Argument(metavar="YYYY-Www", help=say("cli.help.rebase_week"))]
Reason = Annotated[str, typer.Option("--reason", help=say("cli.help.rebase_reason"))]
Station = Annotated[str | None, typer.Option("--station", help=say("cli.help.rebase_station"))]


def register(app: typer.Typer) -> None:
    noun = typer.Typer(help=say("cli.help.rebase"), no_args_is_help=True)
    noun.command("list", help=say("cli.help.rebase_list"))(list_rebasings)
    noun.command("begin", help=say("cli.help.rebase_begin"))(begin)
    noun.command("back", help=say("cli.help.rebase_back"))(back)
    app.add_typer(noun, name="rebase")


def list_rebasings(
    station: Station = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("cli.help.as_of"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    import orjson

    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.cli.metrics import instant
    from monitor.settings.environment import load_settings
    from monitor.store.rebasings import rebasings_of

    settings = load_settings()
    configuration = configured(settings)
    code = None if station is None else station_code(configuration, station)
    zone = configuration.zone if code is None else configuration.zone_of(code)
    moment = now() if as_of is None else instant(as_of, zone)
    said = rebasings_of(open_database(settings), code, moment)
    if as_json:
        told = [
            {"week": one.week, "reason": one.reason, "at": _utc(one.at).isoformat(), "actor": one.actor}
            for one in said
        ]
        typer.echo(orjson.dumps({"station": code, "rebasings": told}, option=orjson.OPT_INDENT_2))
        return
    if not said:
        typer.echo(say("flow.rebase.none"))
        return
    table.show(
        [say(f"cli.rebase.heads.{head}") for head in ("week", "reason", "actor", "at")],
        [
            (one.week, one.reason, one.actor, f"{_utc(one.at).astimezone(zone):%Y-%m-%d %H:%M}")
            for one in said
        ],
    )


def begin(week: Week, reason: Reason, station: Station = None) -> None:
    _say(week, reason, station, in_force=True)
    typer.echo(say("flow.rebase.done"))


def back(week: Week, reason: Reason, station: Station = None) -> None:
    _say(week, reason, station, in_force=False)
    typer.echo(say("flow.rebase.undone"))


def _say(week: str, reason: str, station: str | None, *, in_force: bool) -> None:
    from monitor.actions.rebasing import NotRebasedError, rebase
    from monitor.cli.installation import configured, now, open_database, sender, station_code
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    code = None if station is None else station_code(configuration, station)
    zone = configuration.zone if code is None else configuration.zone_of(code)
    moment = now()
    today = _utc(moment).astimezone(zone).date()
    try:
        rebase(
            open_database(settings), sender(), code, week, reason, now=moment, today=today, in_force=in_force
        )
    except NotRebasedError as error:
        key = "cli.rebase.no_week" if error.code == "no_week" else f"flow.rebase.{error.code}"
        raise Answer("rebase", Code.WRONG_USE, why=say(key)) from error


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)
