"""Reading (读法): a file nobody has configured, its columns guessed, adjusted, tried, kept and loaded."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, dcc, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts import mapping as parts
from dashboard.parts import mapping_trial as trial
from dashboard.parts.element import Node, div, element
from dashboard.parts.sentence import Speech
from dashboard.views.mapping import (
    BY_COLUMN,
    Choice,
    Form,
    adjusted,
    column_views,
    extras,
    fitting_pages,
    form_kind,
)
from dashboard.views.moments import local
from dashboard.views.snapshot import zone_of
from ingest.mapping.draft import Draft, draft_of, page_text, undecided
from ingest.mapping.guess import Kind, Proposal, best_sheet, propose
from ingest.mapping.guess_words import Vocabulary, vocabulary
from ingest.mapping.own_pages import NotSaved, checked, first_line, save
from ingest.mapping.pages import SourcePages
from ingest.mapping.place import StationDirectory
from ingest.rehearsal import rehearse
from ingest.tables.fault import TableError
from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.store.deliveries import Sender

if TYPE_CHECKING:
    from dashboard.services import Services
    from ingest.drop import Dropped, Drops
    from ingest.intake import Intake
    from ingest.mapping.guess_sheet import SeenSheet
    from ingest.mapping.page import SourcePage
    from monitor.settings.texts import Texts

PATH = parts.PATH
TITLE_KEY = "mapping.title"
TRIED = 2_000
"""Rows of a dry run: at once on screen, and enough to meet what is odd."""
SHOWN = 40


@dataclass(frozen=True)
class Desk:
    """One file being settled, with all it is judged by."""

    services: Services
    intake: Intake
    drops: Drops
    pages: SourcePages
    dropped: Dropped
    sheets: Sequence[SeenSheet]
    words: Vocabulary
    proposal: Proposal

    @property
    def draft(self) -> Draft:
        zone = str(zone_of(self.services, None))
        return draft_of(self.proposal, self.words, self.dropped.name, zone)


class Gone(LookupError):
    """The file that an address names is not here."""


def speech_of(services: Services) -> Speech:
    zone = zone_of(services, None)
    return Speech(texts_of(services), zone, local(services.now(), zone).year)


def texts_of(services: Services) -> Texts:
    return services.texts[current_language(services.language)]


def desk_of(services: Services, query: Mapping[str, str], kind: str | None = None) -> Desk:
    """The file of an address. Raises Gone, and TableError where it can't be read."""
    drops, intake = services.drops, services.intake
    if drops is None or intake is None:
        raise Gone
    drops.sweep(services.now())
    dropped = drops.find(query.get("file", ""))
    if dropped is None:
        raise Gone
    words = vocabulary(intake.pages, intake.pages.codes)
    sheets = drops.look(dropped, words.heads)
    sheet = best_sheet(sheets, words)
    names = {code: station.names() for code, station in services.configuration.stations.items()}
    wanted: Kind | None = None if kind is None else form_kind(kind, "ledger")
    proposal = propose(sheet, words, StationDirectory(names), wanted)
    return Desk(services, intake, drops, intake.pages, dropped, sheets, words, proposal)


def layout(services: Services, query: dict[str, str]) -> Any:
    """The file's page; without a file where to drop one."""
    words = texts_of(services)
    if not query.get("file"):
        return div([element("p", words.get("mapping.none"), "fx-caption"), parts.drop_area(words)], "fx-m")
    try:
        desk = desk_of(services, query)
    except Gone:
        return parts.message(words.get(TITLE_KEY), words.get("mapping.gone"), words)
    except TableError as error:
        said = speech_of(services).reason(error.code, error.params)
        return parts.message(words.get("mapping.unreadable"), said, words)
    draft = desk.draft
    stations = [
        Choice(code, f"{one.name.in_language(words.language)} · {code}")
        for code, one in services.configuration.stations.items()
    ]
    known = known_pages(desk)
    day = local(services.now(), zone_of(services, None))
    left: list[Any] = [parts.file_card(desk.dropped.name, desk.proposal, len(desk.sheets) - 1, words)]
    if known:
        left.append(parts.known_card(known, words))
    left += [
        div(None, "fx-m-answer", id="fx-m-known-answer", role="status"),
        parts.settings_card(draft, stations, zones(), words),
        div(reading_part(desk, words), "fx-m-read", id="fx-m-read"),
    ]
    can_save = services.config_dir is not None and services.config_dir.is_dir()
    right = div(
        [
            element("section", element("p", words.get("mapping.trial.running")), "fx-card fx-m-trial",
                    id="fx-m-trial", role="status"),
            element(
                "section",
                [
                    div(trial.save_part(f"export-{day:%Y%m%d}", can_save, words)),
                    div(None, "fx-m-answer", id="fx-m-answer", role="status"),
                ],
                "fx-card fx-m-save",
            ),
        ],
        "fx-m-right",
    )  # fmt: skip
    return div([div(left, "fx-m-left"), right, dcc.Download(id="fx-m-file")], "fx-m fx-m-desk")


