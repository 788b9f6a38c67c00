"""Errors of the API as problem details (RFC 9457), made once at the edge."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from monitor.metrics.away import LakeAway
from monitor.settings.texts import Texts


class Problem(Exception):
    """What the caller did wrong and what would be accepted. `code` is stable; `detail` is for people."""

    def __init__(self, status: int, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.members = members


def problem_response(problem: Problem) -> JSONResponse:
    """The problem as `application/problem+json`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        **problem.members,
    }
    return JSONResponse(body, problem.status, media_type="application/problem+json")


def answer_away(app: FastAPI, words: Texts) -> None:
    """Whatever reads the lake says so where it is away; the caller may ask again later."""

    async def away(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LakeAway)
        return problem_response(Problem(503, f"lake_{error.problem}", words.get(error.key)))

    app.add_exception_handler(LakeAway, away)


def answer_problems(app: FastAPI) -> None:
    """Every Problem raised in a route becomes its response, and so does whatever else goes wrong: a wrong
    parameter, an unknown path or method, and an error of ours, which says nothing of its cause."""

    async def handle(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(error)

    async def wrong_parameter(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        name = str(first["loc"][-1])
        return problem_response(Problem(422, "bad_parameter", f"{name}: {first['msg']}", parameter=name))

    async def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = HTTPStatus(error.status_code).name.lower()
        response = problem_response(Problem(error.status_code, code, str(error.detail)))
        response.headers.update(error.headers or {})
        return response

    async def failed(_request: Request, _error: Exception) -> JSONResponse:
        return problem_response(Problem(500, "failed", "The server failed; what was sent may be sent again."))

    app.add_exception_handler(Problem, handle)
    app.add_exception_handler(RequestValidationError, wrong_parameter)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, failed)
