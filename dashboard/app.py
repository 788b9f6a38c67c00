"""The Dash application on the web server: one shell, and the pages found in `dashboard.pages`.

A page is a module of `dashboard.pages` that offers

- `PATH`: its address. A part in angle brackets (`/case/<station>/<case_no>`) matches one part of the address.
- `TITLE_KEY`: the text of its title.
- `layout(services, query) -> Component`: what stands in the shell. `query` holds the named parts of the path
  and the parameters of the address, all text. Runs in a thread, so it may read the database.
- `register(app, services) -> None`: its callbacks, each `async def`, with queries in `asyncio.to_thread`.
- `controls(services, query) -> list[Component]`, where it has any: what stands at the right of its title.
- `routes(services) -> APIRouter`, where it has files to hand out.

The shell draws the title, and the badge that says the data is simulated.

Pages are drawn when the *path* changes. A page that keeps filters in the address listens to
`Input("fx-location", "search")` itself.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from dash import Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from fastapi import FastAPI

import dashboard.pages
from dashboard.address import match_path, read_search
from dashboard.language import (
    HTML_LANG,
    THEMES,
    ReaderMiddleware,
    current_language,
    current_texts,
    current_theme,
)
from dashboard.parts import shell
from dashboard.parts.element import div
from dashboard.services import Services
from dashboard.views.moments import clock_time
from dashboard.views.snapshot import reason_of, zone_of

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

log = logging.getLogger(__name__)

ASSETS = Path(__file__).parent / "assets"

INDEX = """<!DOCTYPE html>
<html lang="{lang}"{theme}>
<head>
{metas}
<meta name="fx-version" content="{version}">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
<script src="/assets/boot.js?v={version}"></script>
{css}
</head>
<body>
<div id="react-entry-point"><div class="_dash-loading" role="status">{loading}</div></div>
<footer>{config}{scripts}{renderer}</footer>
</body>
</html>"""


class Page(Protocol):
    """A module of `dashboard.pages`."""

    PATH: str
    TITLE_KEY: str

    def layout(self, services: Services, query: dict[str, str]) -> Component: ...

    def register(self, app: Dash, services: Services) -> None: ...


def find_pages() -> list[Page]:
    """Every module of `dashboard.pages` that has an address."""
    found = []
    for info in pkgutil.iter_modules(dashboard.pages.__path__):
        module = importlib.import_module(f"dashboard.pages.{info.name}")
        if hasattr(module, "PATH"):
            found.append(cast("Page", module))
    return found


def told(error: Exception) -> None:
    """Dash answers the error of a callback with an empty 500 and tells nobody, so it is logged here."""
    log.error("a callback failed", exc_info=error)
    raise error


class FangxingDash(Dash):
    """Dash whose HTML page carries the reader's language, theme and the version of the program."""

    services: Services

    def interpolate_index(self, **kwargs: Any) -> str:  # type: ignore[override]
        services = self.services
        theme = current_theme()
        words = current_texts(services)
        return INDEX.format(
            lang=HTML_LANG[current_language(services.language)],
            theme=f' data-mantine-color-scheme="{theme}"' if theme else "",
            version=escape(services.version, quote=True),
            title=escape(words.get("shell.name")),
            metas=kwargs["metas"],
            css=kwargs["css"],
            loading=escape(words.get("shell.loading")),
            config=kwargs["config"],
            scripts=kwargs["scripts"],
            renderer=kwargs["renderer"],
        )


def build_dash(server: FastAPI, services: Services) -> Dash:
    """Binds the pages to the web server. Routes of the server that shall win must be registered before."""
    server.add_middleware(ReaderMiddleware)
    pages = find_pages()
    for page in pages:
        if hasattr(page, "routes"):
            server.include_router(page.routes(services))
    app = FangxingDash(
        "dashboard",
        server=cast("Any", server),  # typed for Flask; a FastAPI application is told by what it is
        assets_folder=str(ASSETS),
        assets_ignore=r"boot\.js",
        serve_locally=True,
        suppress_callback_exceptions=True,
        title="放行",
        update_title=cast("Any", None),
        use_pages=False,
        on_error=told,
    )
    app.services = services

    def layout() -> Component:
        words = current_texts(services)
        return html.Div(
            [
                dcc.Location(id="fx-location", refresh="callback-nav"),
                cast("Any", div(shell.loading(words), id="fx-root")),
            ]
        )

    app.layout = layout

    @app.callback(
        Output("fx-root", "children"), Input("fx-location", "pathname"), State("fx-location", "search")
    )
    async def show(pathname: str | None, search: str | None) -> Component:
        return await asyncio.to_thread(page_in_shell, services, pages, pathname or "/", read_search(search))

    for page in pages:
        page.register(app, services)
    # On FastAPI Dash prepares itself only when asked for "/". A phone that comes back to its own page after a
    # restart would be the first to ask, and get a page without styles and scripts.
    cast("Any", app)._setup_server()
    return app


def layout_or_failure(page: Page, services: Services, asked: dict[str, str], words: Texts) -> Any:
    """The page, or in its place what went wrong; live.js asks again until it is there."""
    try:
        return page.layout(services, asked)
    except Exception as error:  # noqa: BLE001: whatever breaks a page, its reader must be told and not left waiting
        log.exception("page %s failed", page.PATH)
        time = clock_time(services.now(), zone_of(services, None))
        return div(shell.failed_part(words, reason_of(error), time), "fx-failed-page")


def page_in_shell(services: Services, pages: list[Page], path: str, query: dict[str, str]) -> Any:
    """The whole page at an address, in the reader's language and theme. `?theme=` in the address wins."""
    words = current_texts(services)
    wanted = query.get("theme")
    theme = wanted if wanted in THEMES else current_theme()
    controls: list[Any] = []
    body: Any
    for page in pages:
        parts = match_path(page.PATH, path)
        if parts is not None:
            asked = {**query, **parts}
            body = layout_or_failure(page, services, asked, words)
            if query.get("wall") == "1" and path == "/":
                return shell.bare(body, words)
            title = words.get(page.TITLE_KEY)
            controls = page.controls(services, asked) if hasattr(page, "controls") else []
            break
    else:
        body, title = shell.not_found(words, path), words.get("shell.not_found.title")
    return shell.framed(
        body,
        title,
        path,
        words,
        language=current_language(services.language),
        theme=theme,
        actor=services.actor,
        simulated=services.simulated,
        controls=controls,
    )
