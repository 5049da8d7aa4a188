"""Files that must be refused, each made from a sound workbook, with what must be said of it.

The first word of a name is the file's number in the catalogue of bad inputs.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from tests.readers.compound import write_compound
from tests.readers.parts import (
    BOOK,
    BOOK_RELATIONS,
    CONTENT_TYPES,
    SHEET,
    STRINGS,
    list_parts,
    patch_directory,
    patch_local,
    read_part,
    replace_in_part,
    set_part,
    write_zip,
)

Make = Callable[[bytes], bytes]
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "lol">]>'
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class BadFile:
    """How a file is spoilt, the ending it comes under, and the code and kind it must be refused with."""

    name: str
    make: Make
    code: str
    kind: str
    extension: str = ".xlsx"


def always(content: bytes) -> Make:
    return lambda _: content


def drop(name: str) -> Make:
    return lambda workbook: set_part(workbook, name, None)


def replace(name: str, old: bytes, new: bytes) -> Make:
    return lambda workbook: replace_in_part(workbook, name, old, new)


def put_cells(cells: bytes) -> Make:
    """The data of the sheet made of these rows alone."""

    def make(workbook: bytes) -> bytes:
        content = read_part(workbook, SHEET)
        start, end = content.index(b"<sheetData>"), content.index(b"</sheetData>")
        return set_part(workbook, SHEET, content[:start] + b"<sheetData>" + cells + content[end:])

    return make


def put_before_root(name: str, text: bytes) -> Make:
    def make(workbook: bytes) -> bytes:
        declaration, end, rest = read_part(workbook, name).partition(b"?>")
        return set_part(workbook, name, declaration + end + text + rest)

    return make


def append_part(name: str, content: bytes) -> Make:
    """The parts zipped anew with one more, whether or not there is one of the name."""
    return lambda workbook: write_zip([*list_parts(workbook), (name, content)])


def link_part(name: str) -> Make:
    return lambda workbook: write_zip([*list_parts(workbook), (name, b"/etc/hostname")], links={name: 0o120777})


def zip_with(method: int) -> Make:
    return lambda workbook: write_zip(list_parts(workbook), method=method)


def name_sheets(names: list[str]) -> Make:
    """The workbook's list of sheets with these names, all pointing to the first."""

    def make(workbook: bytes) -> bytes:
        content = read_part(workbook, BOOK)
        start, end = content.index(b"<sheets>"), content.index(b"</sheets>")
        lines = "".join(f'<sheet name="{name}" sheetId="{i + 1}" r:id="rId1"/>' for i, name in enumerate(names))
        return set_part(workbook, BOOK, content[:start] + b"<sheets>" + lines.encode() + content[end:])

    return make


def rename_part(old: str, new: str) -> Make:
    return lambda workbook: write_zip(
        [(new if name == old else name, content) for name, content in list_parts(workbook)]
    )


def overlap(workbook: bytes) -> bytes:
    """A second name in the directory for the bytes of the first entry."""
    end = workbook.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", workbook, end + 16)[0]
    line = workbook[start : workbook.index(b"PK\x01\x02", start + 4)]
    again = line.replace(b"Types", b"Typed")
    count, size = struct.unpack_from("<HI", workbook, end + 10)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + len(again), start, 0)
    return workbook[:end] + again + tail


