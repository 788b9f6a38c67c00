"""A source page while it is being made: what a person adjusts, and the YAML text it comes to. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import yaml

from monitor.cases.activity import Activity

from .guess import Kind, Proposal
from .guess_shape import MEASURES, Shape
from .guess_sheet import SeenSheet
from .guess_words import IGNORED, SINGLE, Vocabulary, meanings_of
from .head import Head, find_head, heading
from .page import Column, SourcePage
from .values import code_key

NOBODY = {"zh": "-", "en": "-"}
CARRIED = 0.2
"""Share of blank cells from which a station is one that is written once and stands for the rows below."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a page may be called."""


@dataclass(frozen=True)
class DraftColumn:
    """A column of the file. `unit` is `head` where the head, the title or each cell tells it; None is not
    told and not chosen. `colours` is the set of numeric plate colours, `day` says that midnights are days."""

    head: str
    meaning: str = IGNORED
    unit: str | None = None
    colours: str | None = None
    day: bool = False


@dataclass(frozen=True)
class Draft:
    """What a page says that a person can change. `station` is a code where no column names one."""

    kind: Kind
    columns: tuple[DraftColumn, ...]
    labels: Mapping[str, str]
    zone: str
    title: str
    files: tuple[str, ...] = ()
    station: str | None = None
    carry_station: bool = False

    def with_meaning(self, meaning: str) -> DraftColumn | None:
        return next((one for one in self.columns if one.meaning == meaning), None)


class Undecided(NamedTuple):
    """What has to be chosen before the draft is a page: the text `mapping.undecided.CODE`."""

    code: str
    head: str = ""


def draft_of(proposal: Proposal, words: Vocabulary, file_name: str, zone: str) -> Draft:
    """The proposal, to be adjusted. Units are set where the file tells them and nowhere else."""
    told = units_told(proposal.sheet, {g.column.head: g.meaning for g in proposal.guesses}, words)
    columns = []
    for one in proposal.guesses:
        spec = words.column_of(one.meaning)
        unit = told.get(one.column.position)
        if unit is None and spec.kind in MEASURES and one.shape.units:
            unit = "head"
        columns.append(
            DraftColumn(
                one.column.head,
                one.meaning,
                unit if spec.kind in MEASURES else None,
                None,
                one.shape.midnights and spec.kind == "datetime",
            )
        )
    station = proposal.one("station")
    carried = station is not None and station.column.blank >= CARRIED * max(station.column.rows, 1)
    title = re.sub(r"\.[A-Za-z.]+$", "", file_name)[:60] or "-"
    return Draft(
        proposal.kind, tuple(columns), proposal.labels, zone, title, pattern_of(file_name), None, carried
    )


def units_told(sheet: SeenSheet, meanings: Mapping[str, str], words: Vocabulary) -> dict[int, str]:
    """Position → `head` for the measured columns whose unit the head, the row under it or the title tells."""
    columns: dict[str, Any] = {
        str(one.position): {"names": [one.head], "kind": spec.kind, "unit": "head"}
        for one in sheet.columns
        if (spec := words.column_of(meanings.get(one.head, ""))).kind in MEASURES
    }
    if not columns:
        return {}
    others: dict[str, Any] = {
        f"c{one.position}": [one.head] for one in sheet.columns if str(one.position) not in columns
    }
    page: dict[str, Any] = {
        "name": "guess",
        "title": NOBODY,
        "feed": NOBODY,
        "kind": "ledger",
        "station": {"code": "-"},
    }
    page |= {"case_no": next(iter({**others, **columns})), "columns": {**others, **columns}}
    head = find_head(sheet.top, SourcePage.model_validate(page))
    if not isinstance(head, Head):
        return {}
    return {int(name): "head" for name in head.units if name.isdigit()}


def pattern_of(file_name: str) -> tuple[str, ...]:
    """Names of the exports to come: runs of digits (days, numbers) may be others."""
    pattern = re.sub(r"[*?\[\]]", "?", file_name)
    pattern = re.sub(r"\d(?:[\d_-]*\d)?", "*", pattern.replace("(", "?").replace(")", "?"))
    suffix = re.search(r"\.[A-Za-z]+(?:\.gz)?$", file_name)
    if suffix and not pattern.endswith(suffix[0]):
        pattern += suffix[0]
    bare = re.sub(r"[*?._-]", "", pattern.removesuffix(suffix[0] if suffix else ""))
    return (pattern,) if len(bare) >= 2 else ()