def known_pages(desk: Desk) -> list[tuple[str, str, bool]]:
    """Pages that claim the file's name, then those whose heads fit: name, title, whether claimed."""
    language = texts_of(desk.services).language
    claiming = [page.name for page in desk.pages.claiming(desk.dropped.name)]
    fitting = [name for name in fitting_pages(desk.sheets, desk.pages) if name not in claiming]
    named = [(name, True) for name in claiming] + [(name, False) for name in fitting[:2]]
    return [(name, desk.pages[name].title.in_language(language), claimed) for name, claimed in named]


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Zones of the tz database, the usual one first."""
    return tuple(dict.fromkeys(("Asia/Shanghai", *sorted(available_timezones()))))


def reading_part(desk: Desk, words: Texts) -> list[Node]:
    """Columns and labels as guessed."""
    columns = parts.columns_card(column_views(desk.proposal, desk.draft, desk.words, words), words)
    labels = parts.labels_card(desk.draft, words)
    return [columns] if labels is None else [labels, columns]


def sentences(problems: Sequence[ConfigProblem], words: Texts) -> str:
    return " ".join(one.sentence(words) for one in problems[:3])


def missing_of(desk: Desk, draft: Draft) -> list[Any]:
    shapes = {one.column.head: one.shape for one in desk.proposal.guesses}
    return undecided(draft, shapes, desk.words)


def tried(services: Services, query: Mapping[str, str], form: Form) -> list[Node]:
    """What the file would become by what is chosen now."""
    speech = speech_of(services)
    words = speech.words
    try:
        desk = desk_of(services, query, form.kind)
    except Gone:
        return [element("p", words.get("mapping.gone"), role="alert")]
    draft = adjusted(desk.draft, desk.proposal, form)
    missing = missing_of(desk, draft)
    if missing:
        return trial.undecided_part(missing, words)
    try:
        page = checked("trial", page_text(draft, desk.words), desk.pages)
    except ConfigError as error:
        said = words.get("mapping.not_saved.not_a_page", detail=sentences(error.problems, words))
        return [element("p", said, "fx-m-warn", role="alert")]
    return rehearsed(desk, page, speech)


def rehearsed(desk: Desk, page: SourcePage, speech: Speech) -> list[Node]:
    told = rehearse(desk.intake, desk.dropped.path, page, SHOWN, most=TRIED, name=desk.dropped.name)
    return trial.trial_part(told, speech)


def text_made(desk: Desk, draft: Draft, words: Texts) -> str:
    """The page with who made it, when and from which file above it."""
    services = desk.services
    moment = local(services.now(), zone_of(services, None))
    when, file = f"{moment:%Y-%m-%d %H:%M}", desk.dropped.name
    said = words.get("mapping.save.made", actor=services.actor, when=when, file=file)
    return page_text(draft, desk.words, (first_line(services.actor, when, file), said))


def kept(desk: Desk, form: Form, name: str, words: Texts, *, overwrite: bool) -> list[Any]:
    """Save what is chosen as a page; the answer in words."""
    draft = adjusted(desk.draft, desk.proposal, form)
    if missing_of(desk, draft):
        return trial.refused_part(words.get("mapping.not_saved.undecided"))
    services = desk.services
    text = text_made(desk, draft, words)
    try:
        page = save(name.strip(), text, services.config_dir, desk.pages, services.actor, overwrite=overwrite)
    except NotSaved as error:
        detail = sentences(error.problems, words) or error.detail
        said = words.get(f"mapping.not_saved.{error.code}", **({"detail": detail} if detail else {}))
        return trial.overwrite_part(said, words) if error.code == "own_exists" else trial.refused_part(said)
    return trial.saved_part(f"sources/{page.name}.yaml", page.name, words)


def loaded(desk: Desk, name: str, speech: Speech) -> list[Any]:
    """Take the file in by a page, as any delivery; it does not wait any longer then."""
    words = speech.words
    page = desk.pages.get(name)
    if page is None:
        return trial.refused_part(words.get("mapping.gone"))
    sender = Sender(desk.services.actor, socket.gethostname())
    try:
        row = desk.intake.file(desk.dropped.path, page, sender)
    except TableError as error:
        return trial.refused_part(
            words.get("mapping.save.loaded_partly", reason=speech.reason(error.code, error.params))
        )
    desk.drops.remove(desk.dropped.token)
    problem = None if row.problem is None else speech.reason(row.problem, row.params)
    return trial.loaded_part(row, problem, words)


def acted(
    services: Services, query: Mapping[str, str], act: str, form: Form, name: str
) -> tuple[Any, Any, Any, Any]:
    """One press of a button: answer below the name, answer beside known pages, file to download, address."""
    speech = speech_of(services)
    words = speech.words
    if act == "discard":
        if services.drops is not None:
            services.drops.remove(query.get("file", ""))
        return no_update, no_update, no_update, "/data"
    try:
        desk = desk_of(services, query, form.kind)
    except (Gone, TableError):
        return trial.refused_part(words.get("mapping.gone")), no_update, no_update, no_update
    what, _, source = act.partition(":")
    if what == "download":
        text = text_made(desk, adjusted(desk.draft, desk.proposal, form), words)
        file = {
            "content": text,
            "filename": f"{name.strip() or 'page'}.yaml",
            "type": "text/yaml;charset=utf-8",
        }
        return no_update, no_update, {**file, "base64": False}, no_update
    if what in ("save", "overwrite"):
        return kept(desk, form, name, words, overwrite=what == "overwrite"), no_update, no_update, no_update
    if what == "load":
        return loaded(desk, source, speech), no_update, no_update, no_update
    if what == "known-load":
        return no_update, loaded(desk, source, speech), no_update, no_update
    if what == "known-try" and source in desk.pages:
        found = element("section", rehearsed(desk, desk.pages[source], speech), "fx-card fx-m-trial")
        return no_update, [found], no_update, no_update
    return (no_update,) * 4


def form_of(told: Sequence[Any]) -> Form:
    """The controls' values, in the order of `settable`."""
    (
        kind,
        station,
        zone,
        called,
        files,
        meanings,
        where,
        units,
        unit_at,
        colours,
        colour_at,
        labels,
        label_at,
    ) = told
    return Form(
        kind=form_kind(kind, "ledger"),
        meanings=_placed(meanings, where),
        units=_placed(units, unit_at),
        colours=_placed(colours, colour_at),
        labels=_placed(labels, label_at),
        station=station or BY_COLUMN,
        zone=zone or "",
        files=files or "",
        title=called or "",
    )