def write_ods(content: bytes, *, manifest: bytes = b"<manifest/>") -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return write_zip([("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)])


def write_xls(records: bytes) -> bytes:
    return write_compound({"Workbook": records})


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


BOF = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6))
ODS = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
    b'<table:table table:name="A">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)
FAR_CELL = (
    b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
    b'table:number-columns-repeated="16000" office:value-type="float" office:value="1"/></table:table-row>'
)
HTML = "<html><body><table><tr><td>餐位数</td><td>240</td></tr></table></body></html>"
LOL = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
FILE_ENTITY = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
REMOTE = b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd">'

WHOLE_FILES = (
    BadFile("A01 empty file", always(b""), "FL01", "empty"),
    BadFile("A02 two bytes", always(b"PK"), "FL03", "text"),
    BadFile("A32 larger than the limit", always(b"PK\x03\x04" + bytes(21 * MEGABYTE)), "FL26", "file_bytes"),
    BadFile("A34 zip of workbooks", lambda workbook: write_zip([("a.xlsx", workbook)]), "FL03", "zip"),
    BadFile("A34 rar archive", always(b"Rar!\x1a\x07\x00" + bytes(50)), "FL03", "archive"),
    BadFile("A36 PDF", always(b"%PDF-1.7\n%\xe2\xe3\n"), "FL03", "pdf"),
    BadFile("A36 photo", always(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50)), "FL03", "picture"),
    BadFile("A36 Word document", always(write_zip([("word/document.xml", b"<a/>")])), "FL03", "word"),
    BadFile("A36 slides", always(write_zip([("ppt/presentation.xml", b"<a/>")])), "FL03", "slides"),
    BadFile("A37 shortcut", always(b"[InternetShortcut]\r\nURL=http://127.0.0.1/\r\n"), "FL03", "shortcut"),
    BadFile("A38 zeros of a failed copy", always(bytes(20_000)), "FL01", "zeros"),
    BadFile("C01 cut in half", lambda workbook: workbook[: len(workbook) // 2], "FL01", "damaged"),
    BadFile("C01 last bytes missing", lambda workbook: workbook[:-10], "FL01", "damaged"),
    BadFile("C01 directory missing", lambda workbook: workbook[: workbook.index(b"PK\x01\x02")], "FL01", "damaged"),
    BadFile("C02 junk before the zip", lambda workbook: b"junk\0" + workbook, "FL03", "unknown"),
    BadFile("C03 web page", always(HTML.encode()), "FL03", "html", ".xls"),
    BadFile("C03 web page with a mark", always(b"\xef\xbb\xbf\r\n <TABLE border=1>"), "FL03", "html", ".xls"),
    BadFile("C03 web page in UTF-16", always(HTML.encode("utf-16")), "FL03", "html", ".xls"),
    BadFile("C04 comma separated", always("餐位数,240\n".encode()), "FL03", "csv", ".xls"),
    BadFile("C04 comma separated in GBK", always("餐位数,240\n".encode("gbk")), "FL03", "csv"),
    BadFile("C04 tab separated in UTF-16", always("餐位数\t240\n".encode("utf-16")), "FL03", "csv", ".xls"),
    BadFile("C04 plain text", always("餐位数240".encode()), "FL03", "text"),
    BadFile(
        "C05 XML spreadsheet",
        always(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
        "FL03", "xml_spreadsheet", ".xls",
    ),
    BadFile("C05 web archive", always(b"MIME-Version: 1.0\nContent-Type: multipart"), "FL03", "web_archive", ".xls"),
    BadFile("C05 SYLK", always(b"ID;PWXL;N;E\nP;PGeneral\n"), "FL03", "sylk", ".xls"),
    BadFile("C05 RTF", always(b"{\\rtf1 hello}"), "FL03", "rtf", ".xls"),
    BadFile("C08 Excel 4", always(b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(40)), "FL03", "old_excel", ".xls"),
    BadFile("C08 Excel 95", always(write_compound({"Book": bytes(50)})), "FL03", "old_excel", ".xls"),
    BadFile("C13 encrypted xlsx", always(write_compound({"EncryptedPackage": b"x"})), "FL02", "encrypted"),
    BadFile("C14 xls with a password", always(write_xls(BOF + record(0x2F, bytes(6)))), "FL02", "encrypted", ".xls"),
    BadFile(
        "C14 ods with a password", always(write_ods(b"x", manifest=b"<m:encryption-data/>")), "FL02", "encrypted", ".ods"
    ),
    BadFile("C16 rights managed", always(write_compound({"DRMEncryptedTransform": b"x"})), "FL02", "encrypted"),
    BadFile("C27 chain in a circle", always(write_compound({"Workbook": bytes(9000)}, loop=True)), "FL01", "damaged", ".xls"),
    BadFile(
        "C28 absurd sector count",
        always(write_xls(BOF)[:44] + struct.pack("<I", 0xFFFFFFF) + write_xls(BOF)[48:]),
        "FL01", "damaged", ".xls",
    ),
    BadFile("C29 Word in a compound file", always(write_compound({"WordDocument": b"x"})), "FL03", "word", ".xls"),
    BadFile("C29 compound of something", always(write_compound({"Contents": b"x"})), "FL03", "ole", ".xls"),
    BadFile("C30 bare stream", always(BOF + bytes(200)), "FL03", "old_excel", ".xls"),
    BadFile("Z27 xls record past the end", always(write_xls(BOF + b"\x03\x02\xff\x7f")), "FL01", "damaged", ".xls"),
    BadFile("Z29 repeated cells", always(write_ods(ODS % FAR_CELL)), "FL26", "box_cells", ".ods"),
)  # fmt: skip

ZIPS = (
    BadFile("C17 zip password", lambda workbook: patch_directory(workbook, 8, "<H", 1), "FL02", "encrypted"),
    BadFile("C18 bzip2", zip_with(zipfile.ZIP_BZIP2), "FL26", "compression"),
    BadFile("C18 lzma", zip_with(zipfile.ZIP_LZMA), "FL26", "compression"),
    BadFile("C18 method 99", lambda workbook: patch_directory(workbook, 10, "<H", 99), "FL26", "compression"),
    BadFile("C19 wrong checksum", lambda workbook: patch_directory(workbook, 16, "<I", 1), "FL01", "damaged"),
    BadFile("C20 size too small", lambda workbook: patch_directory(workbook, 24, "<I", 3), "FL01", "damaged"),
    BadFile("C20 packed size past the end", lambda w: patch_directory(w, 20, "<I", 0x7FFFFFF), "FL26", "overlap"),
    BadFile("C20 other name in the local header", lambda w: patch_local(w, 30, "<I", 0), "FL01", "damaged"),
    BadFile("C21 one stream under two names", overlap, "FL26", "overlap"),
    BadFile("C22 part twice", append_part(SHEET, b"<worksheet/>"), "FL26", "repeated_part"),
    BadFile("C22 part twice in other case", append_part(SHEET.upper(), b"<worksheet/>"), "FL26", "repeated_part"),
    BadFile("C23 name that climbs out", append_part("../../x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C23 absolute name", append_part("/etc/x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C23 drive letter", append_part("C:\\x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C25 link in place of a sheet", lambda w: link_part(SHEET)(set_part(w, SHEET, None)), "FL01", "missing_part"),
    BadFile(
        "Z04 thousands of entries",
        lambda workbook: write_zip([*list_parts(workbook), *((f"e{i}", b"") for i in range(3000))], method=0),
        "FL26", "entries",
    ),
)  # fmt: skip

XML = (
    BadFile("X01 entities in strings", put_before_root(STRINGS, LOL), "FL26", "doctype"),
    BadFile("X02 entities in a sheet", put_before_root(SHEET, LOL), "FL26", "doctype"),
    BadFile("X02 entities in styles", put_before_root("xl/styles.xml", LOL), "FL26", "doctype"),
    BadFile("X02 entities in relationships", put_before_root(BOOK_RELATIONS, LOL), "FL26", "doctype"),
    BadFile("X02 entities in properties", put_before_root("docProps/core.xml", LOL), "FL26", "doctype"),
    BadFile("X03 entity of a local file", put_before_root(STRINGS, FILE_ENTITY), "FL26", "doctype"),
    BadFile("X04 definition over the network", put_before_root(SHEET, REMOTE), "FL26", "doctype"),
    BadFile(
        "X05 doctype in UTF-16",
        lambda w: set_part(w, "docProps/app.xml", (LOL.decode() + "<Properties/>").encode("utf-16")),
        "FL26", "doctype",
    ),
    BadFile("X06 GBK declared", replace(SHEET, b'encoding="UTF-8"', b'encoding="EBCDIC-US"'), "FL01", "damaged"),
    BadFile("X07 invalid bytes", replace(SHEET, b"<sheetData>", b"<sheetData>\xff\xfe"), "FL01", "damaged"),
    BadFile("X09 cut XML", lambda w: set_part(w, SHEET, read_part(w, SHEET)[:-400]), "FL01", "damaged"),
    BadFile("Z14 deep nesting", put_cells(b"<a>" * 500_000 + b"</a>" * 500_000), "FL01", "damaged"),
    BadFile(
        "Z29 doctype in ods", always(write_ods(LOL + b"<office/>")), "FL26", "doctype", ".ods"
    ),
)  # fmt: skip

PARTS = (
    BadFile("P01 no content types", drop(CONTENT_TYPES), "FL01", "missing_part"),
    BadFile("P02 no package relationships", drop("_rels/.rels"), "FL03", "zip"),
    BadFile("P03 no workbook part", drop(BOOK), "FL03", "zip"),
    BadFile("P04 no workbook relationships", drop(BOOK_RELATIONS), "FL01", "missing_part"),
    BadFile("P06 no shared strings", drop(STRINGS), "FL01", "missing_part"),
    BadFile("P07 sheet missing", drop(SHEET), "FL01", "missing_part"),
    BadFile("P08 target outside", replace(BOOK_RELATIONS, b"worksheets/sheet3.xml", b"../../etc/passwd"), "FL01", "missing_part"),
    BadFile("P09 target is the workbook", replace(BOOK_RELATIONS, b"worksheets/sheet3.xml", b"workbook.xml"), "FL01", "missing_part"),
    BadFile("P09 shared part", replace(BOOK_RELATIONS, b"sheet3.xml", b"sheet4.xml"), "FL26", "repeated_part"),
    BadFile("P10 negative string", put_cells(b'<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "FL26", "cell_type"),
    BadFile("P10 string that is not there", put_cells(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), "FL01", "damaged"),
    BadFile("P12 lower-case address", put_cells(b'<row r="1"><c r="a1"><v>1</v></c></row>'), "FL26", "cell_address"),
    BadFile("P12 row zero", put_cells(b'<row r="1"><c r="A0"><v>1</v></c></row>'), "FL26", "cell_address"),
    BadFile("P12 cells out of order", put_cells(b'<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row><row r="1"/>'), "", ""),
    BadFile("P13 cell twice", put_cells(b'<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "FL26", "repeated_cell"),
    BadFile("P14 unknown cell type", put_cells(b'<row r="1"><c r="A1" t="zz"><v>1</v></c></row>'), "FL26", "cell_type"),
    BadFile("P14 truth seven", put_cells(b'<row r="1"><c r="A1" t="b"><v>7</v></c></row>'), "FL26", "cell_type"),
    BadFile("P16 equal names", name_sheets(["封面", "封面"]), "FL26", "repeated_sheet"),
    BadFile("P16 equal names in other case", name_sheets(["Sheet", "sHEET"]), "FL26", "repeated_sheet"),
    BadFile("P17 no sheet", name_sheets([]), "FL01", "sheets"),
    BadFile(
        "P17 only chart sheets",
        lambda w: set_part(w, BOOK_RELATIONS, read_part(w, BOOK_RELATIONS).replace(b"/worksheet\"", b"/chartsheet\"")),
        "FL01", "no_sheet",
    ),
    BadFile("Z19 too many sheets", name_sheets([f"s{i}" for i in range(500)]), "FL26", "sheets"),
    BadFile("C12 macro sheet", append_part("xl/macrosheets/sheet1.xml", b"<a/>"), "FL26", "macro_sheet", ".xlsm"),
)  # fmt: skip

FLOODS = (
    BadFile("Z01 sheet of spaces", lambda w: set_part(w, SHEET, b"<worksheet>" + b" " * (101 * MEGABYTE)), "FL26", "part_bytes"),
    BadFile("Z01 ratio", lambda w: set_part(w, SHEET, b"<worksheet>" + b" " * (30 * MEGABYTE)), "FL26", "ratio"),
    BadFile("Z06 one long string", lambda w: set_part(w, STRINGS, b"<sst><si><t>" + b"A" * (30 * MEGABYTE)), "FL26", "ratio"),
    BadFile("Z09 two cells far apart", put_cells(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "FL26", "box_cells"),
    BadFile("Z10 cell beyond the grid", put_cells(b'<row r="1"><c r="XFE1"><v>1</v></c></row>'), "FL26", "beyond_grid"),
    BadFile("Z10 row beyond the grid", put_cells(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), "FL26", "beyond_grid"),
    BadFile("Z10 absurd address", put_cells(b'<row r="1"><c r="ZZZZZ4294967295"><v>1</v></c></row>'), "FL26", "cell_address"),
)  # fmt: skip

BAD_FILES = (*WHOLE_FILES, *ZIPS, *XML, *PARTS, *FLOODS)


def zip_bytes(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
