"""Reports that were made, on the disk: a folder each with its files and `about.json`, which is the index."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from monitor.cases.event import SECOND
from monitor.payments.notice_pdf import NoChineseFont
from monitor.reports.weekly.chapters import paper_of
from monitor.reports.weekly.formats import Format, written
from monitor.reports.weekly.frame import WeeklyReport
from monitor.settings.texts import Texts

log = logging.getLogger(__name__)

ABOUT = "about.json"
DATA = "data.json"
_KEY = re.compile(r"\d{4}-W\d\d_[0-9A-Za-z+-]{1,60}_\d{8}T\d{6}_(zh|en)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A report on the shelf. `files`: by format; without `pdf` where there was no Chinese font. Instants in
    microseconds UTC."""

    key: str
    week: str
    stations: tuple[str, ...] | None
    as_of: int
    made_at: int
    language: str
    digest: str
    program: str
    files: Mapping[str, str]


class Shelf:
    """The folder of reports. A report of the same week, stations, moment and language takes the place of the
    one before as a whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self, report: WeeklyReport, texts: Texts, made_at: int, forms: Sequence[Format] = tuple(Format)
    ) -> Kept:
        """Write the files. Where just these figures lie there already nothing is written. Raises OSError."""
        about = report.about
        key = key_of(about.week, about.stations, about.as_of, texts.language)
        there = self.find(key)
        if there is not None and there.digest == report.digest and there.program == about.program:
            return there
        paper = paper_of(report, texts)
        self._folder.mkdir(parents=True, exist_ok=True)
        # Written beside and put in place at once: who looks sees the whole report or the one before.
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
        try:
            files = {}
            for form in forms:
                try:
                    content = written(report, texts, form, paper)
                except NoChineseFont:
                    log.warning("no Chinese font is installed: the report %s has no PDF", key)
                    continue
                name = f"{paper.file_name}.{form.value}"
                (new / name).write_bytes(content)
                files[form.value] = name
            kept = Kept(
                key, about.week, about.stations, about.as_of, made_at, texts.language, report.digest,
                about.program, files,
            )  # fmt: skip
            (new / DATA).write_bytes(orjson.dumps(report.data(), option=orjson.OPT_INDENT_2))
            (new / ABOUT).write_bytes(orjson.dumps(asdict(kept), option=orjson.OPT_INDENT_2))
            self._put(new, self._folder / key)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return kept

    def _put(self, new: Path, place: Path) -> None:
        old = place.with_name(f".old-{place.name}-{os.getpid()}")
        if place.exists():
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    def all(self) -> list[Kept]:
        """Every report, the latest week and moment first."""
        if not self._folder.is_dir():
            return []
        found = [one for folder in self._folder.iterdir() if (one := self.find(folder.name)) is not None]
        return sorted(found, key=lambda one: (one.week, one.as_of, one.made_at), reverse=True)

    def find(self, key: str) -> Kept | None:
        """A report by its key; None where there is none, or what lies there is no report."""
        if _KEY.fullmatch(key) is None:
            return None
        try:
            told = orjson.loads((self._folder / key / ABOUT).read_bytes())
            stations = None if told["stations"] is None else tuple(told.pop("stations"))
            return Kept(**{**told, "stations": stations})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def file(self, key: str, form: str) -> tuple[str, bytes] | None:
        """Name and content of a report's file; None where there is none."""
        kept = self.find(key)
        if kept is None or form not in kept.files:
            return None
        try:
            return kept.files[form], (self._folder / key / kept.files[form]).read_bytes()
        except OSError:
            return None


def key_of(week: str, stations: Sequence[str] | None, as_of: int, language: str) -> str:
    """By which a report is found; three stations stand in it, of more how many."""
    moment = datetime.fromtimestamp(as_of // SECOND, UTC)
    who = (
        "all"
        if stations is None
        else "+".join(stations[:3]) + (f"+{len(stations)}" if len(stations) > 3 else "")
    )
    return f"{week}_{re.sub(r'[^0-9A-Za-z+-]', '-', who)[:60]}_{moment:%Y%m%dT%H%M%S}_{language}"
