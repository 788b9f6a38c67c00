"""`/api/v1/record`: what the Record page sends and asks. A verdict per tap; no other site can post."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.intake import Intake
from ingest.record import Outcome, Tap, Verdict, accept_taps
from monitor.api.problem import Problem
from monitor.api.record_cases import StationCases, station_cases
from monitor.store.deliveries import Sender

PATH = "/api/v1/record"
MOST_TAPS = 200
MOST_BYTES = 512 * 1024
PATIENCE_S = 30
"""How long a sender may pause within a body; a slow line goes on sending."""
OWN_PAGES = "Posts are taken from this server's own pages and from programs, from no page elsewhere."

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TapData(Strict):
    """What a tap may say beside its activity. Nothing personal is asked for."""

    plate: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    plate_colour: Annotated[str, Field(max_length=16)] | None = None
    vehicle: Annotated[str, Field(max_length=16)] | None = None
    axles: Annotated[int, Field(ge=2, le=30)] | None = None
    gross_kg: Annotated[int, Field(ge=500, le=500_000)] | None = None
    authority: Annotated[str, Field(max_length=16)] | None = None
    outcome: Annotated[str, Field(max_length=16)] | None = None
    channel: Annotated[str, Field(max_length=16)] | None = None
    reason: Words | None = None
    note: Words | None = None


class TapSent(Strict):
    """One event of a batch."""

    event_id: Identifier
    revision: Annotated[int, Field(ge=1, le=9_999)]
    case_no: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]
    activity: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
    occurred_at: Instant
    recorded_at: Instant
    data: TapData = TapData()
    voids: Identifier | None = None

    def tap(self) -> Tap:
        told = self.data.model_dump(exclude_none=True)
        return Tap(
            self.event_id, self.revision, self.case_no, self.activity, self.occurred_at, self.recorded_at,
            told, self.voids,
        )  # fmt: skip


class Sent(Strict):
    """A batch of a device. Each event is judged by itself, so that one bad tap holds up no other."""

    station: Annotated[str, Field(min_length=1, max_length=32)]
    device: Identifier
    events: Annotated[list[dict[str, Any]], Field(max_length=MOST_TAPS)]


class TapVerdict(BaseModel):
    """What became of the event at the same place of the batch; `accepted` shows what would be taken."""

    event_id: str | None
    outcome: Outcome
    reason: str | None = None
    column: str | None = None
    accepted: str | None = None
    params: dict[str, str] = {}


class Verdicts(BaseModel):
    """Answer of `POST /api/v1/record`: a verdict per event, in the order sent."""

    now: int
    verdicts: list[TapVerdict]


def record_routes(intake: Intake, actor: str = "local") -> APIRouter:
    """The routes; `actor` is who writes until people sign in."""
    routes = APIRouter(tags=["record"])

    @routes.post(PATH, response_model=Verdicts, summary="Taps of the Record page; a verdict per event")
    async def post(request: Request) -> Response:
        refuse_other_sites(request)
        sent = parse(await body_of(request))
        sender = Sender(actor, f"{request.client.host if request.client else '-'} {sent.device}")
        now = intake.moment()
        verdicts = await asyncio.to_thread(judge, intake, sender, sent, now)
        return answer(Verdicts(now=now, verdicts=verdicts))

    @routes.get(
        f"{PATH}/cases",
        response_model=StationCases,
        summary="Open cases of a station and what each waits for",
    )
    async def cases(
        station: Annotated[str, Query(max_length=32)], lang: Literal["zh", "en"] = "zh"
    ) -> Response:
        found = intake.configuration.stations.get(station)
        if found is None:
            known = ", ".join(intake.configuration.stations)
            raise Problem(404, "unknown_station", f"No station {station!r}. Known: {known}.")
        return answer(await asyncio.to_thread(station_cases, intake.database, found, intake.moment(), lang))

    return routes


def answer(model: BaseModel) -> Response:
    """JSON that no cache keeps; the device keeps it itself."""
    return Response(
        model.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def judge(intake: Intake, sender: Sender, sent: Sent, now: int) -> list[TapVerdict]:
    """Verdicts in the order sent. What has not the shape of a tap is refused without asking the log."""
    places: list[int] = []
    taps: list[Tap] = []
    verdicts: list[TapVerdict | None] = []
    for place, found in enumerate(sent.events):
        try:
            taps.append(TapSent.model_validate(found).tap())
        except ValidationError as error:
            verdicts.append(malformed(found, error))
        else:
            places.append(place)
            verdicts.append(None)
    judged = accept_taps(intake, sender, sent.station, sent.device, taps, now)
    for place, verdict in zip(places, judged, strict=True):
        verdicts[place] = told(verdict)
    return [verdict for verdict in verdicts if verdict is not None]


def told(verdict: Verdict) -> TapVerdict:
    return TapVerdict(
        event_id=verdict.event_id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        column=verdict.column,
        accepted=verdict.accepted,
        params=dict(verdict.params or {}),
    )


def malformed(found: dict[str, Any], error: ValidationError) -> TapVerdict:
    first = error.errors(include_url=False, include_input=False)[0]
    event_id = found.get("event_id")
    field = ".".join(map(str, first["loc"]))
    return TapVerdict(
        event_id=event_id if isinstance(event_id, str) and len(event_id) <= 64 else None,
        outcome=Outcome.REFUSED,
        reason="tap_malformed",
        column=field,
        accepted=first["msg"],
        params={"field": field},
    )


def refuse_other_sites(request: Request, kinds: Sequence[str] = ("application/json",)) -> None:
    """Only our own page, or a program that is no browser, may post. A form of another site can neither send
    JSON nor pass these; a script of another site is stopped by the headers its browser adds."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise Problem(415, "not_json", f"Send Content-Type: {' or '.join(kinds)}.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "other_site", OWN_PAGES)
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "other_site", OWN_PAGES)


async def body_of(request: Request, most: int = MOST_BYTES, rows: int = MOST_TAPS) -> bytes:
    """The body, refused as soon as it is longer than a batch can be."""
    length = request.headers.get("content-length", "")
    if re.fullmatch(r"\d+", length) and int(length) > most:
        raise too_large(most, rows)
    gathered = bytearray()
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout_at(now() + PATIENCE_S) as limit:
            async for chunk in request.stream():
                gathered += chunk
                if len(gathered) > most:
                    raise too_large(most, rows)
                limit.reschedule(now() + PATIENCE_S)
    except TimeoutError as error:
        raise Problem(408, "too_slow", f"Nothing more came for {PATIENCE_S} s.") from error
    return bytes(gathered)


def too_large(most: int, rows: int) -> Problem:
    return Problem(413, "too_large", f"Send at most {most} bytes and {rows} events at a time.")


def parse(body: bytes) -> Sent:
    """The batch. Raises Problem 422 with the place and what would be accepted."""
    try:
        return Sent.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise Problem(422, "not_json", f"The body is not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise Problem(422, "wrong_form", f"{place}: {first['msg']}") from error
