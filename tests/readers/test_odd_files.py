"""Workbooks written unusually, or carrying what is none of our business: read all the same, followed nowhere."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from flows.readers.child import FileToRead, read_files
from flows.readers.reading import Reading
from tests.readers.parts import (
    BOOK,
    SHEET,
    STRINGS,
    add_relation,
    list_parts,
    read_part,
    replace_in_part,
    set_part,
    write_zip,
)
from tests.readers.sheets import Canteen
from tests.readers.spoiling import BOF, Make, append_part, drop, put_before_root, replace, zip_with

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet3.xml.rels"
BOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
WIDTH = b'<col min="1" max="16384" width="9"/>'
STYLES = "xl/styles.xml"


def set_dimension(reference: bytes) -> Make:
    def make(workbook: bytes) -> bytes:
        content = re.sub(
            rb'<dimension ref="[^"]*"/>', b'<dimension ref="' + reference + b'"/>', read_part(workbook, SHEET)
        )
        return set_part(workbook, SHEET, content)

    return make


def add_after_data(text: bytes) -> Make:
    return replace(SHEET, b"</sheetData>", b"</sheetData>" + text)


def add_prefix(workbook: bytes) -> bytes:
    declaration, end, body = read_part(workbook, SHEET).partition(b"?>")
    body = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", body).replace(b"xmlns=", b"xmlns:x=")
    return set_part(workbook, SHEET, declaration + end + body)


def break_lines(workbook: bytes) -> bytes:
    return set_part(workbook, SHEET, read_part(workbook, SHEET).replace(b"><", b">\r\n  <"))


def make_strict(workbook: bytes) -> bytes:
    def change(content: bytes) -> bytes:
        content = content.replace(MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return content.replace(RELATION, b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    return write_zip((name, change(content)) for name, content in list_parts(workbook))


def use_backslashes(workbook: bytes) -> bytes:
    return write_zip((name.replace("/", "\\"), content) for name, content in list_parts(workbook))


def stream_with_zip64(workbook: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in list_parts(workbook):
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(content)
    return target.getvalue()


def reverse_parts(workbook: bytes) -> bytes:
    return write_zip(reversed(list_parts(workbook)))


def number_rows_backwards(workbook: bytes) -> bytes:
    content = read_part(workbook, SHEET)
    start, end = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
    rows = re.findall(rb"<row .*?</row>|<row [^>]*/>", content[start:end])
    return set_part(workbook, SHEET, content[:start] + b"".join(reversed(rows)) + content[end:])


def style_cells_to_the_end(workbook: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="XFD%d" s="1"/></row>' % (n, n, n) for n in (900, 1_048_576))
    return replace_in_part(workbook, SHEET, b"</sheetData>", rows + b"</sheetData>")


def break_style_indices(workbook: bytes) -> bytes:
    return replace_in_part(workbook, SHEET, b'<c r="C5" s="', b'<c r="C5" s="99999')


def add_names(workbook: bytes) -> bytes:
    names = b"".join(b'<definedName name="n%d">A1</definedName>' % n for n in range(20_000))
    return replace_in_part(workbook, BOOK, b"</definedNames>", names + b"</definedNames>")


def ignore_dimension(reference: bytes) -> tuple[str, Make]:
    return f"Z08 dimension {reference.decode() or 'empty'}", set_dimension(reference)


SAME = (
    ("C02 junk behind the zip", lambda workbook: workbook + b"junk" * 10),
    ("C09 strict namespaces", make_strict),
    ("C10 prefixed elements", add_prefix),
    ("C24 backslash names", use_backslashes),
    ("C26 stored without packing", zip_with(zipfile.ZIP_STORED)),
    ("C26 streamed with zip64", stream_with_zip64),
    ("C26 parts in another order", reverse_parts),
    ("C31 signature", append_part("_xmlsignatures/origin.sigs", b"")),
    ("Z02 huge picture", append_part("xl/media/image1.png", bytes(30 * 1024 * 1024))),
    ("Z03 zip in the zip", append_part("xl/embeddings/oleObject1.bin", write_zip([("a", bytes(10_000))]))),
    ignore_dimension(b"A1:XFD1048576"),
    ignore_dimension(b"A1:A2"),
    ignore_dimension(b"Z99:A1"),
    ("Z15 everything merged with nothing", add_after_data(b"<mergeCells/>")),
    ("Z18 thousands of names", add_names),

    ("Z21 thousands of column widths", replace(SHEET, b"<cols>", b"<cols>" + WIDTH * 5000)),
    ("Z22 condition over the whole sheet", add_after_data(b'<conditionalFormatting sqref="A1:XFD1048576"/>')),
    ("Z23 number format without end", replace(STYLES, b"<numFmts ", b'<numFmts x="' + b"0" * 100_000 + b'" ')),
    ("T28 formats to the last cell", style_cells_to_the_end),
    ("X11 foreign attributes and lists", add_after_data(b'<extLst><ext xmlns:q="urn:q" uri="u"><q:a/></ext></extLst>')),
    ("X12 remark between the cells", put_before_root(SHEET, b"<!-- remark -->")),
    ("X12 line breaks between the tags", break_lines),
    ("P11 style that is not there", break_style_indices),
    ("P12 rows out of order", number_rows_backwards),
    ("P18 broken properties", lambda workbook: set_part(workbook, "docProps/core.xml", b"<broken")),
    ("P18 broken theme", lambda workbook: set_part(workbook, "xl/theme/theme1.xml", b"\xff<broken")),
    ("P20 link to a part that is missing", lambda w: add_relation(w, BOOK_RELATIONS, "pivotCacheDefinition", "x.xml")),
    ("K05 embedded object", append_part("xl/embeddings/oleObject1.bin", BOF)),
    ("K06 control", append_part("xl/activeX/activeX1.xml", b"<ax/>")),

    ("K07 hyperlink to a file", add_after_data(b'<hyperlinks><hyperlink ref="A1" location="file://h/s"/></hyperlinks>')),
    ("K09 list from another workbook", add_after_data(b"<dataValidations/>")),
    ("K10 printer settings", append_part("xl/printerSettings/printerSettings1.bin", bytes(100))),
)  # fmt: skip


def read_one(canteen: Canteen, path: Path, content: bytes) -> Reading:
    path.write_bytes(content)
    ((_, reading),) = read_files([FileToRead(path, path.suffix)], canteen.reading_map)
    return reading


@pytest.mark.parametrize(("name", "make"), SAME, ids=[name for name, _ in SAME])
def test_odd_workbook_is_read_like_any_other(canteen: Canteen, tmp_path: Path, name: str, make: Make) -> None:
    reading = read_one(canteen, tmp_path / "a.xlsx", make(canteen.workbook))
    plain = canteen.read(canteen.workbook)
    assert canteen.find_codes(reading) == []
    assert np.array_equal(reading.numbers, plain.numbers, equal_nan=True)
    assert (reading.texts, reading.identity) == (plain.texts, plain.identity)
    assert reading.lists["cooks"].texts == plain.lists["cooks"].texts


@pytest.mark.requirement("R-05")
@pytest.mark.parametrize(
    "part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml", "xl/vbaProject.bin"], ids=["K02", "K03", "C11"]
)
def test_macros_links_and_connections_are_never_run_but_asked_about(
    canteen: Canteen, tmp_path: Path, part: str
) -> None:
    reading = read_one(canteen, tmp_path / "a.xlsm", append_part(part, b"<a/>")(canteen.workbook))
    asked = [finding for finding in canteen.list_findings(reading) if finding.code == "FL04"]
    assert [(finding.severity, finding.message) for finding in asked] == [
        ("query", "文件含宏或外部链接,请确认数值不依赖其他文件")
    ]
    assert np.array_equal(reading.numbers, canteen.read(canteen.workbook).numbers, equal_nan=True)


@pytest.mark.requirement("R-02")
@pytest.mark.parametrize(
    ("extension", "codes"), [(".xls", ["FL27"]), (".XLSX", []), ("", []), (".et", []), (".csv", ["FL27"])]
)
def test_bad_input_c07_kind_is_told_by_content_and_another_ending_is_said(
    canteen: Canteen, tmp_path: Path, extension: str, codes: list[str]
) -> None:
    reading = read_one(canteen, tmp_path / f"报表{extension}", canteen.workbook)
    assert canteen.find_codes(reading) == codes
    assert (
        not codes
        or canteen.list_findings(reading)[0].message == f"文件扩展名为 {extension}，实际是 xlsx，已按实际格式读取"
    )


def test_bad_input_p05_workbook_without_styles_loses_no_number(canteen: Canteen) -> None:
    reading = canteen.read(drop(STYLES)(canteen.workbook))
    assert np.array_equal(reading.numbers, canteen.read(canteen.workbook).numbers, equal_nan=True)
    assert {finding.code for finding in canteen.list_findings(reading)} == {"CE20"}


def test_bad_input_z15_merge_over_everything_is_an_error(canteen: Canteen) -> None:
    merge = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    codes = canteen.find_codes(canteen.read(add_merge(canteen.workbook, merge)))
    assert codes == ["FL12 A1"]


def test_bad_input_z16_thousands_of_merges_are_said_no_more_than_people_read(canteen: Canteen) -> None:
    merges = b"".join(b'<mergeCell ref="A%d:C%d"/>' % (row, row) for row in range(5, 5000))
    reading = canteen.read(add_merge(canteen.workbook, b"<mergeCells>" + merges + b"</mergeCells>"))
    assert 0 < len(reading.signals) <= 50


def test_bad_input_z24_z25_formulas_without_measure_are_never_parsed(canteen: Canteen) -> None:
    deep = b"<f>" + b"(" * 30_000 + b"1" + b")" * 30_000 + b"</f><v>240</v>"
    shared = b'<f t="shared" ref="A1:XFD1048576" si="0">C6</f><v>240</v>'
    for formula in (deep, shared):
        reading = canteen.read(replace_in_part(canteen.workbook, SHEET, b"<v>240</v>", formula))
        assert canteen.find_codes(reading) == ["CE32 C5"]
        assert canteen.pick_number(reading, "kitchen.seats") == 240


def test_bad_input_x03_nothing_of_a_named_file_is_ever_shown(canteen: Canteen, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("不可外泄", encoding="utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'.encode()
    reading = canteen.read(put_before_root(STRINGS, entity)(canteen.workbook))
    assert "不可外泄" not in repr(reading)
    assert reading.kind == "doctype"


def add_merge(workbook: bytes, merge: bytes) -> bytes:
    content = re.sub(rb"<mergeCells.*?</mergeCells>", b"", read_part(workbook, SHEET))
    return set_part(workbook, SHEET, content.replace(b"</sheetData>", b"</sheetData>" + merge))
