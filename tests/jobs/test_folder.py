"""A watched folder: whole files, once each, and what became of them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ingest.folder import FolderProblem
from ingest.intake import Intake
from monitor.store.database import Database
from tests.jobs.conftest import HEAD, Inbox, events
from tests.store.reading import count


def test_a_whole_file_lands_and_lies_in_done(inbox: Inbox, database: Database) -> None:
    inbox.put("a.csv", events("C1", "C2"))
    taken = inbox.look()
    assert (taken.rows, taken.done, count(database)) == (3, ["a.csv"], 2)
    assert (inbox.within("."), inbox.within("working"), inbox.within("done")) == ([], [], ["a.csv"])


def test_a_file_that_grows_between_two_looks_waits_until_it_is_whole(
    inbox: Inbox, database: Database
) -> None:
    file = inbox.put("a.csv", events("C1"))

    def grow(seconds: float) -> None:
        assert seconds == 1
        with file.open("a") as handle:
            handle.write(events("C2").removeprefix(HEAD))

    assert inbox.look(wait=grow).done == []
    assert (inbox.within("."), count(database)) == (["a.csv"], 0)
    inbox.look()
    assert (inbox.within("done"), count(database)) == (["a.csv"], 2)


@pytest.mark.parametrize("name", ["~$a.csv", "a.csv.part", "a.csv.TMP", ".a.csv", "a.crdownload"])
def test_names_that_others_still_write_are_left_alone(inbox: Inbox, database: Database, name: str) -> None:
    inbox.put(name, events("C1"))
    inbox.look()
    assert (inbox.within("."), count(database)) == ([name], 0)


def test_links_and_folders_are_left_alone(inbox: Inbox, database: Database, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(events("C1"))
    (inbox.folder / "link.csv").symlink_to(outside)
    (inbox.folder / "sub").mkdir()
    inbox.look()
    assert (inbox.folder / "link.csv").is_symlink()
    assert count(database) == 0


def test_a_file_without_a_head_fails_with_its_reason_and_no_value_of_it(inbox: Inbox) -> None:
    inbox.put("a.csv", "张三,13800000000\n李四,13900000000\n")
    inbox.put("b.csv", events("C1"))
    taken = inbox.look()
    assert (taken.failed, taken.done) == (["a.csv"], ["b.csv"])
    assert inbox.within("failed") == ["a.csv", "a.csv.problem.txt"]
    said = (inbox.folder / "failed" / "a.csv.problem.txt").read_text(encoding="utf-8")
    assert "a.csv" in said
    assert "case_no" in said
    assert "张三" not in said
    assert "138" not in said


def test_a_file_that_no_source_claims_fails_with_the_sources_there_are(inbox: Inbox) -> None:
    inbox.watched = replace(inbox.watched, watch=inbox.watched.watch.model_copy(update={"source": None}))
    inbox.put("whatever.bin", "?")
    assert inbox.look().failed == ["whatever.bin"]
    said = (inbox.folder / "failed" / "whatever.bin.problem.txt").read_text(encoding="utf-8")
    assert "No source claims" in said
    assert "ledger-template" in said


def test_the_same_name_every_day_keeps_every_file(inbox: Inbox, database: Database) -> None:
    for case in ("C1", "C2", "C3"):
        inbox.put("a.csv", events(case))
        inbox.look()
    assert inbox.within("done") == ["a.2.csv", "a.3.csv", "a.csv"]
    assert count(database) == 3


def test_a_file_replaced_while_it_is_read_is_read_again(inbox: Inbox, database: Database) -> None:
    inbox.put("a.csv", events("C1"))
    told = []

    def replaced(name: str) -> None:
        told.append(name)
        if told.count("ingested") == 1 and name == "ingested":
            (inbox.folder / "working" / "a.csv").write_text(events("C1", "C2"))

    taken = inbox.look(step=replaced)
    assert told.count("ingested") == 2
    assert (taken.done, count(database)) == (["a.csv"], 2)


def test_a_file_rewritten_in_place_with_its_size_and_times_kept_is_read_again(
    inbox: Inbox, database: Database
) -> None:
    inbox.put("a.csv", events("C1"))
    claimed = inbox.folder / "working" / "a.csv"
    told = []

    def rewritten(name: str) -> None:
        told.append(name)
        if name == "ingested" and told.count("ingested") == 1:
            before = claimed.stat()
            with claimed.open("r+b") as file:
                file.write(events("C2").encode())
            os.utime(claimed, ns=(before.st_atime_ns, before.st_mtime_ns))
            after = claimed.stat()
            assert (before.st_ino, before.st_size, before.st_mtime_ns) == (
                after.st_ino, after.st_size, after.st_mtime_ns,
            )  # fmt: skip

    taken = inbox.look(step=rewritten)
    assert told.count("ingested") == 2
    assert (taken.done, count(database)) == (["a.csv"], 2)
    assert (inbox.folder / "done" / "a.csv").read_text("utf-8") == events("C2")


def test_a_file_that_never_stands_still_waits_for_the_next_look(inbox: Inbox, database: Database) -> None:
    inbox.put("a.csv", events("C1"))
    cases = ["C1"]

    def grow(name: str) -> None:
        if name == "ingested":
            cases.append(f"C{len(cases) + 1}")
            (inbox.folder / "working" / "a.csv").write_text(events(*cases))

    assert inbox.look(step=grow).stuck == ["a.csv"]
    assert inbox.within("working") == ["a.csv"]
    assert inbox.look().done == ["a.csv"]
    assert count(database) == len(cases)


def test_a_missing_folder_is_a_clear_answer_and_is_not_made_up(inbox: Inbox) -> None:
    inbox.folder.rmdir()
    with pytest.raises(FolderProblem) as caught:
        inbox.look()
    assert caught.value.code == "folder_missing"
    assert not inbox.folder.exists()


def test_a_folder_without_rights_is_a_clear_answer(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    # The tests may run as root, whom no rights keep out.
    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(FolderProblem) as caught:
        inbox.look()
    assert caught.value.code == "folder_forbidden"
    assert caught.value.params["folder"] == str(inbox.folder)


def test_a_database_that_does_not_answer_is_no_fault_of_the_file(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    inbox.put("a.csv", events("C1"))
    with monkeypatch.context() as patched:
        patched.setattr(Intake, "file", locked)
        with pytest.raises(FolderProblem) as caught:
            inbox.look()
    assert (caught.value.code, caught.value.params["detail"]) == ("files_unfinished", "OperationalError")
    assert (inbox.within("working"), inbox.within("failed")) == (["a.csv"], [])
    assert inbox.look().done == ["a.csv"]
    assert count(database) == 1
