"""A payment notice as PDF, by typst. Every value goes in as data and none as markup."""

from __future__ import annotations

import io
from dataclasses import asdict

import orjson

from monitor.payments.sheet import Sheet

FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei",
    "PingFang SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Serif CJK SC", "Source Han Serif SC",
    "SimHei", "SimSun", "Noto Sans CJK JP",
)  # fmt: skip
"""Families that hold Chinese, the first one found is taken."""

TEMPLATE = """
#let n = json(bytes(sys.inputs.notice))
#set document(title: n.title)
#set page(paper: "a4", margin: 18mm)
#set text(font: n.font, size: 11pt, lang: n.language)
#set par(leading: 0.75em)
#let soft(body) = text(fill: rgb("#51606E"), body)
#grid(columns: (1fr, auto), align: (left, right),
  text(size: 20pt, weight: "bold", n.title), n.station)
#line(length: 100%, stroke: 1pt)
#if n.badge != "" { block(stroke: 0.5pt, inset: 4pt, n.badge) }
#text(weight: "bold", n.standing)
#v(4pt)
#grid(columns: (1fr, 52mm), column-gutter: 8mm,
  [
    #if n.amount != "" {
      soft(n.amount_label)
      linebreak()
      text(size: 24pt, weight: "bold", n.amount)
      v(4pt)
    }
    #grid(columns: (auto, 1fr), column-gutter: 6mm, row-gutter: 3.2mm,
      ..n.rows.map(row => (soft(row.at(0)), row.at(1))).flatten())
  ],
  [
    #if n.qr != none {
      image(bytes(n.qr), format: "svg", width: 52mm)
      text(weight: "bold", size: 10pt, n.qr_title)
    }
    #for note in n.qr_notes { par(text(size: 9pt, note)) }
  ])
#if n.channels.len() > 0 {
  v(6mm)
  text(weight: "bold", n.channels_title)
  table(columns: (auto, auto, 1fr), stroke: (x: none, y: 0.4pt + rgb("#D3DBE2")), inset: (x: 5pt, y: 5pt),
    ..n.channels.map(c => (
      c.name,
      if c.state == "open" { text(weight: "bold", c.said) } else { soft(c.said) },
      c.hours)).flatten())
}
#v(6mm)
#for note in n.notes [- #text(size: 9.5pt, note)]
#v(1fr)
#soft(text(size: 9.5pt, n.made))
"""


class NoChineseFont(Exception):
    """No family that holds Chinese is installed: the paper would have boxes in the place of words."""


def notice_pdf(sheet: Sheet, language: str) -> bytes:
    """The PDF. Raises NoChineseFont."""
    import segno
    import typst

    picture = None
    if sheet.url is not None:
        drawn = io.BytesIO()
        segno.make(sheet.url, error="m", micro=False).save(drawn, kind="svg", border=4)
        picture = drawn.getvalue().decode()
    told = asdict(sheet) | {"qr": picture, "font": chinese_font(), "language": language}
    made: bytes = typst.compile(
        TEMPLATE.encode(), sys_inputs={"notice": orjson.dumps(told).decode()}, format="pdf"
    )
    return made


def chinese_font() -> str:
    """The family that PDFs are set in. Raises NoChineseFont."""
    import typst

    held = set(typst.Fonts(include_embedded_fonts=False).families())
    for family in FONTS:
        if family in held:
            return family
    raise NoChineseFont
