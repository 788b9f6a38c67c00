"""The Quarantine page: filters with their numbers, refused cells that are alike, the form to correct them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import case_address, link
from dashboard.views.quarantine import PATH, Alike, Asked, Choice, Field, Shown, may_be_mapped

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from ingest.mapping.page import SourcePage
    from monitor.settings.texts import Texts
    from monitor.store.quarantine import QuarantineRow

LONG = 90
"""Characters of what would be accepted that stand in the list; more is opened on demand."""
PLACES = 6
"""Places of one group that are named before the rest is only counted."""


def data_tabs(words: Texts, here: str, waiting: int) -> Node:
    """The two faces of the data: where it came from, and what of it was not taken."""
    tabs = (
        ("/data", words.get("quarantine.tabs.data")),
        (PATH, words.get("quarantine.tabs.open", n=waiting)),
    )
    return element(
        "nav",
        [link(text, address, "fx-here" if address == here else "") for address, text in tabs],
        "fx-seg-control fx-data-tabs",
        aria_label=words.get("quarantine.tabs.label"),
    )


def filters(
    sources: Sequence[Choice], reasons: Sequence[Choice], states: Mapping[Shown, int], asked: Asked,
    pages: Mapping[str, SourcePage], speech: Speech,
) -> Node:  # fmt: skip
    """Every choice is an address, and says how many it leaves."""
    words = speech.words

    def source(value: str) -> str:
        page = pages.get(value)
        return speech.named(None if page is None else page.feed, value)

    def reason(value: str) -> str:
        return short_reason(value, speech)

    rows = [
        _choices("state", [Choice(one.value, states[one]) for one in Shown], str(asked.state),
                 lambda value: words.get(f"quarantine.state.{value}"), asked, words),
        _choices("source", sources, asked.source, source, asked, words),
        _choices("reason", reasons, asked.reason, reason, asked, words),
    ]  # fmt: skip
    if asked.delivery is not None:
        said = words.get("quarantine.of_delivery", n=asked.delivery)
        rows.append(
            div([span(said), link(words.get("quarantine.all_deliveries"), asked.address(delivery=None), "")],
                "fx-q-choices")
        )  # fmt: skip
    return div(rows, "fx-card fx-q-filters")


def why_refused(one: QuarantineRow, speech: Speech) -> str:
    """Why an entry was not taken."""
    item = one.item
    return speech.reason(item.reason, {**item.params, "accepted": item.accepted, "file": one.file})


def short_reason(reason: str, speech: Speech) -> str:
    """The first clause of a reason: what is wrong, without where and what to do."""
    return re.split(r"[。.:;:;]", speech.reason(reason, {}))[0]


def _choices(
    name: str, found: Sequence[Choice], chosen: str | None, named: Any, asked: Asked, words: Texts
) -> Node:
    links: list[Any] = [span(words.get(f"quarantine.filter.{name}"), "fx-q-of")]
    for one in found:
        text = words.get("quarantine.filter.all") if one.value is None else named(one.value)
        here = one.value == chosen
        value = None if name == "state" and one.value == Shown.OPEN else one.value
        links.append(
            link(
                f"{text} {one.n:,}",
                asked.address(**{name: value}),
                f"fx-q-choice{' fx-here' if here else ''}",
            )
        )
    return div(links, "fx-q-choices")


def entries(
    found: Sequence[Alike], asked: Asked, fields: Sequence[Field], total: int, can_write: bool,
    pages: Mapping[str, SourcePage], speech: Speech,
) -> Node:  # fmt: skip
    """Each group with its places; the one asked for open, with the form."""
    words = speech.words
    n = sum(len(one.entries) for one in found)
    if not found:
        said = words.get(f"quarantine.none_{asked.state}")
        return element("section", [element("h2", said)], "fx-card fx-q-none")
    title = words.get(f"quarantine.title_{asked.state}", n=f"{total:,}", groups=f"{len(found):,}")
    head: list[Any] = [element("h2", title)]
    if n < total:
        head.append(element("p", words.get("quarantine.first", n=f"{n:,}"), "fx-caption"))
    items = []
    for group in found:
        opened = asked.entry in group.ids
        items.append(_group(group, asked, fields if opened else None, can_write, pages, speech))
    return element("section", [*head, element("ol", items, "fx-q-list")], "fx-card")


def _group(
    group: Alike, asked: Asked, fields: Sequence[Field] | None, can_write: bool,
    pages: Mapping[str, SourcePage], speech: Speech,
) -> Node:  # fmt: skip
    words, first, item = speech.words, group.first, group.first.item
    page = pages.get(first.source)
    what = item.column or words.get("case.files.whole_row" if item.row else "data.place.file")
    lost: list[Any] = []
    if item.activity is not None:
        activity = words.find(f"activities.{item.activity}") or item.activity
        lost = [div(words.get("case.files.lost", activity=activity), "fx-caption")]
    accepted: list[Any] = []
    if item.accepted:
        accepted = [_accepted(item.accepted, words)]
    why = div(
        [
            div([element("b", what), span(item.value or "—", "fx-cell-value")], "fx-q-cell"),
            element("p", why_refused(first, speech)),
            *accepted,
            *lost,
        ],
        "fx-q-why",
    )  # fmt: skip
    places = [element("li", _place(one, speech)) for one in group.entries[:PLACES]]
    if len(group.entries) > PLACES:
        places.append(
            element("li", words.get("quarantine.more", n=len(group.entries) - PLACES), "fx-caption")
        )
    where = div(
        [
            div(speech.named(None if page is None else page.feed, first.source), "fx-caption"),
            element("ul", places, "fx-q-places"),
        ],
        "fx-q-where",
    )
    parts: list[Any] = [
        why,
        where,
        div(_acts(group, asked, fields is not None, can_write, pages, speech), "fx-q-acts"),
    ]
    body: list[Any] = [div(parts, "fx-q-group")]
    if fields is not None and can_write and asked.state is Shown.OPEN and may_be_mapped(first, pages):
        body.append(_form(group, asked, fields, speech))
    return element("li", body, "fx-q-item")


def _accepted(accepted: str, words: Texts) -> Node:
    """What would be taken; a long list opens on demand."""
    if len(accepted) <= LONG:
        return element("p", words.get("quarantine.accepted", accepted=accepted), "fx-caption")
    summary = element("summary", words.get("quarantine.accepted_all"))
    return element("details", [summary, element("p", accepted)], "fx-caption fx-q-more")


def _place(one: QuarantineRow, speech: Speech) -> list[Any]:
    words, item = speech.words, one.item
    if item.row == 0:
        place = item.sheet or words.get("data.place.file")
    elif item.sheet:
        place = words.get("data.place.sheet_row", sheet=item.sheet, row=item.row)
    else:
        place = words.get("data.place.row", row=item.row)
    said: list[Any] = [link(one.file, f"/data?delivery={one.delivery_id}", ""), f" {place}"]
    if item.station is not None and item.case_no is not None:
        said += [" · ", link(item.case_no, case_address((item.station, item.case_no)), "")]
    return said


def _acts(
    group: Alike, asked: Asked, opened: bool, can_write: bool, pages: Mapping[str, SourcePage], speech: Speech
) -> list[Any]:
    words, first, n = speech.words, group.first, len(group.entries)
    if asked.state is Shown.SETTLED:
        how = words.get(f"quarantine.status.{first.status}")
        told = div([div(how), div(_settled(first, speech), "fx-caption")])
        return [div([shape("tick-ring"), told], "fx-q-settled")]
    if not may_be_mapped(first, pages):
        return [span(words.get("quarantine.again_whole"), "fx-caption")]
    if not can_write:
        return []
    if opened:
        return [link(words.get("quarantine.close"), asked.address(), "fx-btn")]
    one = link(words.get("quarantine.correct"), asked.address(entry=first.quarantine_id), "fx-btn")
    if n == 1:
        return [one]
    many = words.get("quarantine.correct_many", n=n)
    return [link(many, asked.address(entry=first.quarantine_id, many=1), "fx-btn"), one]


def _settled(one: QuarantineRow, speech: Speech) -> str:
    words = speech.words
    time = words.get("quarantine.no_time") if one.settled_at is None else speech.moment(one.settled_at)
    if one.settled_by is None:
        return words.get("quarantine.by_later", time=time)
    return words.get("quarantine.by", actor=one.settled_by, time=time)


def _form(group: Alike, asked: Asked, fields: Sequence[Field], speech: Speech) -> Node:
    """The whole row for one; for many only the cell they share."""
    words, n = speech.words, len(group.entries)
    many = asked.many and n > 1
    about = words.get("quarantine.form.many", n=n) if many else words.get("quarantine.form.one")
    written = [one for one in fields if one.refused or one.value != ""]
    rest = [_input(one, False, words) for one in fields if one not in written]
    summary = element("summary", words.get("quarantine.form.blank", n=len(rest)))
    blank = [element("details", [summary, div(rest, "fx-q-fields")], "fx-caption fx-q-more")] if rest else []
    keep = words.get("quarantine.form.keep_many", n=n) if many else words.get("quarantine.form.keep")
    return div(
        [
            element("p", about, "fx-caption"),
            div([_input(one, one is written[0], words) for one in written], "fx-q-fields"),
            *blank,
            div(
                [
                    *([_button(keep, "fx-btn fx-primary", "correct")] if fields else []),
                    _button(words.get("quarantine.form.again"), "fx-btn", "again"),
                    span(words.get("quarantine.form.again_why"), "fx-caption"),
                ],
                "fx-q-keep",
            ),
        ],
        "fx-q-form",
    )  # fmt: skip


def _button(text: str, class_: str, act: str) -> Node:
    return element("button", text, class_, type="button", id={"type": "fx-q-act", "act": act})


def _input(field: Field, focused: bool, words: Texts) -> Any:
    hidden = words.get("quarantine.form.personal") if field.personal else field.mask
    more = {"data-autofocus": True} if focused else {}
    return dmc.TextInput(
        id={"type": "fx-q-cell", "head": field.head},
        label=field.head,
        value=field.value or "",
        description=words.get("quarantine.form.hidden", mask=hidden) if field.value is None else None,
        className="fx-q-field fx-q-refused" if field.refused else "fx-q-field",
        attributes={"input": {"maxLength": 500, "autoComplete": "off"}},
        **more,
    )
