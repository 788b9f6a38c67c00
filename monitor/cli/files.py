"""Which files a command line names, and the page that reads each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.cli.answer import Answer, Code

if TYPE_CHECKING:
    from ingest.intake import Intake
    from ingest.mapping.page import SourcePage


class Chosen(NamedTuple):
    """A file to take in and its page; `page` is None for a path that is no file."""

    path: Path
    page: SourcePage | None


def choose(intake: Intake, paths: Sequence[Path], source: str | None) -> list[Chosen]:
    """Every file that the paths mean: files as they are, of folders those whose name a source claims.

    All are judged before the first is taken in. Raises Answer (wrong use) for an unknown source, a file
    that no source or several claim, and a folder without a single claimed file.
    """
    if source is not None and source not in intake.pages:
        raise Answer("unknown_source", Code.WRONG_USE, source=source, known=_known(intake))
    chosen: list[Chosen] = []
    for path in paths:
        if path.is_dir():
            chosen += _of_folder(intake, path, source)
        elif path.is_file():
            chosen.append(Chosen(path, _page_for(intake, path, source)))
        else:
            chosen.append(Chosen(path, None))
    return chosen


def _of_folder(intake: Intake, folder: Path, source: str | None) -> list[Chosen]:
    found: list[Chosen] = []
    for path in sorted(folder.rglob("*")):
        # Excel leaves ~$ files beside a workbook that is open.
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.name.startswith("~$") or not path.is_file():
            continue
        claiming = intake.pages.claiming(path.name)
        if source is not None:
            claiming = [page for page in claiming if page.name == source]
        if claiming:
            page = claiming[0] if len(claiming) == 1 else _page_for(intake, path, source)
            found.append(Chosen(path, page))
    if not found:
        raise Answer("nothing_claimed", Code.WRONG_USE, folder=folder, known=_patterns(intake, source))
    return found


def _page_for(intake: Intake, path: Path, source: str | None) -> SourcePage:
    from ingest.intake import UnclaimedError

    try:
        return intake.page_for(path, source)
    except UnclaimedError as error:
        if error.names:
            names = ", ".join(error.names)
            raise Answer("claimed_by_several", Code.WRONG_USE, file=path.name, names=names) from error
        raise Answer("unclaimed", Code.WRONG_USE, file=path.name, known=_known(intake)) from error


def _known(intake: Intake) -> str:
    return ", ".join(intake.pages)


def _patterns(intake: Intake, source: str | None) -> str:
    pages = intake.pages.values() if source is None else [intake.pages[source]]
    return " · ".join(f"{page.name}: {', '.join(page.files)}" for page in pages if page.files)
