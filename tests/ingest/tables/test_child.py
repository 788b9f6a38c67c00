"""Work in a child process: results stream, limits hold, and a child that ends badly is an error."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ingest.tables import child
from ingest.tables.child import ChildFailed, prepared, run_isolated
from ingest.tables.fault import TableError
from ingest.tables.limits import MEBIBYTE, Limits

WORK = """
import os, sys, time
from pathlib import Path
from ingest.tables.cell import Cell, ErrorCell, Precision
from ingest.tables.fault import TableError
from ingest.tables.open import open_tables

def numbers(n): return iter(range(n))
def cells(): yield Cell(ErrorCell("#N/A")); yield Cell("晋D", Precision.DAY)
def sheets(path):
    for sheet in open_tables(Path(path)):
        yield from sheet.rows
def fault(): yield 1; raise TableError("zip_bomb", {"packed_bytes": "7"})
def bug(): yield 1; raise KeyError("-".join(["晋D", "12345"]))
def abort(): yield 1; os.abort()
def leave(): os._exit(3); yield
def sleep(): yield 1; time.sleep(60)
def spin():
    yield 1
    while True: pass
def hoard(): yield len(bytearray(1 << 32))
def code(): yield os.system
def modules(): yield sorted(sys.modules)
def descriptors(): yield len(os.listdir("/proc/self/fd"))
def marked(path):
    with open(path, "ab", buffering=0) as mark:
        for n in range(10_000):
            mark.write(b".")
            yield "x" * 1000
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "isolated_work.py").write_text(WORK, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, "isolated_work", raising=False)
    yield importlib.import_module("isolated_work")


def test_items_come_back_in_order_and_in_batches(work: ModuleType) -> None:
    assert list(run_isolated(work.numbers, 5, limits=Limits(batch=2))) == [[0, 1], [2, 3], [4]]


def test_a_child_made_ready_reads_the_first_file_and_one_never_asked_is_gone(
    work: ModuleType, tmp_path: Path
) -> None:
    with prepared("isolated_work"):
        (ahead,) = child._prepared
        assert list(run_isolated(work.numbers, 1)) == [[0]]
        assert child._prepared == []
        assert ahead.process.poll() is not None
    with prepared("isolated_work"):
        (ahead,) = child._prepared
    assert child._prepared == []
    assert ahead.process.poll() is not None


def test_cells_and_rows_survive_the_way(work: ModuleType, tmp_path: Path) -> None:
    [cells] = run_isolated(work.cells)
    assert [type(cell.value).__name__ for cell in cells] == ["ErrorCell", "str"]
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    [rows] = run_isolated(work.sheets, str(tmp_path / "a.csv"))
    assert [cell.value for cell in rows[1].cells] == ["1", "2"]


def test_a_fault_of_the_file_comes_back_as_itself_after_what_was_read_before(work: ModuleType) -> None:
    stream = run_isolated(work.fault)
    assert next(stream) == [1]
    with pytest.raises(TableError) as caught:
        next(stream)
    assert (caught.value.code, caught.value.params) == ("zip_bomb", {"packed_bytes": "7"})


def test_a_fault_of_the_program_is_told_apart_and_quotes_no_cell(work: ModuleType) -> None:
    with pytest.raises(ChildFailed, match=r"KeyError in[\s\S]*isolated_work") as caught:
        list(run_isolated(work.bug))
    assert "晋D-12345" not in str(caught.value)


@pytest.mark.parametrize(("name", "signal"), [("abort", "SIGABRT"), ("leave", "3")])
def test_a_child_that_dies_is_an_error_that_names_how(work: ModuleType, name: str, signal: str) -> None:
    with pytest.raises(TableError) as caught:
        list(run_isolated(getattr(work, name)))
    assert (caught.value.code, caught.value.params) == ("child_died", {"signal": signal})


@pytest.mark.parametrize(
    ("name", "limits"), [("sleep", Limits(wait_seconds=1)), ("spin", Limits(cpu_seconds=1))]
)
def test_a_child_that_takes_too_long_is_stopped(work: ModuleType, name: str, limits: Limits) -> None:
    started = time.monotonic()
    with pytest.raises(TableError) as caught:
        list(run_isolated(getattr(work, name), limits=limits))
    assert (caught.value.code, caught.value.params) == ("timeout", {"seconds": "1"})
    assert time.monotonic() - started < 15


def test_time_the_reader_takes_does_not_count_against_the_child(work: ModuleType) -> None:
    stream = run_isolated(work.numbers, 3, limits=Limits(batch=1, wait_seconds=1))
    got = []
    for batch in stream:
        time.sleep(0.5)
        got += batch
    assert got == [0, 1, 2]


def test_memory_beyond_the_limit_is_refused(work: ModuleType) -> None:
    with pytest.raises(TableError, match="too_much_memory"):
        list(run_isolated(work.hoard, limits=Limits(memory_bytes=512 * MEBIBYTE)))


def test_code_does_not_come_back_as_data(work: ModuleType) -> None:
    with pytest.raises(ChildFailed, match="no plain data"):
        list(run_isolated(work.code))


def test_the_child_loads_no_framework_and_inherits_no_open_files(work: ModuleType, tmp_path: Path) -> None:
    with (tmp_path / "database").open("w") as database:
        assert database.fileno()
        [[modules]] = run_isolated(work.modules)
        [[descriptors]] = run_isolated(work.descriptors)
    assert not {"sqlalchemy", "pandas", "dash", "numpy", "openpyxl", "lxml"} & set(modules)
    # the three standard ones, the pipe, and the listing of the folder itself
    assert descriptors == 5


def test_a_slow_reader_holds_the_child_back(work: ModuleType, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    stream = run_isolated(work.marked, str(mark), limits=Limits(batch=1))
    next(stream)
    time.sleep(0.5)
    # a pipe holds 1 MiB at most: about as many items of 1,000 characters
    assert mark.stat().st_size < 1_300
    stream.close()
    drawn = mark.stat().st_size
    time.sleep(0.1)
    assert mark.stat().st_size == drawn


def test_a_function_that_cannot_be_imported_by_name_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="by name"):
        next(run_isolated(lambda: iter([1])))


def test_a_workbook_that_wants_all_memory_ends_its_child_and_not_the_parent(
    work: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (200 * MEBIBYTE))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TableError, match="too_much_memory"):
        list(run_isolated(work.sheets, str(path), limits=Limits(memory_bytes=256 * MEBIBYTE)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
