"""The mapping page: where files are dropped, how one is read, and each column with its guess and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import link
from dashboard.views.mapping import BY_COLUMN, Choice, ColumnView, Extras, label_choices
from ingest.drop import MEBIBYTE, MOST_BYTES

if TYPE_CHECKING:
    from ingest.mapping.draft import Draft
    from ingest.mapping.guess import Proposal
    from monitor.settings.texts import Texts

PATH = "/mapping"


def drop_area(words: Texts) -> Node:
    """Where a file is dropped or chosen; mapping.js sends it."""
    limit = MOST_BYTES // MEBIBYTE
    return element(
        "section",
        [
            div(
                [
                    element("h2", words.get("mapping.drop.title")),
                    element("p", words.get("mapping.drop.about"), "fx-caption"),
                ],
                "fx-drop-about",
            ),
            div(
                [
                    button(words.get("mapping.drop.choose"), "fx-btn fx-primary", id="fx-drop-choose"),
                    span(words.get("mapping.drop.or"), "fx-caption fx-drop-or"),
                ],
                "fx-drop-acts",
            ),
            element("p", words.get("mapping.drop.limits", limit=limit), "fx-caption fx-drop-limits"),
            element("p", None, "fx-drop-said", role="status"),
        ],
        "fx-card fx-drop",
        id="fx-drop",
        data_most=str(MOST_BYTES),
        data_sending=words.get("mapping.drop.sending"),
        data_large=words.get("mapping.drop.large", limit=limit),
        data_blank=words.get("mapping.drop.blank"),
        data_failed=words.get("mapping.drop.failed"),
    )


def button(text: str, class_: str = "fx-btn", **attributes: Any) -> Node:
    return element("button", text, class_, type="button", **attributes)


def select(
    choices: Sequence[Choice] | Sequence[tuple[str, Sequence[Choice]]],
    value: str | None,
    label: str,
    *,
    shown: bool = False,
    **props: Any,
) -> Any:
    """A list to choose from, searched by typing. `label` is read out; it stands above only where `shown`."""
    data: list[dict[str, Any]] = []
    for one in choices:
        if isinstance(one, Choice):
            data.append({"value": one.value, "label": one.label})
        else:
            group, items = one
            data.append({"group": group, "items": [{"value": c.value, "label": c.label} for c in items]})
    named = {"label": label} if shown else {"aria-label": label}
    return dmc.Select(
        data=data,
        value=value,
        allowDeselect=False,
        searchable=len(choices) > 6 or not isinstance(next(iter(choices), None), Choice),
        size="xs",
        comboboxProps={"withinPortal": True},
        maxDropdownHeight=320,
        **named,
        **props,
    )


def message(title: str, said: str, words: Texts) -> Node:
    """In place of the page: the file is gone, or can't be read."""
    return element(
        "section",
        [
            element("h2", title),
            element("p", said, role="alert"),
            link(words.get("mapping.back"), "/data", "fx-btn"),
        ],
        "fx-card fx-m-message",
    )


def file_card(name: str, proposal: Proposal, others: int, words: Texts) -> Node:
    """What came: its sheet, where its head is, and how much of it was looked at."""
    sheet = proposal.sheet
    facts = [sheet.kind.upper().replace("DELIMITED", "CSV / TSV").replace("_", " ")]
    if sheet.name:
        facts.append(words.get("mapping.file.sheet", sheet=sheet.name))
    if sheet.first_row == 0:
        facts.append(words.get("mapping.file.names"))
    elif sheet.first_row == sheet.last_row:
        facts.append(words.get("mapping.file.head", row=sheet.first_row))
    else:
        facts.append(words.get("mapping.file.heads", first=sheet.first_row, last=sheet.last_row))
    facts.append(words.get("mapping.file.more" if sheet.more else "mapping.file.rows", n=sheet.rows))
    known = sum(one.meaning != "" for one in proposal.guesses)
    facts.append(words.get("mapping.file.columns", n=len(proposal.guesses), known=known))
    if others:
        facts.append(words.get("mapping.file.sheets", n=others))
    return element(
        "section",
        [
            div(
                [element("h2", name, "fx-m-file"), element("p", " · ".join(facts), "fx-caption")],
                "fx-m-about",
            ),
            button(words.get("mapping.file.discard"), "fx-btn", id={"type": "fx-m-act", "act": "discard"}),
        ],
        "fx-card fx-m-head",
    )


def known_card(pages: Sequence[tuple[str, str, bool]], words: Texts) -> Node:
    """Pages that read the file already: name, title, and whether its name is claimed."""
    items = []
    for name, title, claimed in pages:
        said = words.get("mapping.known.by_name" if claimed else "mapping.known.by_heads", page=title)
        acts = [
            button(words.get("mapping.known.try"), id={"type": "fx-m-act", "act": f"known-try:{name}"}),
            button(
                words.get("mapping.known.load"),
                "fx-btn fx-primary",
                id={"type": "fx-m-act", "act": f"known-load:{name}"},
            ),
        ]
        items.append(element("li", [span(said), div(acts, "fx-m-acts")], "fx-m-known"))
    return element(
        "section",
        [
            element("h2", words.get("mapping.known.title")),
            element("ul", items, "fx-m-list"),
            element("p", words.get("mapping.known.instead"), "fx-caption"),
        ],
        "fx-card fx-m-recognised",
    )


