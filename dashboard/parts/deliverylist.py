"""The Data page: feeds and their silence, deliveries and what became of their rows, and the sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboard.parts.casefile import table
from dashboard.parts.element import Node, div, element, shape, span
from dashboard.parts.rows import case_address, link
from dashboard.views.deliveries import Cell, DeliveriesView, DeliveryView, Status, Sum
from dashboard.views.moments import ago, length

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.feeds import Feed

SIGNS = {
    Status.DONE: "tick-ring",
    Status.PARTLY: "ring-half",
    Status.LOADING: "ring-dashed",
    Status.FAILED: "cut",
}


def feeds_card(feeds: Sequence[Feed], now: int, speech: Speech) -> Node:
    """Each source with when it was last heard of, how often it should come, and its silence."""
    words = speech.words
    if not feeds:
        return element(
            "section",
            [
                element("h2", words.get("data.feeds.title_none")),
                element("p", words.get("data.feeds.none"), "fx-caption"),
            ],
            "fx-card",
        )
    silent = sum(feed.silent for feed in feeds)
    key = "data.feeds.title_silent" if silent else "data.feeds.title"
    items = [_feed(feed, now, speech) for feed in feeds]
    return element(
        "section",
        [
            element("h2", words.get(key, silent=silent, n=len(feeds))),
            element("ul", items, "fx-feed-list"),
        ],
        "fx-card",
    )


def _feed(feed: Feed, now: int, speech: Speech) -> Node:
    words = speech.words
    if feed.every is None:
        expected = words.get("data.feeds.no_promise")
        state: Node = span(words.get("data.feeds.unpromised"), "fx-mut")
    else:
        expected = words.get("data.feeds.every", time=length(feed.every, words))
        silent = words.get("data.feeds.silent", time=length(now - feed.last_at, words))
        state = (
            element("b", silent, "fx-feed-silent")
            if feed.silent
            else span([shape("live"), words.get("data.feeds.alive")], "fx-feed-alive")
        )
    return element(
        "li",
        [
            div(
                [
                    element("b", speech.named(feed.label, feed.source)),
                    div(f"{ago(now - feed.last_at, words)} · {expected}", "fx-caption"),
                ]
            ),
            state,
        ],
        "fx-feed-row fx-is-silent" if feed.silent else "fx-feed-row",
    )


def deliveries_card(
    view: DeliveriesView, opened: int | None, cells: Sequence[Cell], total: int, speech: Speech
) -> Node:
    """The deliveries, one of them open with the cells that were not taken; under them the sum."""
    words = speech.words
    if not view.rows:
        return element(
            "section",
            [
                element("h2", words.get("data.deliveries.title_none")),
                element("p", words.get("data.deliveries.none"), "fx-caption"),
            ],
            "fx-card",
        )
    items = [
        element(
            "li",
            _delivery(one, cells if one.delivery_id == opened else None, total, speech),
            "fx-delivery-item",
        )
        for one in view.rows
    ]
    return element(
        "section",
        [
            element("h2", words.get("data.deliveries.title", n=len(view.rows))),
            element("p", words.get("data.deliveries.about"), "fx-caption"),
            element("ol", items, "fx-deliveries"),
            sum_line(view.sum, speech),
        ],
        "fx-card fx-delivery-card",
    )


def sum_line(total: Sum, speech: Speech) -> Node:
    """Whether every row and every event is accounted for."""
    words, counts = speech.words, total.counts
    if total.wrong:
        said = words.get("data.sum.differs", files=words.get("case.joint").join(total.wrong))
        return element("p", said, "fx-sum fx-sum-wrong", role="alert")
    said = words.get(
        "data.sum.adds_up",
        n=total.files,
        read=f"{counts.rows_read:,}",
        landed=f"{counts.rows_landed:,}",
        unchanged=f"{counts.rows_unchanged:,}",
        quarantined=f"{counts.rows_quarantined:,}",
        aside=f"{counts.rows_aside:,}",
        mapped=f"{counts.mapped:,}",
        events=f"{counts.events:,}",
        duplicates=f"{counts.duplicates:,}",
        revisions=f"{counts.revisions:,}",
    )
    return element("p", said, "fx-sum")


def _delivery(one: DeliveryView, cells: Sequence[Cell] | None, total: int, speech: Speech) -> list[Any]:
    words = speech.words
    address = "/data" if cells is not None else f"/data?delivery={one.delivery_id}"
    status = words.get(f"data.deliveries.status.{one.status.value}")
    who = words.get("data.deliveries.from", actor=one.actor, origin=one.origin)
    about = [speech.named(one.label, one.source), who, speech.moment(one.received_at)]
    if one.backfill:
        about.append(words.get("data.deliveries.backfill"))
    name = div(
        [
            link(one.file, address, "fx-delivery-name"),
            div(" · ".join(about), "fx-caption"),
            *([element("p", _problem(one, speech), "fx-delivery-problem")] if one.problem else []),
        ]
    )
    sign = div([shape(SIGNS[one.status]), span(status)], f"fx-delivery-status fx-is-{one.status.value}")
    parts: list[Any] = [div([sign, name, _rows(one, speech), _events(one, speech)], "fx-delivery")]
    if cells is not None:
        parts.append(_opened(one.delivery_id, cells, total, speech))
    return parts


def _problem(one: DeliveryView, speech: Speech) -> str:
    reason = speech.reason(one.problem or "", {"file": one.file, **one.params})
    return speech.words.get("data.deliveries.problem", reason=reason)


def _figures(title: str, total: str, parts: Sequence[tuple[str, int]], notes: Sequence[str]) -> Node:
    """A total and what it is made of: every part with its word, none of them by colour."""
    items = [
        element("li", [element("b", f"{count:,}"), span(text)], "" if count else "fx-zero")
        for text, count in parts
    ]
    said = [div(note, "fx-caption") for note in notes]
    return div(
        [div([span(title, "fx-hidden-text"), total], "fx-fig-head"), element("ul", items), *said],
        "fx-fig-sum",
    )


def _rows(one: DeliveryView, speech: Speech) -> Node:
    words, counts = speech.words, one.counts
    notes = []
    if counts.rows_hidden:
        notes.append(words.get("data.deliveries.hidden", n=f"{counts.rows_hidden:,}"))
    if counts.refusals:
        notes.append(words.get("data.deliveries.refusals", n=f"{counts.refusals:,}"))
    return _figures(
        words.get("data.deliveries.rows"),
        words.get("data.deliveries.read", n=f"{counts.rows_read:,}"),
        (
            (words.get("data.deliveries.landed"), counts.rows_landed),
            (words.get("data.deliveries.unchanged"), counts.rows_unchanged),
            (words.get("data.deliveries.quarantined"), counts.rows_quarantined),
            (words.get("data.deliveries.aside"), counts.rows_aside),
        ),
        notes,
    )


def _events(one: DeliveryView, speech: Speech) -> Node:
    words, counts = speech.words, one.counts
    return _figures(
        words.get("data.deliveries.events"),
        words.get("data.deliveries.mapped", n=f"{counts.mapped:,}"),
        (
            (words.get("data.deliveries.new"), counts.events),
            (words.get("data.deliveries.duplicates"), counts.duplicates),
            (words.get("data.deliveries.revisions"), counts.revisions),
        ),
        [words.get("data.deliveries.cases_n", n=f"{counts.cases:,}")],
    )


def _opened(delivery_id: int, cells: Sequence[Cell], total: int, speech: Speech) -> Node:
    """The cells that were not taken: where, what stood there, why not, and what would be taken."""
    words = speech.words
    if not cells:
        return div(element("p", words.get("data.deliveries.no_refused"), "fx-caption"), "fx-delivery-open")
    parts: list[Node] = []
    if total > len(cells):
        shown = words.get("data.deliveries.refused_shown", shown=len(cells), n=f"{total:,}")
        parts.append(element("p", shown, "fx-caption"))
    settled = sum(not cell.open for cell in cells)
    if settled:
        parts.append(element("p", words.get("data.deliveries.settled", n=settled), "fx-caption"))
    heads = [
        words.get("case.files.place"),
        words.get("case.files.column"),
        words.get("case.files.value"),
        words.get("case.files.reason"),
        words.get("case.files.accepted"),
    ]
    parts.append(table(heads, [_cell(cell, speech) for cell in cells], "fx-refused"))
    if any(cell.open for cell in cells):
        address = f"/quarantine?delivery={delivery_id}"
        parts.append(link(words.get("quarantine.to_correct"), address, "fx-btn fx-q-to"))
    return div(parts, "fx-delivery-open")


def _cell(cell: Cell, speech: Speech) -> list[Any]:
    words = speech.words
    if cell.row == 0:
        place = cell.sheet or words.get("data.place.file")
    elif cell.sheet:
        place = words.get("data.place.sheet_row", sheet=cell.sheet, row=cell.row)
    else:
        place = words.get("data.place.row", row=cell.row)
    where: list[Any] = [place]
    if cell.station is not None and cell.case_no is not None:
        case = link(cell.case_no, case_address((cell.station, cell.case_no)), "")
        where.append(element("small", case))
    why: list[Any] = [speech.reason(cell.reason, {**cell.params, "accepted": cell.accepted})]
    if cell.activity is not None:
        activity = words.find(f"activities.{cell.activity}") or cell.activity
        why.append(element("small", words.get("case.files.lost", activity=activity)))
    return [
        element("span", where),
        cell.column or words.get("case.files.whole_row"),
        span(cell.value or "—", "fx-cell-value"),
        element("span", why),
        cell.accepted or "—",
    ]
