"""Quarantine: refused cells that are alike together, what may be corrected of them, and who settled what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ingest.mapping.column import DIGEST_MARK
from monitor.cases.plate import masked_plate
from monitor.store.quarantine import OPEN, QuarantineRow, Tally

if TYPE_CHECKING:
    from ingest.mapping.page import SourcePage

PATH = "/quarantine"


class Shown(StrEnum):
    """Which entries a page lists."""

    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `entry` is the one opened; `many` whether those alike go with it."""

    source: str | None = None
    reason: str | None = None
    delivery: int | None = None
    state: Shown = Shown.OPEN
    entry: int | None = None
    many: bool = False

    @staticmethod
    def of(query: Mapping[str, str]) -> Asked:
        """Values that mean nothing are left out."""
        settled = query.get("state") == Shown.SETTLED
        return Asked(
            query.get("source") or None,
            query.get("reason") or None,
            _number(query.get("delivery", "")),
            Shown.SETTLED if settled else Shown.OPEN,
            _number(query.get("entry", "")),
            query.get("many") == "1",
        )

    def address(self, **other: str | int | None) -> str:
        """This address with some values changed. What is opened closes unless it is named."""
        state = None if self.state is Shown.OPEN else str(self.state)
        kept = {"source": self.source, "reason": self.reason, "delivery": self.delivery, "state": state}
        values = {name: value for name, value in {**kept, **other}.items() if value is not None}
        return f"{PATH}?{urlencode(values)}" if values else PATH


@dataclass(frozen=True, slots=True)
class Field:
    """A cell of the stored row. `value` is None where it is not shown; `mask` is what is shown then."""

    head: str
    value: str | None
    mask: str
    personal: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Entries with the same source, column, reason and value; the first stands for all."""

    entries: tuple[QuarantineRow, ...]

    @property
    def first(self) -> QuarantineRow:
        return self.entries[0]

    @property
    def ids(self) -> list[int]:
        return [one.quarantine_id for one in self.entries]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter and how many entries it leaves. `value` None is all of them."""

    value: str | None
    n: int


def groups(found: Sequence[QuarantineRow]) -> list[Alike]:
    """Entries that a person would treat alike, in the order of their first; settled ones also by whom."""
    by_key: dict[tuple[object, ...], list[QuarantineRow]] = {}
    for one in found:
        item = one.item
        key = (one.source, item.column, item.reason, item.value, item.accepted, item.activity)
        by_key.setdefault((*key, one.status, one.settled_at, one.settled_by), []).append(one)
    return [Alike(tuple(entries)) for entries in by_key.values()]


def group_of(found: Sequence[Alike], entry: int | None) -> Alike | None:
    """The group that holds an entry."""
    return next((one for one in found if entry in one.ids), None)


def choices(tallies: Sequence[Tally], asked: Asked) -> tuple[list[Choice], list[Choice], dict[Shown, int]]:
    """Sources, reasons and states with their numbers, each under the other filters."""
    sources: dict[str, int] = {}
    reasons: dict[str, int] = {}
    states = dict.fromkeys(Shown, 0)
    for one in tallies:
        state = Shown.OPEN if one.status == OPEN else Shown.SETTLED
        of_source = asked.source in (None, one.source)
        of_reason = asked.reason in (None, one.reason)
        if state is asked.state and of_reason:
            sources[one.source] = sources.get(one.source, 0) + one.n
        if state is asked.state and of_source:
            reasons[one.reason] = reasons.get(one.reason, 0) + one.n
        if of_source and of_reason:
            states[state] += one.n
    return _choices(sources), _choices(reasons), states


def same_rows(wanted: Sequence[QuarantineRow], found: Sequence[QuarantineRow]) -> list[int]:
    """All entries of the rows of `wanted`: a row mapped again tells anew of every cell of it."""

    def row(one: QuarantineRow) -> tuple[object, ...]:
        return (one.delivery_id, one.item.sheet, one.item.row, one.item.raw)

    rows = [row(one) for one in wanted]
    return [one.quarantine_id for one in found if row(one) in rows]


def may_be_mapped(entry: QuarantineRow, sources: Mapping[str, SourcePage]) -> bool:
    """Whether there is a row to map again, and a page to map it by."""
    return bool(entry.item.raw) and entry.item.row > 0 and entry.source in sources


def row_fields(entry: QuarantineRow, page: SourcePage | None) -> list[Field]:
    """The stored row, the refused cell first. Plates are masked, personal values not shown at all."""
    columns = {} if page is None else page.columns
    personal = {head for name, one in columns.items() if one.personal for head in (name, *one.names)}
    plates = {head for name, one in columns.items() if one.kind == "plate" for head in (name, *one.names)}
    fields = []
    for head, value in (entry.item.raw or {}).items():
        if head.startswith("@"):
            continue
        refused = head == entry.item.column
        own = {head, head.rsplit("/", 1)[-1]}
        if value.startswith(DIGEST_MARK) or own & personal:
            fields.append(Field(head, None, "", True, refused))
        elif own & plates and value and masked_plate(value) != value and not refused:
            fields.append(Field(head, None, masked_plate(value) or "", False, refused))
        else:
            fields.append(Field(head, value, "", False, refused))
    return sorted(fields, key=lambda one: not one.refused)


def corrections(fields: Sequence[Field], typed: Mapping[str, str | None]) -> dict[str, str]:
    """What was changed. A field that hides its value counts only when something was typed into it."""
    changed = {}
    for one in fields:
        text = (typed.get(one.head) or "").strip() if one.head in typed else one.value
        if one.value is None:
            if text:
                changed[one.head] = text
        elif text is not None and text != one.value.strip():
            changed[one.head] = text
    return changed


def _choices(counts: Mapping[str, int]) -> list[Choice]:
    return [Choice(None, sum(counts.values())), *(Choice(value, n) for value, n in sorted(counts.items()))]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