def settings_card(draft: Draft, stations: Sequence[Choice], zones: Sequence[str], words: Texts) -> Node:
    """What a row is, where its station is told, its zone and the names of further files."""
    named = draft.with_meaning("station") is not None
    station = BY_COLUMN if named else draft.station
    choices = [Choice(BY_COLUMN, words.get("mapping.set.station_column")), *stations]
    kinds = [Choice(kind, words.get(f"mapping.set.{kind}")) for kind in ("ledger", "events")]
    controls = [
        select(kinds, draft.kind, words.get("mapping.set.kind"), shown=True, id="fx-m-kind"),
        select(
            choices,
            station,
            words.get("mapping.set.station"),
            shown=True,
            id="fx-m-station",
            placeholder=words.get("mapping.set.station_choose"),
        ),
        select(
            [Choice(zone, zone) for zone in zones],
            draft.zone,
            words.get("mapping.set.zone"),
            shown=True,
            id="fx-m-zone",
        ),
        dmc.TextInput(
            id="fx-m-called",
            label=words.get("mapping.set.called"),
            value=draft.title,
            size="xs",
            debounce=600,
        ),
        dmc.TextInput(
            id="fx-m-files",
            label=words.get("mapping.set.files"),
            description=words.get("mapping.set.files_hint"),
            value=", ".join(draft.files),
            size="xs",
            debounce=600,
            inputWrapperOrder=["label", "input", "description"],
        ),
    ]
    return element(
        "section",
        [element("h2", words.get("mapping.set.title")), div(controls, "fx-m-settings")],
        "fx-card",
    )


def columns_card(columns: Sequence[ColumnView], words: Texts) -> Node:
    """Every column: what it is called, what stands in it, what it means and why."""
    return element(
        "section",
        [
            element("h2", words.get("mapping.columns.title")),
            element("p", words.get("mapping.columns.about"), "fx-caption"),
            element("ol", [_column(one, words) for one in columns], "fx-m-columns"),
        ],
        "fx-card",
    )


def _column(one: ColumnView, words: Texts) -> Node:
    about: list[Any] = []
    if one.units_seen:
        about.append(words.get("mapping.columns.unit_seen", unit=one.units_seen))
    if one.empty:
        about.append(words.get("mapping.columns.all_empty"))
    elif one.blank:
        about.append(words.get("mapping.columns.empty", share=one.blank))
    head = div(
        [element("b", one.head), *([div(" · ".join(about), "fx-caption")] if about else [])],
        "fx-m-column-head",
    )
    shown = [span(text, "fx-m-sample") for text in one.samples]
    ignored = Choice("", words.get("mapping.columns.ignored"))
    groups = [(words.get(f"mapping.groups.{name}"), choices) for name, choices in one.groups]
    first: list[Any] = [("—", [ignored]), *groups]
    chosen = div(
        [
            select(
                first,
                one.meaning,
                words.get("mapping.columns.label", head=one.head),
                id={"type": "fx-m-meaning", "at": one.position},
            ),
            div(extra_controls(one.position, one.head, one.extras, words), "fx-m-extras",
                id={"type": "fx-m-extras", "at": one.position}),
        ],
        "fx-m-chosen",
    )  # fmt: skip
    sure = span(words.get(f"mapping.sure.{one.sure}"), f"fx-badge fx-m-{one.sure}")
    why = div([sure, span(one.why, "fx-caption")], "fx-m-why")
    return element(
        "li",
        [head, div(shown, "fx-m-samples"), chosen, why],
        f"fx-m-column{'' if one.meaning else ' fx-m-out'}",
    )


def extra_controls(position: int, head: str, extras: Extras, words: Texts) -> list[Any]:
    """The unit or code set that a meaning asks for, and what its codes do not know."""
    controls: list[Any] = []
    if extras.units:
        controls.append(
            select(
                extras.units,
                extras.unit,
                words.get("mapping.columns.unit_label", head=head),
                id={"type": "fx-m-unit", "at": position},
                placeholder=words.get("mapping.columns.choose_unit"),
            )
        )
    if extras.colour_sets:
        controls.append(
            select(
                extras.colour_sets,
                extras.colours,
                words.get("mapping.columns.colours_label", head=head),
                id={"type": "fx-m-colours", "at": position},
                placeholder=words.get("mapping.columns.choose_colours"),
            )
        )
    if extras.unknown:
        values = " · ".join(extras.unknown)
        controls.append(
            element("p", words.get("mapping.columns.not_taken", values=values), "fx-caption fx-near")
        )
    return controls


def labels_card(draft: Draft, words: Texts) -> Node | None:
    """The labels of an activity column and what each stands for."""
    if draft.kind != "events" or not draft.labels:
        return None
    choices = label_choices(words)
    items = [
        element(
            "li",
            [
                element("b", label),
                select(
                    choices,
                    activity,
                    words.get("mapping.labels.label", label=label),
                    id={"type": "fx-m-label", "at": place},
                ),
            ],
            "fx-m-label",
        )
        for place, (label, activity) in enumerate(draft.labels.items())
    ]
    return element(
        "section",
        [
            element("h2", words.get("mapping.labels.title")),
            element("p", words.get("mapping.labels.about"), "fx-caption"),
            element("ol", items, "fx-m-labels"),
        ],
        "fx-card",
    )
