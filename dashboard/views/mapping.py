"""The mapping page's view: what a person chose laid over the guess, and the choices there are. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

from ingest.mapping.draft import Draft, DraftColumn, needs_colours, units_told
from ingest.mapping.guess import Guess, Proposal
from ingest.mapping.guess_shape import MEASURES, Shape, covered, samples
from ingest.mapping.guess_words import ACTIVITIES, IGNORED, SINGLE, Vocabulary
from ingest.mapping.head import Head, find_head, heading
from ingest.mapping.page import UNITS_OF

if TYPE_CHECKING:
    from ingest.mapping.guess_sheet import SeenSheet
    from ingest.mapping.page import SourcePage
    from monitor.settings.texts import Texts

BY_COLUMN = "-"
"""The choice of a station that a column names."""
UNKNOWN_SHOWN = 6
FITS = 0.8
"""Share of a file's heads that a page must know, all that it needs among them, to be offered for it."""


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class ColumnView:
    """A column of the file as a person sees it."""

    position: int
    head: str
    units_seen: str
    samples: tuple[str, ...]
    blank: str
    """Share of empty cells; nothing where none is."""
    empty: bool
    meaning: str
    sure: str
    why: str
    groups: tuple[tuple[str, tuple[Choice, ...]], ...]
    extras: Extras


@dataclass(frozen=True)
class Extras:
    """What a meaning asks for beside it: choices of unit or colour set, none where it needs none; and values
    that its codes do not know."""

    units: tuple[Choice, ...] = ()
    unit: str | None = None
    colour_sets: tuple[Choice, ...] = ()
    colours: str | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """What stands in the controls, by position of the column and of the label."""

    kind: Literal["ledger", "events"]
    meanings: Mapping[int, str]
    units: Mapping[int, str | None]
    colours: Mapping[int, str | None]
    labels: Mapping[int, str]
    station: str | None
    zone: str
    files: str
    title: str


def adjusted(draft: Draft, proposal: Proposal, form: Form) -> Draft:
    """The draft with what was chosen in it."""
    columns = []
    for one, guess in zip(draft.columns, proposal.guesses, strict=True):
        place = guess.column.position
        meaning = form.meanings.get(place, IGNORED) or IGNORED
        columns.append(
            DraftColumn(
                one.head,
                meaning,
                form.units.get(place) or None,
                form.colours.get(place) or None,
                guess.shape.midnights and meaning.startswith(("when:", "at")),
            )
        )
    labels = {label: form.labels.get(i) or "" for i, label in enumerate(draft.labels)}
    station = form.station if form.station and form.station != BY_COLUMN else None
    named = any(one.meaning == "station" for one in columns)
    files = tuple(part.strip() for part in form.files.replace("，", ",").split(",") if part.strip())
    return replace(
        draft,
        kind=form.kind,
        columns=tuple(columns),
        labels=labels,
        station=None if named and form.station == BY_COLUMN else station,
        zone=form.zone or draft.zone,
        files=files,
        title=form.title.strip() or draft.title,
    )


def meaning_text(meaning: str, words: Texts) -> str:
    """A meaning in words; data that nobody named show their key."""
    how, _, rest = meaning.partition(":")
    if how in ("when", "date", "time") and rest:
        return words.get(f"mapping.meaning.{how}", activity=words.get(f"activities.{rest}"))
    if how == "data":
        key, _, activity = rest.partition("@")
        datum = words.find(f"mapping.data.{key}") or key
        if not activity:
            return datum
        return words.get("mapping.meaning.own", datum=datum, activity=words.get(f"activities.{activity}"))
    return words.get(f"mapping.meaning.{meaning.replace('.', '_')}")


def meaning_groups(
    guess: Guess, kind: str, vocabulary: Vocabulary, words: Texts, *, clocks: bool
) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """What the column may mean, by group. Times are offered to columns that hold some, dates and hours apart
    where the file has hours apart."""
    shape = guess.shape
    groups: dict[str, list[Choice]] = {"place": [], "when": [], "datum": [], "record": []}
    for meaning in vocabulary.meanings(kind):
        if meaning == guess.meaning:
            pass
        elif not _offered(meaning, shape, clocks=clocks):
            continue
        groups[_group(meaning)].append(Choice(meaning, meaning_text(meaning, words)))
    return tuple((name, tuple(choices)) for name, choices in groups.items() if choices)


