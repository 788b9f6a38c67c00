"""`fangxing cases`: filters and the three formats."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from monitor.cli.answer import Answer
from monitor.cli.cases import HOUR, span_of

from .conftest import EventFile, Fangxing


def hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


@pytest.fixture
def loaded(fangxing: Fangxing, event_file: EventFile) -> None:
    """A1 is due in two hours, A2 in twenty, B1 has been overdue for six, A9 was released on time."""
    ran = fangxing(
        "ingest",
        event_file(
            f"城西,A1,confirmed,{hours_ago(22)},52300,晋D12345",
            f"城西,A2,confirmed,{hours_ago(4)}",
            f"北关,B1,confirmed,{hours_ago(30)}",
            f"城西,A9,confirmed,{hours_ago(50)}",
            f"城西,A9,released,{hours_ago(40)}",
        ),
        "--strict",
    )
    assert ran.code == 0


def numbers(fangxing: Fangxing, *filters: str) -> set[str]:
    found = fangxing("cases", *filters, "--format", "json").object
    assert found["total"] == len(found["cases"])
    return {one["case_no"] for one in found["cases"]}


@pytest.mark.usefixtures("loaded")
def test_filters_narrow_the_list(fangxing: Fangxing) -> None:
    assert numbers(fangxing) == {"A1", "A2", "A9", "B1"}
    assert numbers(fangxing, "--station", "北关") == {"B1"}
    assert numbers(fangxing, "--station", "14042301") == {"A1", "A2", "A9"}
    assert numbers(fangxing, "--state", "open") == {"A1", "A2", "B1"}
    assert numbers(fangxing, "--state", "overdue") == {"B1"}
    assert numbers(fangxing, "--state", "released_on_time") == {"A9"}
    assert numbers(fangxing, "--text", "D123") == {"A1"}
    assert numbers(fangxing, "--due-within", "4h", "--state", "running") == {"A1"}
    assert numbers(fangxing, "--due-within", "PT21H", "--state", "running") == {"A1", "A2"}


@pytest.mark.usefixtures("loaded")
def test_csv_has_a_row_per_case_and_the_table_says_how_many_there_are(fangxing: Fangxing) -> None:
    rows = list(csv.DictReader(io.StringIO(fangxing("cases", "--format", "csv").out)))
    assert {row["Case"]: row["State"] for row in rows} == {
        "A1": "near the limit",
        "A2": "held",
        "B1": "overdue, held",
        "A9": "released on time",
    }
    assert next(row["Hours"] for row in rows if row["Case"] == "A9") == "10.0"
    assert fangxing("cases", "--limit", "2").out.splitlines()[-1] == "Showing 2 of 4"


def test_a_station_that_is_not_configured_is_wrong_use(fangxing: Fangxing) -> None:
    ran = fangxing("cases", "--station", "天上")
    assert ran.code == 2
    assert "14042301" in ran.err


def test_spans_are_read_in_both_forms() -> None:
    assert span_of("4h") == span_of("PT4H") == 4 * HOUR
    assert span_of("1h30m") == span_of("pt90m") == 1.5 * HOUR
    assert span_of("0.5h") == span_of("30m") == HOUR / 2


@pytest.mark.parametrize("text", ["", "4", "h", "PT", "four hours", "-4h", "4d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(Answer, match="not_a_span"):
        span_of(text)


def test_weighed_over_the_limit_and_nothing_followed_is_listed_as_unconfirmed(
    fangxing: Fangxing, event_file: EventFile
) -> None:
    head = "siteCode,checkNo,checkType,checkTime,caseNo,axleCnt,sumWeight,limitWeight"
    rows = (
        f"14042301,C-1,1,{hours_ago(9)},,6,61400,49000",
        f"14042301,C-2,1,{hours_ago(8)},,6,48000,49000",
        f"14042301,C-3,1,{hours_ago(7)},,6,61400,49000",
    )
    loaded = fangxing("ingest", event_file(*rows, name="weighings.csv", head=head), "--json").object
    assert (loaded["totals"]["events"], loaded["totals"]["cases"]) == (3, 2)
    assert numbers(fangxing, "--state", "unconfirmed") == {"C-1", "C-3"}
    fangxing("ingest", event_file(f"城西,C-3,confirmed,{hours_ago(6)}"))
    assert numbers(fangxing, "--state", "unconfirmed") == {"C-1"}
