"""The report as PDF and its charts as pictures, by typst. Every value goes in as data and none as markup."""

from __future__ import annotations

import re
from typing import Any

import orjson

from monitor.payments.notice_pdf import chinese_font
from monitor.reports.weekly.drawn import svg_of
from monitor.reports.weekly.paper import Chart, Heading, Paper, Para, Table
from monitor.settings.texts import Texts

BODY = ("仿宋_GB2312", "FangSong_GB2312", "FangSong", "仿宋", "Noto Serif CJK SC", "Source Han Serif SC")
TITLE = ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", "Source Han Serif SC")
BLACK = ("黑体", "SimHei", "Noto Sans CJK SC", "Source Han Sans SC")
KAI = ("楷体_GB2312", "KaiTi_GB2312", "KaiTi", "楷体", "Noto Serif CJK SC", "Source Han Serif SC")
"""Families of official documents (GB/T 9704), and what stands in for them where they are not installed."""

TEMPLATE = """
#let d = json(bytes(sys.inputs.paper))
#set document(title: d.title)
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm),
  footer: context {
    let n = counter(page).get().first()
    set text(size: 12pt, font: d.fonts.body)
    align(if calc.odd(n) { right } else { left }, [— #n —])
    align(center, text(size: 7.5pt, fill: rgb("#51606E"), d.foot))
  })
#set text(font: d.fonts.body, size: 12pt, lang: d.language,
  region: if d.language == "zh" { "cn" } else { "us" })
#set par(leading: 0.85em, justify: d.language == "zh")
#align(center, text(font: d.fonts.title, size: 22pt, weight: "bold", d.title))
#align(center, text(font: d.fonts.kai, size: 13pt, d.subtitle))
#align(center, text(size: 10pt, fill: rgb("#51606E"), d.about.join(" · ")))
#v(3mm)
#for b in d.blocks {
  if b.kind == "heading" {
    if b.level == 1 {
      if b.fresh { pagebreak(weak: true) }
      block(above: 6mm, below: 3.5mm, sticky: true,
        text(font: d.fonts.black, size: 16pt, weight: "bold", b.text))
    } else {
      block(above: 5mm, below: 3mm, sticky: true,
        text(font: d.fonts.kai, size: 14pt, weight: "bold", b.text))
    }
  } else if b.kind == "para" {
    block(above: 2mm, below: 2.5mm, text(size: if b.note { 10pt } else { 12pt },
      weight: if b.strong { "bold" } else { "regular" },
      fill: if b.note { rgb("#51606E") } else { black }, b.text))
  } else if b.kind == "smalls" {
    block(above: 3mm, below: 3mm, grid(columns: (1fr,) * 3, gutter: 3mm,
      ..b.svgs.map(s => image(bytes(s), format: "svg", width: 100%))))
  } else if b.kind == "chart" {
    block(above: 4mm, below: 4mm, breakable: false, {
      text(size: 11pt, weight: "bold", b.title)
      v(1mm)
      image(bytes(b.svg), format: "svg", width: 100%)
    })
  } else {
    block(above: 4mm, below: if b.note == "" { 4mm } else { 1.5mm }, {
      block(below: 2mm, sticky: true, text(size: 11pt, weight: "bold", b.title))
      set text(size: b.size * 1pt)
      set par(leading: 0.5em, justify: false)
      table(columns: b.columns.map(w => w * 1fr), stroke: (x: none, y: 0.4pt + rgb("#D3DBE2")),
        inset: (x: if b.columns.len() < 10 { 4pt } else { 2.5pt }, y: 3.5pt),
        align: (x, y) => if b.numbers.at(x) { right } else { left },
        table.header(..b.heads.map(h => text(font: d.fonts.black, h))),
        ..b.rows.flatten())
    })
    if b.note != "" { block(below: 4mm, text(size: 9pt, fill: rgb("#51606E"), b.note)) }
  }
}
"""

