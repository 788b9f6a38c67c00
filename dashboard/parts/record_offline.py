"""The Record page without Dash, as a device keeps it for the time without a network."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.language import HTML_LANG

if TYPE_CHECKING:
    from monitor.settings.texts import Texts

ADDRESS = "/record/offline"
WORKER = "/record/worker.js"
ASSETS = Path(__file__).parents[1] / "assets"
STYLES = ("tokens.css", "app.css", "record.css")
DRAWINGS = ("mark", "octagon", "triangle", "ring", "ring-dashed", "tick-ring")

PAGE = """<!DOCTYPE html>
<html lang="{lang}"{theme}>
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<script src="/assets/boot.js?v={version}"></script>
{styles}
</head>
<body>
<main id="fx-main">
<header class="fx-bar"><i class="fx-mark" aria-hidden="true"></i><h1>{title}</h1>{simulated}
<span class="fx-space"></span><a class="fx-btn rec-whole" href="/record">{whole}</a></header>
<div id="fx-record" data-page="{page}"></div>
</main>
{scripts}
</body>
</html>"""


def scripts() -> list[str]:
    """The scripts of the page in the order in which Dash loads them."""
    return sorted(file.name for file in ASSETS.glob("record*.js"))


def addresses(version: str) -> list[str]:
    """Everything that a device has to keep."""
    files = [f"/assets/{name}?v={version}" for name in (*STYLES, "boot.js", *scripts())]
    return [ADDRESS, *files, *(f"/assets/shapes/{name}.svg" for name in DRAWINGS)]


def offline_html(page: dict[str, Any], words: Texts, theme: str | None) -> str:
    """The whole page; `page` is what the container carries in the framed page too."""
    version = escape(str(page["version"]), quote=True)
    simulated = f'<span class="fx-badge fx-sim">{escape(words.get("shell.simulated"))}</span>'
    return PAGE.format(
        lang=HTML_LANG[words.language],
        theme=f' data-mantine-color-scheme="{theme}"' if theme else "",
        name=escape(words.get("shell.name")),
        title=escape(words.get("record.title")),
        whole=escape(words.get("record.whole")),
        simulated=simulated if page["simulated"] else "",
        version=version,
        page=escape(json.dumps(page, ensure_ascii=False), quote=True),
        styles="\n".join(f'<link rel="stylesheet" href="/assets/{name}?v={version}">' for name in STYLES),
        scripts="\n".join(f'<script src="/assets/{name}?v={version}"></script>' for name in scripts()),
    )
