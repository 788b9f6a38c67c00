"""`fangxing demo`: a made-up county that moves while it is watched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.answer import tell
from monitor.cli.words import say


def register(app: typer.Typer) -> None:
    app.command("demo", help=say("cli.help.demo"))(demo)


def demo(
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help=say("cli.help.port"))] = None,
    seed: Annotated[int, typer.Option("--seed", help=say("cli.help.seed"))] = 1,
    days: Annotated[int, typer.Option("--days", min=1, max=400, help=say("cli.help.days"))] = 28,
    stations: Annotated[int, typer.Option("--stations", min=1, max=40, help=say("cli.help.stations"))] = 3,
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help=say("cli.help.data"))] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=say("cli.help.no_browser"))] = False,
) -> None:
    from monitor.cli.serve import ensure_free
    from monitor.settings.environment import load_settings

    given = {"port": port, "data_dir": data}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    ensure_free(settings.host, settings.port)
    from monitor.demo import run_demo

    tell(say("cli.demo.making", stations=stations, days=days, seed=seed))

    def ready(address: str) -> None:
        tell(say("cli.demo.ready", address=address))
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    run_demo(
        settings,
        seed=seed,
        days=days,
        stations=stations,
        ready=ready,
        progress=lambda name: tell(say("cli.demo.loading", file=name)),
    )
