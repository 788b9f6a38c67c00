"""What is wrong with the configured views as far as it can be told without connecting to any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.mapping.pages import SourcePages, load_pages
from ingest.view_fault import ViewProblem
from ingest.view_session import check_driver, full_url
from monitor.settings.jobs import read_jobs
from monitor.settings.problem import ConfigProblem
from monitor.settings.shipped import read_config
from monitor.settings.views import DatabaseView
from monitor.settings.yamlfile import KeyPath

Fault = tuple[KeyPath, str, dict[str, str]]


def check_views(config_dir: Path | None, environ: Mapping[str, str] | None = None) -> list[ConfigProblem]:
    """Views whose page, secret or driver is missing. Raises ConfigError where files do not read."""
    pages = load_pages(config_dir)
    document = read_config("jobs.yaml", config_dir)
    return [
        document.problem(("views", name, *path), code, **params)
        for name, view in read_jobs(document).views.items()
        for path, code, params in _faults(view, pages, environ)
    ]


def _faults(view: DatabaseView, pages: SourcePages, environ: Mapping[str, str] | None) -> Iterator[Fault]:
    if view.source not in pages:
        yield ("source",), "unknown_source", {"value": view.source, "known": ", ".join(pages)}
    try:
        full_url(view, environ)
        check_driver(view, environ)
    except ViewProblem as problem:
        # Of a secret it is the code that the settings have for it.
        own = problem.code.removeprefix("view_")
        if own in ("variable_not_set", "secret_unreadable", "secret_in_the_open"):
            key = "password" if view.password is not None and "${" not in view.url else "url"
            yield (key,), own, problem.params
        elif problem.code == "view_no_url":
            yield ("url",), "not_a_database_url", {}
        else:
            yield ("url",), problem.code, problem.params
