"""A client on one county that is only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from monitor.api.cases import cases_router
from monitor.api.exports import exports_router
from monitor.api.health import health_router
from monitor.api.problem import answer_problems
from monitor.api.weighings import weighings_router
from tests.county import County, county
from tests.engines import ENGINES, database_on


@pytest.fixture(scope="session", params=ENGINES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    with database_on(request.param, folder) as database:
        yield county(folder, database)


@pytest.fixture(scope="session")
def reader(told: County) -> TestClient:
    app = FastAPI()
    answer_problems(app)
    for router in (health_router, cases_router, exports_router, weighings_router):
        app.include_router(router(told.services))
    return TestClient(app)
