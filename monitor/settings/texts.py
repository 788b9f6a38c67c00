"""Every word that a person sees, from one file per language: `config/texts/zh.yaml`, `en.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, get_args

from monitor.settings.entry import Language
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.shipped import read_config
from monitor.settings.yamlfile import Document, KeyPath

LANGUAGES: tuple[Language, ...] = get_args(Language)
KINDS_IN = {"view_type_changed": ("before", "now"), "view_watermark_kind": ("kind", "found")}
"""Reasons with parameters that are kinds of values: codes, each with its word in `value_kinds`."""


class MissingText(LookupError):
    """A key that the file of a language does not have, or a field its text needs and was not given."""


class Texts:
    """The texts of one language. Keys are the paths of the file, joined by dots: `activities.released`."""

    def __init__(self, language: Language, config_dir: Path | None = None) -> None:
        document = read_config(f"texts/{language}.yaml", config_dir)
        self.language: Language = language
        self._texts = flattened(document)

    def get(self, key: str, /, **params: object) -> str:
        """The text, its `{fields}` filled. Raises MissingText for an unknown key or a field left unfilled."""
        try:
            text = self._texts[key]
        except KeyError:
            raise MissingText(f"texts/{self.language}.yaml has no {key}") from None
        if "{" not in text:
            return text
        try:
            return text.format(**params)
        except KeyError as error:
            raise MissingText(f"texts/{self.language}.yaml: {key} needs the field {error}") from error

    def find(self, key: str) -> str | None:
        """The text as it stands, or None: for codes that a source made up and no text was written for."""
        return self._texts.get(key)

    def section(self, name: str) -> dict[str, str]:
        """All texts below a key, by the rest of their path: what a page hands to the browser."""
        start = f"{name}."
        return {key[len(start) :]: text for key, text in self._texts.items() if key.startswith(start)}

    def worded(self, reason: str, params: Mapping[str, str]) -> dict[str, str]:
        """The parameters of a reason or problem as people read them: a kind of value by its word, where it
        has one."""
        told = dict(params)
        for name in KINDS_IN.get(reason, ()):
            if name in told:
                told[name] = self.find(f"value_kinds.{told[name]}") or told[name]
        return told

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def fields(self, key: str) -> frozenset[str]:
        """The names of the fields that a text has."""
        return fields_of(self._texts[key])


@lru_cache(maxsize=8)
def texts(language: Language, config_dir: Path | None = None) -> Texts:
    """The texts of a language, read once in a process."""
    return Texts(language, config_dir)


def fields_of(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def flattened(document: Document) -> dict[str, str]:
    """All texts by dotted key. Raises ConfigError for a value that is no text or has broken fields."""
    found: dict[str, str] = {}
    problems = list(_gather(document.value, (), document, found))
    if problems:
        raise ConfigError(problems)
    return found


def _gather(value: Any, path: KeyPath, document: Document, found: dict[str, str]) -> Iterator[ConfigProblem]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _gather(below, (*path, key), document, found)
        return
    if not isinstance(value, str):
        yield document.problem(path, "not_text", value=str(value))
        return
    try:
        named = all(name.isidentifier() for name in fields_of(value))
    except ValueError:
        named = False
    if not named:
        yield document.problem(path, "broken_fields", value=value)
        return
    found[".".join(map(str, path))] = value


def text_problems(config_dir: Path | None) -> list[ConfigProblem]:
    """Texts that are broken, are missing in one language, or have other fields there than in the other."""
    documents = {language: read_config(f"texts/{language}.yaml", config_dir) for language in LANGUAGES}
    problems: list[ConfigProblem] = []
    found: dict[Language, dict[str, str]] = {}
    for language, document in documents.items():
        found[language] = {}
        problems += _gather(document.value, (), document, found[language])
    if problems:
        return problems
    both: tuple[tuple[Language, Language], ...] = (("zh", "en"), ("en", "zh"))
    for language, other in both:
        document, other_file = documents[language], f"texts/{other}.yaml"
        for key, text in found[language].items():
            path = tuple(key.split("."))
            if key not in found[other]:
                problems.append(document.problem(path, "missing_in_other_language", other=other_file))
            elif language == "en" and fields_of(text) != fields_of(found["zh"][key]):
                fields = ", ".join(sorted(fields_of(found["zh"][key])))
                problems.append(document.problem(path, "other_fields", fields=fields))
    return problems