def _placed(values: Sequence[Any], ids: Sequence[Mapping[str, Any]]) -> dict[int, Any]:
    return {one["at"]: value for value, one in zip(values, ids, strict=True)}


def settable(make: Any, also: Any) -> list[Any]:
    """Everything a person can set, as inputs or states of a callback."""
    found = [make(f"fx-m-{name}", "value") for name in ("kind", "station", "zone", "called", "files")]
    for name in ("meaning", "unit", "colours", "label"):
        pattern = {"type": f"fx-m-{name}", "at": ALL}
        found += [make(pattern, "value"), also(pattern, "id")]
    return found


def register(app: Dash, services: Services) -> None:
    """Another kind guesses anew; any choice is tried at once; buttons keep, load and give up."""

    def as_kind(search: str | None, kind: str | None) -> Any:
        words = texts_of(services)
        try:
            return reading_part(desk_of(services, read_search(search), kind), words)
        except (Gone, TableError):
            return [element("p", words.get("mapping.gone"), role="alert")]

    def extras_of(search: str | None, kind: str | None, meaning: str, at: int) -> Any:
        words = texts_of(services)
        try:
            desk = desk_of(services, read_search(search), kind)
        except (Gone, TableError):
            return no_update
        guess = next(one for one in desk.proposal.guesses if one.column.position == at)
        asked = extras(guess, meaning, desk.proposal, desk.words, words)
        return parts.extra_controls(at, guess.column.head, asked, words)

    @app.callback(
        Output("fx-m-read", "children"),
        Input("fx-m-kind", "value"),
        State("fx-location", "search"),
        prevent_initial_call=True,
    )
    async def kind_chosen(kind: str | None, search: str | None) -> Any:
        return await asyncio.to_thread(as_kind, search, kind)

    @app.callback(
        Output({"type": "fx-m-extras", "at": MATCH}, "children"),
        Input({"type": "fx-m-meaning", "at": MATCH}, "value"),
        State({"type": "fx-m-meaning", "at": MATCH}, "id"),
        State("fx-m-kind", "value"),
        State("fx-location", "search"),
        prevent_initial_call=True,
    )
    async def meaning_chosen(
        meaning: str | None, which: dict[str, Any], kind: str | None, search: str | None
    ) -> Any:
        return await asyncio.to_thread(extras_of, search, kind, meaning or "", which["at"])

    @app.callback(Output("fx-m-trial", "children"), State("fx-location", "search"), *settable(Input, State))
    async def chosen(search: str | None, *told: Any) -> Any:
        return await asyncio.to_thread(tried, services, read_search(search), form_of(told))

    @app.callback(
        Output("fx-m-answer", "children"),
        Output("fx-m-known-answer", "children"),
        Output("fx-m-file", "data"),
        Output("fx-location", "href"),
        Input({"type": "fx-m-act", "act": ALL}, "n_clicks"),
        State("fx-location", "search"),
        State({"type": "fx-m-name", "at": ALL}, "value"),
        *settable(State, State),
        prevent_initial_call=True,
    )
    async def pressed(
        clicks: list[int | None], search: str | None, names: list[str | None], *told: Any
    ) -> Any:
        which = ctx.triggered_id
        if not isinstance(which, dict) or not any(one["value"] for one in ctx.triggered):
            return (no_update,) * 4  # a button that has just been drawn
        name = (names[0] if names else None) or ""
        return await asyncio.to_thread(
            acted, services, read_search(search), which["act"], form_of(told), name
        )
