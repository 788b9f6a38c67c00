"""The report as one HTML file that needs nothing else: styles, drawings and the little script lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from monitor.reports.weekly.drawn import svg_of
from monitor.reports.weekly.paper import Block, Cell, Chart, Heading, Paper, Para, Table
from monitor.settings.texts import Texts

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""What the file may do, wherever it is opened: nothing from elsewhere."""


def html_of(paper: Paper, texts: Texts) -> bytes:
    """The file."""
    here = files("monitor.reports.weekly")
    style = (here / "weekly.css").read_text("utf-8")
    script = (here / "weekly.js").read_text("utf-8")
    days = texts.get("weekly.by_hour.days").split(",")
    heads = [one for one in paper.blocks if isinstance(one, Heading) and one.level == 1]
    contents = "".join(
        f'<li><a href="#part{place}">{escape(one.number + one.text)}</a></li>'
        for place, one in enumerate(heads, 1)
    )
    body = "\n".join(_blocks(paper.blocks, texts, days))
    about = "".join(f"<p>{escape(line)}</p>" for line in paper.about)
    language = "zh-CN" if paper.language == "zh" else "en"
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="digest" content="{paper.digest}">
<title>{escape(paper.title)} {escape(paper.subtitle)}</title>
<style>
{style}
</style>
</head>
<body>
<header>
<h1>{escape(paper.title)}</h1>
<p class="sub">{escape(paper.subtitle)}</p>
<div class="about">{about}</div>
</header>
<nav aria-label="{escape(texts.get("weekly.html.contents"))}"><ol>{contents}</ol></nav>
<main>
{body}
</main>
<footer>{escape(paper.foot)}</footer>
<script>
{script}
</script>
</body>
</html>
""".encode()


def _blocks(blocks: Sequence[Block], texts: Texts, days: Sequence[str]) -> list[str]:
    told: list[str] = []
    part, smalls = 0, [one for one in blocks if isinstance(one, Chart) and one.key.startswith("head_")]
    for one in blocks:
        match one:
            case Heading(1, number, text):
                part += 1
                told.append(("</section>" if part > 1 else "") + f'<section id="part{part}">')
                told.append(f"<h2>{escape(number + text)}</h2>")
            case Heading(_, number, text):
                told.append(f"<h3>{escape(number + text)}</h3>")
            case Para(text, strong, note):
                kind = "strong" if strong else "note" if note else ""
                told.append(f'<p class="{kind}">{escape(text)}</p>')
            case Table():
                told.append(_table(one, texts))
            case Chart():
                if one in smalls:
                    if one is smalls[0]:
                        told.append(
                            f'<div class="smalls">{"".join(_figure(s, days, True) for s in smalls)}</div>'
                        )
                    continue
                told.append(_figure(one, days, False))
    return [*told, "</section>" if part else ""]


def _figure(chart: Chart, days: Sequence[str], small: bool) -> str:
    drawing = svg_of(chart, days, small=small).split("?>", 1)[1]
    caption = "" if small else f"<figcaption>{escape(chart.title)}</figcaption>"
    return f'<figure id="chart-{chart.key}">{caption}<div class="scroll">{drawing}</div></figure>'


def _table(table: Table, texts: Texts) -> str:
    title = escape(table.title)
    sort = escape(texts.get("weekly.html.sort"))
    heads = "".join(
        f'<th scope="col"><button type="button" title="{sort}">{escape(head)}</button></th>'
        for head in table.heads
    )
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in table.rows)
    if not table.rows:
        body = f'<tr><td colspan="{len(table.heads)}">{escape(texts.get("weekly.nothing"))}</td></tr>'
    box = ""
    if table.filter:
        label = escape(texts.get("weekly.html.filter"))
        rows = escape(texts.get("weekly.html.rows", shown="{shown}", all="{all}"))
        box = (
            f'<label class="filter">{label} <input type="search" data-table="{table.key}"></label>'
            f'<output data-rows="{rows}"></output>'
        )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="table">{box}<div class="scroll" tabindex="0" role="group" aria-label="{title}">'
        f'<table id="table-{table.key}"><caption>{title}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}</div>"
    )


def _cell(cell: Cell) -> str:
    if cell.number is None:
        return f"<td>{escape(cell.text)}</td>"
    return f'<td class="n" data-v="{cell.number!r}">{escape(cell.text)}</td>'
