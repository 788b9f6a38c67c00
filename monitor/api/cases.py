"""`GET /api/v1/cases`, `/api/v1/cases/{case_no}`, what was assessed and paid. Reading only, plates masked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from monitor.api.asked import ApiServices, Sent
from monitor.api.assessment import AssessmentsOut, assessed
from monitor.api.case_models import CaseLine, CaseLines, CaseOut, instant_of
from monitor.api.like import LikeOut, LikesOut
from monitor.api.notice import address
from monitor.api.payment_models import PaymentOut, PaymentsOut
from monitor.api.problem import Problem
from monitor.cases.summary import summary_of
from monitor.rules.book import rule_book
from monitor.rules.payments import payments_of
from monitor.store.cases import case_file, find_cases
from monitor.store.decisions import case_decisions
from monitor.store.tables import cases as case_table

if TYPE_CHECKING:
    from monitor.store.cases import CaseFile, CaseFilter

MOST = 1000
"""Cases in one answer; more come by `offset`, or as a file."""


def cases_router(services: ApiServices) -> APIRouter:
    """Routes for lists of cases and for one case."""
    routes = APIRouter(prefix="/api/v1", tags=["cases"])

    @routes.get("/cases", response_model=CaseLines, summary="Cases by filter, newest activity first")
    async def cases(
        sent: Sent,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> CaseLines:
        now = services.now()
        chosen = await asyncio.to_thread(sent.filter, services, now)
        return await asyncio.to_thread(case_lines, services, chosen, now, limit, offset)

    @routes.get("/cases/{case_no}", response_model=CaseOut, summary="Everything known of one case")
    async def case(
        case_no: Annotated[str, Path(max_length=128)],
        station: Annotated[
            str | None, Query(description="Station code; needed where two stations use one number.")
        ] = None,
    ) -> CaseOut:
        return await asyncio.to_thread(one_case, services, case_no, station, services.now())

    @routes.get(
        "/cases/{case_no}/assessment",
        response_model=AssessmentsOut,
        summary="The decisions of one case held against the rules in force on the day of the act",
    )
    async def assessment(
        case_no: Annotated[str, Path(max_length=128)],
        station: Annotated[
            str | None, Query(description="Station code; needed where two stations use one number.")
        ] = None,
    ) -> AssessmentsOut:
        return await asyncio.to_thread(case_assessments, services, case_no, station)

    @routes.get(
        "/cases/{case_no}/payments",
        response_model=PaymentsOut,
        summary="The payments of one case by payment code, with what to look at",
    )
    async def payments(
        case_no: Annotated[str, Path(max_length=128)],
        station: Annotated[
            str | None, Query(description="Station code; needed where two stations use one number.")
        ] = None,
    ) -> PaymentsOut:
        return await asyncio.to_thread(case_payments, services, case_no, station, services.now())

    @routes.get(
        "/cases/{case_no}/like",
        response_model=LikesOut,
        summary="The nearest like cases of one case, what they were fined and why they count as alike",
    )
    async def like(
        case_no: Annotated[str, Path(max_length=128)],
        station: Annotated[
            str | None, Query(description="Station code; needed where two stations use one number.")
        ] = None,
    ) -> LikesOut:
        return await asyncio.to_thread(case_like, services, case_no, station)

    return routes


def case_lines(services: ApiServices, chosen: CaseFilter, now: int, limit: int, offset: int) -> CaseLines:
    """One page of a list."""
    page = find_cases(services.database, chosen, now, limit=limit, offset=offset)
    configuration = services.configuration
    first = next(iter(configuration.stations), "")
    return CaseLines(
        as_of=instant_of(now, zone_of(services, first)),
        total=page.total,
        limit=limit,
        offset=offset,
        cases=[
            CaseLine.of(summary_of(state, configuration, now), zone_of(services, state.station))
            for state in page.cases
        ],
    )


def one_case(services: ApiServices, case_no: str, station: str | None, now: int) -> CaseOut:
    """Raises Problem 404 where there is none, 409 where the number alone does not name one."""
    code, file = _file_of(services, case_no, station)
    line = summary_of(file.state, services.configuration, now)
    return CaseOut.of(file, line, services.configuration, now, zone_of(services, code))


def case_payments(services: ApiServices, case_no: str, station: str | None, now: int) -> PaymentsOut:
    """Raises Problem as `one_case` does."""
    code, file = _file_of(services, case_no, station)
    zone = zone_of(services, code)
    valid = [event for event in file.events if file.is_valid(event)]
    found = payments_of(file.state, valid, services.configuration.payments, zone, now)
    return PaymentsOut(
        station=code,
        case_no=case_no,
        notice=address(code, case_no),
        payments=[PaymentOut.of(one, zone) for one in found],
    )


def case_assessments(services: ApiServices, case_no: str, station: str | None) -> AssessmentsOut:
    """Raises Problem as `one_case` does."""
    code, file = _file_of(services, case_no, station)
    configuration, zone = services.configuration, zone_of(services, code)
    decisions = case_decisions(services.database, file, zone)
    return AssessmentsOut(
        station=code,
        case_no=case_no,
        rules=configuration.rules_digest,
        assessments=assessed(decisions, rule_book(configuration), configuration.rules, zone),
    )


def case_like(services: ApiServices, case_no: str, station: str | None) -> LikesOut:
    """Raises Problem as `one_case` does, LakeAway where the lake cannot be read."""
    from monitor.lake.judging import judging
    from monitor.metrics.like_cases import like_cases_of

    code, file = _file_of(services, case_no, station)
    decisions = case_decisions(services.database, file, zone_of(services, code))
    told: list[LikeOut] = []
    if decisions:
        if services.lake is None:
            raise Problem(503, "no_lake", "No copy for analysis is kept here.")
        now, rules = services.now(), judging(services.configuration)
        found = services.lake.ask(now, lambda engine: like_cases_of(engine, decisions, rules, now))
        told = [LikeOut.of(one) for one in found]
    return LikesOut(station=code, case_no=case_no, decisions=told)


def _file_of(services: ApiServices, case_no: str, station: str | None) -> tuple[str, CaseFile]:
    """The station and the file of the one case that is meant. Raises Problem."""
    known = stations_with(services, case_no)
    if station is None and len(known) > 1:
        raise Problem(
            409, "ambiguous_case", f"{len(known)} stations have a case {case_no}; give ?station=",
            stations=known,
        )  # fmt: skip
    code = station or next(iter(known), None)
    file = None if code is None else case_file(services.database, (code, case_no))
    if file is None or code is None:
        where = "" if station is None else f" at station {station}"
        raise Problem(404, "unknown_case", f"no case {case_no}{where}", stations=known)
    return code, file


def stations_with(services: ApiServices, case_no: str) -> list[str]:
    """Codes of the stations that have a case of this number, in order."""
    query = select(case_table.c.station).where(
        case_table.c.case_no == case_no,
        case_table.c.station.in_(list(services.configuration.stations)),
    )
    with services.database.read() as connection:
        return sorted(connection.execute(query).scalars())


def zone_of(services: ApiServices, station: str) -> ZoneInfo:
    """The station's zone; UTC for one that is not configured."""
    known = services.configuration.stations.get(station)
    return ZoneInfo("UTC") if known is None else known.tz
