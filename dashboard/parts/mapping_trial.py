"""Beside the columns: what is still to be chosen, the dry run, and keeping what was settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.mapping import button
from dashboard.parts.rows import link
from ingest.mapping.guess_shape import covered
from ingest.rehearsal import Rehearsed, told_data

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from ingest.candidate import Refusal, RowResult
    from ingest.mapping.draft import Undecided
    from monitor.settings.texts import Texts
    from monitor.store.deliveries import DeliveryRow

ROWS = 4
REFUSED = 5


def undecided_part(missing: Sequence[Undecided], words: Texts) -> list[Node]:
    """What has to be chosen first; nothing is tried before."""
    items = [element("li", words.get(f"mapping.undecided.{one.code}", head=one.head)) for one in missing]
    return [
        element(
            "h2", [shape("triangle"), words.get("mapping.undecided.title", n=len(missing))], "fx-m-title"
        ),
        element("ul", items, "fx-m-missing"),
        element("p", words.get("mapping.trial.missing"), "fx-caption"),
    ]


def trial_part(told: Rehearsed, speech: Speech) -> list[Node]:
    """The dry run: counts that add up, events by activity, refusals with their reasons, the first rows."""
    words = speech.words
    if told.reason is not None:
        return [
            element("h2", [shape("cut"), words.get("mapping.trial.failed")], "fx-m-title"),
            element("p", speech.reason(told.reason, told.params), role="alert"),
        ]
    title = words.get(
        "mapping.trial.first" if told.cut else "mapping.trial.title",
        n=f"{told.read:,}",
        events=f"{told.events:,}",
        cases=f"{len(told.cases):,}",
    )
    total = words.get(
        "mapping.trial.sum",
        read=f"{told.read:,}",
        landed=f"{told.landed:,}",
        refused=f"{told.rows_refused:,}",
        aside=f"{told.aside:,}",
    )
    parts: list[Node] = [element("h2", title), element("p", total, "fx-m-sum")]
    parts += [
        element("p", words.get(f"mapping.trial.{key}"), "fx-m-warn")
        for activity, key in (("confirmed", "no_confirmed"), ("released", "no_released"))
        if told.events and not told.activities[activity]
    ]
    parts.append(element("ul", _activities(told, words), "fx-m-counts"))
    parts += _refusals(told, speech)
    rows = [row for row in told.shown if row.aside is None][:ROWS]
    if rows:
        parts.append(element("h3", words.get("mapping.trial.rows")))
        parts.append(element("ol", [_row(row, told, words) for row in rows], "fx-m-rows"))
    parts += [
        element("p", speech.reason(one.reason, {**one.params, "accepted": one.accepted}), "fx-m-warn")
        for one in told.problems[:3]
    ]
    return [*parts, element("p", words.get("mapping.trial.nothing_written"), "fx-caption")]


def _activities(told: Rehearsed, words: Texts) -> list[Node]:
    most = max(told.activities.values(), default=1)
    return [
        element(
            "li",
            [
                span(words.find(f"activities.{activity}") or activity),
                div(None, "fx-m-bar", style={"width": f"{max(2, round(60 * n / most))}%"}),
                element("b", f"{n:,}"),
            ],
        )
        for activity, n in told.activities.most_common(12)
    ]


def _refusals(told: Rehearsed, speech: Speech) -> list[Node]:
    words = speech.words
    if not told.refusals:
        return [element("p", [shape("tick-ring"), words.get("mapping.trial.no_refused")], "fx-m-none")]
    found = [(row, one) for row in told.refused for one in row.refusals][:REFUSED]
    items = [element("li", _refusal(row, one, speech)) for row, one in found]
    return [
        element("h3", words.get("mapping.trial.refused", n=f"{told.refusals:,}")),
        element("ul", items, "fx-m-refused"),
    ]


def _refusal(row: RowResult, one: Refusal, speech: Speech) -> list[Any]:
    words = speech.words
    column = one.column or words.get("case.files.whole_row")
    value = [span(covered(one.value, doubtful=True), "fx-cell-value")] if one.value else []
    why = speech.reason(one.reason, {**one.params, "accepted": one.accepted})
    return [element("b", f"{_place(row, words)} · {column} "), *value, div(why, "fx-caption")]


def _place(row: RowResult, words: Texts) -> str:
    if row.sheet:
        return words.get("data.place.sheet_row", sheet=row.sheet, row=row.row)
    return words.get("mapping.trial.row", row=row.row)


def _row(row: RowResult, told: Rehearsed, words: Texts) -> Node:
    lines = []
    for one in row.candidates:
        data = told_data(one)
        plate = data.get("plate")
        mass = f"{data['gross_kg']:,} kg" if isinstance(data.get("gross_kg"), int) else None
        fine = f"¥{data['fine_fen'] / 100:,.0f}" if isinstance(data.get("fine_fen"), int) else None
        said = " · ".join(str(part) for part in (plate, mass, fine) if part)
        activity = words.find(f"activities.{one.activity}") or one.activity
        lines.append(
            element("li", [element("b", activity), span(told.time_of(one)[:16]), span(said, "fx-caption")])
        )
    if not lines:
        lines.append(element("li", span(words.get("mapping.trial.nothing"), "fx-caption")))
    case = f"{row.station or '?'} {row.case_no or '?'}"
    return element("li", [div(f"{_place(row, words)} · {case}", "fx-caption"), element("ul", lines)])


def save_part(name: str, can_save: bool, words: Texts) -> list[Any]:
    """A name for what was settled; where no folder is set, how to set one."""
    parts: list[Any] = [element("h2", words.get("mapping.save.title"))]
    if can_save:
        parts.append(
            dmc.TextInput(
                id={"type": "fx-m-name", "at": 0},
                label=words.get("mapping.save.name"),
                description=words.get("mapping.save.name_hint"),
                value=name,
                size="xs",
                inputWrapperOrder=["label", "input", "description"],
                attributes={"input": {"maxLength": 63, "spellCheck": False}},
            )
        )
    else:
        parts.append(element("p", words.get("mapping.not_saved.no_folder"), "fx-m-warn", role="note"))
    acts: list[Any] = []
    if can_save:
        acts.append(
            button(
                words.get("mapping.save.save"), "fx-btn fx-primary", id={"type": "fx-m-act", "act": "save"}
            )
        )
    acts.append(button(words.get("mapping.save.download"), id={"type": "fx-m-act", "act": "download"}))
    parts.append(div(acts, "fx-m-acts"))
    return parts


def overwrite_part(said: str, words: Texts) -> list[Any]:
    """A page of one's own with this name is there: overwriting it is a step of its own."""
    act = button(words.get("mapping.save.overwrite"), id={"type": "fx-m-act", "act": "overwrite"})
    return [element("p", said, role="alert"), div(act, "fx-m-acts")]


