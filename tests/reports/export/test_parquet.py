"""Parquet as other programs see it: types, instants told in their several ways, days without an hour."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitor.cases.state import CaseState
from monitor.reports.export import parquet
from monitor.reports.export.choice import Form, Subject
from monitor.reports.export.forms import write
from monitor.reports.export.told import Export, each_told
from monitor.store.cases import CaseFilter, each_case
from tests.county import DAYS_ONLY, PAYING

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def exported(export: Export, subject: Subject) -> pq.ParquetFile:
    file = io.BytesIO()
    write(file, export, subject, Form.PARQUET)
    return pq.ParquetFile(io.BytesIO(file.getvalue()))


def rows(export: Export, subject: Subject) -> list[dict[str, Any]]:
    return list(exported(export, subject).read().to_pylist())


def states(export: Export) -> dict[tuple[str, str], CaseState]:
    return {(one.station, one.case_no): one for one in each_case(export.database, CaseFilter(), 0)}


def test_events_have_instants_as_microseconds_timestamps_and_local_dates(export: Export) -> None:
    found = {(row["station"], row["case_no"], row["event_id"]): row for row in rows(export, Subject.EVENTS)}
    told = [(case.key, one) for case in each_told(export) for one in case.events]
    assert len(told) == len(found) > 0
    for key, one in told:
        row = found[(*key, one.event_id)]
        assert (row["activity"], row["occurred_at"]) == (one.event.activity, one.occurred)
        assert (row["occurred_us"], row["occurred_until_us"]) == one.event[3:5]
        assert row["occurred_on"].isoformat() == one.moment[:10]
        if one.event.occurred_until is None:
            assert row["occurred_utc"] == EPOCH + timedelta(microseconds=one.event.occurred_at)
        else:
            assert row["occurred_utc"] is None
        for datum, value in one.data.items():
            assert row[datum] in (value, str(value))


def test_columns_have_types(export: Export) -> None:
    schema = exported(export, Subject.EVENTS).schema_arrow
    kinds = {name: str(schema.field(name).type) for name in ("gross_kg", "plate", "occurred_us")}
    assert kinds == {"gross_kg": "int64", "plate": "string", "occurred_us": "int64"}
    cases = exported(export, Subject.CASES).schema_arrow
    for head, kind in {
        "custody": pa.bool_(), "gross_kg": pa.int64(), "limit_rule": pa.string(), "deadline_us": pa.int64(),
        "deadline_utc": pa.timestamp("us", "UTC"), "deadline_on": pa.date32(),
    }.items():  # fmt: skip
        assert cases.field(head).type == kind


def test_a_row_a_case_with_every_instant_of_its_state(export: Export) -> None:
    found = {(row["station"], row["case_no"]): row for row in rows(export, Subject.CASES)}
    before = states(export)
    assert set(found) == set(before)
    for key, state in before.items():
        row = found[key]
        for name in CaseState._fields:
            if name.endswith("_at"):
                assert row[f"{name.removesuffix('_at')}_us"] == getattr(state, name)
            elif name not in ("days", "pauses", "findings") and not name.endswith("_until"):
                assert row[name] == getattr(state, name), name
    # 18:20 in Shanghai
    assert found[PAYING]["confirmed_utc"] == datetime(2026, 11, 25, 10, 20, tzinfo=UTC)
    assert found[PAYING]["confirmed_on"] == date(2026, 11, 25)


def test_a_day_without_an_hour_is_a_span_and_no_timestamp(export: Export) -> None:
    row = next(r for r in rows(export, Subject.CASES) if r["case_no"] == DAYS_ONLY[1])
    assert (row["confirmed_on"], row["confirmed_utc"]) == (date(2026, 11, 24), None)
    # midnight of 24 November in Shanghai is 16:00 of the 23rd in UTC
    begin = (datetime(2026, 11, 23, 16, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    assert (row["confirmed_us"], row["confirmed_until_us"]) == (begin, begin + 86_400_000_000 - 1)


def test_it_is_written_in_row_groups(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(export, Subject.EVENTS)
    monkeypatch.setattr(parquet, "ROW_GROUP", 7)
    told = exported(export, Subject.EVENTS)
    groups = [told.metadata.row_group(place).num_rows for place in range(told.num_row_groups)]
    assert sum(groups) == len(whole)
    assert set(groups[:-1]) == {7}
    assert rows(export, Subject.EVENTS) == whole


def test_a_datum_of_two_kinds_is_text(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    def mixed(_: Export) -> dict[str, dict[str, str]]:
        return {"confirmed": {"gross_kg": "integer"}, "reweighed": {"gross_kg": "string"}}

    monkeypatch.setattr(parquet, "keys_told", mixed)
    told = {row["gross_kg"] for row in rows(export, Subject.EVENTS)}
    assert told - {None} and all(isinstance(one, str) for one in told - {None})


def test_an_export_of_nothing_has_its_heads(export: Export) -> None:
    nothing = export._replace(chosen=CaseFilter(stations=[]))
    for subject in Subject:
        file = exported(nothing, subject)
        number = "check_no" if subject is Subject.WEIGHINGS else "case_no"
        assert (file.metadata.num_rows, file.schema_arrow.names[:2]) == (0, ["station", number])
