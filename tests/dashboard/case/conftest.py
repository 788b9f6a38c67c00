"""One county for all tests that only read it."""

from __future__ import annotations

import pytest

from tests.county import County, county


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> County:
    return county(tmp_path_factory.mktemp("county"))
