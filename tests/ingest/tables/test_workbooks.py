"""XLSX and XLS: the same sheet must read alike from both."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import struct
import zipfile
from pathlib import Path
from random import Random

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.styles import Font

from ingest.tables.cell import Cell, ErrorCell, LongCell, Precision
from ingest.tables.fault import TableError
from ingest.tables.limits import Limits
from ingest.tables.open import open_tables
from ingest.tables.sheet import MergedRange, Sheet, SheetRow

at = dt.datetime.fromisoformat
DAY = at("2024-07-01T00:00")
NOON = at("2024-07-01T12:05")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def write_parts(path: Path, rows: str, *, head: str = "", space: str = MAIN) -> None:
    """A workbook as small as the format allows, its rows as given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relation("officeDocument", "/xl/workbook.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml"))
        archive.writestr(
            "xl/workbook.xml",
            f"<workbook xmlns='{space}' xmlns:r='{OFFICE}'>"
            "<sheets><sheet name='a' sheetId='1' r:id='r'/></sheets></workbook>",
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"{head}<worksheet xmlns='{space}'><sheetData>{rows}</sheetData></worksheet>",
        )


def relation(kind: str, target: str) -> str:
    return (
        f"<Relationships xmlns='{PACKAGE}'>"
        f"<Relationship Id='r' Type='{OFFICE}/{kind}' Target='{target}'/></Relationships>"
    )


def rows_of(path: Path, **limits: int) -> list[SheetRow]:
    for sheet in open_tables(path, Limits(**limits)):
        return list(sheet.rows)
    return []


def write_xlsx(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("襄垣站")
    day, moment, time = (
        book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "h:mm")
    )
    sheet.merge_range("A1:C1", "台账")
    for column, name in enumerate(("称重", "认定", "时刻", "毛重", "备注")):
        sheet.write(1, column, name)
    sheet.write_datetime(2, 0, DAY, day)
    sheet.write_datetime(2, 1, DAY, moment)
    sheet.write_datetime(2, 2, dt.time(13, 5), time)
    sheet.write(2, 3, 49.5)
    sheet.write(2, 4, "１２吨")
    sheet.write(3, 3, 49000)
    sheet.write_boolean(3, 4, True)
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.write_datetime(5, 1, NOON, moment)
    sheet.write_formula(5, 4, "=NA()", None, "#N/A")
    book.add_worksheet("隐藏").hide()
    book.close()
    return path


def write_xls(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("襄垣站")
    day, moment, time = (
        xlwt.easyxf(num_format_str=code) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "h:mm")
    )
    sheet.write_merge(0, 0, 0, 2, "台账")
    for column, name in enumerate(("称重", "认定", "时刻", "毛重", "备注")):
        sheet.write(1, column, name)
    sheet.write(2, 0, DAY, day)
    sheet.write(2, 1, DAY, moment)
    sheet.write(2, 2, dt.time(13, 5), time)
    sheet.write(2, 3, 49.5)
    sheet.write(2, 4, "１２吨")
    sheet.write(3, 3, 49000)
    sheet.write(3, 4, True)
    sheet.row(3).hidden = True
    sheet.write(5, 1, NOON, moment)
    sheet.row(5).set_cell_error(4, 42)
    book.add_sheet("隐藏").visibility = 1
    book.save(str(path))
    return path


