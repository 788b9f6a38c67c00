"""Quarantine (隔离): what did not become an event, why, and correcting it, one cell or many alike."""

from __future__ import annotations

import asyncio
import csv
import io
import socket
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts.element import Node, div, element
from dashboard.parts.quarantinelist import data_tabs, entries, filters, why_refused
from dashboard.parts.sentence import Speech
from dashboard.views.moments import local
from dashboard.views.quarantine import (
    Alike,
    Asked,
    Shown,
    choices,
    corrections,
    group_of,
    groups,
    may_be_mapped,
    row_fields,
    same_rows,
)
from dashboard.views.snapshot import zone_of
from ingest.retry import Retried, retry
from monitor.reports.case_list import FORMULA
from monitor.store.deliveries import Sender
from monitor.store.quarantine import OPEN, QuarantineRow, quarantine_rows, quarantine_tally

if TYPE_CHECKING:
    from dashboard.services import Services

PATH = "/quarantine"
TITLE_KEY = "quarantine.title"
LISTED = 500
"""Entries listed at once: more than a person settles in one sitting."""
COLUMNS = (
    "id", "status", "source", "delivery", "received", "file", "sheet", "row", "column", "value", "why",
    "accepted", "activity", "station", "case", "settled_at", "settled_by",
)  # fmt: skip


def layout(services: Services, query: dict[str, str]) -> Any:
    """What waits, grouped. It is not drawn anew by itself: someone may be typing."""
    words = services.texts[current_language(services.language)]
    return div(
        [
            element("p", None, "fx-q-answer", id="fx-q-answer", role="status"),
            div(
                [
                    div(drawn(services, query), "fx-q", id="fx-q"),
                    element(
                        "button",
                        words.get("quarantine.export"),
                        "fx-btn fx-q-export",
                        type="button",
                        id="fx-q-export",
                    ),
                ],
                "fx-q-frame",
            ),
            dcc.Download(id="fx-q-file"),
        ],
        "fx-q-page",
    )


def speech_of(services: Services) -> Speech:
    """The reader's words, on the installation's clock; this year is not said."""
    zone = zone_of(services, None)
    words = services.texts[current_language(services.language)]
    return Speech(words, zone, local(services.now(), zone).year)


def found_of(services: Services, asked: Asked, limit: int | None = LISTED) -> list[QuarantineRow]:
    """The entries that an address asks for."""
    with services.database.read() as connection:
        return quarantine_rows(
            connection,
            status=OPEN,
            source=asked.source,
            delivery_id=asked.delivery,
            reason=asked.reason,
            settled=asked.state is Shown.SETTLED,
            limit=limit,
        )


def drawn(services: Services, query: Mapping[str, str]) -> list[Node]:
    """Tabs, filters and groups, the one asked for open."""
    asked, speech = Asked.of(query), speech_of(services)
    found = found_of(services, asked)
    with services.database.read() as connection:
        tallies = quarantine_tally(connection)
    of_source, of_reason, states = choices(tallies, asked)
    waiting = sum(one.n for one in tallies if one.status == OPEN)
    alike = groups(found)
    opened = group_of(alike, asked.entry)
    fields = [] if opened is None else fields_of(services, opened, many=asked.many)
    total = len(found) if asked.delivery is not None and len(found) < LISTED else states[asked.state]
    return [
        data_tabs(speech.words, PATH, waiting),
        filters(of_source, of_reason, states, asked, services.sources, speech),
        entries(alike, asked, fields, total, services.intake is not None, services.sources, speech),
    ]


def fields_of(services: Services, group: Alike, *, many: bool) -> list[Any]:
    """The cells of the row that may be written; of many rows only the one they share."""
    fields = row_fields(group.first, services.sources.get(group.first.source))
    return [one for one in fields if one.refused] if many and len(group.entries) > 1 else fields


def treated(
    services: Services, query: Mapping[str, str], act: str, typed: Mapping[str, str | None]
) -> tuple[str, bool]:
    """Correct and retry what the address has open. The answer in words, and whether to draw the page anew."""
    asked, speech = Asked.of(query), speech_of(services)
    words = speech.words
    if services.intake is None or asked.entry is None:
        return words.get("quarantine.answer.unknown"), True
    group = group_of(groups(found_of(services, asked)), asked.entry)
    if group is None:
        return settled_before(services, asked.entry, speech), True
    if not may_be_mapped(group.first, services.sources):
        return words.get("quarantine.answer.no_page", source=group.first.source), True
    changed = corrections(fields_of(services, group, many=asked.many), typed) if act == "correct" else {}
    if act == "correct" and not changed:
        return words.get("quarantine.answer.nothing"), False  # what was typed elsewhere stays
    wanted = [one for one in group.entries if asked.many or one.quarantine_id == asked.entry]
    with services.database.read() as connection:
        deliveries = sorted({one.delivery_id for one in wanted})
        found = [one for key in deliveries for one in quarantine_rows(connection, delivery_id=key)]
    sender = Sender(services.actor, socket.gethostname())
    done = retry(services.intake, sender, same_rows(wanted, found), changed)
    if not done.deliveries:  # someone else was faster
        return settled_before(services, asked.entry, speech), True
    return told(services, done, speech), True


