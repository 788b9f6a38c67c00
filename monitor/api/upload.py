"""`POST /api/v1/dropped`: a file dropped on the Data page, kept until it is known what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from ingest.drop import MEBIBYTE, MOST_BYTES, Drops, TooLarge
from ingest.tables.fault import TableError
from monitor.api.problem import Problem
from monitor.api.record import refuse_other_sites

PATH = "/api/v1/dropped"
KIND = "application/octet-stream"
"""What no form of another site can send."""


class Kept(BaseModel):
    """Where the file is looked at."""

    token: str
    address: str


def upload_routes(drops: Drops, now: Callable[[], int]) -> APIRouter:
    """The route. The file is written as it comes in, never held in memory."""
    routes = APIRouter(tags=["data"])

    @routes.post(PATH, response_model=Kept, summary="A file to find out how it is read")
    async def post(request: Request, name: Annotated[str, Query(min_length=1, max_length=400)]) -> Kept:
        refuse_other_sites(request, (KIND,))
        length = request.headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and int(length) > MOST_BYTES:
            raise too_large()
        try:
            dropped = await drops.take(name, request.stream(), now())
        except TooLarge as error:
            raise too_large() from error
        except TableError as error:
            raise Problem(422, error.code, "The file is empty: export it again.") from error
        return Kept(token=dropped.token, address=f"/mapping?file={dropped.token}")

    return routes


def too_large() -> Problem:
    limit = MOST_BYTES // MEBIBYTE
    return Problem(413, "too_large", f"At most {limit} MB here; a larger file is taken by `fangxing ingest`.")
