"""`/f/{token}`: the link of a message. Opening it shows the flag, pressing takes it over, once.

GET changes nothing: programs of chats open links in advance, to show what is behind them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from monitor.actions.flags import LONGEST, NotDoneError, acknowledge_by_link, recipient_name
from monitor.alerts.links import LinkState, opened
from monitor.alerts.message import what
from monitor.api.exports import Lang, words_for
from monitor.cases.event import SECOND
from monitor.cases.plate import masked_plate
from monitor.store.flags import ACKNOWLEDGED, LIVE, Flag, flags_by_id, states_now

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices
    from monitor.settings.texts import Texts

LANGUAGES = {"zh": "zh-CN", "en": "en"}
MOST_BYTES = 16 * 1024
"""Of a form: a note and no more."""
STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;background:#F4F6F8;color:#16202A;font:17px/1.5 "Noto Sans CJK SC","Noto Sans SC",
"Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif}
main{max-width:520px;margin:24px auto;padding:24px;background:#fff;border:1px solid #D3DBE2}
h1{font-size:22px;margin:0 0 12px}dl{margin:0 0 16px}dt{color:#51606E;font-size:14px}dd{margin:0 0 8px}
p{margin:12px 0}label{display:block;margin:12px 0 4px}
textarea{width:100%;min-height:72px;font:inherit;padding:8px;border:1px solid #6B7884;background:transparent;
color:inherit}
button{width:100%;min-height:48px;margin-top:12px;font:inherit;font-weight:600;border:0;background:#0B5CAD;
color:#fff;cursor:pointer}
button:focus-visible,textarea:focus-visible{outline:3px solid #E0A100;outline-offset:2px}
.said{font-weight:600}.badge{border:1px solid #6B4500;color:#6B4500;background:#FFF3D9;padding:2px 8px}
@media(max-width:600px){main{margin:0;border:0;min-height:100vh}}
@media(prefers-color-scheme:dark){body{background:#10161C;color:#E8EDF2}
main{background:#182028;border-color:#34404B}dt{color:#A9B6C2}}
"""
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Shown(NamedTuple):
    """What a link leads to: its state, whom it is for, the flag and the plate of its case."""

    state: LinkState
    recipient: str
    flag: Flag | None
    plate: str | None


def link_router(services: ApiServices) -> APIRouter:
    """The two routes of a link."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/f/{token}")
    async def show(token: str, request: Request, lang: Lang = None) -> Response:
        words = words_for(services, request, lang)
        shown = await asyncio.to_thread(_shown, services, token, words)
        return _page(services, shown, words, None)

    @routes.post("/f/{token}")
    async def press(token: str, request: Request, lang: Lang = None) -> Response:
        words = words_for(services, request, lang)
        note = await _note(request)

        def act() -> tuple[Shown, str]:
            try:
                acknowledge_by_link(
                    services.database, services.configuration, token, now=services.now(), note=note
                )
            except NotDoneError as error:
                return _shown(services, token, words), error.code.removeprefix("link_")
            return _shown(services, token, words), "done"

        shown, said = await asyncio.to_thread(act)
        return _page(services, shown, words, said)

    return routes


async def _note(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("note", [""])[0]


def _shown(services: ApiServices, token: str, words: Texts) -> Shown:
    with services.database.read() as connection:
        state, link = opened(connection, token, services.now())
        if link is None:
            return Shown(state, "", None, None)
        [flag] = flags_by_id(connection, [link.flag_id])
        states = states_now(connection, [] if flag.case_id is None else [flag.case_id])
    plate = next((one.plate for one in states.values()), None)
    name = recipient_name(services.configuration, link.recipient, words.language)
    return Shown(state, name, flag, plate)


def _page(services: ApiServices, shown: Shown, words: Texts, said: str | None) -> Response:
    flag = shown.flag
    parts = [f"<h1>{escape(words.get('delivery.link.heading'))}</h1>"]
    if services.simulated:
        parts.append(f'<p><span class="badge">{escape(words.get("delivery.link.simulated"))}</span></p>')
    if flag is not None:
        parts.append(_flag(services, shown, flag, words))
    may = flag is not None and shown.state is LinkState.GOOD and flag.state in LIVE
    if said == "done":
        parts.append(_said("done", words))
    elif flag is not None and flag.state == ACKNOWLEDGED:
        name, at = flag.acknowledged_by or "", flag.acknowledged_at or 0
        told = words.get("delivery.link.acknowledged", name=name, when=_when(services, flag, at))
        parts.append(f'<p class="said" role="status">{escape(told)}</p>')
    elif may:
        parts.append(_form(shown, words))
    else:
        over = flag is not None and flag.state not in LIVE and shown.state is LinkState.GOOD
        parts.append(_said("over" if over else shown.state.value, words))
    status = 404 if shown.state is LinkState.UNKNOWN else 200
    title = escape(words.get("delivery.link.heading"))
    page = (
        f'<!DOCTYPE html><html lang="{LANGUAGES.get(words.language, words.language)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="none"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(page, status, HEADERS)


def _flag(services: ApiServices, shown: Shown, flag: Flag, words: Texts) -> str:
    station = services.configuration.stations.get(flag.station)
    place = flag.station if station is None else station.short.in_language(words.language)
    case = " ".join(part for part in (flag.case_no, masked_plate(shown.plate)) if part)
    about = what(flag.clock, flag.threshold, words)
    head = " · ".join(part for part in (place, case) if part)
    raised = f"{words.get('delivery.link.raised')} {_when(services, flag, flag.due_at)}"
    return f"<dl><dt>{escape(head)}</dt><dd><b>{escape(about)}</b></dd><dt>{escape(raised)}</dt></dl>"


def _when(services: ApiServices, flag: Flag, at: int) -> str:
    zone = services.configuration.zone_of(flag.station)
    return datetime.fromtimestamp(at / SECOND, zone).strftime("%Y-%m-%d %H:%M")


def _form(shown: Shown, words: Texts) -> str:
    return (
        f"<p>{escape(words.get('delivery.link.by', name=shown.recipient))}</p>"
        f'<form method="post"><label for="note">{escape(words.get("delivery.link.note"))}</label>'
        f'<textarea id="note" name="note" maxlength="{LONGEST}"></textarea>'
        f'<button type="submit">{escape(words.get("delivery.link.press"))}</button></form>'
        f"<p>{escape(words.get('delivery.link.good'))}</p>"
    )


def _said(state: str, words: Texts) -> str:
    return f'<p class="said" role="status">{escape(words.get(f"delivery.link.{state}"))}</p>'
