"""One pass over the content of an .ods workbook for what the reading library does not tell: above all error cells."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from flows.readers.identify import MARK_SIGN
from flows.readers.scans import Gathering, SheetPart

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
EXTENDED = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
DRAWING = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
ERROR_TEXT = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)|(?:Err|错误)[::]\d{3}")
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
HIDDEN = ("collapse", "filter")


def scan_open_sheets(content: bytes, *, most_cells: int) -> list[SheetPart]:
    """The sheets in the order of their tabs. A sheet whose cells span more than so many is not walked further."""
    sheets: list[SheetPart] = []
    invisible: set[str] = set()
    tags = (f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-column", f"{STYLE}style", f"{DRAWING}frame")
    walk = _Walk(most_cells)
    events = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), tag=tags, resolve_entities=False, no_network=True, huge_tree=False
    )
    for event, element in events:
        if element.tag == f"{STYLE}style" and event == "end":
            properties = element.find(f"{STYLE}table-properties")
            if properties is not None and properties.get(f"{TABLE}display") == "false":
                invisible.add(element.get(f"{STYLE}name", ""))
        elif element.tag == f"{TABLE}table":
            if event == "start":
                walk = _Walk(most_cells)
            else:
                visible = element.get(f"{TABLE}style-name", "") not in invisible
                scan = walk.found.summarise()
                sheets.append(SheetPart(element.get(f"{TABLE}name", ""), visible, is_worksheet=True, scan=scan))
                element.clear()
        elif event == "end":
            walk.take(element)
    return sheets


class _Walk:
    """The rows of one sheet, counted with their repetitions."""

    def __init__(self, most_cells: int) -> None:
        self.found = Gathering()
        self._row = 0
        self._most = most_cells

    def take(self, element: etree._Element) -> None:
        if element.tag == f"{TABLE}table-column":
            self.found.has_hidden_columns |= element.get(f"{TABLE}visibility") in HIDDEN
        elif element.tag == f"{DRAWING}frame":
            self.found.has_notes = True
        else:
            self._take_row(element)
            element.clear()

    def _take_row(self, row: etree._Element) -> None:
        repeated = _read_repeat(row, "number-rows-repeated")
        column = 0
        is_used = False
        for cell in row.iterchildren(*CELLS):
            across = _read_repeat(cell, "number-columns-repeated")
            if _is_filled(cell):
                is_used = True
                self._take_cell(cell, repeated, column, across)
            self._take_merge(cell, column)
            column += across
        if is_used and row.get(f"{TABLE}visibility") in HIDDEN:
            self.found.hidden_rows.add(self._row + 1)
        self._row += repeated

    def _take_cell(self, cell: etree._Element, repeated: int, column: int, across: int) -> None:
        found = self.found
        note = cell.find(f"{OFFICE}annotation")
        found.has_notes |= note is not None and not "".join(_list_texts(note)).startswith(MARK_SIGN)
        last_row, last_column = self._row + repeated, column + across
        if max(found.last_row + 1, last_row) * max(found.last_column + 1, last_column) > self._most:
            found.last_row, found.last_column = (
                max(found.last_row, last_row - 1),
                max(found.last_column, last_column - 1),
            )
            return
        sort = cell.get(f"{OFFICE}value-type", "")
        formula = cell.get(f"{TABLE}formula")
        error = _find_error(cell, formula)
        for row in range(self._row, last_row):
            for here in range(column, last_column):
                address = found.fill(row, here, is_percent=sort == "percentage")
                if formula is not None:
                    found.formulas.add(address)
                if error:
                    found.errors[address] = error

    def _take_merge(self, cell: etree._Element, column: int) -> None:
        down, across = _read_repeat(cell, "number-rows-spanned"), _read_repeat(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            self.found.merge(self._row, column, self._row + down - 1, column + across - 1)


def _read_repeat(element: etree._Element, name: str) -> int:
    text = element.get(f"{TABLE}{name}", "1")
    return max(1, int(text)) if text.isdigit() and text.isascii() else 1


def _is_filled(cell: etree._Element) -> bool:
    return (
        cell.get(f"{OFFICE}value-type") is not None
        or cell.get(f"{TABLE}formula") is not None
        or cell.find(f"{OFFICE}annotation") is not None
    )


def _find_error(cell: etree._Element, formula: str | None) -> str:
    """The error a cell shows, or nothing. Programs differ in the type they give to it; its text is the same."""
    is_error = cell.get(f"{EXTENDED}value-type") == "error"
    if not is_error and formula is None:
        return ""
    shown = "".join(_list_texts(cell)).strip()
    return shown or "#" if is_error else shown if ERROR_TEXT.fullmatch(shown) else ""


def _list_texts(cell: etree._Element) -> Iterator[str]:
    for child in cell.iterchildren("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"):
        yield "".join(str(text) for text in child.itertext())
