"""Flags (预警): what was raised and who has it, silences, who is on duty, whether the loop lives.

Which flags, of which kind and station, and the one that is open stand in the address.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update

from dashboard.address import read_search
from dashboard.language import current_language
from dashboard.parts.board import age_badge
from dashboard.parts.element import Node, div
from dashboard.parts.flagduty import duty_card, loop_card, silences_card
from dashboard.parts.flaglist import flags_card
from dashboard.parts.flagopen import HIDDEN
from dashboard.parts.sentence import Speech
from dashboard.views.flags import PATH, FlagAsk, flag_ask, flags_view
from dashboard.views.moments import MINUTE, length, local
from dashboard.views.silence_end import CHOSEN, end_of
from dashboard.views.snapshot import zone_of
from monitor.actions.flags import (
    NotDoneError,
    acknowledge_flag,
    hand_on,
    recipient_name,
    send_again,
    send_channel_again,
    silence,
    stop_silence,
)
from monitor.alerts.message import clock_names
from monitor.settings.cadence import span
from monitor.store.deliveries import Sender
from monitor.store.flags import flags_by_id, flags_version
from monitor.store.outbox import outbox_standing

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.settings.texts import Texts

TITLE_KEY = "flags.page.heading"
ORIGIN = "flags"
PARTS = ("fx-flags-main", "fx-flags-loop", "fx-flags-duty", "fx-flags-quiet")
"""Where each part of `drawn` stands, in their order."""
NOTHING = (no_update,) * len(PARTS)


def controls(services: Services, query: dict[str, str]) -> list[Any]:
    """How old what is shown is."""
    asked = ask_of(services, query)
    return [age_badge(services.configuration, words_of(services), str(zone_of(services, asked.station)))]


def words_of(services: Services) -> Texts:
    """The reader's words."""
    return services.texts[current_language(services.language)]


def names_of(services: Services) -> dict[str, str]:
    """What feeds and jobs are called in the reader's language, by their clocks."""
    configuration = services.configuration
    feeds = {name: page.feed for name, page in services.sources.items()}
    jobs = configuration.jobs.planned(configuration.zone, simulated=services.simulated)
    names = [job.name for job in jobs]
    return clock_names(feeds, names, configuration.alerts.channels, words_of(services))


def ask_of(services: Services, query: dict[str, str]) -> FlagAsk:
    """What an address asks for."""
    return flag_ask(query, services.configuration.stations)


def drawn(services: Services, query: dict[str, str], told: str = "") -> tuple[Node, ...]:
    """The list, the heartbeats, who is on duty, the silences; `told` answers what was just pressed."""
    now, asked = services.now(), ask_of(services, query)
    zone, configuration = zone_of(services, asked.station), services.configuration
    speech = Speech(words_of(services), zone, local(now, zone).year)
    view = flags_view(services, asked, now, names_of(services))
    return (
        flags_card(view, now, speech, configuration, told),
        loop_card(view.loop, now, speech),
        duty_card(view.duty, now, speech, configuration),
        silences_card(view.silences, speech, configuration, view.names),
    )


def drawn_key(services: Services, now: int) -> str:
    """Changes when the list may have: with a step of a flag, a message, the minute."""
    with services.database.read() as connection:
        standing = outbox_standing(connection, now)
        return f"{flags_version(connection)}/{tuple(standing)[:3]}/{now // MINUTE}"


