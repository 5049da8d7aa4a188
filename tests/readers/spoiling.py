"""Ways to spoil a sound workbook, and what is known of a spoilt one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.readers.compound import write_compound
from tests.readers.parts import BOOK, SHEET, list_parts, read_part, replace_in_part, set_part, write_zip

Make = Callable[[bytes], bytes]
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


def put_cell(address: str, traits: str = "", content: str = "<v>1</v>") -> Make:
    """The data of the sheet made of one cell alone, in the row its address says."""
    row = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return put_cells(f'<row r="{row}"><c r="{address}"{traits}>{content}</c></row>'.encode())


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
