"""The frame around every page: where one can go, in which words and light, whether the data is real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc

from dashboard.language import HTML_LANG, LANGUAGE_COOKIE
from dashboard.parts.element import Node, div, element, shape, span

if TYPE_CHECKING:
    from dashboard.views.snapshot import Told
    from monitor.settings.texts import Texts

NAVIGATION: tuple[tuple[str, str], ...] = (
    ("/", "watch"),
    ("/record", "record"),
    ("/flags", "flags"),
    ("/flow", "flow"),
    ("/cases", "cases"),
    ("/discretion", "discretion"),
    ("/payments", "payments"),
    ("/reports", "reports"),
    ("/data", "data"),
)
"""Address and name of each place; the name is the text `shell.nav.…` and the drawing `fx-icon-…`."""

ACCENT = [
    *("#E3EEF9", "#C9DFF4", "#A5C9EA", "#7FB2DF", "#4F96D2"),
    *("#2680C6", "#0B5CAD", "#0A5199", "#094683", "#073A6D"),
]
"""Shades of the accent colour of tokens.css for the components of Mantine, which want ten."""

MANTINE_THEME = {
    "fontFamily": "var(--fx-font)",
    "headings": {"fontFamily": "var(--fx-font)"},
    "primaryColor": "fx",
    "primaryShade": {"light": 6, "dark": 3},
    "autoContrast": True,
    "colors": {"fx": ACCENT},
    "defaultRadius": 6,
    "respectReducedMotion": True,
}


def provider(children: list[Any], theme: str | None) -> Any:
    """Mantine's components with our colours. Without a chosen theme they follow the screen."""
    scheme = {"forceColorScheme": theme} if theme else {"defaultColorScheme": "auto"}
    return dmc.MantineProvider(children, theme=MANTINE_THEME, **scheme)


def framed(
    body: Any,
    title: str,
    path: str,
    words: Texts,
    *,
    language: str,
    theme: str | None,
    actor: str,
    simulated: bool,
    controls: Sequence[Any] = (),
) -> Any:
    """A page for desk and phone: navigation at the side or, on a phone, at the foot."""
    places = [_place(address, name, path, words) for address, name in NAVIGATION]
    foot = div(
        [div(words.get("shell.on_duty", who=actor), "fx-who"), _choices(words, language, theme)], "fx-foot"
    )
    logo = div([element("i", None, "fx-mark"), words.get("shell.name")], "fx-logo")
    bar = _bar(title, words, simulated, controls, language, theme)
    return provider(
        [
            element("a", words.get("shell.skip"), "fx-skip", href="#fx-main"),
            lost_band(words),
            div(
                [
                    element("nav", [logo, *places, foot], "fx-nav", aria_label=words.get("shell.nav.label")),
                    element("main", [bar, body], id="fx-main", tab_index=-1),
                ],
                "fx-shell",
            ),
        ],
        theme,
    )


def bare(body: Any, words: Texts) -> Any:
    """A page for the wall: dark, and nothing to press."""
    return provider([lost_band(words), element("main", body, id="fx-main")], "dark")


def lost_band(words: Texts) -> Node:
    """Shown by live.js when the server does not answer; `{time}` is filled there."""
    sentence = words.get("shell.lost", time="{time}")
    return div(None, "fx-lost", id="fx-lost", role="status", hidden=True, data_words=sentence)


def simulated_badge(words: Texts) -> Node:
    """The word that stands on every page whose data is made up."""
    return span(words.get("shell.simulated"), "fx-badge fx-sim", title=words.get("shell.simulated_why"))


def loading(words: Texts) -> Node:
    """What stands before the first answer: the axis and three grey tracks, no numbers."""
    tracks = [div(None, "fx-skeleton-track") for _ in range(9)]
    said = span(words.get("shell.loading"), "fx-hidden-text")
    return div([said, div(tracks, "fx-skeleton")], "fx-loading", role="status")


def not_found(words: Texts, path: str) -> Node:
    """The page for an address that leads nowhere."""
    back = dcc.Link(words.get("shell.not_found.back"), href="/", className="fx-btn")
    return div([element("p", words.get("shell.not_found.text", path=path)), back], "fx-card fx-not-found")


def failed_part(words: Texts, reason: str | Told, time: str) -> Node:
    """One part that could not be worked out, while the others live on."""
    why = reason if isinstance(reason, str) else words.get(reason.key)
    said = [
        element("b", words.get("shell.failed.title")),
        span(words.get("shell.failed.why", reason=why, time=time), "fx-mut"),
    ]
    return div([shape("octagon"), div(said)], "fx-card fx-failed", role="alert")


def _place(address: str, name: str, path: str, words: Texts) -> Any:
    here = path == address if address == "/" else path.startswith(address)
    if (name == "cases" and path.startswith(("/case/", "/weighings"))) or (
        name == "data" and path in ("/quarantine", "/mapping")
    ):
        here = True
    inside: list[Any] = [
        element("i", None, f"fx-icon fx-icon-{name}", aria_hidden="true"),
        span(words.get(f"shell.nav.{name}")),
        span(None, "fx-count", id=f"fx-count-{name}"),
    ]
    return dcc.Link(inside, href=address, className="fx-place fx-here" if here else "fx-place")


def _bar(
    title: str,
    words: Texts,
    simulated: bool,
    controls: Sequence[Any],
    language: str,
    theme: str | None,
) -> Node:
    gear = element("i", None, "fx-icon fx-icon-settings", aria_hidden="true")
    return element(
        "header",
        [
            element("i", None, "fx-mark fx-only-phone", aria_hidden="true"),
            element("h1", title, id="fx-title"),
            *([simulated_badge(words)] if simulated else []),
            span(None, "fx-space"),
            *controls,
            element(
                "details",
                [
                    element("summary", gear, aria_label=words.get("shell.choices")),
                    _choices(words, language, theme),
                ],
                "fx-only-phone fx-choices-phone",
            ),
        ],
        "fx-bar",
    )


def _choices(words: Texts, language: str, theme: str | None) -> Node:
    """Language and light. live.js keeps what is pressed in a cookie and draws the page again."""
    languages = [("zh", "中文"), ("en", "English")]  # each in its own words: who needs it reads no other
    lights = [(name, words.get(f"shell.theme.{name or 'auto'}")) for name in ("light", "dark", "")]
    return div(
        [
            _choice(words.get("shell.language"), LANGUAGE_COOKIE, languages, language),
            _choice(words.get("shell.light"), "fx-theme", lights, theme or ""),
        ],
        "fx-choices",
    )


def _choice(label: str, cookie: str, options: list[tuple[str, str]], chosen: str) -> Node:
    buttons = [
        element(
            "button",
            text,
            type="button",
            lang=HTML_LANG[value] if cookie == LANGUAGE_COOKIE else None,
            aria_pressed="true" if value == chosen else "false",
            data_fx_cookie=cookie,
            data_fx_value=value,
        )
        for value, text in options
    ]
    return div(buttons, "fx-choice", role="group", aria_label=label)