def undecided(draft: Draft, shapes: Mapping[str, Shape], words: Vocabulary) -> list[Undecided]:
    """What is missing, in the order in which a person would look for it."""
    found = list(_missing(draft))
    counted = Counter(one.meaning for one in draft.columns if one.meaning != IGNORED)
    for one in draft.columns:
        if one.meaning == IGNORED:
            continue
        spec = words.column_of(one.meaning)
        if counted[one.meaning] > 1:
            found.append(Undecided("twice", one.head))
        if spec.kind in MEASURES and one.unit is None:
            found.append(Undecided("unit", one.head))
        if spec.kind == "plate_colour" and one.colours is None and needs_colours(shapes.get(one.head), words):
            found.append(Undecided("colours", one.head))
    return found


def needs_colours(shape: Shape | None, words: Vocabulary) -> bool:
    """Whether plate colours are numbers, whose meaning differs between systems."""
    texts = () if shape is None else shape.texts
    known = {code_key(one) for one in words.codes.of("plate_colours")}
    return any(any(char.isdigit() for char in text) and code_key(text) not in known for text in texts)


def _missing(draft: Draft) -> Iterator[Undecided]:
    told = {one.meaning for one in draft.columns}
    if "case_no" not in told:
        yield Undecided("case_no")
    if "station" not in told and draft.station is None:
        yield Undecided("station")
    if draft.kind == "events":
        if "activity" not in told:
            yield Undecided("activity")
        elif not any(draft.labels.values()):
            yield Undecided("labels")
        if not told & {"at", "at.date"}:
            yield Undecided("time")
        if "at.time" in told and "at.date" not in told:
            yield Undecided("date", next(one.head for one in draft.columns if one.meaning == "at.time"))
        return
    times = {one.partition(":")[2] for one in told if one.startswith(("when:", "date:"))}
    if not times:
        yield Undecided("time")
    for one in draft.columns:
        how, _, activity = one.meaning.partition(":")
        if how == "time" and f"date:{activity}" not in told:
            yield Undecided("date", one.head)
        if how == "when" and f"date:{activity}" in told:
            yield Undecided("twice", one.head)


# ---------------------------------------------------------------- the page


def column_name(meaning: str) -> str:
    """What a page calls a column: `case_no`, `confirmed_at`, `gross_kg`, `gross_kg_reweighed`."""
    how, _, rest = meaning.partition(":")
    if how == "when":
        return f"{rest}_at"
    if how in ("date", "time"):
        return f"{rest}_{how}"
    return (rest or how).replace("@", "_").replace(".", "_")


def page_object(draft: Draft, words: Vocabulary) -> dict[str, Any]:
    """The page as plain data, in the order in which shipped pages are written."""
    title = {"zh": draft.title, "en": draft.title}
    page: dict[str, Any] = {"title": title, "feed": title, "kind": draft.kind}
    if draft.files:
        page["files"] = list(draft.files)
    page["zone"] = draft.zone
    used = {one.meaning: one for one in reversed(draft.columns) if one.meaning != IGNORED}
    page["station"] = {"column": "station"} if "station" in used else {"code": draft.station}
    page["columns"] = {
        column_name(one.meaning): _column(one, words) for one in draft.columns if one.meaning != IGNORED
    }
    page |= {key: key for key in SINGLE if key in used and (key != "event_id" or draft.kind == "events")}
    if "station" in used and draft.carry_station:
        page["carry_down"] = ["station"]
    if words.aside:
        page["aside"] = {why: list(patterns) for why, patterns in words.aside.items()}
    page |= _of_events(draft, used, words) if draft.kind == "events" else _of_ledger(used, words)
    return page


def _column(one: DraftColumn, words: Vocabulary) -> dict[str, Any]:
    spec = words.column_of(one.meaning)
    bare = next((key for key in reversed(_unbracketed(one.head)) if one.unit == "head"), one.head)
    plain = spec.model_dump(mode="json", exclude_defaults=True, include={"kind", "personal", "min", "max"})
    column: dict[str, Any] = {"names": list(dict.fromkeys((one.head, bare))), **plain}
    if spec.kind in MEASURES:
        column["unit"] = one.unit
    if spec.kind == "plate_colour":
        if one.colours is not None:
            column["codes"] = one.colours
    elif spec.codes is not None:
        column["codes"] = spec.codes
    if one.day:
        column["precision"] = "day"
    if one.meaning == "case_no":
        column["required"] = True
    return column


