"""`fangxing flags`: what was raised, who was told and how it stands, as a table or JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.store.flags import Flag, FlagStep

SECOND = 1_000_000

Id = Annotated[int, typer.Argument(metavar="ID", help=say("cli.help.flag_id"))]
Json = Annotated[bool, typer.Option("--json", help=say("cli.help.json"))]


class State(StrEnum):
    """`live` is open or acknowledged."""

    LIVE = "live"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    ALL = "all"


def register(app: typer.Typer) -> None:
    noun = typer.Typer(help=say("cli.help.flags"), no_args_is_help=True)
    noun.command("list", help=say("cli.help.flags_list"))(list_flags)
    noun.command("show", help=say("cli.help.flags_show"))(show)
    app.add_typer(noun, name="flags")


def list_flags(
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    state: Annotated[State, typer.Option("--state", help=say("cli.help.flag_state"))] = State.LIVE,
    clock: Annotated[list[str] | None, typer.Option("--clock", help=say("cli.help.flag_clock"))] = None,
    case: Annotated[str | None, typer.Option("--case", help=say("cli.help.flag_case"))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=say("cli.help.limit"))] = 50,
    as_json: Json = False,
) -> None:
    import orjson

    from monitor.cli.installation import configured, open_database, station_code
    from monitor.settings.environment import load_settings
    from monitor.store.flag_list import FlagFilter, find_flags
    from monitor.store.flags import LIVE

    settings = load_settings()
    configuration = configured(settings)
    chosen = FlagFilter(
        [station_code(configuration, one) for one in station] if station else None,
        None if state is State.ALL else LIVE if state is State.LIVE else (state.value,),
        clock or None,
        case,
    )
    page = find_flags(open_database(settings), chosen, limit=limit)
    if as_json:
        flags = [
            _told(flag, page.messages.get(flag.id, {}), page.given_up.get(flag.id), configuration)
            for flag in page.flags
        ]
        typer.echo(orjson.dumps({"total": page.total, "flags": flags}, option=orjson.OPT_INDENT_2))
        return
    if not page.flags:
        typer.echo(say("cli.flags.none"))
        return
    heads = ("id", "due", "station", "case", "what", "state", "sent")
    table.show(
        [say(f"cli.flags.heads.{head}") for head in heads],
        [_cells(flag, page.messages.get(flag.id, {}), configuration) for flag in page.flags],
        numbers=(0,),
    )
    typer.echo(say("cli.flags.count", shown=len(page.flags), n=page.total))


def _told(
    flag: Flag, messages: dict[str, int], given_up: int | None, configuration: Configuration
) -> dict[str, Any]:
    """A flag for other programs: instants with the station's offset."""
    told: dict[str, Any] = {**flag._asdict(), "given_up_at": given_up}
    del told["case_id"]
    zone = configuration.zone_of(flag.station)
    for name in ("due_at", "raised_at", "ended_at", "next_level_at", "acknowledged_at", "given_up_at"):
        at = told[name]
        told[name] = None if at is None else datetime.fromtimestamp(at // SECOND, zone).isoformat()
    return {**told, "messages": messages}


def _cells(flag: Flag, messages: dict[str, int], configuration: Configuration) -> tuple[object, ...]:
    from monitor.alerts.message import what

    station = configuration.stations.get(flag.station)
    sent = ", ".join(f"{say(f'delivery.state.{state}')} {n}" for state, n in sorted(messages.items()))
    return (
        flag.id,
        _time(flag.due_at, configuration, flag.station),
        flag.station if station is None else station.short.in_language(words().language),
        flag.case_no,
        what(flag.clock, flag.threshold, words()),
        say(f"flags.states.{flag.state}"),
        sent,
    )


def _time(at: int, configuration: Configuration, station: str) -> str:
    local = datetime.fromtimestamp(at // SECOND, configuration.zone_of(station))
    return f"{local:%Y-%m-%d %H:%M}"


def show(key: Id) -> None:
    from monitor.cli.installation import configured, open_database
    from monitor.settings.environment import load_settings
    from monitor.store.flags import flags_by_id, steps_of_flag

    settings = load_settings()
    configuration = configured(settings)
    with open_database(settings).read() as connection:
        flags = flags_by_id(connection, [key])
        steps = steps_of_flag(connection, key)
    if not flags:
        raise Answer("no_flag", Code.WRONG_USE, id=key)
    station = flags[0].station
    table.show(
        [say(f"cli.flags.step_heads.{head}") for head in ("at", "step", "actor", "note")],
        [
            (_time(step.at, configuration, station), _step(step), step.actor, _note(step, flags[0]))
            for step in steps
        ],
    )


def _step(step: FlagStep) -> str:
    return words().find(f"flags.steps.{step.kind}") or step.kind


def _note(step: FlagStep, flag: Flag) -> str | None:
    """A threshold in words; anything else as it was written."""
    from monitor.alerts.message import what

    thresholds = ("raised", "raised_again", "missed")
    return what(flag.clock, step.note, words()) if step.kind in thresholds and step.note else step.note
