"""What an unknown file's columns most likely mean, each with how sure and why. Pure.

A head is looked up in what pages know; what stands in the cells has to fit it, and where no head is known
only what cells say beyond doubt counts (times, plates, station names, labels of activities). Anything else is
left out: a column nobody reads loses nothing, one read wrongly does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from ingest.tables.cell import Cell

from .guess_shape import Shape, shape_of
from .guess_sheet import SeenColumn, SeenSheet, stands_twice, text_of_seen
from .guess_words import ACTIVITIES, CLOCK_WORDS, DATE_WORDS, IGNORED, Vocabulary, stem_of
from .head import heading, squeezed
from .place import StationDirectory
from .values import code_key

Kind = Literal["ledger", "events"]
Sure = Literal["sure", "likely", "none"]

FITS = 0.6
"""Share of cells that a parser must take before a head is believed."""
LABELS = 40
"""Labels of activities listed; a column with more is none."""


class Why(NamedTuple):
    """A reason: the text `mapping.why.CODE` and its fields."""

    code: str
    params: dict[str, str]


@dataclass(frozen=True)
class Guess:
    """One column and what it most likely is."""

    column: SeenColumn
    meaning: str
    sure: Sure
    why: Why
    shape: Shape


@dataclass(frozen=True)
class Proposal:
    """A file's sheet read by guess. `labels`: label of an activity → activity, empty where none is known."""

    sheet: SeenSheet
    kind: Kind
    guesses: tuple[Guess, ...]
    labels: dict[str, str]

    def one(self, meaning: str) -> Guess | None:
        return next((one for one in self.guesses if one.meaning == meaning), None)


def best_sheet(sheets: Sequence[SeenSheet], words: Vocabulary) -> SeenSheet:
    """The sheet with the most heads that pages know, then with the most rows."""

    def known(sheet: SeenSheet) -> tuple[int, int]:
        heads = words.heads
        named = sum(any(key in heads for key in heading(one.head).keys) for one in sheet.columns)
        return named, sheet.rows

    return max(sheets, key=known)


def propose(
    sheet: SeenSheet, words: Vocabulary, stations: StationDirectory, kind: Kind | None = None
) -> Proposal:
    """The proposal for a sheet, as a file of this kind or of the likelier one."""
    job = _Guessing(sheet, words, stations)
    chosen = kind or job.kind()
    guesses = job.guesses(chosen)
    activity = next((one for one in guesses if one.meaning == "activity"), None)
    return Proposal(
        sheet, chosen, tuple(guesses), {} if activity is None else labels_of(activity.column, words)
    )


def labels_of(column: SeenColumn, words: Vocabulary) -> dict[str, str]:
    """The labels in a column of activities, most frequent first, and what each means."""
    own = own_labels(column, words)
    counted = Counter(text_of_seen(cell) for cell in column.cells)
    return {
        text: own.get(code_key(text)) or words.activity_of(text) or ""
        for text, _ in counted.most_common(LABELS)
        if text
    }


def own_labels(column: SeenColumn, words: Vocabulary) -> dict[str, str]:
    """Labels that only the pages with this head know, such as 1 and 2 under checkType."""
    return {
        label: activity
        for key in heading(column.head).keys
        for label, activity in words.label_sets.get(key, {}).items()
    }