def _unbracketed(head: str) -> tuple[str, ...]:
    """The head without its unit, where it has one in brackets: the unit may be another one day."""
    group, _, name = head.rpartition("/")
    keys = heading(name).keys
    bare = keys[1] if len(keys) > 1 and heading(name).units else name
    return (f"{group}/{bare}" if group else bare,)


def _of_events(draft: Draft, used: Mapping[str, DraftColumn], words: Vocabulary) -> dict[str, Any]:
    mapped = {label: activity for label, activity in draft.labels.items() if activity}
    usual = all(words.labels.get(code_key(label), "") == activity for label, activity in draft.labels.items())
    activity: dict[str, Any] = {"column": "activity"}
    activity["codes"] = "activities" if usual else mapped
    at: Any = "at"
    if "at" not in used:
        at = {"date": "at_date", **({"time": "at_time"} if "at.time" in used else {})}
    data = {one.removeprefix("data:"): column_name(one) for one in used if one.startswith("data:")}
    return {"activity": activity, "at": at, "data": _in_order(data, words)}


def _of_ledger(used: Mapping[str, DraftColumn], words: Vocabulary) -> dict[str, Any]:
    told = [one.value for one in Activity if used.keys() & {f"when:{one.value}", f"date:{one.value}"}]
    facts: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {activity: {} for activity in told}
    for meaning in used:
        if not meaning.startswith("data:"):
            continue
        key, _, activity = meaning.removeprefix("data:").partition("@")
        owners = [activity] if activity else sorted(words.owners.get(key, ()))
        owning = [one for one in owners if one in own]
        for one in owning:
            own[one][key] = column_name(meaning)
        if not owning and not activity:
            facts[key] = column_name(meaning)
    events = []
    for activity in told:
        at: Any = f"{activity}_at"
        if f"date:{activity}" in used:
            at = {"date": f"{activity}_date"}
            if f"time:{activity}" in used:
                at["time"] = f"{activity}_time"
        data = {"data": _in_order(own[activity], words)} if own[activity] else {}
        events.append({"activity": activity, "at": at, **data})
    return {**({"facts": _in_order(facts, words)} if facts else {}), "events": events}


def _in_order(data: Mapping[str, str], words: Vocabulary) -> dict[str, str]:
    place = {key: i for i, key in enumerate(words.columns)}
    return dict(sorted(data.items(), key=lambda one: (place.get(one[0], len(place)), one[0])))


def page_text(draft: Draft, words: Vocabulary, notes: tuple[str, ...] = ()) -> str:
    """The YAML of the page, `notes` as comments above it; a unit nobody chose is left open for a person."""
    lines = [f"# {' '.join(note.split())}" for note in notes]
    for key, value in page_object(draft, words).items():
        if key in ("columns", "data", "facts", "aside"):
            lines.append(f"{key}:")
            lines += [f"  {_flow(name)}: {_flow(one)}" for name, one in value.items()]
        elif key == "events":
            lines += ["events:", *(f"  - {_flow(one)}" for one in value)]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=100_000
    )
    return text.removesuffix("\n").removesuffix("\n...")


def draft_of_page(page: SourcePage, sheet: SeenSheet, draft: Draft, words: Vocabulary) -> Draft:
    """The draft that a page of this file came from: `page_text` the other way round. `draft` gives the
    columns and labels of the file, and is otherwise not believed."""
    head = find_head(sheet.top, page)
    found: Mapping[str, int] = head.columns if isinstance(head, Head) else {}
    meanings = meanings_of(page)
    at = {found[name]: name for name in page.columns if name in found}
    columns = []
    for seen in sheet.columns:
        name = at.get(seen.position)
        column = Column() if name is None else page.columns[name]
        columns.append(
            DraftColumn(
                seen.head,
                IGNORED if name is None else meanings.get(name, IGNORED),
                column.unit,
                column.codes if column.kind == "plate_colour" and isinstance(column.codes, str) else None,
                column.precision == "day",
            )
        )
    codes = page.activity.codes if page.activity is not None else {}
    known = words.labels if isinstance(codes, str) else {
        code_key(label): one.activity.value for label, one in codes.items()
    }  # fmt: skip
    labels = {label: known.get(code_key(label), "") for label in draft.labels}
    return replace(
        draft,
        kind=draft.kind if page.kind == "statement" else page.kind,
        columns=tuple(columns),
        labels=labels,
        zone=page.zone,
        title=page.title.zh,
        files=page.files,
        station=page.station.code,
        carry_station="station" in page.carry_down,
    )
