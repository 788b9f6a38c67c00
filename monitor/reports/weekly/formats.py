"""The formats of a report, each written from the same paper."""

from __future__ import annotations

from enum import StrEnum

from monitor.reports.weekly.chapters import paper_of
from monitor.reports.weekly.frame import WeeklyReport
from monitor.reports.weekly.paper import Paper
from monitor.settings.texts import Texts


class Format(StrEnum):
    """By the ending of its file."""

    HTML = "html"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"


MEDIA = {
    Format.HTML: "text/html; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


def written(report: WeeklyReport, texts: Texts, form: Format, paper: Paper | None = None) -> bytes:
    """The file of a format. Raises NoChineseFont where a PDF has no font to be set in."""
    paper = paper_of(report, texts) if paper is None else paper
    match form:
        case Format.HTML:
            from monitor.reports.weekly.html import html_of

            return html_of(paper, texts)
        case Format.XLSX:
            from monitor.reports.weekly.xlsx import xlsx_of

            return xlsx_of(paper, report, texts)
        case Format.DOCX:
            from monitor.reports.weekly.docx import docx_of

            return docx_of(paper, texts, report.about.as_of)
        case Format.PDF:
            from monitor.reports.weekly.pdf import pdf_of

            return pdf_of(paper, texts)