class _Guessing:
    def __init__(self, sheet: SeenSheet, words: Vocabulary, stations: StationDirectory) -> None:
        self.sheet = sheet
        self.words = words
        self.shapes = [shape_of(one.cells, stations) for one in sheet.columns]
        self.twice = stands_twice(sheet)

    def kind(self) -> Kind:
        """Events where one column names activities and few tell times; a ledger where several tell times."""
        ledger = self.guesses("ledger")
        told = {one.meaning.partition(":")[2] for one in ledger if one.meaning.startswith(("when:", "date:"))}
        events = {one.meaning for one in self.guesses("events")}
        if "activity" in events and ("at" in events or "at.date" in events) and len(told) <= 2:
            return "events"
        return "ledger" if told or "activity" not in events else "events"

    def guesses(self, kind: Kind) -> list[Guess]:
        found = [
            self._guess(column, shape, kind)
            for column, shape in zip(self.sheet.columns, self.shapes, strict=True)
        ]
        found = _once_each(found)
        found = self._by_values(found, kind)
        found = _once_each(_halves(found))
        if not any(one.meaning == "case_no" for one in found):
            # a weighing that names no case stands under its check number, as the exchange's pages read it
            found = [
                replace(one, meaning="case_no", sure="likely", why=Why("check_no_is_case", {}))
                if one.meaning == "data:check_no"
                else one
                for one in found
            ]
        return found

    def _guess(self, column: SeenColumn, shape: Shape, kind: Kind) -> Guess:
        if squeezed(column.head) in self.twice:
            return Guess(column, IGNORED, "none", Why("twice", {}), shape)
        for meaning, sure, why in self._of_head(column.head, kind):
            meaning = _clocked(meaning, shape)
            share = self.fit(column.cells, meaning, shape)
            if share >= FITS or not column.cells:
                return Guess(column, meaning, sure if column.cells else "likely", why, shape)
            return Guess(
                column, IGNORED, "none", Why("does_not_fit", {"meaning": meaning, **_percent(share)}), shape
            )
        return Guess(column, IGNORED, "none", Why("unknown", {}), shape)

    def _of_head(self, head: str, kind: Kind) -> list[tuple[str, Sure, Why]]:
        """What the head says, the likeliest first; nothing where no page knows it."""
        keys = _keys(head)
        if kind == "ledger" and (single := self._own_datum(keys)) is not None:
            return [single]
        for key in keys:
            found = self._known(key, kind)
            if found is not None:
                sure: Sure = "sure" if key == keys[0] or "/" not in head else "likely"
                return [(found, sure, Why("head_known", {"head": key}))]
        group, _, name = squeezed(head).rpartition("/")
        if kind == "ledger":
            bare = heading(name).keys[-1]
            activity = self.words.activity_of(group) if group else None
            if activity and bare in DATE_WORDS | CLOCK_WORDS:
                how = "date" if bare in DATE_WORDS else "when"
                return [(f"{how}:{activity}", "likely", Why("group_says", {"group": group}))]
            stem = stem_of(bare)
            if stem != bare and (activity := self.words.activity_of(stem)):
                return [(f"when:{activity}", "likely", Why("stem_says", {"stem": stem}))]
        if group and (found := self._known(heading(name).keys[-1], kind)) is not None:
            own = f"{found}@{self.words.activity_of(group)}"
            known = own.removeprefix("data:") in self.words.columns
            return [
                (own if known and kind == "ledger" else found, "likely", Why("head_known", {"head": name}))
            ]
        return []

    def _own_datum(self, keys: Sequence[str]) -> tuple[str, Sure, Why] | None:
        """A datum that one event has for itself: an activity and a known head in one word, as in 复检总重."""
        for key in keys:
            for label, activity in self.words.labels.items():
                rest = key.removeprefix(label).lstrip("/")
                if rest in ("", key) or key in self.words.aliases["ledger"]:
                    continue
                own = f"{self._known(rest, 'ledger')}@{activity}"
                if own.removeprefix("data:") in self.words.columns:
                    return own, "likely", Why("group_says", {"group": label})
        return None

    def _known(self, key: str, kind: Kind) -> str | None:
        """The meaning most pages give a head: pages of this kind, else of the other, put over."""
        own = self.words.aliases[kind].get(key)
        if own:
            return own.most_common(1)[0][0]
        other = self.words.aliases["events" if kind == "ledger" else "ledger"].get(key)
        if not other:
            return None
        meaning = other.most_common(1)[0][0]
        if kind == "events":
            return None if meaning.startswith(("when:", "date:", "time:")) else meaning.partition("@")[0]
        return None if meaning in ("activity", "at", "at.date", "at.time", "event_id") else meaning

    def fit(self, cells: Sequence[Cell], meaning: str, shape: Shape) -> float:
        """The share of cells that could be this."""
        if meaning in ("case_no", "event_id", "revision"):
            return 1.0
        if meaning == "station":
            # one that is not configured yet is still a station's name
            return 1.0 if shape.texts else 0.0
        if meaning == "activity":
            return 1.0 if shape.distinct <= LABELS else 0.0
        column = self.words.column_of(meaning)
        if column.personal:
            return 1.0
        return shape.share(column, self.words)

    def _by_values(self, found: list[Guess], kind: Kind) -> list[Guess]:
        """What the cells alone say of columns whose heads nobody knows."""
        taken = {one.meaning for one in found}
        steps: list[tuple[str, Callable[[Guess], bool]]] = [
            ("station", lambda one: one.shape.stations >= 0.8),
            ("data:plate", lambda one: one.shape.plates >= 0.8),
        ]
        if kind == "events":
            steps += [("activity", self._names_activities)]
        for meaning, says in steps:
            if meaning not in taken:
                found = _first(found, meaning, says, Why(f"values_{meaning.rpartition(':')[2]}", {}))
        if kind == "events" and not taken & {"at", "at.date"}:
            times = [one for one in found if one.meaning == IGNORED and one.shape.moments >= 0.8]
            if len(times) == 1:
                only = times[0]
                found = [
                    replace(only, meaning="at", sure="likely", why=Why("only_time", {}))
                    if one is only
                    else one
                    for one in found
                ]
        return [self._by_codes(one, taken) for one in found]

    def _names_activities(self, one: Guess) -> bool:
        if not 1 <= one.shape.distinct <= LABELS or one.shape.numbers > 0.5:
            return False
        texts = {text_of_seen(cell) for cell in one.column.cells} - {""}
        named = sum((self.words.labels.get(code_key(text)) or "") in ACTIVITIES for text in texts)
        return named >= FITS * len(texts)

    def _by_codes(self, one: Guess, taken: set[str]) -> Guess:
        """A column whose cells all stand in one code set, at least two different ones."""
        if one.meaning != IGNORED or one.why.code != "unknown" or one.shape.distinct < 2:
            return one
        fitting = [
            key
            for key, column in self.words.columns.items()
            if "@" not in key
            and f"data:{key}" not in taken
            and (column.kind == "plate_colour" or (column.kind == "code" and isinstance(column.codes, str)))
            and one.shape.share(column, self.words, named_only=True) == 1.0
        ]
        if len(fitting) != 1:
            return one
        return replace(one, meaning=f"data:{fitting[0]}", sure="likely", why=Why("values_codes", {}))