@pytest.fixture(params=["xlsx", "xls"])
def workbook(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write = {"xlsx": write_xlsx, "xls": write_xls}[request.param]
    # the name says nothing: both are sniffed by content
    return write(tmp_path / "ledger.dat")


def test_a_day_a_midnight_and_a_time_are_told_apart_by_their_number_formats(workbook: Path) -> None:
    cells = rows_of(workbook)[2].cells
    assert cells[0] == Cell(dt.date(2024, 7, 1), Precision.DAY)
    assert type(cells[0].value) is dt.date
    assert cells[1] == Cell(at("2024-07-01T00:00"), Precision.MOMENT)
    assert cells[2] == Cell(dt.time(13, 5), Precision.TIME)


def test_plain_numbers_text_and_truth_values_stay_what_they_are(workbook: Path) -> None:
    rows = rows_of(workbook)
    assert rows[2].cells[3:] == (Cell(49.5), Cell("１２吨"))
    assert rows[3].cells[3:] == (Cell(49000), Cell(True))
    assert type(rows[3].cells[3].value) is int


def test_an_error_cell_is_marked_not_read_as_text(workbook: Path) -> None:
    assert rows_of(workbook)[5].cells[4].value == ErrorCell("#N/A")


def test_hidden_rows_and_sheets_are_read_and_marked(workbook: Path) -> None:
    assert [row.hidden for row in rows_of(workbook)] == [False, False, False, True, False, False]
    assert [(sheet.name, sheet.hidden) for sheet in open_tables(workbook)] == [
        ("襄垣站", False),
        ("隐藏", True),
    ]


def test_rows_are_numbered_as_a_person_sees_them_blank_ones_included(workbook: Path) -> None:
    rows = rows_of(workbook)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[4].cells == ()


def test_a_merged_range_is_reported_and_can_be_spread(workbook: Path) -> None:
    sheets = open_tables(workbook)
    sheet = next(sheets)
    assert sheet.merges == (MergedRange(1, 1, 0, 2),)
    assert [cell.value for cell in next(sheet.spread()).cells] == ["台账"] * 3
    assert [cell.value for cell in rows_of(workbook)[0].cells] == ["台账"]


def test_a_gzipped_workbook_reads_like_the_workbook(workbook: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(workbook.read_bytes()))
    assert rows_of(packed) == rows_of(workbook)


def test_the_1904_calendar_is_honoured_in_xlsx(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a"), {"date_1904": True})
    book.add_worksheet().write_datetime(0, 0, NOON, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    book.close()
    assert rows_of(tmp_path / "a")[0].cells[0].value == NOON


def test_the_1904_calendar_is_honoured_in_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("a").write(0, 0, NOON, xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm"))
    book.save(str(tmp_path / "a"))
    assert rows_of(tmp_path / "a")[0].cells[0].value == NOON


def test_styles_over_every_column_and_row_add_no_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "案号"
    for column in range(1, 16385):
        sheet.cell(2, column).font = Font(bold=True)
    for row in range(3, 2000):
        sheet.cell(row, 5).font = Font(bold=True)
    book.save(tmp_path / "a")
    assert rows_of(tmp_path / "a") == [SheetRow(1, (Cell("案号"),))]


def test_a_formula_gives_its_stored_result_and_one_without_is_marked(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "stored"))
    book.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    book.close()
    assert rows_of(tmp_path / "stored")[0].cells == (Cell(2),)
    uncalculated = openpyxl.Workbook()
    uncalculated.active["A1"] = "=1+1"
    uncalculated.save(tmp_path / "none")
    assert rows_of(tmp_path / "none")[0].cells == (Cell(ErrorCell("uncalculated")),)


def test_rich_text_is_read_whole(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a"))
    book.add_worksheet().write_rich_string(0, 0, "晋D", book.add_format({"bold": True}), "12345")
    book.close()
    assert rows_of(tmp_path / "a")[0].cells == (Cell("晋D12345"),)


def test_a_merge_down_fills_the_rows_it_covers_and_no_other() -> None:
    rows = [
        SheetRow(1, (Cell("襄垣"), Cell("a"))),
        SheetRow(2, (Cell(None), Cell("b"))),
        SheetRow(3, (Cell(None), Cell("c"))),
    ]
    spread = Sheet("s", iter(rows), (MergedRange(1, 2, 0, 0),)).spread()
    assert [row.cells[0].value for row in spread] == ["襄垣", "襄垣", None]


def test_a_million_character_cell_refuses_its_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_parts(
        path,
        "<row r='1'><c r='A1'><v>1</v></c></row>"
        f"<row r='2'><c r='B2' t='str'><v>{'x' * 1_000_000}</v></c></row>"
        "<row r='3'><c r='A3'><v>3</v></c></row>",
    )
    first, long, last = rows_of(path)
    assert (first.fault, last.fault, last.cells) == (None, None, (Cell(3),))
    assert long.fault is not None and long.fault.code == "cell_too_long"
    assert long.fault.params == {"row": "2", "column": "2", "length": "1000000", "limit": "32767"}
    assert long.cells[1].value == LongCell(1_000_000, "x" * 100)


def test_cells_without_addresses_and_the_strict_namespace_are_read(tmp_path: Path) -> None:
    write_parts(
        tmp_path / "a",
        "<row><c><v>1</v></c><c t='inlineStr'><is><t>b</t></is></c></row>"
        "<row><c t='d'><v>2024-07-01T00:00:00</v></c></row>",
        space=STRICT,
    )
    assert rows_of(tmp_path / "a") == [
        SheetRow(1, (Cell(1), Cell("b"))),
        SheetRow(2, (Cell(at("2024-07-01T00:00"), Precision.MOMENT),)),
    ]


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("秘密")
    write_parts(
        tmp_path / "a",
        "<row r='1'><c r='A1' t='str'><v>x&e;</v></c><c r='B1'><v>1</v></c></row>",
        head=f"<!DOCTYPE worksheet [<!ENTITY e SYSTEM 'file://{secret}'>]>",
    )
    assert "秘密" not in str(rows_of(tmp_path / "a"))


def test_a_thousand_columns_refuse_the_file(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a"))
    book.add_worksheet().write_row(0, 0, range(1000))
    book.close()
    with pytest.raises(TableError) as caught:
        rows_of(tmp_path / "a")
    assert (caught.value.code, caught.value.params) == (
        "too_many_columns",
        {"row": "1", "columns": "1000", "limit": "400"},
    )


def test_too_many_rows_stop_the_file_after_the_last_that_fits(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a"))
    book.add_worksheet().write_column(0, 0, range(11))
    book.close()
    assert len(rows_of(tmp_path / "a", rows=11)) == 11
    with pytest.raises(TableError, match="too_many_rows"):
        rows_of(tmp_path / "a", rows=10)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_truncated_workbook_is_an_error_that_says_so(workbook: Path, keep: float) -> None:
    content = workbook.read_bytes()
    workbook.write_bytes(content[: int(len(content) * keep)])
    expected = "truncated_xlsx" if content.startswith(b"PK") else "truncated_xls"
    with pytest.raises(TableError, match=expected):
        for sheet in open_tables(workbook):
            list(sheet.rows)


def test_a_flipped_byte_inside_an_xlsx_part_is_found(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a")
    content = bytearray(path.read_bytes())
    at = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").header_offset + 120
    content[at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(TableError, match="truncated_xlsx"):
        rows_of(path)


def test_an_archive_that_unpacks_to_far_too_much_is_refused_unopened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 * 1024 * 1024))
    with pytest.raises(TableError, match="zip_bomb"):
        rows_of(tmp_path / "a")
    with pytest.raises(TableError, match="zip_bomb"):
        rows_of(write_xlsx(tmp_path / "b"), unpacked_bytes=1000)


def test_an_encrypted_xlsx_is_named_as_such(tmp_path: Path) -> None:
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480)
    )
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(TableError, match="encrypted"):
        rows_of(tmp_path / "a")


def test_an_encrypted_xls_is_named_as_such(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    stream = book.get_biff_data()
    # a FILEPASS record behind the first record (BOF, 4 + 16 bytes), as Excel writes it
    filepass = struct.pack("<HHHHH", 0x2F, 6, 0, 1, 1)
    xlwt.CompoundDoc.XlsDoc().save(str(tmp_path / "a"), stream[:20] + filepass + stream[20:])
    with pytest.raises(TableError) as caught:
        rows_of(tmp_path / "a")
    assert (caught.value.code, caught.value.params) == ("encrypted", {"kind": "XLS"})


def test_damage_anywhere_gives_an_answer_and_no_crash(workbook: Path) -> None:
    """Every mutation reads or is refused by a named code; what the libraries raise inside never comes out."""
    random = Random(7)
    content = workbook.read_bytes()
    if content.startswith(b"PK"):
        # damage inside the parts: damage to the archive is found by its checksums
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = {name: archive.read(name) for name in archive.namelist()}
    else:
        parts = {"": content}
    codes = set()
    for _ in range(150):
        target = random.choice(sorted(parts))
        damaged = {**parts, target: mutated(parts[target], random)}
        if "" in parts:
            workbook.write_bytes(damaged[""])
        else:
            with zipfile.ZipFile(workbook, "w") as archive:
                for name, part in damaged.items():
                    archive.writestr(name, part)
        try:
            rows_of(workbook)
            codes.add("read")
        except TableError as error:
            codes.add(error.code)
    assert {"read"} < codes <= {"read", "truncated_xlsx", "truncated_xls", "unknown_format", "encrypted"}


def mutated(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 3, 10))):
        at = random.randrange(len(changed))
        changed[at : at + random.choice((0, 1, 9))] = random.randbytes(random.choice((1, 1, 4)))
    return bytes(changed)


@pytest.mark.parametrize(("name", "found"), [("word/document.xml", "DOCX"), ("x.txt", "ZIP")])
def test_another_kind_of_archive_is_named(tmp_path: Path, name: str, found: str) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(TableError) as caught:
        rows_of(tmp_path / "a")
    assert (caught.value.code, caught.value.params) == ("unknown_format", {"found": found})
