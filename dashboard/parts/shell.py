"""The frame around every page: where one can go, which words and which light, and whether the data is made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

NAVIGATION: tuple[tuple[str, str], ...] = (
    ("/", "watch"),
    ("/record", "record"),
    ("/cases", "cases"),
    ("/data", "data"),
)
"""Address and name of each place; the name is the text `shell.nav.…` and the drawing `fx-icon-…`."""

ACCENT = ("#E3EEF9", "#C9DFF4", "#A5C9EA", "#7FB2DF", "#4F96D2", "#2680C6", "#0B5CAD", "#0A5199", "#094683", "#073A6D")
"""Shades of the accent colour of tokens.css for the components of Mantine, which want ten."""

MANTINE_THEME = {
    "fontFamily": "var(--fx-font)",
    "headings": {"fontFamily": "var(--fx-font)"},
    "primaryColor": "fx",
    "primaryShade": {"light": 6, "dark": 3},
    "autoContrast": True,
    "colors": {"fx": list(ACCENT)},
    "defaultRadius": 6,
    "respectReducedMotion": True,
}


def provider(children: list[Component], theme: str | None) -> Component:
    """Mantine's components with our colours. Without a chosen theme they follow the screen."""
    scheme = {"forceColorScheme": theme} if theme else {"defaultColorScheme": "auto"}
    return dmc.MantineProvider(children, theme=MANTINE_THEME, **scheme)


def framed(
    body: Component,
    title: str,
    path: str,
    words: Texts,
    *,
    language: str,
    theme: str | None,
    actor: str,
    simulated: bool,
    controls: Sequence[Component] = (),
) -> Component:
    """A page for desk and phone: navigation at the side or, on a phone, at the foot."""
    return provider(
        [
            html.A(words.get("shell.skip"), href="#fx-main", className="fx-skip"),
            lost_band(words),
            html.Div(
                [
                    html.Nav(
                        [
                            html.Div([html.I(className="fx-mark"), words.get("shell.name")], className="fx-logo"),
                            *(_place(address, name, path, words) for address, name in NAVIGATION),
                            html.Div(
                                [
                                    html.Div(words.get("shell.on_duty", who=actor), className="fx-who"),
                                    _choices(words, language, theme),
                                ],
                                className="fx-foot",
                            ),
                        ],
                        className="fx-nav",
                        **{"aria-label": words.get("shell.nav.label")},
                    ),
                    html.Main(
                        [_bar(title, words, simulated, controls, language, theme), body], id="fx-main", tabIndex=-1
                    ),
                ],
                className="fx-shell",
            ),
        ],
        theme,
    )


def bare(body: Component, words: Texts) -> Component:
    """A page for the wall: dark, and nothing to press."""
    return provider([lost_band(words), html.Main(body, id="fx-main")], "dark")


def lost_band(words: Texts) -> Component:
    """Shown by live.js when the server does not answer; `{time}` is filled there."""
    return html.Div(
        id="fx-lost",
        className="fx-lost",
        role="status",
        hidden=True,
        **{"data-words": words.get("shell.lost", time="{time}")},
    )


def simulated_badge(words: Texts) -> Component:
    """The word that stands on every page whose data is made up."""
    return html.Span(words.get("shell.simulated"), className="fx-badge fx-sim", title=words.get("shell.simulated_why"))


def loading(words: Texts) -> Component:
    """What stands before the first answer: the axis and three grey tracks, no numbers."""
    tracks = [html.Div(className="fx-skeleton-track") for _ in range(9)]
    return html.Div(
        [html.Span(words.get("shell.loading"), className="fx-hidden-text"), html.Div(tracks, className="fx-skeleton")],
        role="status",
        className="fx-loading",
    )


def not_found(words: Texts, path: str) -> Component:
    """The page for an address that leads nowhere."""
    return html.Div(
        [
            html.P(words.get("shell.not_found.text", path=path)),
            dcc.Link(words.get("shell.not_found.back"), href="/", className="fx-btn"),
        ],
        className="fx-card fx-not-found",
    )


def failed_part(words: Texts, reason: str, time: str) -> Component:
    """One part that could not be worked out, while the others live on."""
    return html.Div(
        [
            html.I(className="fx-shape fx-shape-octagon"),
            html.Div(
                [
                    html.B(words.get("shell.failed.title")),
                    html.Span(words.get("shell.failed.why", reason=reason, time=time), className="fx-mut"),
                ]
            ),
        ],
        className="fx-card fx-failed",
        role="alert",
    )


def _place(address: str, name: str, path: str, words: Texts) -> Component:
    here = path == address if address == "/" else path.startswith(address)
    if name == "cases" and path.startswith("/case/"):
        here = True
    return dcc.Link(
        [
            html.I(className=f"fx-icon fx-icon-{name}"),
            html.Span(words.get(f"shell.nav.{name}")),
            html.Span(id=f"fx-count-{name}", className="fx-count"),
        ],
        href=address,
        className="fx-place fx-here" if here else "fx-place",
    )


def _bar(
    title: str,
    words: Texts,
    simulated: bool,
    controls: Sequence[Component],
    language: str,
    theme: str | None,
) -> Component:
    return html.Header(
        [
            html.I(className="fx-mark fx-only-phone"),
            html.H1(title, id="fx-title"),
            *([simulated_badge(words)] if simulated else []),
            html.Span(className="fx-space"),
            *controls,
            html.Details(
                [
                    html.Summary(
                        html.I(className="fx-icon fx-icon-settings"), **{"aria-label": words.get("shell.choices")}
                    ),
                    _choices(words, language, theme),
                ],
                className="fx-only-phone fx-choices-phone",
            ),
        ],
        className="fx-bar",
    )


def _choices(words: Texts, language: str, theme: str | None) -> Component:
    """Language and light. live.js keeps what is pressed in a cookie and draws the page again."""
    languages = [("zh", "中文"), ("en", "English")]
    lights = [(name, words.get(f"shell.theme.{name or 'auto'}")) for name in ("light", "dark", "")]
    return html.Div(
        [
            _choice(words.get("shell.language"), "fx-lang", languages, language),
            _choice(words.get("shell.light"), "fx-theme", lights, theme or ""),
        ],
        className="fx-choices",
    )


def _choice(label: str, cookie: str, options: list[tuple[str, str]], chosen: str) -> Component:
    return html.Div(
        [
            html.Button(
                text,
                type="button",
                **{
                    "aria-pressed": "true" if value == chosen else "false",
                    "data-fx-cookie": cookie,
                    "data-fx-value": value,
                },
            )
            for value, text in options
        ],
        className="fx-choice",
        role="group",
        **{"aria-label": label},
    )