def _keys(head: str) -> list[str]:
    """How a head may be known: whole, its two rows run together, and without unit or bracket."""
    group, _, name = head.rpartition("/")
    keys = list(heading(head).keys)
    if group:
        outer, inner = heading(group), heading(name)
        keys += [f"{g}{joint}{n}" for joint in ("/", "") for g in outer.keys for n in inner.keys]
    return list(dict.fromkeys(keys))


def _clocked(meaning: str, shape: Shape) -> str:
    """A time that holds only hours, or only days where a date was said, is that half of one."""
    for whole, date, clock in (("when:", "date:", "time:"), ("at", "at.date", "at.time")):
        if meaning.startswith((whole, date)) and shape.clocks > 0.5 and shape.moments < 0.5:
            return clock + meaning.partition(":")[2] if whole == "when:" else clock
    return meaning


def _halves(found: list[Guess]) -> list[Guess]:
    """Dates that have no time of day beside them are whole; whole ones that have are dates."""
    told = {one.meaning for one in found}

    def put(one: Guess) -> Guess:
        head, _, activity = one.meaning.partition(":")
        if head == "when" and f"time:{activity}" in told:
            return replace(one, meaning=f"date:{activity}")
        if head == "date" and f"time:{activity}" not in told:
            return replace(one, meaning=f"when:{activity}")
        if head == "time" and not told & {f"when:{activity}", f"date:{activity}"}:
            return replace(one, meaning=IGNORED, sure="none", why=Why("time_without_date", {}))
        if one.meaning == "at" and "at.time" in told:
            return replace(one, meaning="at.date")
        return replace(one, meaning="at") if one.meaning == "at.date" and "at.time" not in told else one

    return [put(one) for one in found]


def _once_each(found: list[Guess]) -> list[Guess]:
    """A meaning belongs to one column: the surer, then the fuller, then the first."""
    best: dict[str, Guess] = {}
    for one in found:
        held = best.get(one.meaning)
        if held is None or _rank(one) > _rank(held):
            best[one.meaning] = one
    return [
        one
        if one.meaning == IGNORED or best[one.meaning] is one
        else replace(
            one, meaning=IGNORED, sure="none", why=Why("taken", {"head": best[one.meaning].column.head})
        )
        for one in found
    ]


def _rank(one: Guess) -> tuple[bool, bool, int]:
    return one.sure == "sure", bool(one.column.cells), -one.column.position


def _first(found: list[Guess], meaning: str, says: Callable[[Guess], bool], why: Why) -> list[Guess]:
    for place, one in enumerate(found):
        if one.meaning == IGNORED and one.why.code == "unknown" and one.column.cells and says(one):
            return [
                *found[:place],
                replace(one, meaning=meaning, sure="likely", why=why),
                *found[place + 1 :],
            ]
    return found


def _percent(share: float) -> dict[str, str]:
    return {"share": f"{share:.0%}"}
