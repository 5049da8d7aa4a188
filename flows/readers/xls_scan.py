"""One pass over the records of an .xls workbook for what the reading library does not tell: above all error cells."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from flows.readers.number_formats import PERCENT_FORMATS, shows_percent
from flows.readers.scans import Gathering, SheetPart

ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
ROWS_OF_OLD_SHEETS = 65_536
"""A sheet filled to its last row was cut when it was saved as .xls."""


class Kind(IntEnum):
    """Records that are looked at."""

    FORMULA = 0x0006
    END = 0x000A
    NOTE = 0x001C
    PASSWORD = 0x002F
    OBJECT = 0x005D
    COLUMNS = 0x007D
    SHEET = 0x0085
    NUMBERS = 0x00BD
    STYLE = 0x00E0
    MERGED = 0x00E5
    TEXT_RUN = 0x00D6
    SHARED_TEXT = 0x00FD
    LINKED_BOOK = 0x01AE
    NUMBER = 0x0203
    TEXT = 0x0204
    ERROR_OR_TRUTH = 0x0205
    ROW = 0x0208
    SHORT_NUMBER = 0x027E
    FORMAT = 0x041E
    BEGIN = 0x0809


WORKSHEET, MACRO_SHEET = 0, 1
OWN_BOOK = (0x0401, 0x3A01)
PICTURE = 8
VALUE_IS_SPECIAL = 0xFFFF
TRUTH, ERROR = 1, 2


@dataclass(slots=True)
class OldWorkbook:
    """What the records of the whole workbook say."""

    sheets: list[SheetPart] = field(default_factory=list)
    is_encrypted: bool = False
    has_macro_sheet: bool = False
    has_links: bool = False


@dataclass(slots=True)
class _Globals:
    """Sheets by place, and which cell styles show percent."""

    places: list[tuple[int, bool, int, str]] = field(default_factory=list)
    formats: set[int] = field(default_factory=lambda: set(PERCENT_FORMATS))
    styles: list[int] = field(default_factory=list)

    @property
    def percent_styles(self) -> frozenset[int]:
        return frozenset(number for number, form in enumerate(self.styles) if form in self.formats)


def scan_old_workbook(stream: bytes) -> OldWorkbook:
    """Scan the workbook stream. Raises ValueError or struct.error where a record runs past the end."""
    book, known = OldWorkbook(), _Globals()
    for kind, content in _read_records(stream, 0):
        if kind == Kind.PASSWORD:
            book.is_encrypted = True
            return book
        if kind == Kind.LINKED_BOOK:
            book.has_links |= struct.unpack_from("<H", content, 2)[0] not in OWN_BOOK
        elif kind in _GLOBAL:
            _GLOBAL[kind](known, content)
    styles = known.percent_styles
    for place, visible, sort, name in known.places:
        book.has_macro_sheet |= sort == MACRO_SHEET
        is_worksheet = sort == WORKSHEET
        scan = _scan_records(_read_records(stream, place), styles).summarise()
        book.sheets.append(SheetPart(name, visible, is_worksheet=is_worksheet, scan=scan))
    return book


def _read_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records from a beginning to its own end; what is embedded in between, such as charts, is left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, start)
        content = stream[start + 4 : start + 4 + length]
        if len(content) < length:
            raise ValueError("a record runs past the end")
        start += 4 + length
        depth += (kind == Kind.BEGIN) - (kind == Kind.END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, content


def _note_sheet(known: _Globals, content: bytes) -> None:
    place, state, sort, length, wide = struct.unpack_from("<IBBBB", content)
    name = content[8 : 8 + 2 * length].decode("utf-16-le") if wide & 1 else content[8 : 8 + length].decode("latin-1")
    known.places.append((place, state & 3 == 0, sort, name))


def _note_format(known: _Globals, content: bytes) -> None:
    number, length, wide = struct.unpack_from("<HHB", content)
    code = content[5 : 5 + 2 * length].decode("utf-16-le", "replace") if wide & 1 else content[5:].decode("latin-1")
    (known.formats.add if shows_percent(code) else known.formats.discard)(number)


def _note_style(known: _Globals, content: bytes) -> None:
    known.styles.append(struct.unpack_from("<H", content, 2)[0])


_GLOBAL: Mapping[int, Callable[[_Globals, bytes], None]] = {
    Kind.SHEET: _note_sheet, Kind.FORMAT: _note_format, Kind.STYLE: _note_style,
}  # fmt: skip


def _scan_records(records: Iterator[tuple[int, bytes]], percent_styles: frozenset[int]) -> Gathering:
    found = Gathering()
    for kind, content in records:
        if kind in CELLS:
            _take_cell(found, kind, content, percent_styles)
        elif kind == Kind.NUMBERS:
            _take_numbers(found, content, percent_styles)
        elif kind in _SHEET:
            _SHEET[kind](found, content)
    if found.last_row == ROWS_OF_OLD_SHEETS - 1:
        found.fault = "row_limit"
    return found


CELLS = frozenset(
    {
        Kind.FORMULA, Kind.NUMBER, Kind.SHORT_NUMBER, Kind.TEXT, Kind.TEXT_RUN, Kind.SHARED_TEXT, Kind.ERROR_OR_TRUTH,
    }
)  # fmt: skip


def _take_cell(found: Gathering, kind: int, content: bytes, percent_styles: frozenset[int]) -> None:
    row, column, style = struct.unpack_from("<HHH", content)
    address = found.fill(row, column, is_percent=style in percent_styles)
    if kind == Kind.ERROR_OR_TRUTH:
        code, is_error = struct.unpack_from("<BB", content, 6)
        if is_error:
            found.errors[address] = ERROR_NAMES.get(code, "#")
    elif kind == Kind.FORMULA:
        found.formulas.add(address)
        sort, code, mark = struct.unpack_from("<BxB3xH", content, 6)
        if mark == VALUE_IS_SPECIAL and sort == ERROR:
            found.errors[address] = ERROR_NAMES.get(code, "#")


def _take_numbers(found: Gathering, content: bytes, percent_styles: frozenset[int]) -> None:
    """Several numbers side by side in one record."""
    row, first = struct.unpack_from("<HH", content)
    for number in range((len(content) - 6) // 6):
        style = struct.unpack_from("<H", content, 4 + 6 * number)[0]
        found.fill(row, first + number, is_percent=style in percent_styles)


def _take_row(found: Gathering, content: bytes) -> None:
    row, flags = struct.unpack_from("<H10xH", content)
    if flags & 0x20:
        found.hidden_rows.add(row + 1)


def _take_columns(found: Gathering, content: bytes) -> None:
    found.has_hidden_columns |= bool(struct.unpack_from("<H", content, 8)[0] & 1)


def _take_merged(found: Gathering, content: bytes) -> None:
    for number in range(struct.unpack_from("<H", content)[0]):
        first_row, last_row, first_column, last_column = struct.unpack_from("<4H", content, 2 + 8 * number)
        found.merge(first_row, first_column, last_row, last_column)


def _take_note(found: Gathering, _: bytes) -> None:
    found.has_notes = True


def _take_object(found: Gathering, content: bytes) -> None:
    found.has_notes |= struct.unpack_from("<H", content, 4)[0] == PICTURE


_SHEET: Mapping[int, Callable[[Gathering, bytes], None]] = {
    Kind.ROW: _take_row, Kind.COLUMNS: _take_columns, Kind.MERGED: _take_merged, Kind.NOTE: _take_note,
    Kind.OBJECT: _take_object,
}  # fmt: skip