def refused_part(said: str) -> list[Any]:
    return [element("p", said, "fx-m-warn", role="alert")]


def saved_part(file: str, name: str, words: Texts) -> list[Any]:
    """Kept and in use; the file that it was made for can be loaded by it."""
    load = button(
        words.get("mapping.save.load"), "fx-btn fx-primary", id={"type": "fx-m-act", "act": f"load:{name}"}
    )
    return [
        element("p", [shape("tick-ring"), words.get("mapping.save.saved", file=file)], "fx-m-none"),
        div(load, "fx-m-acts"),
    ]


def loaded_part(row: DeliveryRow, problem: str | None, words: Texts) -> list[Any]:
    """What the delivery came to, and the way to it."""
    counts = row.counts
    said = words.get(
        "mapping.save.loaded",
        read=f"{counts.rows_read:,}",
        events=f"{counts.events + counts.revisions:,}",
        quarantined=f"{counts.refusals:,}",
        cases=f"{counts.cases:,}",
    )
    parts: list[Any] = [element("p", [shape("tick-ring"), said], "fx-m-none")]
    if problem is not None:
        parts = refused_part(words.get("mapping.save.loaded_partly", reason=problem))
    ways: list[Any] = [
        link(words.get("mapping.save.see"), f"/data?delivery={row.delivery_id}", "fx-btn fx-primary")
    ]
    if counts.refusals:
        address = f"/quarantine?delivery={row.delivery_id}"
        ways.append(link(words.get("mapping.save.to_quarantine"), address, "fx-btn"))
    return [*parts, div(ways, "fx-m-acts")]
