"""Layouts: every cell of a form with its address, type and label, as plain frozen records.

Template, reader, checks, dictionary and messages all take positions from here and nowhere else. Layouts hold
no definitions, so that a reader's child gets them cheaply. They are built in `schemas/lay_out.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.expressions import syntax as s

TITLE_ROW, UNIT_ROW, LABEL_ROW, NUMBER_ROW, FIRST_ROW = 1, 2, 3, 4, 5
"""Rows of every data sheet, counted from 1."""

STUB_COLUMNS = 2
"""Label and number stand before the data of items and matrix sheets."""

NIL_FIELD = "nil_return"
"""The field of the cover on which a school says that it has nothing at all to report."""

NUMERIC_TYPES = frozenset({"count", "number", "money", "percent", "year"})


@dataclass(frozen=True, slots=True)
class Head:
    """A printed line of the form: a row or column with its id, label and printed number."""

    id: str
    label: str
    number: str
    position: int
    aliases: tuple[str, ...] = ()
    indent: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a fixed sheet, or the field of a list (then `row` is the first line)."""

    ref: str
    sheet: str
    label: str
    row: int
    column: int
    type: str
    unit: str
    decimals: int | None
    sign: str
    required: bool
    codelist: str | None
    minimum: float | None
    maximum: float | None
    length: int | None
    pattern: str | None
    over_time: str | None
    contact: bool
    applies: tuple[str, ...]
    blocked: bool = False
    total: bool = False
    factor: float = 1.0
    """What a value typed here is multiplied by to become the record's, where a later form counts in another unit."""
    codes: tuple[tuple[str, str], ...] = ()
    """Codes of this form and those that took their place."""

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC_TYPES

    @property
    def address(self) -> str:
        """The cell in A1 form."""
        return f"{column_letter(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class SheetLayout:
    id: str
    tab: str
    title: str
    kind: str
    unit: str
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: tuple[Cell, ...]
    aliases: tuple[str, ...] = ()
    applies: str | None = None
    note: str = ""
    totals: tuple[tuple[str, s.Expression], ...] = ()
    key: tuple[str, ...] = ()
    school_key: str | None = None
    capacity: int = 0
    may_be_empty: bool = True
    may_be_absent: bool = False
    plain: tuple[bool, ...] = ()
    """Per cell: an input of numbers, which a stored number fills without further ado. Percents depend on the format."""

    @property
    def is_list(self) -> bool:
        return self.kind == "list"


@dataclass(frozen=True, slots=True)
class FormLayout:
    """All sheets of a return on one form."""

    return_id: str
    no: str
    title: str
    version: str
    since: str
    sheets: tuple[SheetLayout, ...]
    by_id: Mapping[str, SheetLayout] = field(default_factory=dict, compare=False)

    def find_sheet(self, sheet_id: str) -> SheetLayout | None:
        return self.by_id.get(sheet_id)

    def list_records(self) -> dict[str, list[Cell]]:
        """Sheet of the records → the cells whose values stand there. An earlier form may have them on another sheet."""
        records: dict[str, list[Cell]] = {sheet.id: [] for sheet in self.sheets}
        for cell in (cell for sheet in self.sheets for cell in sheet.cells):
            records.setdefault(name_sheet(cell.ref), []).append(cell)
        return records


def fold_printed(label: str) -> str:
    """A printed label as labels of two forms are compared: width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", label).split()).casefold()


def name_sheet(ref: str) -> str:
    """The sheet that a reference names: that of the records, wherever the cell stands on the form."""
    return ref.partition("[")[0].partition(".")[0]


def column_letter(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_address(address: str) -> tuple[int, int]:
    """A1 → (0, 0): row and column counted from 0."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1
