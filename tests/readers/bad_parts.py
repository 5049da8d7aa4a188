"""Workbooks whose parts are broken, missing, or made to flood or deceive a reader, with what must be said of each."""

from __future__ import annotations

from tests.readers.parts import (
    BOOK,
    BOOK_RELATIONS,
    CONTENT_TYPES,
    SHEET,
    STRINGS,
    read_part,
    replace_in_part,
    set_part,
)
from tests.readers.spoiling import (
    MEGABYTE,
    BadFile,
    Make,
    always,
    append_part,
    drop,
    name_sheets,
    put_before_root,
    put_cell,
    put_cells,
    replace,
    write_ods,
)

LOL = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
FILE_ENTITY = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
LONG_ENTITY = b'<!DOCTYPE q [<!ENTITY a "' + b"a" * 50_000 + b'">]>'
TWICE = b'<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'
REMOTE = b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd">'
STYLES, PROPERTIES = "xl/styles.xml", "docProps/core.xml"
FIRST_SHEET = b"worksheets/sheet3.xml"


def encode_part(name: str, encoding: str, label: str) -> Make:
    """A part written in another encoding and saying so."""

    def make(workbook: bytes) -> bytes:
        content = read_part(workbook, name).decode()
        body = content.partition("?>")[2]
        return set_part(
            workbook, name, f'<?xml version="1.0" encoding="{label}"?>{body}'.encode(encoding, "xmlcharrefreplace")
        )

    return make


def fill_part(name: str, start: bytes, filler: bytes, megabytes: int) -> Make:
    return lambda workbook: set_part(workbook, name, start + filler * (megabytes * MEGABYTE))


def make_charts(workbook: bytes) -> bytes:
    relations = read_part(workbook, BOOK_RELATIONS)
    return set_part(workbook, BOOK_RELATIONS, relations.replace(b'/worksheet"', b'/chartsheet"'))


def cut_part(workbook: bytes) -> bytes:
    return set_part(workbook, SHEET, read_part(workbook, SHEET)[:-400])


def remark_in_texts(workbook: bytes) -> bytes:
    return replace_in_part(workbook, STRINGS, b"</t>", b"<!-- x --></t>")


def put_wide_entities(workbook: bytes) -> bytes:
    return set_part(workbook, PROPERTIES, (LOL.decode() + "<p/>").encode("utf-16"))


XML = (
    BadFile("X01 entities in strings", put_before_root(STRINGS, LOL), "FL26", "doctype"),
    BadFile("X02 entities in a sheet", put_before_root(SHEET, LOL), "FL26", "doctype"),
    BadFile("X02 entities in styles", put_before_root(STYLES, LOL), "FL26", "doctype"),
    BadFile("X02 entities in relationships", put_before_root(BOOK_RELATIONS, LOL), "FL26", "doctype"),
    BadFile("X02 entities in properties", put_before_root(PROPERTIES, LOL), "FL26", "doctype"),
    BadFile("X02 entities in ods", always(write_ods(LOL + b"<office/>")), "FL26", "doctype", ".ods"),
    BadFile("X03 entity of a local file", put_before_root(STRINGS, FILE_ENTITY), "FL26", "doctype"),
    BadFile("X04 definition over the network", put_before_root(SHEET, REMOTE), "FL26", "doctype"),
    BadFile("X05 quadratic entities", put_before_root(SHEET, LONG_ENTITY), "FL26", "doctype"),
    BadFile("X05 entities in UTF-16", put_wide_entities, "FL26", "doctype"),
    BadFile("X06 sheet in GBK", encode_part(SHEET, "gbk", "GBK"), "FL01", "damaged"),
    BadFile("X06 sheet in UTF-7", encode_part(SHEET, "utf-7", "UTF-7"), "FL01", "damaged"),
    BadFile("X06 sheet in EBCDIC", encode_part(SHEET, "cp1140", "cp1140"), "FL01", "damaged"),
    BadFile("X07 invalid bytes", replace(SHEET, b"<sheetData>", b"<sheetData>\xff\xfe"), "FL01", "damaged"),
    BadFile("X09 cut XML", cut_part, "FL01", "damaged"),
    BadFile("X12 remark in a text", remark_in_texts, "FL26", "cell_content"),
    BadFile("X12 remark in a value", replace(SHEET, b"<v>240</v>", b"<v>2<!-- x -->40</v>"), "FL26", "cell_content"),
    BadFile("X12 instruction in a value", replace(SHEET, b"<v>240</v>", b"<v>2<?x y?>40</v>"), "FL26", "cell_content"),
    BadFile("X12 character data", replace(SHEET, b"<v>240</v>", b"<v><![CDATA[240]]></v>"), "FL26", "cell_content"),
)  # fmt: skip

