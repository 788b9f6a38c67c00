"""`fangxing flags`: what was raised by a run of the jobs, as a table, as JSON, and its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import EventFile, Fangxing


@pytest.fixture(autouse=True)
def raised(fangxing: Fangxing, event_file: EventFile) -> None:
    """A vehicle that was confirmed twenty hours ago and one whose day is over."""
    now = datetime.now(UTC)
    rows = [
        f"14042302,{case},confirmed,{(now - timedelta(hours=hours)).isoformat(timespec='seconds')}"
        for case, hours in (("A-1", 20), ("A-2", 25))
    ]
    assert fangxing("ingest", event_file(*rows), "--source", "events").code == 0
    assert fangxing("work", "--once").code == 0


def test_flags_are_listed_with_what_they_say_and_their_messages(fangxing: Fangxing) -> None:
    told = fangxing("flags", "list", "--clock", "a", "--json").object
    assert told["total"] == 2
    flags = {flag["case_no"]: flag for flag in told["flags"]}
    assert {case: flag["threshold"] for case, flag in flags.items()} == {"A-1": "left-6h", "A-2": "due"}
    assert flags["A-1"]["state"] == "open" and sum(flags["A-1"]["messages"].values()) == 1
    shown = fangxing("flags", "list", "--station", "14042302").out
    assert "6 hours" in shown or "6 h" in shown
    assert "A-2" in shown
    assert fangxing("flags", "list", "--case", "A-3").out.strip() == "There are no flags."


def test_the_history_of_a_flag_tells_what_was_missed_and_who_was_told(fangxing: Fangxing) -> None:
    [flag] = fangxing("flags", "list", "--clock", "a", "--case", "A-1", "--json").object["flags"]
    shown = fangxing("flags", "show", flag["id"]).out
    assert "nobody was told in time" in shown and "duty: example-duty" in shown
    missing = fangxing("flags", "show", 999)
    assert (missing.code, missing.err.strip()) == (2, "There is no flag 999.")
