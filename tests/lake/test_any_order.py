"""Whatever was delivered in whatever portions, a lake kept up to date is the one written anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.lake.manifest import read_manifest
from monitor.lake.refresh import rebuild, refresh
from monitor.store.database import Database
from monitor.store.tables import metadata
from tests.factories import HOUR, SHANGHAI, at, candidate, deliver, letter
from tests.long import examples

FIRST = at("2024-06-29 08:00")
STEP = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["weighed", "confirmed", "released", "paid", "voided"]),
    st.integers(0, 96),
    st.booleans(),
)


def parts(folder: Path) -> dict[object, tuple[int, str]]:
    manifest = read_manifest(folder)
    assert manifest is not None
    return {place: (part.rows, part.sha256) for place, part in manifest.parts.items()}


@given(st.lists(st.tuples(st.lists(STEP, min_size=1, max_size=4), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
def test_refreshed_after_any_deliveries_is_rebuilt(
    deliveries: list[tuple[list[tuple[int, str, int, bool]], bool]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'db'}")
        metadata.create_all(database.engine)
        for number, (steps, looked) in enumerate(deliveries):
            rows = [
                candidate(
                    activity, FIRST + hours * HOUR, case_no=f"C{case}",
                    event_id=f"{activity}-{case}" if named else None,
                    **({"voids": f"released-{case}"} if activity == "voided" else {"gross_kg": hours}),
                )
                for case, activity, hours, named in steps
            ]  # fmt: skip
            how = letter(source="events", ledger=False, name=str(number))
            deliver(database, rows, FIRST + (100 + number) * HOUR, how)
            if looked:
                refresh(database, folder / "lake", lambda _: SHANGHAI, 0)
        refresh(database, folder / "lake", lambda _: SHANGHAI, 0)
        rebuild(database, folder / "anew", lambda _: SHANGHAI, 0)
        assert parts(folder / "lake") == parts(folder / "anew")
        database.dispose()
