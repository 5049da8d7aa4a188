"""One pass over the binary parts of an .xlsb workbook for what the reading library does not tell."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum

from flows.readers.number_formats import PERCENT_FORMATS, shows_percent
from flows.readers.scans import Gathering, SheetScan
from flows.readers.xls_scan import ERROR_NAMES


class Kind(IntEnum):
    """Records that are looked at."""

    ROW = 0
    BLANK = 1
    SHORT_NUMBER = 2
    ERROR = 3
    SHARED_TEXT = 7
    FORMULA_TEXT = 8
    FORMULA_ERROR = 11
    FORMAT = 44
    STYLE = 47
    COLUMNS = 60
    SHEET = 156
    MERGED = 176
    CELL_STYLES = 617
    CELL_STYLES_END = 618


def list_sheets(content: bytes) -> list[tuple[str, str, bool]]:
    """Name, relationship and visibility of the sheets of the workbook part."""
    sheets = []
    for kind, record in _read_records(content):
        if kind == Kind.SHEET:
            relation, after = _read_text(record, 8)
            name, _ = _read_text(record, after)
            sheets.append((name, relation, struct.unpack_from("<I", record)[0] == 0))
    return sheets


def find_percent_styles(content: bytes) -> frozenset[int]:
    """Numbers of the cell styles of the styles part that show percent."""
    formats, styles, inside = set(PERCENT_FORMATS), [], False
    for kind, record in _read_records(content):
        if kind == Kind.FORMAT and shows_percent(_read_text(record, 2)[0]):
            formats.add(struct.unpack_from("<H", record)[0])
        elif kind in (Kind.CELL_STYLES, Kind.CELL_STYLES_END):
            inside = kind == Kind.CELL_STYLES
        elif kind == Kind.STYLE and inside:
            styles.append(struct.unpack_from("<H", record, 2)[0])
    return frozenset(number for number, form in enumerate(styles) if form in formats)


def scan_binary_sheet(content: bytes, percent_styles: frozenset[int]) -> SheetScan:
    """Scan a sheet part. Raises ValueError or struct.error where a record runs past the end."""
    found, row = Gathering(), 0
    for kind, record in _read_records(content):
        if kind == Kind.ROW:
            row = struct.unpack_from("<I", record)[0]
            if record[11] & 0x10:
                found.hidden_rows.add(row + 1)
        elif Kind.SHORT_NUMBER <= kind <= Kind.FORMULA_ERROR:
            _take_cell(found, kind, row, record, percent_styles)
        elif kind in _SHEET:
            _SHEET[kind](found, record)
    return found.summarise()


def _read_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(content):
        kind, position = _read_count(content, position, most=2)
        length, position = _read_count(content, position, most=4)
        record = content[position : position + length]
        if len(record) < length:
            raise ValueError("a record runs past the end")
        yield kind, record
        position += length


def _read_count(content: bytes, position: int, *, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next begins."""
    number = 0
    for shift in range(most):
        if position >= len(content):
            raise ValueError("a record ends early")
        byte = content[position]
        number |= (byte & 0x7F) << 7 * shift
        position += 1
        if not byte & 0x80:
            break
    return number, position


def _read_text(record: bytes, position: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", record, position)[0]
    end = position + 4 + 2 * length
    if end > len(record):
        raise ValueError("a text runs past the end")
    return record[position + 4 : end].decode("utf-16-le", "replace"), end


def _take_cell(found: Gathering, kind: int, row: int, record: bytes, percent_styles: frozenset[int]) -> None:
    column, style = struct.unpack_from("<II", record)
    address = found.fill(row, column, is_percent=style & 0xFFFFFF in percent_styles)
    if kind >= Kind.FORMULA_TEXT:
        found.formulas.add(address)
    if kind in (Kind.ERROR, Kind.FORMULA_ERROR):
        found.errors[address] = ERROR_NAMES.get(record[8], "#")


def _take_columns(found: Gathering, record: bytes) -> None:
    found.has_hidden_columns |= bool(struct.unpack_from("<H", record, 16)[0] & 1)


def _take_merged(found: Gathering, record: bytes) -> None:
    first_row, last_row, first_column, last_column = struct.unpack_from("<4I", record)
    found.merge(first_row, first_column, last_row, last_column)


_SHEET: Mapping[int, Callable[[Gathering, bytes], None]] = {Kind.COLUMNS: _take_columns, Kind.MERGED: _take_merged}