PICTURE = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 150mm)
"""


def pdf_of(paper: Paper, texts: Texts) -> bytes:
    """The PDF. Raises NoChineseFont."""
    import typst

    told = {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "about": paper.about,
        "foot": paper.foot,
        "language": paper.language,
        "fonts": _fonts(),
        "blocks": _blocks(paper, texts),
    }
    made: bytes = typst.compile(
        TEMPLATE.encode(), sys_inputs={"paper": orjson.dumps(told).decode()}, format="pdf"
    )
    return made


def picture_of(svg: str) -> bytes:
    """A drawing as PNG, for formats that hold no SVG."""
    import typst

    made: bytes = typst.compile(PICTURE.encode(), sys_inputs={"svg": svg}, format="png", ppi=160.0)
    return made


def _fonts() -> dict[str, list[str]]:
    import typst

    last = chinese_font()
    held = set(typst.Fonts(include_embedded_fonts=False).families())
    wanted = {"body": BODY, "title": TITLE, "black": BLACK, "kai": KAI}
    # typst warns of families that are not there: only those that are stand in the list.
    return {name: [one for one in families if one in held] + [last] for name, families in wanted.items()}


def _blocks(paper: Paper, texts: Texts) -> list[dict[str, Any]]:
    days = texts.get("weekly.by_hour.days").split(",")
    told: list[dict[str, Any]] = []
    parts = 0
    smalls = [one for one in paper.blocks if isinstance(one, Chart) and one.key.startswith("head_")]
    for one in paper.blocks:
        match one:
            case Heading():
                parts += one.level == 1
                # The first chapter is a page of its own.
                fresh = one.level == 1 and parts == 2
                told.append(
                    {"kind": "heading", "level": one.level, "text": one.number + one.text, "fresh": fresh}
                )
            case Para():
                told.append({"kind": "para", "text": one.text, "strong": one.strong, "note": one.note})
            case Table():
                told.append(_table(one, texts))
            case Chart():
                if one not in smalls:
                    told.append({"kind": "chart", "title": one.title, "svg": svg_of(one, days)})
                elif one is smalls[0]:
                    told.append(
                        {"kind": "smalls", "svgs": [svg_of(each, days, small=True) for each in smalls]}
                    )
    return told


def _table(table: Table, texts: Texts) -> dict[str, Any]:
    rows = [[_breakable(cell.text) for cell in row] for row in table.rows]
    rows = rows or [[texts.get("weekly.nothing"), *[""] * (len(table.heads) - 1)]]
    return {
        "kind": "table",
        "title": table.title,
        "heads": [_breakable(head) for head in table.heads],
        "rows": rows,
        "note": table.note,
        "columns": widths(table),
        "numbers": [_is_numbers(table, place) for place in range(len(table.heads))],
        "size": 10 if len(table.heads) < 7 else 9 if len(table.heads) < 10 else 7,
    }


def _is_numbers(table: Table, place: int) -> bool:
    return any(row[place].number is not None for row in table.rows)


def widths(table: Table) -> list[float]:
    """How wide each column should be beside the others: as its longer texts ask for, within reason, and never
    less than its longest word."""
    most = 34 if len(table.heads) < 7 else 22 if len(table.heads) < 10 else 12
    found = []
    for place, head in enumerate(table.heads):
        texts = [row[place].text for row in table.rows[:400]]
        sizes = sorted(_wide(text) for text in texts)
        usual = sizes[int(0.9 * (len(sizes) - 1))] if sizes else 4
        word = max((_wide(word) for text in (*texts, head) for word in _words(text)), default=4)
        found.append(float(max(5, min(most, usual), min(LONG, word) + 1)))
    return found


LONG = 16
"""Letters of a word after which it may be broken; a shorter one, as k/n, is kept whole."""


def _words(text: str) -> list[str]:
    """What is kept on one line: words between blanks, Chinese by single characters."""
    return re.findall(r"[^\s\u2e80-\uffef]+|[\u2e80-\uffef]", text)


def _wide(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _breakable(text: str) -> str:
    """Long words without a place to break get some: a digest must not run over its cell."""
    return re.sub(
        rf"[^\s\u2e80-\uffef]{{{LONG},}}",
        lambda word: re.sub(rf"(.{{{LONG - 2}}})", "\\1\u200b", word[0]),
        text,
    )