PARTS = (
    BadFile("P01 no content types", drop(CONTENT_TYPES), "FL01", "missing_part"),
    BadFile("P02 no package relationships", drop("_rels/.rels"), "FL03", "zip"),
    BadFile("P03 no workbook part", drop(BOOK), "FL03", "zip"),
    BadFile("P04 no workbook relationships", drop(BOOK_RELATIONS), "FL01", "missing_part"),
    BadFile("P06 no shared strings", drop(STRINGS), "FL01", "damaged"),
    BadFile("P07 sheet missing", drop(SHEET), "FL01", "missing_part"),
    BadFile("P08 target outside", replace(BOOK_RELATIONS, FIRST_SHEET, b"../../etc/passwd"), "FL01", "missing_part"),
    BadFile("P09 target the workbook", replace(BOOK_RELATIONS, FIRST_SHEET, b"workbook.xml"), "FL01", "missing_part"),
    BadFile("P09 shared part", replace(BOOK_RELATIONS, b"sheet3.xml", b"sheet4.xml"), "FL26", "repeated_part"),
    BadFile("P10 negative string", put_cell("A1", ' t="s"', "<v>-1</v>"), "FL26", "cell_type"),
    BadFile("P10 string that is not there", put_cell("A1", ' t="s"', "<v>99999</v>"), "FL01", "damaged"),
    BadFile("P12 lower-case address", put_cell("a1"), "FL26", "cell_address"),
    BadFile("P12 row zero", put_cell("A0"), "FL26", "cell_address"),
    BadFile("P12 full-width address", put_cell("Ａ１"), "FL26", "cell_address"),
    BadFile("P12 no address", put_cells(b'<row r="1"><c><v>1</v></c></row>'), "FL26", "cell_address"),
    BadFile("P13 cell twice", put_cells(b'<row r="1">' + TWICE + b"</row>"), "FL26", "repeated_cell"),
    BadFile("P14 unknown cell type", put_cell("A1", ' t="zz"'), "FL26", "cell_type"),
    BadFile("P14 truth seven", put_cell("A1", ' t="b"', "<v>7</v>"), "FL01", "damaged"),
    BadFile("P16 equal names", name_sheets(["封面", "封面"]), "FL26", "repeated_sheet"),
    BadFile("P16 equal names in other case", name_sheets(["Sheet", "sHEET"]), "FL26", "repeated_sheet"),
    BadFile("P17 no sheet", name_sheets([]), "FL01", "sheets"),
    BadFile("P17 only chart sheets", make_charts, "FL01", "no_sheet"),
    BadFile("C12 macro sheet", append_part("xl/macrosheets/sheet1.xml", b"<a/>"), "FL26", "macro_sheet", ".xlsm"),
)  # fmt: skip

FLOODS = (
    BadFile("Z01 sheet of spaces", fill_part(SHEET, b"<worksheet>", b" ", 12), "FL26", "ratio"),
    BadFile("Z06 one long string", fill_part(STRINGS, b"<sst><si><t>", b"A", 12), "FL26", "ratio"),
    BadFile("Z09 cell far away", put_cell("XFD1048576"), "FL26", "box_cells"),
    BadFile("Z10 column beyond the grid", put_cell("XFE1"), "FL26", "beyond_grid"),
    BadFile("Z10 row beyond the grid", put_cell("A1048577"), "FL26", "beyond_grid"),
    BadFile("Z10 absurd address", put_cell("ZZZZZ4294967295"), "FL26", "cell_address"),
    BadFile("Z11 dimension of nothing", replace(SHEET, b'<dimension ref="A1', b'<dimension ref="'), "FL01", "damaged"),
    BadFile("Z12 empty rows", put_cells(b"<row/>" * 2_000_000), "FL26", "ratio"),
    BadFile("Z19 too many sheets", name_sheets([f"s{i}" for i in range(500)]), "FL26", "sheets"),
    BadFile("Z20 long attribute", fill_part(SHEET, b'<worksheet a="', b"y", 12), "FL26", "ratio"),
)  # fmt: skip
