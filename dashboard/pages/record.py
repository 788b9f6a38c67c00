"""登记: what an officer taps. The page is drawn by record.js, so that it works while the network is away."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Response

from dashboard.language import current_language, current_texts, current_theme
from dashboard.parts.element import div
from dashboard.parts.record_offline import ADDRESS, WORKER, addresses, offline_html
from dashboard.views.record import record_page

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from dashboard.services import Services

PATH = "/record"
TITLE_KEY = "record.title"
WORKER_FILE = Path(__file__).with_name("record_worker.js")


def layout(services: Services, query: dict[str, str]) -> Component:
    """The container, and what record.js needs to fill it. Dash never draws inside."""
    del query
    told = json.dumps(page_of(services), ensure_ascii=False)
    return cast("Component", div(None, id="fx-record", data_page=told))


def page_of(services: Services) -> dict[str, Any]:
    """What the page is given, in the reader's language."""
    page = record_page(
        services.configuration,
        current_texts(services),
        current_language(services.language),
        services.now(),
        simulated=services.simulated,
        version=services.version,
    )
    return {**page, "worker": f"{WORKER}?v={services.version}", "keep": addresses(services.version)}


def register(app: Dash, services: Services) -> None:
    """No callbacks: the device keeps taps itself and speaks with `/api/v1/record`. What it needs to open the
    page without the network are two addresses of their own."""
    server = cast("FastAPI", app.server)

    @server.get(ADDRESS, include_in_schema=False)
    async def offline() -> Response:
        words, theme = current_texts(services), current_theme()
        page = await asyncio.to_thread(page_of, services)
        return Response(
            offline_html(page, words, theme), media_type="text/html", headers={"Cache-Control": "no-cache"}
        )

    @server.get(WORKER, include_in_schema=False)
    async def worker() -> Response:
        source = await asyncio.to_thread(WORKER_FILE.read_text, "utf-8")
        headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": PATH}
        return Response(source, media_type="text/javascript", headers=headers)
