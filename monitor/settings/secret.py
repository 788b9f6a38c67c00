"""Secrets by reference: `${NAME}` of the environment or `file:/path`. Read when needed, never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from monitor.settings.problem import ConfigError, ConfigProblem

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:.+")


def is_reference(text: str) -> bool:
    """Whether it only says where a secret is, and so may be shown."""
    return REFERENCE.fullmatch(text) is not None


def revealed(reference: str, setting: str, environ: Mapping[str, str] | None = None) -> str:
    """The secret that a reference names. `setting` says in an error which setting held the reference.

    Raises ConfigError where the variable is not set, the file cannot be read, or the text is no reference;
    no error carries the text itself.
    """
    if not is_reference(reference):
        raise _error(setting, "secret_in_the_open")
    if reference.startswith("file:"):
        file = Path(reference.removeprefix("file:"))
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            detail = error.strerror or ""
            raise _error(setting, "secret_unreadable", value=str(file), detail=detail) from error
    name = reference[2:-1]
    value = (os.environ if environ is None else environ).get(name)
    if not value:
        raise _error(setting, "variable_not_set", value=name)
    return value


def _error(setting: str, message: str, **params: str) -> ConfigError:
    return ConfigError([ConfigProblem(setting, 0, "", message, message, params)])


def filled_url(url: str, setting: str, environ: Mapping[str, str] | None = None) -> str:
    """A database URL with every `${NAME}` in it filled from the environment, quoted as a part of a URL."""
    return VARIABLE.sub(lambda found: quote(revealed(found[0], setting, environ), safe=""), url)
