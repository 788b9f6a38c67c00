"""Whole traces of an event log go the quick way, and become what their events would one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.candidate import RowResult
from ingest.mapping import quick_traces
from ingest.mapping.page import SourcePage
from ingest.mapping.quick_traces import QuickTraces
from ingest.mapping.read import read_delivery
from ingest.mapping.reading import Reading

PAGE = """
title: {zh: 日志, en: Log}
feed: {zh: 日志, en: Log}
kind: events
station: {code: S1}
case_no: case
columns:
  case: {names: "case:concept:name", required: true}
  name: {names: "concept:name", required: true}
  time: {names: "time:timestamp", kind: datetime, required: true}
  fine: {names: amount, kind: money, unit: yuan}
  plate: {names: plate, kind: plate}
activity: {column: name, codes: {Fined: decided, Paid: paid, Let go: released}}
at: time
data: {plate: plate}
data_of:
  decided: {fine_fen: fine}
  paid: {amount_fen: fine}
"""
WITH_ID = PAGE.replace("  plate: {names", "  id: {names: 'identity:id'}\n  plate: {names") + "event_id: id\n"


def mostly(good: list[str], bad: list[str]) -> st.SearchStrategy[str]:
    """One of the good nine times in ten: a trace with a bad one is looked at event by event."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(bad if n == 9 else good))


GOOD_TIMES = ["2024-07-01T08:00:00+08:00", "2024-07-02T09:30:00+08:00"]
EVENT = st.tuples(
    st.tuples(st.just("concept:name"), mostly(["Fined", "Paid", "Let go"], ["let go", "Unknown", ""])),
    st.tuples(st.just("time:timestamp"), mostly(GOOD_TIMES, ["yesterday", ""])),
    st.tuples(st.just("amount"), mostly(["300", "2000.50", ""], ["much"])),
    st.tuples(st.just("plate"), st.sampled_from(["晋D12345", "???", ""])),
    st.tuples(st.just("identity:id"), st.sampled_from(["a", "b"])),
)
LEFT_OUT = st.sampled_from([(), (), (2,), (3, 4), (2, 3, 4), (0,), (1,)])
EVENTS = st.builds(
    lambda told, left_out, turned: [
        one for place, one in enumerate(told[::-1] if turned else told) if place not in left_out
    ],
    EVENT,
    LEFT_OUT,
    st.booleans(),
)
TRACE = st.tuples(
    mostly(["A1", "A2"], [" x ", ""]).map(lambda case: [("concept:name", case)] if case else []),
    st.lists(EVENTS, min_size=1, max_size=3),
)


def xes(traces: list[tuple[list[tuple[str, str]], list[list[tuple[str, str]]]]]) -> str:
    def told(pairs: list[tuple[str, str]]) -> str:
        return "".join(f"<string key={quoteattr(key)} value={quoteattr(text)}/>" for key, text in pairs)

    return "".join(
        [
            "<log>",
            *(
                f"<trace>{told(own)}{''.join(f'<event>{told(event)}</event>' for event in events)}</trace>"
                for own, events in traces
            ),
            "</log>",
        ]
    )


def read(path: Path, how: Reading) -> list[RowResult]:
    found = [row for batch in read_delivery(path, how) for row in batch.results()]
    return sorted(found, key=lambda row: row.row)


@pytest.mark.parametrize("text", [PAGE, WITH_ID], ids=["plain", "with ids"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(traces=st.lists(TRACE, min_size=1, max_size=6), memory=st.sampled_from([1, 2, 65_536]))
def test_a_trace_becomes_what_its_events_would_one_by_one(
    text: str,
    traces: list[tuple[list[tuple[str, str]], list[list[tuple[str, str]]]]],
    memory: int,
    page_from: Callable[[str], SourcePage],
    how: Callable[[str | SourcePage], Reading],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "traces.xes"
    path.write_text(xes(traces * 3), encoding="utf-8")
    page = how(page_from(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick_traces, "MET", memory)
        patch.setattr(quick_traces, "PLANS", memory)
        quick = read(path, page)
        patch.setattr(QuickTraces, "landed", lambda self, first, trace: None)
        assert read(path, page) == quick


@pytest.mark.parametrize(
    ("text", "taken"), [(PAGE, [2, 1, 2]), (WITH_ID, [])], ids=["plain", "ids are looked at one by one"]
)
def test_which_traces_go_this_way(
    text: str,
    taken: list[int],
    page_from: Callable[[str], SourcePage],
    how: Callable[[str | SourcePage], Reading],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = [("concept:name", "Fined"), ("time:timestamp", "2024-07-01T08:00:00+08:00"), ("identity:id", "a")]
    strange = [("concept:name", "Nobody knows"), *event[1:]]
    own = [("concept:name", "A1")]
    path = tmp_path / "traces.xes"
    padded = [("concept:name", " A1 ")]
    traces = [(own, [event]), (own, [event, event]), (own, [event, strange]), ([], [event]), (own, [event])]
    traces += [(padded, [event]), (own, [event, event])]
    path.write_text(xes(traces), encoding="utf-8")
    went: list[int] = []
    landed = QuickTraces.landed

    def noted(self: QuickTraces, first: int, trace: quick_traces.PlainTrace) -> object:
        found = landed(self, first, trace)
        went.extend([] if found is None else [len(found)])
        return found

    monkeypatch.setattr(QuickTraces, "landed", noted)
    assert [row.row for row in read(path, how(page_from(text)))] == list(range(1, 11))
    # not the first of the file, by which the parser knows where it is, nor what is refused, trimmed, or names
    # no case
    assert went == taken


def test_a_log_that_gives_each_event_other_names_is_not_remembered_whole(
    page_from: Callable[[str], SourcePage], how: Callable[[str | SourcePage], Reading], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told = [("concept:name", "Fined"), ("time:timestamp", "2024-07-01T08:00:00+08:00")]
    traces = [([("concept:name", "A1")], [[*told, (f"n{n}", "x")]]) for n in range(40)]
    path = tmp_path / "names.xes"
    path.write_text(xes(traces), encoding="utf-8")
    monkeypatch.setattr(quick_traces, "PLANS", 8)
    held: list[int] = []
    landed = QuickTraces.landed

    def noted(self: QuickTraces, first: int, trace: quick_traces.PlainTrace) -> object:
        found = landed(self, first, trace)
        held.append(max(len(self._names), len(self._plans)))
        return found

    monkeypatch.setattr(QuickTraces, "landed", noted)
    assert len(read(path, how(page_from(PAGE)))) == 40
    assert len(held) == 39 and max(held) == 8
