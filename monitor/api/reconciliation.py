"""`GET /api/v1/reconciliation`: what statements, decisions and payments differ in, a page at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from monitor.api.problem import Problem
from monitor.cases.event import SECOND
from monitor.reports.difference_rows import difference_told
from monitor.rules.outcome import DIFFERENCES, Kind
from monitor.store.difference_list import NOBODY, DifferenceFilter, find_differences

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices

MOST = 1000


class OpenKind(BaseModel):
    """Open differences of a kind, and when the oldest of them began (RFC 3339)."""

    kind: Kind
    n: int
    oldest: str


class DifferencesAnswer(BaseModel):
    """A page of differences: open ones first, the oldest first."""

    as_of: str
    total: int
    limit: int
    offset: int
    open: list[OpenKind] = Field(description="By kind, whatever `kind` and `state` say.")
    differences: list[dict[str, Any]]


def reconciliation_router(services: ApiServices) -> APIRouter:
    """The route."""
    routes = APIRouter(prefix="/api/v1", tags=["reconciliation"])

    @routes.get("/reconciliation", response_model=DifferencesAnswer, summary="Differences of a filter")
    async def differences(
        station: Annotated[list[str] | None, Query(description="Station codes.")] = None,
        kind: Annotated[list[Kind] | None, Query(description="Kinds of difference.")] = None,
        state: Annotated[Literal["open", "closed", "all"], Query()] = "open",
        owner: Annotated[
            str | None, Query(max_length=300, description=f"Who works on it; `{NOBODY}`: nobody.")
        ] = None,
        text: Annotated[
            str | None, Query(max_length=64, description="Part of a case number, a code or a line's number.")
        ] = None,
        since: Annotated[date | None, Query(alias="from", description="First local day.")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last local day, included.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> DifferencesAnswer:
        unknown = [code for code in station or () if code not in services.configuration.stations]
        if unknown:
            raise Problem(422, "unknown_station", f"No station {', '.join(unknown)}.")
        wrong = [one.value for one in kind or () if one not in DIFFERENCES]
        if wrong:
            known = ", ".join(DIFFERENCES)
            raise Problem(422, "unknown_kind", f"No difference {', '.join(wrong)}. There are: {known}.")
        now = services.now()
        chosen = DifferenceFilter(
            station,
            [one.value for one in kind] if kind else None,
            None if state == "all" else state,
            owner,
            text,
            None if since is None else since.isoformat(),
            None if until is None else until.isoformat(),
        )
        page = await asyncio.to_thread(
            find_differences, services.database, chosen, limit=limit, offset=offset
        )
        return DifferencesAnswer(
            as_of=_instant(now),
            total=page.total,
            limit=limit,
            offset=offset,
            open=[OpenKind(kind=Kind(k), n=n, oldest=_instant(oldest)) for k, n, oldest in page.open_kinds],
            differences=[difference_told(one, now) for one in page.differences],
        )

    return routes


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat()
