"""The four formats hold the same words and numbers, as independent readers find them."""

from __future__ import annotations

import io
import re

import pytest
from lxml import html as reader

from monitor.payments.notice_pdf import NoChineseFont
from monitor.reports.weekly.chapters import paper_of
from monitor.reports.weekly.drawn import svg_of
from monitor.reports.weekly.formats import Format, written
from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.paper import Cell, Chart, Form, Heading, Paper, Para, Table, chinese
from monitor.settings.texts import Texts, texts
from tests.reports.weekly.small import Small

LONG = "某某省某某市某某县" * 12 + "-" + "ABCDEFGHIJ0123456789" * 6


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return Small(tmp_path_factory.mktemp("formats")).report()


@pytest.fixture(scope="module", params=["zh", "en"])
def words(request: pytest.FixtureRequest) -> Texts:
    return texts(request.param)


def tables(paper: Paper) -> list[Table]:
    return [one for one in paper.blocks if isinstance(one, Table)]


def squeezed(text: str) -> str:
    """Without what a line break or a place to break may add."""
    return re.sub(r"[\s\u200b]+", "", text)


def test_html_holds_every_table_and_asks_nobody_for_anything(report: WeeklyReport, words: Texts) -> None:
    paper = paper_of(report, words)
    content = written(report, words, Format.HTML).decode()
    page = reader.fromstring(content)
    for table in tables(paper):
        (found,) = page.xpath(f"//table[@id='table-{table.key}']")
        assert [cell.text_content() for cell in found.xpath(".//th")] == list(table.heads)
        told = [[cell.text_content() for cell in row.xpath("./td")] for row in found.xpath(".//tbody/tr")]
        if table.rows:
            assert told == [[cell.text for cell in row] for row in table.rows]
            numbers = [cell.get("data-v") for cell in found.xpath(".//td")]
            assert numbers == [
                None if c.number is None else repr(c.number) for row in table.rows for c in row
            ]
    for one in paper.blocks:
        if isinstance(one, Para):
            assert one.text in page.text_content()
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)""", content)
    assert "://" not in re.sub(r"http://www\.w3\.org/\S+", "", content)
    assert paper.digest in content


def test_the_workbook_holds_the_numbers_themselves_with_frozen_heads_and_its_own_charts(
    report: WeeklyReport, words: Texts
) -> None:
    import openpyxl

    paper = paper_of(report, words)
    book = openpyxl.load_workbook(io.BytesIO(written(report, words, Format.XLSX)))
    sheets = {str(sheet["A1"].value): sheet for sheet in book.worksheets}
    assert all(len(name) <= 31 for name in book.sheetnames)
    for table in tables(paper):
        matching = [
            sheet
            for sheet in book.worksheets
            if [cell.value for cell in sheet[1]][: len(table.heads)] == list(table.heads)
            and (not table.rows or sheet.cell(2, 1).value in (table.rows[0][0].text, table.rows[0][0].number))
        ]
        assert matching, table.title
        found = [
            [
                [cell.value for cell in row]
                for row in sheet.iter_rows(2, 1 + len(table.rows), 1, len(table.heads))
            ]
            for sheet in matching
        ]
        wanted = [[_value(cell) for cell in row] for row in table.rows]
        assert wanted in found or not table.rows, table.title
        assert all(sheet.freeze_panes == "B2" for sheet in matching)
    charts = [one for one in paper.blocks if isinstance(one, Chart) and one.look != "heat"]
    assert sum(len(sheet._charts) for sheet in book.worksheets) == len(charts)
    data = sheets[words.get("weekly.xlsx.path")]
    told = {row[0].value: row[1].value for row in data.iter_rows(2)}
    assert (told["rate.week.k"], told["rate.week.n"], told["about.week"]) == (2, 4, "2024-W30")


def test_charts_of_the_workbook_have_data_and_titles_and_no_text_is_cut_off(
    report: WeeklyReport, words: Texts
) -> None:
    import openpyxl

    paper = paper_of(report, words)
    book = openpyxl.load_workbook(io.BytesIO(written(report, words, Format.XLSX, paper)))
    drawn = [chart for sheet in book.worksheets for chart in sheet._charts]
    charts = [one for one in paper.blocks if isinstance(one, Chart) and one.look != "heat"]
    assert {one.look for one in charts} == {"lines", "bars", "funnel"}
    for chart, found in zip(charts, drawn, strict=True):
        titles = [
            "".join(run.t for line in title.tx.rich.p for run in line.r)
            for title in (found.title, found.x_axis.title, found.y_axis.title)
        ]
        assert titles == [chart.title, chart.x_title, chart.y_title] and all(titles)
        told = []
        for one in found.series:
            name, cells = (one.val or one.yVal).numRef.f.rsplit("!", 1)
            told.append([row[0].value for row in book[name.strip("'")][cells.replace("$", "")]])
        wanted = [list(one.values) for one in chart.series]
        if chart.look == "funnel":
            wanted = [*wanted[1:], wanted[0]]
        assert told == [pytest.approx(values) for values in wanted]
    for sheet in book.worksheets:
        widths = {
            place: group.width
            for group in sheet.column_dimensions.values()
            for place in range(group.min, group.max + 1)
        }
        for row in sheet.iter_rows(max_row=60):
            for cell in row:
                if isinstance(cell.value, str) and cell.alignment.wrap_text:
                    lines = -(-len(cell.value) // widths.get(cell.column, 8.43))
                    height = sheet.row_dimensions[cell.row].height or 15
                    assert height >= 15 * lines, (sheet.title, cell.coordinate)


def _value(cell: Cell) -> object:
    if cell.number is None or cell.form is None:
        return cell.text
    return int(cell.number) if cell.form is Form.COUNT else pytest.approx(cell.number, rel=1e-12)


def test_the_document_has_the_layout_of_official_ones_and_every_table(
    report: WeeklyReport, words: Texts
) -> None:
    import docx
    from docx.oxml.ns import qn

    paper = paper_of(report, words)
    document = docx.Document(io.BytesIO(written(report, words, Format.DOCX)))
    (section,) = document.sections
    sizes = (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    )  # fmt: skip
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 35, 28, 26]

    def face(name: str) -> str | None:
        return document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))

    assert [face(name) for name in ("Title", "Normal", "Heading 1", "Heading 2")] == [
        "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312",
    ]  # fmt: skip
    assert document.styles["Normal"].font.size.pt == 16
    assert document.styles["Normal"].paragraph_format.line_spacing.pt == 28
    for footer in (section.footer, section.even_page_footer):
        assert "PAGE" in footer._element.xml and footer.paragraphs[0].text.count("—") == 2
    each = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    told = [rows for rows in each if any(text for row in rows for text in row)]
    assert len(told) == len(tables(paper)) == len(each) - 1, "one table is of pictures"
    for table, found in zip(tables(paper), told, strict=True):
        assert found[0] == list(table.heads)
        assert found[1:] == [[cell.text for cell in row] for row in table.rows] or not table.rows
    lines = [paragraph.text for paragraph in document.paragraphs]
    for one in paper.blocks:
        if isinstance(one, Heading | Para):
            assert (one.number + one.text if isinstance(one, Heading) else one.text) in lines
    pictures = document.element.body.xpath(".//pic:pic")
    assert len(pictures) == sum(1 for one in paper.blocks if isinstance(one, Chart))


def test_the_pdf_holds_every_sentence_and_number(report: WeeklyReport, words: Texts) -> None:
    import pypdf

    paper = paper_of(report, words)
    book = pypdf.PdfReader(io.BytesIO(written(report, words, Format.PDF)))
    assert book.metadata is not None and book.metadata.title == paper.title
    first = book.pages[0].mediabox
    assert (round(first.width * 25.4 / 72), round(first.height * 25.4 / 72)) == (210, 297)
    text = squeezed("".join(page.extract_text() for page in book.pages))
    for table in tables(paper):
        # A case that runs over the foot of a page is cut there: cell by cell it is found all the same.
        for cell in (cell for row in table.rows for cell in row if cell.number is not None):
            assert squeezed(cell.text) in text
        if table.key in ("head", "rate", "weeks", "stations"):
            for row in table.rows:
                assert squeezed("".join(cell.text for cell in row[:2])) in text
    assert [f"—{page}—" in text for page in range(1, len(book.pages) + 1)] == [True] * len(book.pages)


def test_without_a_chinese_font_there_is_no_pdf_and_that_is_said(
    report: WeeklyReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.payments.notice_pdf.FONTS", ())
    with pytest.raises(NoChineseFont):
        written(report, texts("zh"), Format.PDF)


def test_made_again_the_files_but_for_their_clocks_are_the_same(report: WeeklyReport) -> None:
    for form in (Format.HTML, Format.DOCX):
        again = written(report, texts("zh"), form)
        if form is Format.HTML:
            assert again == written(report, texts("zh"), form)
        else:
            assert len(again) == len(written(report, texts("zh"), form))


def test_names_of_any_length_and_markup_in_them_are_words_in_every_format(report: WeeklyReport) -> None:
    from dataclasses import replace

    import pypdf

    nasty = LONG + "<script>&]]> =1+1 #import"
    about = replace(report.about, names={code: {"zh": nasty, "en": nasty} for code in report.about.names})
    long = replace(report, about=about)
    page = reader.fromstring(written(long, texts("zh"), Format.HTML).decode())
    assert len(page.xpath("//script")) == 1 and nasty in page.text_content()
    for form in (Format.XLSX, Format.DOCX, Format.PDF):
        content = written(long, texts("zh"), form)
        assert len(content) > 10_000
        if form is Format.PDF:
            text = squeezed("".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages))
            assert squeezed(nasty)[:40] in text


def test_every_chart_is_drawn_with_a_title_and_inside_its_frame(report: WeeklyReport, words: Texts) -> None:
    from lxml import etree

    days = words.get("weekly.by_hour.days").split(",")
    assert len(days) == 7
    for chart in (one for one in paper_of(report, words).blocks if isinstance(one, Chart)):
        drawing = etree.fromstring(svg_of(chart, days).encode())
        wide, high = float(drawing.get("width")), float(drawing.get("height"))
        for circle in drawing.iter("{*}circle"):
            assert 0 <= float(circle.get("cx")) <= wide and 0 <= float(circle.get("cy")) <= high
        assert drawing.findtext("{*}title") == chart.title


def test_headings_are_numbered_as_documents_number_them(report: WeeklyReport) -> None:
    told = [one for one in paper_of(report, texts("zh")).blocks if isinstance(one, Heading)]
    firsts = [one.number for one in told if one.level == 1]
    assert firsts == ["一、", "二、", "三、", "四、", "五、", "六、", "七、"]
    assert [one.number for one in told if one.level == 2][:4] == ["（一）", "（二）", "（三）", "（四）"]
    assert [chinese(number) for number in (1, 10, 12, 20, 31)] == ["一", "十", "十二", "二十", "三十一"]


def test_no_english_word_is_left_over_in_the_chinese_report(report: WeeklyReport) -> None:
    allowed = {
        "PDF",
        "k",
        "n",
        "W",
        "SHA",
        "Asia",
        "Shanghai",
        "online",
        "desk",
        "cash",
        "other",
        "POS",
        "A",
        "B",
    }
    for one in paper_of(report, texts("zh")).blocks:
        told = [one.text] if isinstance(one, Heading | Para) else []
        if isinstance(one, Table) and one.key not in ("made",):
            told = [one.title, one.note, *one.heads, *(cell.text for row in one.rows for cell in row)]
        for text in told:
            left = set(re.findall(r"[A-Za-z]{3,}", text)) - allowed - {"ledger"}
            assert not left, (text, left)
