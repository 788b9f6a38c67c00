"""Language and theme the reader has chosen: two cookies, read once per request."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from dashboard.services import Services
    from monitor.settings.texts import Texts

Language = Literal["zh", "en"]
Theme = Literal["light", "dark"]

LANGUAGE_COOKIE = "fx-lang"
THEME_COOKIE = "fx-theme"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
THEMES: tuple[Theme, ...] = ("light", "dark")
HTML_LANG: dict[str, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Reader:
    """Who reads. None where nothing was chosen: the installation's language, the theme of the screen."""

    language: Language | None = None
    theme: Theme | None = None


UNKNOWN = Reader()
_reader: ContextVar[Reader] = ContextVar("fx_reader", default=UNKNOWN)


def read_cookies(header: str) -> Reader:
    """The choices in a Cookie header. What is not one of the known values counts as not chosen."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return Reader()
    language = cookies[LANGUAGE_COOKIE].value if LANGUAGE_COOKIE in cookies else ""
    theme = cookies[THEME_COOKIE].value if THEME_COOKIE in cookies else ""
    return Reader(
        cast("Language", language) if language in LANGUAGES else None,
        cast("Theme", theme) if theme in THEMES else None,
    )


class ReaderMiddleware:
    """Keeps the reader's choices for the time of one request; threads started from it see them too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
        token = _reader.set(read_cookies(header.decode("latin-1")))
        try:
            await self.app(scope, receive, send)
        finally:
            _reader.reset(token)


def current_language(default: str = "zh") -> Language:
    """The language of this request: the reader's choice, else `default`."""
    return _reader.get().language or ("en" if default == "en" else "zh")


def current_theme() -> Theme | None:
    """The theme of this request; None follows the reader's screen."""
    return _reader.get().theme


def current_texts(services: Services) -> Texts:
    """The words of this request."""
    return services.texts[current_language(services.language)]
