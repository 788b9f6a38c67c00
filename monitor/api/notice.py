"""`GET /cases/{station}/{case_no}/notice` and `notice.pdf`: what a driver is handed to pay by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from monitor.api.exports import Lang, words_for
from monitor.payments.address import standings_of
from monitor.payments.notice import notice_of
from monitor.payments.notice_html import missing_html, notice_html
from monitor.payments.notice_pdf import NoChineseFont, notice_pdf
from monitor.payments.sheet import Sheet, sheet_of
from monitor.store.cases import case_file

if TYPE_CHECKING:
    from monitor.api.asked import ApiServices
    from monitor.settings.texts import Texts

PAGE = "/cases/{station}/{case_no:path}/notice"


def notice_router(services: ApiServices) -> APIRouter:
    """The page and its PDF. A notice says how things stand when it is asked for, so neither is kept."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(PAGE + ".pdf")
    async def as_pdf(station: str, case_no: str, request: Request, lang: Lang = None) -> Response:
        words = words_for(services, request, lang)

        def made() -> bytes | None:
            sheet = sheet_for(services, station, case_no, words)
            return None if sheet is None else notice_pdf(sheet, words.language)

        try:
            content = await asyncio.to_thread(made)
        except NoChineseFont:
            return _said("notice.no_font", words, 503)
        if content is None:
            return _said("notice.not_found", words, 404)
        name = quote(f"notice-{case_no}.pdf", safe="")
        headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
        return Response(content, media_type="application/pdf", headers=headers)

    @routes.get(PAGE)
    async def as_page(station: str, case_no: str, request: Request, lang: Lang = None) -> Response:
        words = words_for(services, request, lang)
        sheet = await asyncio.to_thread(sheet_for, services, station, case_no, words)
        if sheet is None:
            return _said("notice.not_found", words, 404)
        pdf = address(station, case_no) + f".pdf?lang={words.language}"
        page = notice_html(sheet, words.language, pdf, words.get("notice.pdf"))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return routes


def address(station: str, case_no: str) -> str:
    """Where the notice of a case is."""
    return f"/cases/{quote(station, safe='')}/{quote(case_no, safe='/')}/notice"


def sheet_for(services: ApiServices, station: str, case_no: str, words: Texts) -> Sheet | None:
    """The notice of a case as it stands now; None where there is no such case or station."""
    file = case_file(services.database, (station, case_no))
    if file is None:
        return None
    standing = standings_of(services.database, services.configuration).get(station)
    notice = notice_of(file, services.configuration, standing, services.now())
    return None if notice is None else sheet_of(notice, words, simulated=services.simulated)


def _said(key: str, words: Texts, status: int) -> Response:
    return HTMLResponse(missing_html(words.get(key), words.language), status)
