"""All source pages of an installation, shipped and a bureau's own, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from monitor.settings.entry import typed
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import existing_dir, read_config, shipped_dir
from monitor.settings.yamlfile import Document, laid_over, parse_yaml

from .codes import CodeFile, CodeSets
from .consistency import inconsistencies
from .page import SourcePage

FOLDER = "sources"
CODES = "codes.yaml"


@dataclass
class SourcePages(Mapping[str, SourcePage]):
    """The pages by name, and the code sets they may name.

    The one part of a configuration that may change while the program runs, by `renew` alone: a delivery that
    is being read goes on with the page it began with, the next one gets the new.
    """

    pages: dict[str, SourcePage]
    codes: CodeSets

    def __getitem__(self, name: str) -> SourcePage:
        return self.pages[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.pages)

    def __len__(self) -> int:
        return len(self.pages)

    def renew(self, fresh: SourcePages) -> None:
        """Go on with these pages, all of them read and checked."""
        self.pages, self.codes = fresh.pages, fresh.codes

    def claiming(self, file_name: str) -> list[SourcePage]:
        """The pages whose patterns match the file's name, case aside. Of several a person chooses."""
        return [
            page for page in self.pages.values()
            if any(fnmatch(file_name.lower(), pattern.lower()) for pattern in page.files)
        ]  # fmt: skip


def load_pages(config_dir: Path | None = None) -> SourcePages:
    """Every page, the bureau's folder lying over the shipped one key by key. Raises ConfigError with every
    problem of every page."""
    existing_dir(config_dir)
    problems: list[ConfigProblem] = []
    codes = CodeSets({})
    try:
        codes = CodeSets(typed(CodeFile, read_config(f"{FOLDER}/{CODES}", config_dir)).sets)
    except ConfigError as error:
        problems += error.problems
    pages: dict[str, SourcePage] = {}
    for name in _names(config_dir):
        try:
            pages[name] = page_of(name, read_config(f"{FOLDER}/{name}.yaml", config_dir), codes)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return SourcePages(pages, codes)


def check_pages(config_dir: Path | None = None) -> list[ConfigProblem]:
    """Every problem of every page, none where all can be used."""
    try:
        load_pages(config_dir)
    except ConfigError as error:
        return error.problems
    return []


def page_of(name: str, document: Document, codes: CodeSets) -> SourcePage:
    """One page from its document; its name is that of its file. Raises ConfigError."""
    named = laid_over(document, parse_yaml(f"name: {name}", document.place(())[0]))
    page = typed(SourcePage, named)
    found = inconsistencies(page, codes.sets)
    problems = [named.problem(path, code, **params) for path, code, params in found]
    if problems:
        raise ConfigError(problems)
    return page


def _names(config_dir: Path | None) -> list[str]:
    folders = [shipped_dir(), *([config_dir] if config_dir is not None else [])]
    files = (file for folder in folders for file in (folder / FOLDER).glob("*.yaml"))
    return sorted({file.stem for file in files if file.name != CODES})
