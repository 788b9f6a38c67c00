"""`/healthz`: the process answers. `/readyz`: it can read its database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from monitor.api.problem import Problem
from monitor.store.board import data_version

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok", "no_database"] = Field(
        description="`no_database`: alive, and cannot read its data."
    )
    version: str = Field(
        description="Changes with program, assets and configuration; open pages then reload."
    )
    data_version: str | None = Field(description="Changes whenever anything shown may have changed.")
    now: int = Field(description="The server's clock, milliseconds since 1970-01-01T00:00:00Z.")


class Ready(BaseModel):
    """The database can be read."""

    status: Literal["ready"] = "ready"
    data_version: str


def health_router(services: ApiServices) -> APIRouter:
    """Routes for watchers and for open pages."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", response_model=Health, summary="Whether the server answers, and what time it is")
    async def healthz() -> Health:
        try:
            version: str | None = await asyncio.to_thread(_data_version, services)
        except SQLAlchemyError:
            # Said in the answer and by /readyz: pages must not take a locked database for a dead server.
            version = None
        status: Literal["ok", "no_database"] = "no_database" if version is None else "ok"
        now = services.now() // 1000
        return Health(status=status, version=services.version, data_version=version, now=now)

    @routes.get("/readyz", response_model=Ready, summary="Whether the database can be read")
    async def readyz() -> Ready:
        try:
            return Ready(data_version=await asyncio.to_thread(_data_version, services))
        except SQLAlchemyError as error:
            raise Problem(
                503, "no_database", f"the database cannot be read: {type(error).__name__}"
            ) from error

    return routes


def _data_version(services: ApiServices) -> str:
    return ".".join(map(str, data_version(services.database)))