def _offered(meaning: str, shape: Shape, *, clocks: bool) -> bool:
    empty = not shape.cells
    if meaning.startswith("time:") or meaning == "at.time":
        return shape.clocks > 0
    if meaning.startswith("date:") or meaning == "at.date":
        return clocks and (shape.moments > 0 or empty)
    if meaning.startswith("when:") or meaning in ("at", "recorded_at"):
        return shape.moments > 0 or empty
    return True


def _group(meaning: str) -> str:
    if meaning in ("case_no", "station", "activity"):
        return "place"
    if meaning in SINGLE:
        return "record"
    return "datum" if meaning.startswith("data:") else "when"


def column_views(
    proposal: Proposal, draft: Draft, vocabulary: Vocabulary, words: Texts
) -> tuple[ColumnView, ...]:
    """Every column with its guess and its choices."""
    clocks = any(one.shape.clocks > 0.5 and one.shape.moments < 0.5 for one in proposal.guesses)
    return tuple(
        _column(guess, one, proposal, vocabulary, words, clocks)
        for guess, one in zip(proposal.guesses, draft.columns, strict=True)
    )


def _column(
    guess: Guess, one: DraftColumn, proposal: Proposal, vocabulary: Vocabulary, words: Texts, clocks: bool
) -> ColumnView:
    column = guess.column
    personal = vocabulary.column_of(guess.meaning).personal is not None or guess.shape.personal > 0.3
    params = dict(guess.why.params)
    if "meaning" in params:
        params["meaning"] = meaning_text(params["meaning"], words)
    share = column.blank / column.rows if column.rows else 0.0
    return ColumnView(
        column.position,
        column.head,
        " · ".join(dict.fromkeys(heading(column.head).units)),
        tuple(samples(guess.shape, personal=personal, known=guess.meaning != IGNORED)),
        f"{share:.0%}" if column.blank and share >= 0.005 else "",
        not column.cells,
        guess.meaning,
        guess.sure,
        words.get(f"mapping.why.{guess.why.code}", **params),
        meaning_groups(guess, proposal.kind, vocabulary, words, clocks=clocks),
        extras(guess, guess.meaning, proposal, vocabulary, words, one),
    )


def extras(
    guess: Guess,
    meaning: str,
    proposal: Proposal,
    vocabulary: Vocabulary,
    words: Texts,
    one: DraftColumn | None = None,
) -> Extras:
    """What this meaning of the column asks for beside it."""
    spec = vocabulary.column_of(meaning) if meaning else None
    if spec is None:
        return Extras()
    unknown = tuple(covered(text) for text in guess.shape.unknown(spec, vocabulary))
    if spec.kind in MEASURES:
        told = units_told(proposal.sheet, {guess.column.head: meaning}, vocabulary)
        by_head = guess.column.position in told or guess.shape.units
        units = (*(("head",) if by_head else ()), *UNITS_OF[spec.kind])
        return Extras(
            tuple(Choice(unit, words.get(f"mapping.units.{unit}")) for unit in units),
            one.unit if one is not None and one.meaning == meaning else ("head" if by_head else None),
        )
    if spec.kind == "plate_colour" and needs_colours(guess.shape, vocabulary):
        sets = tuple(
            Choice(name, words.find(f"mapping.colour_sets.{name}") or name) for name in vocabulary.colour_sets
        )
        return Extras((), None, sets, one.colours if one is not None else None, ())
    return Extras(
        (), None, (), None, unknown[:UNKNOWN_SHOWN] if spec.kind in ("code", "plate_colour") else ()
    )


def label_choices(words: Texts) -> tuple[Choice, ...]:
    """What a label may stand for."""
    named = words.section("activities")
    return (
        Choice("", words.get("mapping.labels.none")),
        *(Choice(code, text) for code, text in named.items() if code in ACTIVITIES),
    )


def fitting_pages(sheets: Sequence[SeenSheet], pages: Mapping[str, SourcePage]) -> list[str]:
    """Pages that find their head on a sheet, with all it needs, and know most of its columns."""
    found: list[tuple[float, str]] = []
    for name, page in pages.items():
        shares = []
        for sheet in sheets:
            head = find_head(sheet.top, page)
            if isinstance(head, Head):
                shares.append(len(head.columns) / max(len(sheet.columns), 1))
        if shares and max(shares) >= FITS:
            found.append((-max(shares), name))
    return [name for _, name in sorted(found)]


def form_kind(text: str | None, otherwise: str) -> Literal["ledger", "events"]:
    return cast("Literal['ledger', 'events']", text if text in ("ledger", "events") else otherwise)
