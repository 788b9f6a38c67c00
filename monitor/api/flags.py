"""`GET /api/v1/flags`, `/api/v1/flags/{id}`: what was raised, how it stands, who was told. Reading only."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from monitor.api.asked import Station
from monitor.api.case_models import instant_of
from monitor.api.problem import Problem
from monitor.store.flag_list import FlagFilter, Sending, flags_page, last_given_up, sendings_of
from monitor.store.flags import LIVE, Flag, FlagStep, flags_by_id, steps_of_flag

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.api.asked import ApiServices

MOST = 1000
"""Flags in one answer; more come by `offset`."""


class FlagOut(BaseModel):
    """A flag; instants with the station's offset."""

    id: int
    station: str = Field(description="Station code; empty where it belongs to none.")
    case_no: str | None
    clock: str = Field(description="What it hangs on: `a`, `step:decide`, `legal:publish`, `feed:…`, …")
    threshold: str = Field(description="`left-6h`, `due`, `over-12h`, `silent`, `failing`.")
    due_at: datetime = Field(description="When the threshold was reached.")
    raised_at: datetime
    state: str = Field(description="`open`, `acknowledged`, `closed`, `superseded`.")
    ended_at: datetime | None
    level: int = Field(description="The highest level that was told, from 0; -1: nobody yet.")
    next_level_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str | None = Field(description="What was said when it was acknowledged.")
    messages: dict[str, int] = Field(description="Messages by state.")
    given_up_at: datetime | None = Field(
        description="When the last of its messages that are `dead` was given up; null: none is, or not known."
    )


class StepOut(BaseModel):
    """A step of a flag's history; `actor` is empty where it came of itself."""

    at: datetime
    kind: str
    actor: str
    note: str | None


class SendingOut(BaseModel):
    """A message of a flag; `sent_at` is null until a provider had it, `given_up_at` until it was given up."""

    recipient: str
    channel: str
    level: int
    state: str
    attempts: int
    error: str | None
    sent_at: datetime | None
    given_up_at: datetime | None


class FlagsOut(BaseModel):
    """A page of flags, the latest threshold first."""

    total: int
    flags: list[FlagOut]


class FlagWhole(FlagOut):
    """A flag with everything that became of it."""

    steps: list[StepOut]
    sendings: list[SendingOut]


def flags_router(services: ApiServices) -> APIRouter:
    """Routes for flags and for one of them."""
    routes = APIRouter(prefix="/api/v1", tags=["flags"])

    @routes.get("/flags", response_model=FlagsOut, summary="Flags by filter, the latest threshold first")
    async def flags(
        station: Station = None,
        state: Annotated[
            Literal["live", "open", "acknowledged", "closed", "superseded", "all"],
            Query(description="`live`: open or acknowledged."),
        ] = "live",
        case: Annotated[str | None, Query(max_length=128, description="Case number.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> FlagsOut:
        codes = [code for part in station or () for code in part.split(",") if code]
        states = None if state == "all" else LIVE if state == "live" else (state,)
        chosen = FlagFilter(codes or None, states, case_no=case)

        def read() -> FlagsOut:
            with services.database.read() as connection:
                page = flags_page(connection, chosen, limit=limit, offset=offset)
            told = [
                _flag(one, page.messages.get(one.id, {}), page.given_up.get(one.id), services)
                for one in page.flags
            ]
            return FlagsOut(total=page.total, flags=[FlagOut(**one) for one in told])

        return await asyncio.to_thread(read)

    @routes.get("/flags/{flag_id}", response_model=FlagWhole, summary="Everything of one flag")
    async def flag(flag_id: Annotated[int, Path(ge=1, lt=2**53)]) -> FlagWhole:
        return await asyncio.to_thread(_whole, services, flag_id)

    return routes


def _whole(services: ApiServices, flag_id: int) -> FlagWhole:
    with services.database.read() as connection:
        found = flags_by_id(connection, [flag_id])
        steps, sent = steps_of_flag(connection, flag_id), sendings_of(connection, [flag_id])
    if not found:
        raise Problem(404, "no_flag", f"there is no flag {flag_id}")
    zone = services.configuration.zone_of(found[0].station)
    counted: dict[str, int] = {}
    for one in sent:
        counted[one.state] = counted.get(one.state, 0) + 1
    return FlagWhole(
        **_flag(found[0], counted, last_given_up(sent), services),
        steps=[_step(one, zone) for one in steps],
        sendings=[_sending(one, zone) for one in sent],
    )


def _flag(
    flag: Flag, messages: dict[str, int], given_up: int | None, services: ApiServices
) -> dict[str, object]:
    zone = services.configuration.zone_of(flag.station)
    told: dict[str, object] = flag._asdict()
    told["given_up_at"] = given_up
    for name in ("due_at", "raised_at", "ended_at", "next_level_at", "acknowledged_at", "given_up_at"):
        at = told[name]
        told[name] = instant_of(at, zone) if isinstance(at, int) else None
    told["note"] = flag.acknowledged_note
    return {name: told[name] for name in FlagOut.model_fields if name in told} | {"messages": messages}


def _step(step: FlagStep, zone: ZoneInfo) -> StepOut:
    return StepOut(at=instant_of(step.at, zone), kind=step.kind, actor=step.actor, note=step.note)


def _sending(one: Sending, zone: ZoneInfo) -> SendingOut:
    sent_at, given_up_at = (
        None if at is None else instant_of(at, zone) for at in (one.sent_at, one.given_up_at)
    )
    return SendingOut(
        recipient=one.recipient, channel=one.channel, level=one.level, state=one.state, attempts=one.attempts,
        error=one.error, sent_at=sent_at, given_up_at=given_up_at,
    )  # fmt: skip
