"""`fangxing serve`: pages and API, on this machine alone until sign-in exists."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.answer import Answer, tell
from monitor.cli.words import say

Host = Annotated[str | None, typer.Option("--host", help=say("cli.help.host"))]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help=say("cli.help.port"))]


def register(app: typer.Typer) -> None:
    app.command("serve", help=say("cli.help.serve"))(serve)


def serve(host: Host = None, port: Port = None) -> None:
    from monitor.settings.environment import load_settings

    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    ensure_free(settings.host, settings.port)
    # What can be refused is refused before the pages are imported, which takes seconds.
    from monitor.cli.installation import open_database
    from monitor.server import install
    from monitor.server import serve as run_server

    open_database(settings).dispose()
    run_server(install(settings), ready=lambda address: tell(say("cli.serve.ready", address=address)))


def ensure_free(host: str, port: int) -> None:
    """Raises Answer where something else listens there, before anything is loaded."""
    if not is_free(host, port):
        raise Answer("port_taken", host=host, port=port)


def is_free(host: str, port: int) -> bool:
    """Whether the address can be listened on."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # As the server does: a port that was just given up is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True
