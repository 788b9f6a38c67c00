"""A watched folder: each file is taken in once, whole, and ends in `done/` or, with its reason, in `failed/`.

The place of a file says how far it has come, so that a crash between any two steps loses nothing:

    folder/x  →  folder/working/x  →  taken in  →  folder/done/x or folder/failed/x

A file found in `working/` at the start of a look is one whose process died: it is taken in again, which
brings nothing new where it had landed, and moved on.
"""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ingest.intake import Intake, UnclaimedError
from ingest.mapping.pages import load_pages
from ingest.tables.fault import TableError
from monitor.settings.jobs import FolderWatch, read_jobs
from monitor.settings.problem import ConfigProblem
from monitor.settings.shipped import read_config
from monitor.store.deliveries import DeliveryRow, Sender

WORKING, DONE, FAILED = "working", "done", "failed"
PROBLEM = ".problem.txt"
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart")
"""Ends of names under which other programs write a file that is not whole yet."""
ATTEMPTS = 3
"""So often is a file read anew in one look that changed under the reader; then it waits for the next."""


class FolderProblem(Exception):
    """Why a folder could not be looked at, or files in it not be finished: the code `jobs.problem.<code>`."""

    def __init__(self, code: str, params: dict[str, str], rows: int = 0) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.rows = rows


class Look(NamedTuple):
    """What tells a file from a later state of it."""

    inode: int
    size: int
    changed_ns: int


class Refused(NamedTuple):
    """Why a file went to `failed/`: a code of `reasons`, its parameters, and what would be accepted."""

    code: str
    params: dict[str, str]
    accepted: str = ""


@dataclass
class Taken:
    """What one look at a folder brought."""

    rows: int = 0
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    """Files that stay in `working/` for the next look: they changed while read, or the database did not
    answer."""
    causes: list[str] = field(default_factory=list)
    """For each error that says nothing of the file itself, its kind."""