def layout(services: Services, query: dict[str, str]) -> Any:
    """The page as it is now, and what keeps it so."""
    now = services.now()
    main, loop, duty, quiet = drawn(services, query)
    return div(
        [
            div(None, "fx-stopped", id="fx-stopped", role="status", hidden=True),
            div(main, id=PARTS[0]),
            div([div(loop, id=PARTS[1]), div(quiet, id=PARTS[3]), div(duty, id=PARTS[2])], "fx-flags-side"),
            div(str(now // 1000), "fx-stamp", id="fx-flags-stamp", hidden=True),
            dcc.Interval(id="fx-flags-tick", interval=services.configuration.board.refresh_seconds * 1000),
            dcc.Store(id="fx-flags-key", data=drawn_key(services, now)),
        ],
        "fx-flags",
    )


def register(app: Dash, services: Services) -> None:
    """Refresh, taking over, handing on, silences, sending again."""

    def refreshed(search: str | None, held: str | None, by_itself: bool) -> tuple[Any, ...]:
        query, now = read_search(search), services.now()
        key, stamp = drawn_key(services, now), str(now // 1000)
        main, loop, duty, quiet = drawn(services, query)
        if not by_itself:
            return main, loop, duty, quiet, key, stamp
        # What somebody is writing must not vanish under their hands.
        if key == held or ask_of(services, query).chosen is not None:
            return no_update, loop, no_update, no_update, no_update, stamp
        return main, loop, duty, quiet, key, stamp

    @app.callback(
        *(Output(part, "children") for part in PARTS),
        Output("fx-flags-key", "data"),
        Output("fx-flags-stamp", "children"),
        Input("fx-flags-tick", "n_intervals"),
        Input("fx-location", "search"),
        State("fx-flags-key", "data"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def refresh(
        _ticks: int | None, search: str | None, held: str | None, path: str | None
    ) -> tuple[Any, ...]:
        if path != PATH:
            return (*NOTHING, no_update, no_update)
        return await asyncio.to_thread(refreshed, search, held, ctx.triggered_id == "fx-flags-tick")

    def done(query: dict[str, str], act: str, do: Any) -> tuple[Any, ...]:
        """Do it, and draw the page anew; what is refused leaves what somebody has written where it stands."""
        words = words_of(services)
        try:
            said = do()
        except NotDoneError as error:
            longest = span(services.configuration.alerts.delivery.longest_silence)
            return (*NOTHING, words.get(f"flags.not.{error.code}", longest=length(longest, words)))
        return (*drawn(services, query, words.get(f"flags.done.{act}", **(said or {}))), no_update)

    told = (
        *(Output(part, "children", allow_duplicate=True) for part in PARTS),
        Output("fx-flags-told", "children"),
    )

    def worked(search: str | None, button: str, note: str, to: str) -> tuple[Any, ...]:
        query, now, database = read_search(search), services.now(), services.database
        key, sender = ask_of(services, query).chosen, Sender(services.actor, ORIGIN)
        if key is None:
            return (*NOTHING, no_update)
        if button == "fx-flags-take":
            return done(
                query, "take", lambda: acknowledge_flag(database, sender, key, now=now, note=note) and None
            )

        def give() -> dict[str, str]:
            hand_on(database, services.configuration, sender, key, to, now=now, note=note)
            return {"name": recipient_name(services.configuration, to, words_of(services).language)}

        return done(query, "hand", give)

    @app.callback(
        *told,
        Input("fx-flags-take", "n_clicks"),
        Input("fx-flags-hand", "n_clicks"),
        State("fx-flags-note", "value"),
        State("fx-flags-to", "value"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def work(
        _take: int | None,
        _hand: int | None,
        note: str | None,
        to: str | None,
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        # A button that has just been drawn has not been pressed.
        if path != PATH or not ctx.triggered or not ctx.triggered[0]["value"]:
            return (*NOTHING, no_update)
        return await asyncio.to_thread(worked, search, str(ctx.triggered_id), note or "", to or "")

    def quieted(
        search: str | None, scope: str, owner: str, reason: str, chosen: str, written: str
    ) -> tuple[Any, ...]:
        query, now, database = read_search(search), services.now(), services.database
        key = ask_of(services, query).chosen
        with database.read() as connection:
            found = flags_by_id(connection, [] if key is None else [key])
        if not found:
            return (*NOTHING, no_update)
        flag = found[0]
        # Until there is sign-in the name is typed; its origin tells which account of the server took it.
        sender = Sender(owner, f"{services.actor}@{ORIGIN}")
        zone = services.configuration.zone_of(flag.station)
        until = end_of(chosen, written, now, zone)
        stations = [flag.station] if flag.station and scope != "case" else []
        cases = [flag.case_no] if scope == "case" and flag.case_no else []

        def quiet() -> dict[str, str]:
            silence(
                database, services.configuration, sender, reason, until, now=now, stations=stations,
                cases=cases, clocks=[flag.clock] if scope == "clock" else [],
            )  # fmt: skip
            return {"until": Speech(words_of(services), zone, local(now, zone).year).moment(until or now)}

        return done(query, "silence", quiet)

    @app.callback(
        Output("fx-flags-until", "style"), Input("fx-flags-for", "value"), prevent_initial_call=True
    )
    async def own_end(chosen: str | None) -> dict[str, str]:
        return {} if chosen == CHOSEN else HIDDEN

    @app.callback(
        *told,
        Input("fx-flags-silence", "n_clicks"),
        State("fx-flags-scope", "value"),
        State("fx-flags-owner", "value"),
        State("fx-flags-reason", "value"),
        State("fx-flags-for", "value"),
        State("fx-flags-until", "value"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def hush(
        clicks: int | None,
        scope: str | None,
        owner: str | None,
        reason: str | None,
        chosen: str | None,
        written: str | None,
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        if path != PATH or not clicks:
            return (*NOTHING, no_update)
        return await asyncio.to_thread(
            quieted, search, scope or "case", owner or "", reason or "", chosen or "", written or ""
        )

    def pressed(search: str | None, button: dict[str, Any]) -> tuple[Any, ...]:
        query, now, database = read_search(search), services.now(), services.database
        sender = Sender(services.actor, ORIGIN)
        if "silence" in button:
            return done(query, "end", lambda: stop_silence(database, button["silence"], now=now))
        if "message" in button:
            return done(query, "again", lambda: send_again(database, sender, button["message"], now=now))

        def all_again() -> dict[str, str]:
            return {"n": str(send_channel_again(database, sender, button["name"], now=now))}

        return done(query, "channel", all_again)

    @app.callback(
        *told,
        Input({"flags": "again", "message": ALL}, "n_clicks"),
        Input({"flags": "channel", "name": ALL}, "n_clicks"),
        Input({"flags": "end", "silence": ALL}, "n_clicks"),
        State("fx-location", "search"),
        State("fx-location", "pathname"),
        prevent_initial_call=True,
    )
    async def press(
        _again: list[int | None],
        _channel: list[int | None],
        _end: list[int | None],
        search: str | None,
        path: str | None,
    ) -> tuple[Any, ...]:
        button = ctx.triggered_id
        if path != PATH or not isinstance(button, dict) or not ctx.triggered[0]["value"]:
            return (*NOTHING, no_update)
        return await asyncio.to_thread(pressed, search, dict(button))
