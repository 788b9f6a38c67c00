"""The words of the command line, in the configured language."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from monitor.settings.problem import ConfigError
from monitor.settings.texts import LANGUAGES, Texts, texts


def words() -> Texts:
    """The texts in the language of `FANGXING_LANGUAGE`, the bureau's own over the shipped ones.

    Read from the environment alone, because help and errors are worded before, or without, valid settings.
    """
    wanted = os.environ.get("FANGXING_LANGUAGE", "").strip().lower()
    return _words(wanted, os.environ.get("FANGXING_CONFIG_DIR") or None)


@lru_cache(maxsize=4)
def _words(wanted: str, folder: str | None) -> Texts:
    language = next((one for one in LANGUAGES if one == wanted), LANGUAGES[0])
    try:
        return texts(language, None if folder is None else Path(folder))
    except ConfigError:
        # Broken texts are told by the command that opens the installation, in the shipped words.
        return texts(language)


def say(key: str, /, **params: object) -> str:
    """One text of the command line."""
    return words().get(key, **params)
