"""`GET /api/v1/metrics/{name}`: one definition per number, the same as on the command line and on pages."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from monitor.api.problem import Problem
from monitor.metrics.ask import Ask, By
from monitor.metrics.nothing import Nothing, holds_nothing, in_words, why_asked

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices
    from monitor.metrics.engine import Engine
    from monitor.metrics.source import LakeSource

SECOND = 1_000_000


class NothingCounted(BaseModel):
    """Why an answer counts nothing."""

    code: str = Field(
        description="`no_data` at all, `before_receipt` of anything (`as_of` is earlier), a `future` period, "
        "`before_data`, `after_data`, or `none` of what is counted lies in the period."
    )
    said: str


class MetricAnswer(BaseModel):
    """A metric, what it means, and its rows."""

    metric: str
    definition: str
    as_of: str = Field(description="RFC 3339; what was known then counts, and open cases are judged then.")
    filters: dict[str, Any]
    rows: list[dict[str, Any]]
    nothing: NothingCounted | None = Field(None, description="Only where nothing is counted.")


def metrics_router(services: ApiServices, source: LakeSource) -> APIRouter:
    """The route; `source` gives the lake as it is now."""
    routes = APIRouter(tags=["metrics"])

    @routes.get(
        "/api/v1/metrics/{name}",
        response_model=MetricAnswer,
        response_model_exclude_unset=True,
        summary="A metric by its name",
    )
    async def metric(
        name: str,
        station: Annotated[list[str] | None, Query(description="Station codes.")] = None,
        since: Annotated[date | None, Query(alias="from", description="First local day.")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last local day, included.")] = None,
        by: Annotated[list[By] | None, Query(description="What rows are told apart by.")] = None,
        as_of: Annotated[datetime | None, Query(description="RFC 3339 with offset; now by default.")] = None,
    ) -> MetricAnswer:
        from monitor.metrics.catalog import FROM_DATABASE, METRICS, rows_from_database, rows_of, rules_of
        from monitor.metrics.extent import extent
        from monitor.metrics.known import UnknownBreakdown

        configuration = services.configuration
        now = services.now()
        if name not in METRICS and name not in FROM_DATABASE:
            known = ", ".join((*METRICS, *FROM_DATABASE))
            raise Problem(404, "unknown_metric", f"No metric {name!r}. Known: {known}.")
        unknown = [code for code in station or () if code not in configuration.stations]
        if unknown:
            raise Problem(422, "unknown_station", f"No station {', '.join(unknown)}.")
        if since is not None and until is not None and since > until:
            raise Problem(422, "days_reversed", f"from {since} comes after to {until}.")
        if as_of is not None and as_of.tzinfo is None:
            raise Problem(422, "no_offset", "as_of needs an offset, for example 2024-07-22T08:00:00+08:00.")
        judged = now if as_of is None else round(as_of.timestamp() * SECOND)
        question = Ask(
            judged,
            tuple(station) if station else None,
            since,
            None if until is None else until + timedelta(days=1),
            None,
            tuple(by or ()),
        )

        def read(engine: Engine) -> tuple[list[dict[str, Any]], Nothing | None]:
            rows = rows_of(name, engine, question, rules_of(configuration, judged))
            if not holds_nothing(name, rows):
                return rows, None
            return rows, why_asked(extent(engine, question), question, configuration.zone)

        def found() -> tuple[list[dict[str, Any]], Nothing | None]:
            if name in FROM_DATABASE:
                rows = rows_from_database(name, services.database, question)
                return rows, None if rows else Nothing("none")
            return source.ask(now, read)

        try:
            rows, nothing = await asyncio.to_thread(found)
        except UnknownBreakdown as error:
            raise Problem(
                422, "not_told_apart", f"{name} is not told apart by {', '.join(error.by)}."
            ) from error
        told = {"station": station, "from": since, "to": until, "by": [one.value for one in by or ()]}
        texts = services.texts[services.language]
        answer = MetricAnswer(
            metric=name,
            definition=texts.get(f"metrics.{name}.definition"),
            as_of=datetime.fromtimestamp(judged / SECOND, UTC).isoformat(),
            filters={key: value for key, value in told.items() if value},
            rows=rows,
        )
        if nothing is not None:
            said = in_words(nothing, texts, configuration.zone)
            answer.nothing = NothingCounted(code=nothing.code, said=said)
        return answer

    return routes
