"""`fangxing simulate`: files such as stations export, made up from a seed, and the truth about them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.answer import Answer, Code
from monitor.cli.words import say


def register(app: typer.Typer) -> None:
    app.command("simulate", help=say("cli.help.simulate"))(simulate)


def simulate(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("cli.help.out"))],
    stations: Annotated[int, typer.Option("--stations", min=1, max=40, help=say("cli.help.stations"))] = 3,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help=say("cli.help.days"))] = 28,
    seed: Annotated[int, typer.Option("--seed", help=say("cli.help.seed"))] = 1,
    until: Annotated[
        str | None, typer.Option("--until", metavar="2024-07-01T08:00", help=say("cli.help.until"))
    ] = None,
) -> None:
    from ingest.simulate import simulate as make
    from monitor.cli.installation import now
    from monitor.settings.environment import load_settings

    zone = ZoneInfo(load_settings().zone)
    moment = now() if until is None else instant_of(until, zone)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Answer("not_empty", Code.WRONG_USE, folder=out)
    made = make(out, stations=stations, days=days, seed=seed, until=moment)
    typer.echo(say("cli.simulate.written", n=len(made.files) + len(made.ways.files), folder=out))
    counts = {"cases": made.cases, "held": made.held, "events": made.events}
    typer.echo(say("cli.simulate.told", **counts, defects=sum(made.defects.values()), truth=made.truth))
    ways = made.ways
    beside = {"weighed": ways.weighed, "events": ways.events, "pushes": ways.pushes, "view": ways.view}
    typer.echo(say("cli.simulate.beside", **beside))
    typer.echo(say("cli.simulate.money", lines=ways.lines, faults=sum(made.fines.values())))
    command = f"fangxing ingest {out}"
    if made.config_dir is not None:
        # Stations beyond the shipped examples are invented, too, and have to be configured to be read.
        command = f"FANGXING_CONFIG_DIR={made.config_dir} {command}"
    typer.echo(say("cli.simulate.next", command=command))


def instant_of(text: str, zone: ZoneInfo) -> int:
    """A day or time in microseconds; without an offset it is local. Raises Answer for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Answer("not_a_time", Code.WRONG_USE, value=text) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp()) * 1_000_000
