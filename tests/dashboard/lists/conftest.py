"""One county for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.county import County, county
from tests.engines import ENGINES, database_on


@pytest.fixture(scope="session", params=ENGINES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    with database_on(request.param, folder) as database:
        yield county(folder, database)
