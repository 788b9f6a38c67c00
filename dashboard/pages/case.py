"""Case (案件): everything known of one case, with its sources, and why each clock says what it says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update

from dashboard.language import current_language
from dashboard.parts.board import age_badge
from dashboard.parts.casefile import files, findings
from dashboard.parts.casefine import fine_cards
from dashboard.parts.caseflags import case_flags_card
from dashboard.parts.casehead import case_head
from dashboard.parts.casenotes import note_form, notes
from dashboard.parts.casepayments import payments_card
from dashboard.parts.clocks import clocks
from dashboard.parts.element import Node, div, element
from dashboard.parts.gate import gate_card
from dashboard.parts.rows import link
from dashboard.parts.sentence import Speech
from dashboard.parts.shell import failed_part
from dashboard.parts.timeline import timeline
from dashboard.parts.weights import weights
from dashboard.views.case import CaseView, case_view
from dashboard.views.case_fine import CaseFines, case_fines
from dashboard.views.case_flags import CaseFlags, case_flags, with_flags
from dashboard.views.moments import MINUTE, clock_time, local
from dashboard.views.snapshot import Failure, attempt, zone_of
from monitor.actions.notes import EmptyNoteError, acknowledge, add_note
from monitor.store.board import data_version
from monitor.store.cases import case_file
from monitor.store.deliveries import Sender
from monitor.store.flags import flags_version
from monitor.store.notes import notes_of

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.configuration import Configuration
    from monitor.settings.texts import Texts

PATH = "/case/<station>/<case_no>"
TITLE_KEY = "case.title"
ORIGIN = "case"

Key = tuple[str, str]

PARTS = (
    "fx-case-head",
    "fx-case-flags",
    "fx-case-history",
    "fx-case-figures",
    "fx-case-findings",
    "fx-case-said",
    "fx-case-files",
)
"""Where each field of `Drawn` stands, in their order."""


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """How old what is shown is."""
    words = services.texts[current_language(services.language)]
    return [age_badge(services.configuration, words, str(zone_of(services, query.get("station"))))]


def layout(services: Services, query: dict[str, str]) -> Any:
    """The case as it is now, or in words that there is none."""
    key, now = (query["station"], query["case_no"]), services.now()
    words = services.texts[current_language(services.language)]
    view = read(services, key, now)
    if view is None:
        return not_found(services, key, words)
    fines, flags = fines_of(services, key, now), case_flags(services.database, key)
    drawn = draw(view, now, speech_of(view, now, words), fines, flags, services.configuration)
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(drawn.head, id="fx-case-head"),
            div(drawn.flags, id="fx-case-flags"),
            div(
                [
                    div(drawn.history, id="fx-case-history"),
                    div(
                        [
                            div(drawn.figures, id="fx-case-figures"),
                            div(
                                [
                                    div(drawn.findings, id="fx-case-findings"),
                                    element(
                                        "section",
                                        [
                                            element("h2", words.get("case.notes.title")),
                                            div(drawn.notes, id="fx-case-said"),
                                            note_form(words),
                                        ],
                                        "fx-card fx-case-talk",
                                    ),
                                ],
                                "fx-case-pair",
                            ),
                            div(drawn.files, id="fx-case-files"),
                        ],
                        "fx-case-beside",
                    ),
                ],
                "fx-case-columns",
            ),
            div(str(now // 1000), "fx-stamp", id="fx-case-stamp", hidden=True),
            dcc.Interval(id="fx-case-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-case-key", data=list(key)),
            dcc.Store(id="fx-case-drawn", data=drawn_key(services, now)),
            dcc.Store(id="fx-case-acted"),
        ],
        "fx-case",
    )


def read(services: Services, key: Key, now: int) -> CaseView | None:
    """The page of a case, or None where nothing valid is known of it."""
    file = case_file(services.database, key)
    if file is None:
        return None
    said = notes_of(services.database, [key]).get(key, [])
    zone = zone_of(services, key[0])
    return case_view(file, said, services.configuration, services.sources, now, zone)


def fines_of(services: Services, key: Key, now: int) -> CaseFines | Failure | None:
    """The decisions of the case held against the rules; a failure leaves the rest of the page."""
    return attempt("fines of a case", lambda: case_fines(services, key, now))


def drawn_key(services: Services, now: int) -> str:
    """Changes when what is drawn may have: with the data, the minute and the program."""
    with services.database.read() as connection:
        flags = flags_version(connection)
    version = ".".join(map(str, (*data_version(services.database), flags)))
    return f"{services.version}/{version}/{now // MINUTE}"


def speech_of(view: CaseView, now: int, words: Texts) -> Speech:
    """The reader's words on the clock of the station; this year is not said."""
    return Speech(words, view.zone, local(now, view.zone).year)


class Drawn(NamedTuple):
    """The parts of the page that a refresh draws anew; the field for a note lies between them."""

    head: Node
    flags: Node | None
    history: Node
    figures: list[Node]
    findings: Node
    notes: Node
    files: Node


