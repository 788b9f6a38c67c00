"""Saving a page that a person made, and taking it into use without a restart."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import shipped_dir
from monitor.settings.yamlfile import parse_yaml

from .draft import NAME
from .page import SourcePage
from .pages import CODES, FOLDER, SourcePages, load_pages, page_of

MADE = "# fangxing mapping"
"""How the first line of a page begins that was made here; any other page is a person's own writing."""
_BY = re.compile(rf"{MADE} by (\S+)")


class NotSaved(Exception):
    """Why a page was not saved: the text `mapping.not_saved.CODE`, with the problems of the configuration."""

    def __init__(self, code: str, detail: str = "", problems: tuple[ConfigProblem, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.problems = problems


def first_line(actor: str, when: str, file: str) -> str:
    """The line above a page that says who made it, when and from which file."""
    return f"{MADE.removeprefix('# ')} by {'_'.join(actor.split())}, {when}, from {file}"


def checked(name: str, text: str, pages: SourcePages) -> SourcePage:
    """The page that a text comes to, as `fangxing config check` sees it. Raises ConfigError."""
    return page_of(name, parse_yaml(text, f"{FOLDER}/{name}.yaml"), pages.codes)


def made_by(file: Path) -> str | None:
    """Who made a page here; None for one written otherwise."""
    with file.open(encoding="utf-8-sig") as lines:
        found = _BY.match(lines.readline())
    return None if found is None else found[1].rstrip(",")


def save(
    name: str, text: str, config_dir: Path | None, pages: SourcePages, actor: str, *, overwrite: bool = False
) -> SourcePage:
    """Write `sources/NAME.yaml` into the bureau's folder and put every page of it into use.

    Raises NotSaved: no folder (`no_folder`), a name that is none (`not_a_name`) or taken by a shipped page or
    another's (`taken`), one's own that was not to be overwritten (`own_exists`), a text that is no page
    (`not_a_page`), other pages of the folder that are broken (`others_broken`), a folder that can't be
    written (`not_writable`). Nothing has changed then.
    """
    if config_dir is None or not config_dir.is_dir():
        raise NotSaved("no_folder")
    if not NAME.fullmatch(name) or f"{name}.yaml" == CODES:
        raise NotSaved("not_a_name", name)
    file = config_dir / FOLDER / f"{name}.yaml"
    if (shipped_dir() / FOLDER / f"{name}.yaml").exists():
        raise NotSaved("taken", name)
    if file.exists():
        if made_by(file) != "_".join(actor.split()):
            raise NotSaved("taken", name)
        if not overwrite:
            raise NotSaved("own_exists", name)
    try:
        checked(name, text, pages)
    except ConfigError as error:
        raise NotSaved("not_a_page", name, tuple(error.problems)) from error
    before = file.read_bytes() if file.exists() else None
    try:
        _write(file, text.encode())
        fresh = load_pages(config_dir)
    except ConfigError as error:
        _put_back(file, before)
        raise NotSaved("others_broken", name, tuple(error.problems)) from error
    except OSError as error:
        raise NotSaved("not_writable", error.strerror or str(error)) from error
    pages.renew(fresh)
    return pages[name]


def _put_back(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        _write(file, before)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all: under another name first, which no reader of pages looks at."""
    file.parent.mkdir(exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise
