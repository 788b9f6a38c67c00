"""Errors of the API as problem details (RFC 9457), made once at the edge."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


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


def answer_problems(app: FastAPI) -> None:
    """Every Problem raised in a route becomes its response."""

    async def handle(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(error)

    app.add_exception_handler(Problem, handle)
