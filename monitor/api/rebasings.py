"""`/api/v1/rebasings`: from which weeks the limits of a weekly chart begin anew, and why."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from monitor.actions.rebasing import LONGEST, NotRebasedError, rebase
from monitor.api.problem import Problem
from monitor.api.record import refuse_other_sites
from monitor.cases.event import SECOND
from monitor.store.deliveries import Sender
from monitor.store.rebasings import rebasings_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.api.asked import ApiServices

WHY = {
    "no_reason": "reason is empty: write why.",
    "no_week": "week is no ISO week; such as 2024-W30.",
    "not_begun": "This week is still to come.",
    "already": "Limits begin anew with this week already.",
    "not_there": "Limits do not begin anew with this week.",
}


class Rebasing(BaseModel):
    """Limits begin anew with an ISO week; `actor` said so `at` a moment (RFC 3339)."""

    week: str
    reason: str
    at: str
    actor: str


class Rebasings(BaseModel):
    """Those in force for the chart of a station, or without one for the chart of all stations."""

    station: str | None
    rebasings: list[Rebasing]


class SaidOfChart(BaseModel):
    """What is to be said of a chart."""

    week: str = Field(max_length=16, description="ISO week, as 2024-W30; not one still to come.")
    reason: str = Field(max_length=LONGEST)
    station: str | None = Field(None, max_length=32, description="Left out: the chart of all stations.")
    in_force: bool = Field(True, description="false takes back that limits begin anew with the week.")


def rebasings_router(services: ApiServices, actor: str = "local") -> APIRouter:
    """The routes; `actor` is who writes until people sign in."""
    routes = APIRouter(prefix="/api/v1", tags=["metrics"])

    @routes.get("/rebasings", response_model=Rebasings, summary="Weeks with which limits begin anew")
    async def listed(
        station: Annotated[str | None, Query(description="Left out: the chart of all stations.")] = None,
        as_of: Annotated[datetime | None, Query(description="RFC 3339 with offset; now by default.")] = None,
    ) -> Rebasings:
        zone(station)
        if as_of is not None and as_of.tzinfo is None:
            raise Problem(422, "no_offset", "as_of needs an offset, for example 2024-07-22T08:00:00+08:00.")
        moment = services.now() if as_of is None else round(as_of.timestamp() * SECOND)
        return await asyncio.to_thread(told, station, moment)

    @routes.post("/rebasings", response_model=Rebasings, summary="Let limits begin anew, or take that back")
    async def said(request: Request, sent: SaidOfChart) -> Rebasings:
        refuse_other_sites(request)
        moment = services.now()
        today = datetime.fromtimestamp(moment // SECOND, UTC).astimezone(zone(sent.station)).date()
        sender = Sender(actor, request.client.host if request.client else "-")
        try:
            await asyncio.to_thread(
                rebase,
                services.database,
                sender,
                sent.station,
                sent.week,
                sent.reason,
                now=moment,
                today=today,
                in_force=sent.in_force,
            )
        except NotRebasedError as error:
            status = 409 if error.code in ("already", "not_there") else 422
            raise Problem(status, error.code, WHY[error.code]) from error
        return await asyncio.to_thread(told, sent.station, moment)

    def zone(station: str | None) -> ZoneInfo:
        if station is None:
            return services.configuration.zone
        if station not in services.configuration.stations:
            raise Problem(422, "unknown_station", f"No station {station}.")
        return services.configuration.zone_of(station)

    def told(station: str | None, moment: int) -> Rebasings:
        found = rebasings_of(services.database, station, moment)
        return Rebasings(
            station=station,
            rebasings=[
                Rebasing(
                    week=one.week,
                    reason=one.reason,
                    at=datetime.fromtimestamp(one.at / SECOND, UTC).isoformat(),
                    actor=one.actor,
                )
                for one in found
            ],
        )

    return routes
