"""What every page is given: where data lies, what time it is, and in which words to speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.drop import Drops
    from ingest.intake import Intake
    from ingest.mapping.page import SourcePage
    from monitor.metrics.source import LakeSource
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts
    from monitor.store.database import Database


@dataclass(frozen=True)
class Services:
    """Handed to `layout` and `register` of each page.

    `now` gives microseconds UTC and is read once per request. `texts` holds the words by language, `language`
    names the one to use where the reader has chosen none. `version` changes whenever open pages must reload.
    `sources` are the pages of `config/sources`, by name: labels of feeds and how often each should come.
    `actor` is who writes, until people sign in: the local user. `intake` takes corrected rows in; without it
    pages only show. `drops` keeps files that nobody has configured; `config_dir` is where pages made for them
    go. `lake` gives the copy of the database that metrics read, `reports` is the folder of those made.
    """

    configuration: Configuration
    database: Database
    now: Callable[[], int]
    simulated: bool
    version: str
    texts: Mapping[str, Texts]
    language: str = "zh"
    sources: Mapping[str, SourcePage] = field(default_factory=dict)
    actor: str = "local"
    intake: Intake | None = None
    drops: Drops | None = None
    config_dir: Path | None = None
    lake: LakeSource | None = None
    reports: Path | None = None