def draw(
    view: CaseView,
    now: int,
    speech: Speech,
    fines: CaseFines | Failure | None,
    flags: CaseFlags,
    configuration: Configuration,
) -> Drawn:
    """Every part in the words and on the clock of the reader."""
    pair = [weights(view.weights, speech)] if view.weights is not None else []
    if view.gate is not None:
        pair.append(gate_card(view.gate, view.head, speech))
    figures = [clocks(view.clocks, speech)]
    if pair:
        figures.append(div(pair, "fx-case-pair" if len(pair) > 1 else "fx-case-one"))
    if view.payments is not None:
        figures.append(payments_card(view.payments, speech, configuration))
    if isinstance(fines, Failure):
        figures.append(failed_part(speech.words, fines.reason, clock_time(now, speech.zone)))
    elif fines is not None:
        figures += fine_cards(fines, now, speech, configuration)
    noted = isinstance(fines, CaseFines) and any(one.assessment.findings for one in fines.fines)
    paid = () if view.payments is None else view.payments.payments
    return Drawn(
        case_head(view.head, now, speech),
        case_flags_card(flags, now, speech, configuration),
        timeline(with_flags(view.timeline, flags, speech.zone), speech, configuration),
        figures,
        findings(view.findings, speech, beside=noted or any(one.findings for one in paid)),
        notes(view.notes, speech),
        files(view.rows, view.refused, speech),
    )


def not_found(services: Services, key: Key, words: Texts) -> Node:
    """Says which case is not there, and where to look for it."""
    station = services.configuration.stations.get(key[0])
    name = key[0] if station is None else station.name.in_language(words.language)
    return div(
        [
            element("h2", words.get("case.not_found.title")),
            element("p", words.get("case.not_found.text", station=name, case_no=key[1])),
            div(
                [
                    link(
                        words.get("case.not_found.search"),
                        "/cases?" + urlencode({"text": key[1]}),
                        "fx-btn fx-primary",
                    ),
                    link(words.get("case.not_found.back"), "/cases", "fx-btn"),
                ],
                "fx-case-acts",
            ),
        ],
        "fx-card fx-not-found",
    )


def register(app: Dash, services: Services) -> None:
    """Title, refresh, acknowledging and noting."""

    @app.callback(Output("fx-title", "children"), Input("fx-case-key", "data"))
    async def title(key: list[str] | None) -> Any:
        if not key:
            return no_update
        words = services.texts[current_language(services.language)]
        return words.get("case.heading", case_no=key[1])

    def refreshed(key: Key, held: str | None) -> tuple[Any, ...]:
        now = services.now()
        drawn = drawn_key(services, now)
        stamp = str(now // 1000)
        if drawn == held:
            return *(no_update,) * len(PARTS), no_update, stamp
        view = read(services, key, now)
        words = services.texts[current_language(services.language)]
        if view is None:
            # Its last valid event was voided while somebody looked at it.
            return not_found(services, key, words), *(None,) * (len(PARTS) - 1), drawn, stamp
        fines, flags = fines_of(services, key, now), case_flags(services.database, key)
        shown = draw(view, now, speech_of(view, now, words), fines, flags, services.configuration)
        return *shown, drawn, stamp

    @app.callback(
        *(Output(part, "children") for part in PARTS),
        Output("fx-case-drawn", "data"),
        Output("fx-case-stamp", "children"),
        Input("fx-case-tick", "n_intervals"),
        Input("fx-case-acted", "data"),
        State("fx-case-key", "data"),
        State("fx-case-drawn", "data"),
        prevent_initial_call=True,
    )
    async def refresh(
        _ticks: int | None, _acted: Any, key: list[str] | None, held: str | None
    ) -> tuple[Any, ...]:
        if not key:
            return (no_update,) * (len(PARTS) + 2)
        return await asyncio.to_thread(refreshed, (key[0], key[1]), held)

    def seen(key: Key, text: str) -> int:
        now = services.now()
        acknowledge(services.database, Sender(services.actor, ORIGIN), key, now=now, text=text)
        return now

    @app.callback(
        Output("fx-case-acted", "data"),
        Output("fx-case-note", "value", allow_duplicate=True),
        Output("fx-case-kept", "children"),
        Input("fx-case-acknowledge", "n_clicks"),
        Input({"case": "take", "flags": ALL}, "n_clicks"),
        State("fx-case-key", "data"),
        State("fx-case-note", "value"),
        prevent_initial_call=True,
    )
    async def acknowledged(
        _clicks: int | None, _takes: list[int | None], key: list[str] | None, text: str | None
    ) -> tuple[Any, ...]:
        # A button that has just been drawn has not been pressed.
        if not key or not ctx.triggered or not ctx.triggered[0]["value"]:
            return (no_update,) * 3
        words = services.texts[current_language(services.language)]
        now = await asyncio.to_thread(seen, (key[0], key[1]), text or "")
        return now, "", words.get("case.notes.kept")

    def keep(key: Key, text: str) -> tuple[Any, ...]:
        words, now = services.texts[current_language(services.language)], services.now()
        try:
            add_note(services.database, Sender(services.actor, ORIGIN), key, text, now=now)
        except EmptyNoteError:
            return no_update, no_update, words.get("case.notes.empty"), None
        return now, "", None, words.get("case.notes.kept")

    @app.callback(
        Output("fx-case-acted", "data", allow_duplicate=True),
        Output("fx-case-note", "value"),
        Output("fx-case-note", "error"),
        Output("fx-case-kept", "children", allow_duplicate=True),
        Input("fx-case-keep", "n_clicks"),
        State("fx-case-key", "data"),
        State("fx-case-note", "value"),
        prevent_initial_call=True,
    )
    async def noted(clicks: int | None, key: list[str] | None, text: str | None) -> tuple[Any, ...]:
        if not clicks or not key:
            return (no_update,) * 4
        return await asyncio.to_thread(keep, (key[0], key[1]), text or "")