def settled_before(services: Services, entry: int, speech: Speech) -> str:
    """Who settled an entry, when and how: a person, or no one but a later delivery."""
    words = speech.words
    with services.database.read() as connection:
        found = quarantine_rows(connection, status=None, ids=[entry])
    if not found or found[0].status == OPEN:
        return words.get("quarantine.answer.unknown")
    one = found[0]
    how = words.get(f"quarantine.status.{one.status}")
    if one.settled_at is None:
        return words.get("quarantine.answer.gone", how=how)
    time = speech.moment(one.settled_at)
    if one.settled_by is None:
        return words.get("quarantine.answer.gone_later", time=time, how=how)
    return words.get("quarantine.answer.gone_by", actor=one.settled_by, time=time, how=how)


def told(services: Services, done: Retried, speech: Speech) -> str:
    """What a retry came to: how many are settled, and of what is still refused the first with its reason."""
    words = speech.words
    left = still_refused(services, done)
    events = sum(one.counts.events + one.counts.revisions for one in done.deliveries)
    settled = max(0, len(done.settled) - sum(one.quarantine_id not in done.still_refused for one in left))
    said = [words.get("quarantine.answer.done", n=settled, events=events)] if settled or not left else []
    if left:
        item = left[0].item
        why = words.get(
            "quarantine.answer.one",
            column=item.column or words.get("case.files.whole_row"),
            value=item.value or "",
            reason=why_refused(left[0], speech),
        )
        said.append(words.get("quarantine.answer.still", n=len(left), why=why))
        if item.accepted:
            said.append(words.get("quarantine.answer.accepted", accepted=item.accepted))
    return " ".join(said)


def still_refused(services: Services, done: Retried) -> list[QuarantineRow]:
    """Entries that stayed what they were, and those a correction brought in their place."""
    with services.database.read() as connection:
        left = quarantine_rows(connection, ids=done.still_refused) if done.still_refused else []
        for one in done.deliveries:
            left += quarantine_rows(connection, delivery_id=one.delivery_id)
    return left


def csv_text(found: Sequence[QuarantineRow], speech: Speech) -> str:
    """Entries for a spreadsheet: with its mark of UTF-8, and nothing that it would take for a formula."""
    words = speech.words
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([words.get(f"quarantine.columns.{name}") for name in COLUMNS])
    for one in found:
        item = one.item
        state = "state.open" if one.status == OPEN else f"status.{one.status}"
        activity = item.activity and (words.find(f"activities.{item.activity}") or item.activity)
        cells = (
            one.quarantine_id, words.get(f"quarantine.{state}"), one.source, one.delivery_id,
            _instant(one.received_at, speech), one.file, item.sheet, item.row or None, item.column,
            item.value, why_refused(one, speech), item.accepted, activity, item.station, item.case_no,
            _instant(one.settled_at, speech), one.settled_by,
        )  # fmt: skip
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]
        )
    return "\ufeff" + written.getvalue()


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _instant(at: int | None, speech: Speech) -> str | None:
    return None if at is None else f"{local(at, speech.zone):%Y-%m-%d %H:%M:%S}"


def exported(services: Services, query: Mapping[str, str]) -> dict[str, Any]:
    """All that the filters leave, listed or not, as a file."""
    speech = speech_of(services)
    day = local(services.now(), speech.zone)
    name = f"{speech.words.get('quarantine.file')}-{day:%Y%m%d}.csv"
    content = csv_text(found_of(services, Asked.of(query), None), speech)
    return {"content": content, "filename": name, "type": "text/csv;charset=utf-8", "base64": False}


def register(app: Dash, services: Services) -> None:
    """Filters and what is open come from the address; a button acts on what is open."""

    def acted(search: str | None, act: str, typed: Mapping[str, str | None]) -> tuple[Any, str]:
        query = read_search(search)
        answer, anew = treated(services, query, act, typed)
        return (drawn(services, query) if anew else no_update), answer

    @app.callback(
        Output("fx-q", "children"),
        Output("fx-q-answer", "children"),
        Input("fx-location", "search"),
        Input({"type": "fx-q-act", "act": ALL}, "n_clicks"),
        State({"type": "fx-q-cell", "head": ALL}, "value"),
        State({"type": "fx-q-cell", "head": ALL}, "id"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def show(
        search: str | None,
        clicks: list[int | None],
        values: list[str | None],
        names: list[dict[str, str]],
        path: str | None,
    ) -> tuple[Any, ...]:
        if path != PATH:
            return no_update, no_update
        pressed = ctx.triggered_id
        if isinstance(pressed, dict):
            if not any(clicks):  # a button that has just been drawn
                return no_update, no_update
            typed = {one["head"]: value for one, value in zip(names, values, strict=True)}
            return await asyncio.to_thread(acted, search, pressed["act"], typed)
        return await asyncio.to_thread(drawn, services, read_search(search)), None

    @app.callback(
        Output("fx-q-file", "data"),
        Input("fx-q-export", "n_clicks"),
        State("fx-location", "search"),
        prevent_initial_call=True,
    )
    async def export(clicks: int | None, search: str | None) -> Any:
        if not clicks:
            return no_update
        return await asyncio.to_thread(exported, services, read_search(search))
