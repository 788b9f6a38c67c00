"""The ground of every typed piece of configuration, and pydantic's errors as problems with a line."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import Document, KeyPath

Language = Literal["zh", "en"]


class Entry(BaseModel):
    """Configuration that was read once and never changes. A key that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, validate_by_name=True)


class Name(Entry):
    """A name or sentence in two languages. Chinese is needed; where English is missing, Chinese stands in."""

    zh: str = Field(min_length=1)
    en: str = ""

    def in_language(self, language: Language) -> str:
        return self.en if language == "en" and self.en else self.zh


class Cited(Entry):
    """Something with the text it comes from, and who confirmed it against that text."""

    source: str
    """A key of `sources` in the same file."""
    confirmed_by: str | None = None
    example: bool = False

    @property
    def confirmed(self) -> bool:
        return self.confirmed_by is not None and not self.example


class Dated(Entry):
    """Something in force from one local day on, and, where `until` is given, to the end of that day."""

    since: date = Field(alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            params = {"since": str(self.since), "until": str(self.until)}
            raise PydanticCustomError("ends_before_start", "ends {until}, starts {since}", params)
        return self

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


Timed = TypeVar("Timed", bound=Dated)


def latest_in_force(entries: Sequence[Timed], day: date) -> Timed | None:
    """The entry in force on a local day: of several the one that began last, else None."""
    matching = [entry for entry in entries if entry.in_force(day)]
    return max(matching, key=lambda entry: entry.since) if matching else None


def overlaps(entries: Sequence[Dated]) -> Iterator[tuple[int, int]]:
    """Positions of entries that claim the same day with equal right: (the later in the list, the earlier).

    An entry without an end gives way to the next one that begins, so that only two beginnings on one day, or
    days inside a span whose end was written down, are in doubt.
    """
    for later, entry in enumerate(entries):
        for earlier, other in enumerate(entries[:later]):
            same_start = entry.since == other.since
            first, second = sorted((entry, other), key=lambda one: one.since)
            if same_start or (first.until is not None and second.since <= first.until):
                yield later, earlier


Model = TypeVar("Model", bound=BaseModel)

CODES = {
    "extra_forbidden": "unknown_key",
    "missing": "missing_key",
    "string_too_short": "empty",
    "too_short": "empty",
    "model_type": "not_a_map",
    "model_attributes_type": "not_a_map",
    "dict_type": "not_a_map",
    "tuple_type": "not_a_list",
    "list_type": "not_a_list",
    "string_type": "not_text",
    "bool_type": "not_true_or_false",
    "bool_parsing": "not_true_or_false",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "string_pattern_mismatch": "wrong_form",
}
"""Problem codes for pydantic's own kinds of error; kinds not listed fall to their family below."""

BOUNDS = {
    "greater_than": (">", "gt"), "greater_than_equal": ("≥", "ge"),
    "less_than": ("<", "lt"), "less_than_equal": ("≤", "le"),
}  # fmt: skip
"""How a bound is written in any language, and under which name pydantic tells it."""

FAMILIES = (
    (("int_", "float_", "decimal_"), "not_a_number"),
    (("date_",), "not_a_date"),
    (("greater_", "less_", "finite_"), "out_of_range"),
)


def typed(model: type[Model], document: Document) -> Model:
    """The document as this model. Raises ConfigError with the line of every key that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise ConfigError(problems_of(error, model, document)) from error


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[ConfigProblem]:
    return [_problem(detail, model, document) for detail in error.errors()]


def _problem(detail: ErrorDetails, model: type[BaseModel], document: Document) -> ConfigProblem:
    path = tuple(detail["loc"])
    code, params = explained(detail)
    if code in ("unknown_key", "missing_key"):
        known = keys_at(model, path[:-1])
        params["known"] = ", ".join(known)
        close = difflib.get_close_matches(str(path[-1]), known, n=1)
        if code == "unknown_key" and close:
            return document.problem(path, code, "did_you_mean", **params, close=close[0])
    return document.problem(path, code, **params)


def explained(detail: ErrorDetails) -> tuple[str, dict[str, str]]:
    """The problem code of one of pydantic's errors, and the fields its sentences need."""
    kind = detail["type"]
    context = {key: str(value) for key, value in detail.get("ctx", {}).items()}
    value = str(detail.get("input"))
    params = {"value": value if len(value) <= 60 else value[:59] + "…", **context}
    if detail.get("loc"):
        params["name"] = str(detail["loc"][-1])
    code = CODES.get(kind)
    if code is None:
        code = next((code for starts, code in FAMILIES if kind.startswith(starts)), None)
    if code == "not_one_of":
        params["expected"] = params["expected"].replace("'", "").replace(" or ", ", ")
    if code == "out_of_range":
        sign, name = BOUNDS.get(kind, ("<", ""))
        params["bound"] = f"{sign} {context.get(name, '∞')}"
    if code is None:
        # Errors raised by our own validators carry our own code.
        code = kind if "url" not in detail else "invalid"
        params["detail"] = detail["msg"]
    return code, params


def keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that a map at this path may hold, by the names they have in the file."""
    here: Any = model
    for step in path:
        here = _below(here, step)
        if here is None:
            return []
    found = next((option for option in _options(here) if isinstance(option, type)), None)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        return []
    return [info.alias or name for name, info in found.model_fields.items() if not info.exclude]


def _options(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        return [option for option in get_args(annotation) if option is not type(None)]
    return [annotation]


def _below(annotation: Any, step: str | int) -> Any:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, info in option.model_fields.items():
                if step in (name, info.alias):
                    return info.annotation
        arguments = get_args(option)
        if get_origin(option) is dict and len(arguments) == 2:
            return arguments[1]
        if get_origin(option) in (tuple, list) and arguments:
            return arguments[0]
    return None
