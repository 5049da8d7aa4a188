"""Workbooks in the binary format .xlsb written by hand: no office program at hand writes them."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from schemas.layout import split_address
from tests.readers.parts import write_zip

ERROR_CODES = {
    "#NULL!": 0x00,
    "#DIV/0!": 0x07,
    "#VALUE!": 0x0F,
    "#REF!": 0x17,
    "#NAME?": 0x1D,
    "#NUM!": 0x24,
    "#N/A": 0x2A,
}
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PERCENT_STYLE = 1


class Share(float):
    """A number in a cell that shows percent."""


class FormulaError(str):
    """The error that a formula gave."""

    __slots__ = ()


CellContent = str | float | Share | FormulaError
Sheets = Mapping[str, Mapping[str, CellContent]]


def write_binary_workbook(sheets: Sheets, *, hidden: frozenset[str] = frozenset()) -> bytes:
    """A workbook of these cells by tab and address; an error is written by its name."""
    parts = [
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", _write_relations([("rId1", "officeDocument", "xl/workbook.bin")])),
        ("xl/workbook.bin", _write_book(list(sheets), hidden)),
        ("xl/_rels/workbook.bin.rels", _write_relations(_list_relations(len(sheets)))),
        ("xl/styles.bin", _write_styles()),
    ]
    parts += [(f"xl/worksheets/sheet{n}.bin", _write_sheet(cells)) for n, cells in enumerate(sheets.values(), start=1)]
    return write_zip(parts)


def record(kind: int, content: bytes = b"") -> bytes:
    return _write_count(kind) + _write_count(len(content)) + content


def _write_count(number: int) -> bytes:
    """A number of seven bits a byte."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _write_text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _list_relations(count: int) -> list[tuple[str, str, str]]:
    sheets = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, count + 1)]
    return [*sheets, ("rId900", "styles", "styles.bin")]


def _write_relations(relations: list[tuple[str, str, str]]) -> bytes:
    lines = (
        f'<Relationship Id="{id_}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for id_, kind, target in relations
    )
    return f"<Relationships>{''.join(lines)}</Relationships>".encode()


def _write_book(tabs: list[str], hidden: frozenset[str]) -> bytes:
    sheets = (
        record(156, struct.pack("<II", tab in hidden, n) + _write_text(f"rId{n}") + _write_text(tab))
        for n, tab in enumerate(tabs, start=1)
    )
    return record(131) + record(143) + b"".join(sheets) + record(144) + record(132)


def _write_styles() -> bytes:
    styles = b"".join(record(47, struct.pack("<HH12x", 0, form)) for form in (0, 9))
    return record(278) + record(617, struct.pack("<I", 2)) + styles + record(618) + record(279)


def _write_sheet(cells: Mapping[str, CellContent]) -> bytes:
    by_row: dict[int, list[tuple[int, CellContent]]] = {}
    for address, content in cells.items():
        row, column = split_address(address)
        by_row.setdefault(row, []).append((column, content))
    rows = b"".join(
        record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0)) + b"".join(_write_cell(*cell) for cell in sorted(line))
        for row, line in sorted(by_row.items())
    )
    columns = max(column for line in by_row.values() for column, _ in line)
    size = struct.pack("<IIII", 0, max(by_row), 0, columns)
    return record(129) + record(148, size) + record(145) + rows + record(146) + record(130)


def _write_cell(column: int, content: CellContent) -> bytes:
    start = struct.pack("<II", column, PERCENT_STYLE if isinstance(content, Share) else 0)
    if isinstance(content, FormulaError):
        return record(11, start + struct.pack("<BHII", ERROR_CODES[content], 0, 0, 0))
    if isinstance(content, str) and content in ERROR_CODES:
        return record(3, start + bytes([ERROR_CODES[content]]))
    if isinstance(content, str):
        return record(6, start + _write_text(content))
    return record(5, start + struct.pack("<d", content))
