"""What heads of columns have meant so far: the aliases of every page an installation has, turned around.

A meaning is a short text: `case_no`, `station`, `activity`, `at` (and `at.date`, `at.time`) of an event file,
`when:ACTIVITY` (and `date:`, `time:`) of a ledger, `recorded_at`, `revision`, `event_id`, `data:KEY` for
anything an event or a case carries, `data:KEY@ACTIVITY` where one event has a value of its own (the weight of
the reweighing). Empty is a column that is not used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.cases.activity import Activity

from .codes import CodeSets
from .head import names_of, squeezed
from .page import Column, LedgerEvent, SourcePage
from .values import code_key

IGNORED = ""
SINGLE = ("recorded_at", "revision", "event_id")
ACTIVITIES = frozenset(one.value for one in Activity)
_TIME_WORD = re.compile(r"(?:的)?(?:日期时间|时间|日期|时刻|年月日|_?time|_?date|_at)$")
DATE_WORDS = frozenset({"日期", "年月日", "date", "日"})
CLOCK_WORDS = frozenset({"时间", "时刻", "时分", "time", "时"})


@dataclass(frozen=True)
class Vocabulary:
    """Aliases → meanings by kind of page, how each meaning's column is read, and what labels mean."""

    aliases: Mapping[str, Mapping[str, Counter[str]]]
    """Kind of page → head as compared → how many pages give it which meaning."""
    columns: Mapping[str, Column]
    """Data key → how its column is read, without names and unit."""
    owners: Mapping[str, frozenset[str]]
    """Data key → activities of a ledger that carry it; none: it belongs to the case."""
    labels: Mapping[str, str]
    """What event files call activities (as codes are compared) → activity."""
    label_sets: Mapping[str, Mapping[str, str]]
    """Head of an activity column → labels that only its pages know, such as 1 and 2."""
    stems: Mapping[str, str]
    """What stands before 时间 in a head → activity."""
    colour_sets: tuple[str, ...]
    """Sets of numeric plate colours; they clash, so one is chosen and never guessed."""
    codes: CodeSets
    aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def heads(self) -> frozenset[str]:
        """Every head that some page knows."""
        return frozenset(key for one in self.aliases.values() for key in one)

    def meanings(self, kind: str) -> list[str]:
        """What a column of a file of this kind may be, in a steady order."""
        data = [f"data:{key}" for key in self.columns if "@" not in key]
        if kind == "events":
            return ["case_no", "station", "activity", "at", "at.date", "at.time", *SINGLE, *data]
        times = [f"{how}:{one.value}" for how in ("when", "date", "time") for one in Activity]
        own = [f"data:{key}" for key in self.columns if "@" in key]
        return ["case_no", "station", "recorded_at", "revision", *times, *data, *own]

    def column_of(self, meaning: str) -> Column:
        """How a column with this meaning is read, its unit not yet told."""
        if meaning.startswith("data:"):
            key = meaning.removeprefix("data:")
            return self.columns.get(key) or self.columns.get(key.partition("@")[0]) or Column()
        if meaning.startswith("date:") or meaning == "at.date":
            return Column(kind="date")
        if meaning.startswith("time:") or meaning == "at.time":
            return Column(kind="time")
        return (
            Column(kind="datetime")
            if meaning.startswith("when:") or meaning in ("at", "recorded_at")
            else Column()
        )

    def activity_of(self, text: str) -> str | None:
        """The activity a word stands for: a label, or what stands before 时间 in a head."""
        key = code_key(text)
        return self.labels.get(key) or self.stems.get(key) or self.stems.get(stem_of(key))


def stem_of(key: str) -> str:
    """A head without the word that says it is a time."""
    return _TIME_WORD.sub("", key)


