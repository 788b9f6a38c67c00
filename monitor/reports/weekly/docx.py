"""The report as a document by the layout of official ones (GB/T 9704): an office puts its own head on it.

A4, margins 37 35 28 26 mm, title in 小标宋 22 pt, text in 仿宋 16 pt on a line of 28 pt, headings in 黑体
and 楷体, numbers 一、 （一） 1., page numbers — 1 — at the outer side. Word takes another font where one is
missing; the font table says which.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from monitor.cases.event import SECOND
from monitor.reports.weekly.drawn import svg_of
from monitor.reports.weekly.paper import Chart, Heading, Paper, Para, Table
from monitor.reports.weekly.pdf import picture_of, widths
from monitor.settings.texts import Texts

TITLE, BODY, BLACK, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
WIDTH_MM = 156
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ALTERNATIVES = {
    TITLE: "Noto Serif CJK SC", BODY: "FangSong", BLACK: "SimHei", KAI: "KaiTi",
}  # fmt: skip


def docx_of(paper: Paper, texts: Texts, as_of: int) -> bytes:
    """The document; `as_of` (microseconds) is the date that it carries, so that it is the same when made
    again."""
    import docx
    from docx.shared import Mm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.settings.odd_and_even_pages_header_footer = True
    _styles(document)
    _alternatives(document)
    _page_numbers(section, paper.foot)
    _properties(document, paper, as_of)
    _paragraph(document, paper.title, "Title")
    _paragraph(document, paper.subtitle, "Subtitle")
    _paragraph(document, " · ".join(paper.about), "Report Note", centred=True)
    days = texts.get("weekly.by_hour.days").split(",")
    parts = 0
    smalls = [one for one in paper.blocks if isinstance(one, Chart) and one.key.startswith("head_")]
    for one in paper.blocks:
        match one:
            case Heading():
                parts += one.level == 1
                made = _paragraph(document, one.number + one.text, f"Heading {one.level}")
                made.paragraph_format.page_break_before = one.level == 1 and parts == 2
            case Para():
                made = _paragraph(document, one.text, "Report Note" if one.note else "Normal")
                if one.strong:
                    made.runs[0].bold = True
            case Table():
                _table(document, one, texts)
            case Chart():
                if one not in smalls:
                    _paragraph(document, one.title, "Report Caption")
                    _picture(document, svg_of(one, days))
                elif one is smalls[0]:
                    drawings = [svg_of(each, days, small=True) for each in smalls]
                    _pictures(document, drawings)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _paragraph(document: Any, text: str, style: str, *, centred: bool = False) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made = document.add_paragraph(_clean(text), style=style)
    if centred:
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.paragraph_format.first_line_indent = 0
    return made


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    styles = document.styles
    for name in ("Report Note", "Report Caption"):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    told = (
        ("Normal", BODY, 16, False, 28, 32),
        ("Title", TITLE, 22, False, 34, 0),
        ("Subtitle", KAI, 16, False, 28, 0),
        ("Heading 1", BLACK, 16, False, 28, 32),
        ("Heading 2", KAI, 16, False, 28, 32),
        ("Heading 3", BODY, 16, True, 28, 32),
        ("Report Note", BODY, 12, False, 20, 0),
        ("Report Caption", BLACK, 12, False, 22, 0),
    )
    for name, family, size, bold, line, indent in told:
        style = styles[name]
        _font(style, family)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = None
        form = style.paragraph_format
        form.line_spacing, form.first_line_indent = Pt(line), Pt(indent)
        form.space_before, form.space_after = Pt(0), Pt(6 if name in ("Title", "Report Note") else 0)
        if name.startswith("Heading") or name == "Report Caption":
            form.keep_with_next = True
        if name in ("Title", "Subtitle"):
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER
            border = style.element.find(f".//{{{_namespace()}}}pBdr")
            if border is not None:
                border.getparent().remove(border)


def _namespace() -> str:
    return "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _font(style: Any, family: str) -> None:
    from docx.oxml.ns import qn

    style.font.name = LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), family)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    colour = style.element.rPr.find(qn("w:color"))
    if colour is not None:
        style.element.rPr.remove(colour)


def _alternatives(document: Any) -> None:
    """What Word takes where a family is not installed, written into the font table."""
    from lxml import etree

    part = next(
        (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable")), None
    )
    if part is None:
        return
    table = etree.fromstring(part.blob)
    for family, other in _ALTERNATIVES.items():
        font = etree.SubElement(table, f"{{{_namespace()}}}font", {f"{{{_namespace()}}}name": family})
        etree.SubElement(font, f"{{{_namespace()}}}altName", {f"{{{_namespace()}}}val": other})
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _page_numbers(section: Any, foot: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Pt

    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        made = footer.paragraphs[0]
        made.alignment = side
        made.paragraph_format.first_line_indent = 0
        for text in ("— ", None, " —"):
            run = made.add_run(text or "")
            run.font.size = Pt(14)
            if text is None:
                for kind in ("begin", None, "end"):
                    run._r.append(
                        parse_xml(
                            f'<w:instrText {_W} xml:space="preserve"> PAGE </w:instrText>'
                            if kind is None
                            else f'<w:fldChar {_W} w:fldCharType="{kind}"/>'
                        )
                    )
        small = footer.add_paragraph(foot)
        small.alignment = WD_ALIGN_PARAGRAPH.CENTER
        small.paragraph_format.first_line_indent = 0
        small.runs[0].font.size = Pt(8)


def _properties(document: Any, paper: Paper, as_of: int) -> None:
    about = document.core_properties
    about.title, about.subject, about.author = paper.title, paper.subtitle, "Fangxing"
    about.comments, about.language = paper.digest, "zh-CN" if paper.language == "zh" else "en"
    moment = datetime.fromtimestamp(as_of // SECOND, UTC).replace(tzinfo=None)
    about.created = about.modified = moment
    about.last_modified_by = "Fangxing"


def _picture(document: Any, drawing: str) -> None:
    _drawn(document.add_paragraph(), drawing, WIDTH_MM)


def _pictures(document: Any, drawings: Sequence[str], across: int = 3) -> None:
    """Small ones beside each other, in a table without lines: in one line of text they would be spread."""
    table = document.add_table(-(-len(drawings) // across), across)
    for place, drawing in enumerate(drawings):
        row, column = divmod(place, across)
        _drawn(table.cell(row, column).paragraphs[0], drawing, WIDTH_MM / across - 4)


def _drawn(paragraph: Any, drawing: str, width_mm: float) -> None:
    from docx.shared import Mm

    paragraph.paragraph_format.first_line_indent = 0
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.add_run().add_picture(io.BytesIO(picture_of(drawing)), width=Mm(width_mm))


def _table(document: Any, table: Table, texts: Texts) -> None:
    """Written as XML at once: cell by cell a table of some hundred rows takes minutes."""
    from docx.oxml import parse_xml

    _paragraph(document, table.title, "Report Caption")
    size = 21 if len(table.heads) < 7 else 18 if len(table.heads) < 10 else 13
    wide = widths(table)
    twips = [round(WIDTH_MM / 25.4 * 1440 * one / sum(wide)) for one in wide]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in twips)
    heads = _row(table.heads, twips, size, [False] * len(twips), head=True)
    numbers = [any(row[place].number is not None for row in table.rows) for place in range(len(twips))]
    told = [tuple(cell.text for cell in row) for row in table.rows]
    told = told or [(texts.get("weekly.nothing"), *[""] * (len(twips) - 1))]
    body = "".join(_row(row, twips, size, numbers) for row in told)
    line = 'w:val="single" w:sz="4" w:space="0" w:color="8997A4"'
    document.element.body.insert(
        len(document.element.body) - 1,
        parse_xml(
            f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblBorders><w:top {line}/>'
            f"<w:bottom {line}/><w:insideH {line}/></w:tblBorders><w:tblLayout w:type='fixed'/>"
            '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{heads}{body}</w:tbl>"
        ),
    )
    _paragraph(document, table.note, "Report Note")


def _row(
    texts: Sequence[str], twips: Sequence[int], size: int, numbers: Sequence[bool], *, head: bool = False
) -> str:
    family = BLACK if head else BODY
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{family}"/><w:sz w:val="{size}"/>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="20" w:after="20" w:line="{size * 13}" w:lineRule="atLeast"/>'
        f'<w:ind w:firstLine="0"/>'
        f'<w:jc w:val="{"right" if number else "left"}"/></w:pPr>'
        f'<w:r><w:rPr>{fonts}</w:rPr><w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r>'
        "</w:p></w:tc>"
        for text, wide, number in zip(texts, twips, numbers, strict=True)
    )
    repeat = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{cells}</w:tr>"
