"""`POST /api/v1/events` and `/api/v1/weighings`: batches from programs; a verdict per row, safe to repeat."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel

from ingest.intake import Intake
from ingest.push import Outcome, Pushed, Pushes, Verdict
from monitor.api.problem import Problem
from monitor.api.record import body_of, refuse_other_sites
from monitor.store.deliveries import Sender
from monitor.store.idempotency import Kept, keep_answer, kept_answer

MOST_ROWS = 10_000
MOST_BYTES = 32 * 1024 * 1024
DEEPEST = 3
"""Levels of lists and objects within a row; a row of any page has one, `data` a second."""

KINDS = ("application/json", "application/x-ndjson", "application/jsonl")
KEY = re.compile(r"[\x21-\x7e]{1,200}")

Row = Mapping[str, Any]


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
    pushes = Pushes(intake)

    async def taken(request: Request, source: str, key: str | None) -> Response:
        refuse_other_sites(request, KINDS)
        if source not in intake.pages:
            raise Problem(404, "unknown_source", f"No source {source!r}. Known: {', '.join(intake.pages)}.")
        if key is not None and not KEY.fullmatch(key):
            raise Problem(400, "wrong_key", "Idempotency-Key: 1 to 200 printable ASCII characters.")
        body = await body_of(request, MOST_BYTES, MOST_ROWS)
        origin = request.client.host if request.client else "-"
        text = await asyncio.to_thread(answered, pushes, intake, Sender(actor, origin), source, key, body)
        return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})

    @routes.post("/api/v1/events", response_model=PushAnswer, summary="Events; a verdict per row")
    async def events(
        request: Request,
        source: Annotated[str, Query(max_length=64)] = "events",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await taken(request, source, idempotency_key)

    @routes.post("/api/v1/weighings", response_model=PushAnswer, summary="Weighings; a verdict per row")
    async def weighings(
        request: Request,
        source: Annotated[str, Query(max_length=64)] = "weighings",
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        return await taken(request, source, idempotency_key)

    return routes


def answered(
    pushes: Pushes, intake: Intake, sender: Sender, source: str, key: str | None, body: bytes
) -> str:
    """The answer to a push: taken in now, or with a key that was answered before, that answer again.

    Where the program was killed between taking a push in and keeping its answer, the repeat is known by its
    key as the same delivery: every row is a duplicate then, and nothing counts twice.
    """
    if key is None:
        return told(pushes.take(source, sender, "push", rows_of(body), size=len(body)))
    asked = hashlib.sha256(b"\0".join((source.encode(), body))).digest()
    with intake.database.read() as connection:
        kept = kept_answer(connection, sender.actor, key, intake.moment())
    if kept is None:
        name = hashlib.sha256(b"\0".join((sender.actor.encode(), key.encode(), asked))).hexdigest()
        pushed = pushes.take(source, sender, f"push {key}", rows_of(body), name, len(body))
        fresh = Kept(asked, told(pushed))
        with intake.database.write() as connection:
            kept = keep_answer(connection, sender.actor, key, fresh, intake.moment())
    if kept.request != asked:
        raise Problem(422, "key_used", "This Idempotency-Key was used for another request; give a new one.")
    return kept.answer


def rows_of(body: bytes) -> Sequence[Row]:
    """The rows of a JSON array, of JSON lines, or of a single object. Raises Problem with the place."""
    text = body.strip()
    if not text:
        raise Problem(422, "empty", "Send a JSON array of objects, or an object per line.")
    found = parsed(text, None) if text.startswith(b"[") else lines_of(text)
    if not isinstance(found, list):
        found = [found]
    if len(found) > MOST_ROWS:
        raise Problem(413, "too_many_rows", f"{len(found)} rows; send at most {MOST_ROWS} at a time.")
    for number, row in enumerate(found, 1):
        if not isinstance(row, dict):
            raise Problem(422, "wrong_form", f"Row {number} is no object.", row=number)
        if any(type(value) in (list, dict) and deeper(value, DEEPEST - 1) for value in row.values()):
            raise Problem(422, "too_deep", f"Row {number} has more than {DEEPEST} levels.", row=number)
    return found


def lines_of(text: bytes) -> list[Any]:
    """One object, over however many lines, or an object per line."""
    lines = text.splitlines()
    if len(lines) > 1:
        try:
            orjson.loads(lines[0])
        except orjson.JSONDecodeError:
            # Not an object per line: it can only be one object written over several.
            return [parsed(text, None)]
    return [parsed(line, number) for number, line in enumerate(lines, 1) if line.strip()]


def parsed(text: bytes, line: int | None) -> Any:
    """The value of a JSON text. Raises Problem 422 with the place of the fault."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = "The body" if line is None else f"Line {line}"
        raise Problem(422, "not_json", f"{place} is not JSON: {error}") from error


def deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand in each other more than so many levels deep."""
    if not isinstance(value, list | dict):
        return False
    inside = value if isinstance(value, list) else value.values()
    return levels <= 0 or any(deeper(one, levels - 1) for one in inside)


def told(pushed: Pushed) -> str:
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