def vocabulary(pages: Mapping[str, SourcePage], codes: CodeSets) -> Vocabulary:
    """What these pages know."""
    aliases: dict[str, dict[str, Counter[str]]] = {"ledger": {}, "events": {}}
    specs: dict[str, Column] = {}
    owners: dict[str, set[str]] = {}
    facts: set[str] = set()
    labels = {code_key(label): a for label, a in codes.of("activities").items() if a in ACTIVITIES}
    label_sets: dict[str, dict[str, str]] = {}
    stems: dict[str, str] = {}
    aside: dict[str, list[str]] = {}
    for page in pages.values():
        if page.kind == "statement":
            # Its lines tell no events: what its heads mean says nothing of a ledger or an event file.
            continue
        for name, meaning in meanings_of(page).items():
            column = page.columns[name]
            for alias in names_of(name, column):
                aliases[page.kind].setdefault(squeezed(alias), Counter())[meaning] += 1
                if meaning.startswith(("when:", "date:")):
                    stems.setdefault(stem_of(squeezed(alias)), meaning.partition(":")[2])
            if meaning.startswith("data:"):
                key = meaning.removeprefix("data:")
                spec = column.model_copy(update={"names": (), "unit": None, "required": False})
                if key not in specs or (specs[key].kind == "text" and spec.kind != "text"):
                    specs[key] = spec
        facts |= set(page.facts)
        for event in page.events:
            for key in event.data:
                if not _has_its_own(page, event, key):
                    owners.setdefault(key, set()).add(event.activity.value)
        if page.activity is not None and isinstance(page.activity.codes, dict):
            own = {code_key(label): code.activity.value for label, code in page.activity.codes.items()}
            for alias in names_of(page.activity.column, page.columns[page.activity.column]):
                label_sets.setdefault(squeezed(alias), {}).update(own)
        for why, patterns in page.aside.items():
            aside[why] = list(dict.fromkeys([*aside.get(why, []), *patterns]))
    stems.pop("", None)
    for known in aliases.values():
        _tails(known)
    return Vocabulary(
        aliases,
        specs,
        {key: frozenset(one) for key, one in owners.items() if key not in facts},
        labels,
        label_sets,
        stems,
        tuple(name for name in codes.sets if name.startswith("plate_colours_")),
        codes,
        {why: tuple(patterns) for why, patterns in aside.items()},
    )


def _tails(known: dict[str, Counter[str]]) -> None:
    """Data that are known under a group alone (处罚/罚款) are known by their own name too, where it can mean
    but one thing."""
    tails: dict[str, Counter[str]] = {}
    for alias, meanings in known.items():
        tail = alias.rpartition("/")[2]
        if tail != alias and tail not in known:
            tails.setdefault(tail, Counter()).update(meanings)
    for tail, meanings in tails.items():
        if len(meanings) == 1 and next(iter(meanings)).startswith("data:"):
            known[tail] = meanings


def meanings_of(page: SourcePage) -> dict[str, str]:
    """The columns of a page → what each means. A column the page only knows and does not use is left out."""
    found: dict[str, str] = {}
    for name, meaning in _meant(page):
        if name in page.columns:
            found.setdefault(name, meaning)
    return found


def _meant(page: SourcePage) -> Iterator[tuple[str, str]]:
    if page.station.column:
        yield page.station.column, "station"
    if page.case_no_given:
        # the number that names the case; the other one is a datum that stands in where it is blank
        yield page.case_no_given, "case_no"
        yield from ((name, f"data:{key}") for key, name in page.data.items() if name == page.case_no)
    yield page.case_no, "case_no"
    for key in SINGLE:
        if (name := getattr(page, key)) is not None:
            yield name, key
    if page.activity is not None:
        yield page.activity.column, "activity"
    if page.at is not None:
        yield from _times(page.at.column, page.at.date, page.at.time, ("at", "at.date", "at.time"))
    for event in page.events:
        code = event.activity.value
        names = (f"when:{code}", f"date:{code}", f"time:{code}")
        yield from _times(event.at.column, event.at.date, event.at.time, names)
    for key, name in page.facts.items():
        yield name, f"data:{key}"
    for event in page.events:
        for key, name in event.data.items():
            own = _has_its_own(page, event, key)
            yield name, f"data:{key}@{event.activity.value}" if own else f"data:{key}"
    for key, name in page.data.items():
        yield name, f"data:{key}"
    for one in page.data_of.values():
        for key, name in one.items():
            yield name, f"data:{key}"


def _has_its_own(page: SourcePage, event: LedgerEvent, key: str) -> bool:
    """Whether an event of a ledger has a value of its own: the case has another under the key, or a later
    event, as a decision has its fine beside the one that was announced."""
    name = event.data[key]
    later = page.events[page.events.index(event) + 1 :]
    others = [page.facts.get(key, name), *(one.data.get(key, name) for one in later)]
    return any(other != name for other in others)


def _times(
    whole: str | None, date: str | None, time: str | None, meanings: tuple[str, str, str]
) -> Iterator[tuple[str, str]]:
    for name, meaning in zip((whole, date, time), meanings, strict=True):
        if name is not None:
            yield name, meaning
