"""`POST /api/v1/events`, `weighings` and `statements`: batches; a verdict per row, safe to repeat."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel

from ingest.intake import Intake
from ingest.push import KeyUsedError, Outcome, Push, Pushed, Pushes, Verdict
from monitor.api.problem import Problem
from monitor.api.record import body_of, refuse_other_sites
from monitor.api.rows import MOST_ROWS, rows_of
from monitor.store.deliveries import Sender

MOST_BYTES = 32 * 1024 * 1024
SMALL = 64 * 1024
"""Bytes that are read on the spot: sooner than another thread would begin."""

KINDS = ("application/json", "application/x-ndjson", "application/jsonl")
NO_STORE = {"Cache-Control": "no-store"}
CHARSET = re.compile(r"""charset\s*=\s*"?([^\s;"]+)""", re.IGNORECASE)
KEY = re.compile(r"[\x21-\x7e]{1,200}")


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            KINDS[0]: {"schema": {"type": "array", "maxItems": MOST_ROWS, "items": {"type": "object"}}},
            KINDS[1]: {"schema": {"type": "string", "description": "An object per line."}},
        },
    }
}
"""What the description of the API says of a body, which is read here and not by the framework."""


class RowVerdict(BaseModel):
    """What became of the row at this place, from 1; `accepted` shows what would be taken."""

    row: int
    verdict: Outcome
    reason: str | None = None
    column: str | None = None
    accepted: str | None = None
    params: dict[str, str] = {}


class PushAnswer(BaseModel):
    """A push as entered. Rows: read = landed + unchanged + quarantined + aside."""

    delivery: int
    source: str
    read: int
    landed: int
    unchanged: int
    quarantined: int
    aside: int
    events: int
    duplicates: int
    revisions: int
    cases: int
    verdicts: list[RowVerdict]


def push_routes(intake: Intake, actor: str = "local") -> APIRouter:
    """The routes; `actor` is who writes until programs have keys of their own."""
    routes = APIRouter(tags=["push"])
    pushes = Pushes(intake, in_words)

    async def taken(request: Request, source: str, key: str | None) -> Response:
        refuse_other_sites(request, KINDS)
        if source not in intake.pages:
            raise Problem(404, "unknown_source", f"No source {source!r}. Known: {', '.join(intake.pages)}.")
        if key is not None and not KEY.fullmatch(key):
            raise Problem(400, "wrong_key", "Idempotency-Key: 1 to 200 printable ASCII characters.")
        refuse_other_codings(request)
        body = await body_of(request, MOST_BYTES, MOST_ROWS)
        sender = Sender(actor, request.client.host if request.client else "-")
        asked = (source, sender, key, body)
        push = push_of(*asked) if len(body) <= SMALL else await asyncio.to_thread(push_of, *asked)
        return Response(await answer_to(pushes, push), media_type="application/json", headers=NO_STORE)

    @routes.post(
        "/api/v1/events",
        response_model=PushAnswer,
        openapi_extra=BODY,
        summary="Events; a verdict per row",
    )
    async def events(
        request: Request,
        source: Annotated[str, Query(max_length=64)] = "events",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await taken(request, source, idempotency_key)

    @routes.post(
        "/api/v1/weighings",
        response_model=PushAnswer,
        openapi_extra=BODY,
        summary="Weighings; a verdict per row",
    )
    async def weighings(
        request: Request,
        source: Annotated[str, Query(max_length=64)] = "weighings",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await taken(request, source, idempotency_key)

    @routes.post(
        "/api/v1/statements",
        response_model=PushAnswer,
        openapi_extra=BODY,
        summary="Lines of the treasury's statements; a verdict per row",
    )
    async def statements(
        request: Request,
        source: Annotated[str, Query(max_length=64)] = "treasury-statement",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await taken(request, source, idempotency_key)

    return routes


def refuse_other_codings(request: Request) -> None:
    """Bodies come as they are: a compressed one of a few bytes could unfold to any size."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "wrong_coding", "Send the body as it is, without Content-Encoding.")
    charset = CHARSET.search(request.headers["content-type"])
    if charset is not None and charset[1].lower() != "utf-8":
        raise Problem(415, "wrong_charset", f"Send the body in UTF-8, not in {charset[1]}.")


def push_of(source: str, sender: Sender, key: str | None, body: bytes) -> Push:
    """What was sent, read. Raises Problem with the place of what cannot be."""
    rows = rows_of(body)
    asked = b"" if key is None else hashlib.sha256(b"\0".join((source.encode(), body))).digest()
    return Push(source, sender, rows, len(body), key, asked)


async def answer_to(pushes: Pushes, push: Push) -> str:
    """The answer once the push is committed. Raises Problem where its key was used for another."""
    loop = asyncio.get_running_loop()
    given: asyncio.Future[str | Exception] = loop.create_future()

    def give(answer: str | Exception) -> None:
        if not given.done():
            given.set_result(answer)

    def told(answer: str | Exception) -> None:
        # A server that has stopped in the meantime has no loop and nobody who waits.
        if not loop.is_closed():
            loop.call_soon_threadsafe(give, answer)

    pushes.send(push, told)
    answer = await given
    if isinstance(answer, KeyUsedError):
        raise Problem(422, "key_used", "This Idempotency-Key was used for another request; give a new one.")
    if isinstance(answer, Exception):
        raise answer
    return answer


def in_words(pushed: Pushed) -> str:
    """The answer as JSON."""
    delivery, counts = pushed.delivery, pushed.delivery.counts
    return orjson.dumps(
        {
            "delivery": delivery.delivery_id,
            "source": delivery.source,
            "read": counts.rows_read,
            "landed": counts.rows_landed,
            "unchanged": counts.rows_unchanged,
            "quarantined": counts.rows_quarantined,
            "aside": counts.rows_aside,
            "events": counts.events,
            "duplicates": counts.duplicates,
            "revisions": counts.revisions,
            "cases": counts.cases,
            "verdicts": [verdict_told(one) for one in pushed.verdicts],
        }
    ).decode()


def verdict_told(verdict: Verdict) -> dict[str, Any]:
    """A verdict without what it does not say."""
    found: dict[str, Any] = {"row": verdict.row, "verdict": verdict.outcome.value}
    named = ("reason", "column", "accepted", "params")
    return found | {name: told for name in named if (told := getattr(verdict, name))}
