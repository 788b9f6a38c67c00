"""What does not fit together in a source page whose keys are each well formed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.settings.yamlfile import KeyPath

from .page import KEY_ENDS, SourcePage
from .statement import LINE_KEYS

Inconsistency = tuple[KeyPath, str, dict[str, str]]
"""Key, problem code, fields of its sentences."""


def inconsistencies(page: SourcePage, sets: Mapping[str, Mapping[str, str]]) -> Iterator[Inconsistency]:
    """What does not fit together in a page whose keys are each well formed."""
    yield from _of_kind(page)
    known = ", ".join(page.columns)
    for path, name in page.uses():
        if name not in page.columns:
            yield path, "no_such_column", {"value": name, "known": known}
    for path, name in page.fills():
        column, key = page.columns.get(name), str(path[-1])
        end = "" if column is None else "_digest" if column.personal else KEY_ENDS.get(column.kind, "")
        if not key.endswith(end):
            yield path, "key_without_unit", {"key": key, "column": name, "end": end}
    for path, name in page.times():
        if name in page.columns and page.columns[name].kind not in ("datetime", "date", "time"):
            yield path, "not_a_time_column", {"column": name, "kind": page.columns[name].kind}
    for name, column in page.columns.items():
        if column.kind == "plate_colour" and column.codes is None:
            # The numbers of systems clash; also a source that writes words alone says so.
            yield ("columns", name), "colours_without_set", {"column": name, "known": _colours(sets)}
    named = [(("columns", name, "codes"), column.codes) for name, column in page.columns.items()]
    for path, codes in [*named, (("activity", "codes"), page.activity.codes if page.activity else None)]:
        if isinstance(codes, str) and codes not in sets:
            yield path, "no_such_code_set", {"value": codes, "known": ", ".join(sets)}


def _colours(sets: Mapping[str, Mapping[str, str]]) -> str:
    return ", ".join(name for name in sets if name.startswith("plate_colours"))


_STATEMENT = ("paid_at", "statement_no")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ledger": (("events",), ("activity", "at", "data", "data_of", "event_id", "numbered", *_STATEMENT)),
    "events": (("activity", "at"), ("events", "facts", *_STATEMENT)),
    "statement": (
        ("at", "data"),
        ("events", "facts", "activity", "data_of", "event_id", "numbered", "case_no_given", "recorded_at",
         "revision"),
    ),
}  # fmt: skip
"""Kind of page → keys it needs, keys that belong to other kinds."""


def _of_statement(page: SourcePage) -> Iterator[Inconsistency]:
    """A line needs an amount, and what names its case; a key that no line has would be lost."""
    known = ", ".join(LINE_KEYS)
    if "amount_fen" not in page.data:
        yield ("data", "amount_fen"), "missing_key", {"name": "amount_fen", "known": known}
    if page.data.keys().isdisjoint(("payment_code", "decision_no")):
        yield ("data", "payment_code"), "missing_key", {"name": "payment_code", "known": known}
    for key in page.data:
        if key not in LINE_KEYS:
            yield ("data", key), "unknown_key", {"name": key, "known": known}


def _of_kind(page: SourcePage) -> Iterator[Inconsistency]:
    needed, foreign = _KEYS[page.kind]
    for key in needed:
        if not getattr(page, key):
            yield (key,), "missing_key", {"name": key, "known": ", ".join(needed)}
    for key in foreign:
        if getattr(page, key):
            yield (key,), "key_of_other_kind", {"key": key, "kind": page.kind}
    if page.kind == "statement":
        yield from _of_statement(page)
    seen: dict[tuple[object, ...], int] = {}
    for i, event in enumerate(page.events):
        identity = (event.activity, event.ordinal, tuple(sorted(event.when.items())))
        if identity in seen:
            params = {"activity": event.activity.value, "other": str(seen[identity])}
            yield ("events", i, "ordinal"), "same_event_twice", params
        seen.setdefault(identity, i)
