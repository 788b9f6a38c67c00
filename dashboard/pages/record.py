"""登记: what an officer taps. The page is drawn by record.js, so that it works while the network is away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dashboard.language import current_language, current_texts
from dashboard.parts.element import div
from dashboard.views.record import record_page

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from dashboard.services import Services

PATH = "/record"
TITLE_KEY = "record.title"


def layout(services: Services, query: dict[str, str]) -> Component:
    """The container, and what record.js needs to fill it. Dash never draws inside."""
    del query
    page = record_page(
        services.configuration,
        current_texts(services),
        current_language(services.language),
        services.now(),
        simulated=services.simulated,
        version=services.version,
    )
    return div(None, id="fx-record", data_page=json.dumps(page, ensure_ascii=False))  # type: ignore[return-value]


def register(app: Dash, services: Services) -> None:
    """No callbacks: the device keeps taps itself and speaks with `/api/v1/record`."""
    del app, services