@dataclass(frozen=True)
class WatchedFolder:
    """A folder and what it takes to take files from it.

    `explain` words a refusal for the note beside the file; `wait` sleeps for seconds; `step` is told the name
    of each step once it is behind us.
    """

    intake: Intake
    watch: FolderWatch
    sender: Sender
    explain: Callable[[str, Refused], str]
    wait: Callable[[float], None] = time.sleep
    step: Callable[[str], None] = lambda name: None

    @property
    def folder(self) -> Path:
        return self.watch.path

    def look(self) -> Taken:
        """Take every file that has stopped growing. Raises FolderProblem where the folder itself is at fault
        or a file could not be finished; the other files have then been taken."""
        try:
            self._make_places()
            settled = self._settled()
        except OSError as error:
            raise self._folder_problem(error) from error
        taken = Taken()
        # Those of a crash first: they were claimed before, and a new file of that name has to wait for them.
        for path in [self.folder / WORKING / name for name in sorted(settled[1])]:
            self._finish(path, taken)
        for name in sorted(settled[0]):
            claimed = self.folder / WORKING / name
            if claimed.exists():
                continue
            try:
                (self.folder / name).rename(claimed)
            except FileNotFoundError:
                # Whoever put it there took it away again.
                continue
            except OSError as error:
                raise self._folder_problem(error, taken.rows) from error
            self.step("claimed")
            self._finish(claimed, taken)
        if taken.causes:
            params = {"n": str(len(taken.causes)), "detail": ", ".join(sorted(set(taken.causes)))}
            raise FolderProblem("files_unfinished", params, taken.rows)
        return taken

    def _make_places(self) -> None:
        # A share that is not mounted must not be made up as an empty folder.
        if not self.folder.is_dir():
            raise FileNotFoundError(2, "no such folder", str(self.folder))
        for name in (WORKING, DONE, FAILED):
            (self.folder / name).mkdir(exist_ok=True)

    def _settled(self) -> tuple[list[str], list[str]]:
        """Names in the folder and in `working/` whose files stayed the same between two looks."""
        before = [_looks(place) for place in (self.folder, self.folder / WORKING)]
        if not any(before):
            return [], []
        self.wait(self.watch.settled_seconds)
        after = [_looks(place) for place in (self.folder, self.folder / WORKING)]
        self.step("looked")
        new, old = (
            [name for name, look in one.items() if other.get(name) == look]
            for one, other in zip(before, after, strict=True)
        )
        return new, old

    def _finish(self, path: Path, taken: Taken) -> None:
        """Take one claimed file in and move it on; what says nothing of the file leaves it where it is."""
        try:
            refused = self._take(path, taken)
            if refused is None:
                self._move(path, DONE)
                taken.done.append(path.name)
            else:
                self._note(path, refused)
                self._move(path, FAILED)
                taken.failed.append(path.name)
        except ChangedWhileRead:
            taken.stuck.append(path.name)
        except Exception as error:  # noqa: BLE001  (one file must not stop the others; the run says it failed)
            taken.stuck.append(path.name)
            taken.causes.append(type(error).__name__)

    def _take(self, path: Path, taken: Taken) -> Refused | None:
        """Take a file in, again where it changed meanwhile. Returns why it was refused, or None."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.wait(self.watch.settled_seconds)
            before = _look(path), _digest(path)
            refused, entry = self._ingest(path)
            self.step("ingested")
            # Size and time of change alone do not tell: a copy may write other rows in place and keep both.
            if (_look(path), _digest(path)) == before:
                taken.rows += 0 if entry is None else entry.counts.rows_read
                return refused
        raise ChangedWhileRead(path.name)

    def _ingest(self, path: Path) -> tuple[Refused | None, DeliveryRow | None]:
        try:
            page = self.intake.page_for(path, self.watch.source)
        except UnclaimedError as error:
            names = error.names or list(self.intake.pages)
            code = "claimed_by_several" if error.names else "unclaimed"
            return Refused(code, {"names": ", ".join(names)}, ", ".join(names)), None
        try:
            entry = self.intake.file(path, page, self.sender, backfill=self.watch.backfill)
        except TableError as error:
            return Refused(error.code, error.params), None
        except PermissionError:
            return Refused("not_readable", {}), None
        if entry.status == "failed":
            return Refused(entry.problem or "failed", entry.params, entry.params.get("accepted", "")), entry
        return None, entry

    def _note(self, path: Path, refused: Refused) -> None:
        """Say beside the file why it was refused. Before the move: no refused file is without."""
        target = self._free(path.name, FAILED)
        draft = self.folder / WORKING / f".{path.name}{PROBLEM}"
        draft.write_text(self.explain(path.name, refused), encoding="utf-8")
        draft.replace(target.with_name(target.name + PROBLEM))
        self.step("noted")

    def _move(self, path: Path, place: str) -> None:
        path.rename(self._free(path.name, place))
        self.step("moved")

    def _free(self, name: str, place: str) -> Path:
        """A path there that no file has: the same export comes every day under one name."""
        target = self.folder / place / name
        number = 2
        while target.exists():
            plain = Path(name)
            target = self.folder / place / f"{plain.stem}.{number}{plain.suffix}"
            number += 1
        return target

    def _folder_problem(self, error: OSError, rows: int = 0) -> FolderProblem:
        if isinstance(error, PermissionError):
            code = "folder_forbidden"
        elif isinstance(error, FileNotFoundError | NotADirectoryError):
            code = "folder_missing"
        else:
            code = "folder_unreadable"
        detail = error.strerror or type(error).__name__
        return FolderProblem(code, {"folder": str(self.folder), "detail": detail}, rows)


def check_jobs(config_dir: Path | None) -> list[ConfigProblem]:
    """Watches that name a source without a page. Raises ConfigError where files do not read."""
    pages = load_pages(config_dir)
    document = read_config("jobs.yaml", config_dir)
    return [
        document.problem(
            ("watches", name, "source"), "unknown_source", value=watch.source, known=", ".join(pages)
        )
        for name, watch in read_jobs(document).watches.items()
        if watch.source is not None and watch.source not in pages
    ]


class ChangedWhileRead(Exception):
    """A file that was another after it had been read, each time."""


def is_unfinished(name: str) -> bool:
    """Names that other programs give to what they still write: never touched."""
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def _look(path: Path) -> Look:
    found = path.stat()
    return Look(found.st_ino, found.st_size, found.st_mtime_ns)


def _digest(path: Path) -> str | None:
    """SHA-256 of the content; None where we may not read it."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except PermissionError:
        return None


def _looks(place: Path) -> dict[str, Look]:
    """The regular files of a folder, links and folders left out."""
    found: dict[str, Look] = {}
    for path in place.iterdir():
        if is_unfinished(path.name):
            continue
        try:
            state = path.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(state.st_mode):
            found[path.name] = Look(state.st_ino, state.st_size, state.st_mtime_ns)
    return found
