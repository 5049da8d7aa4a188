"""A workbook opened for looking at it: openpyxl's own view, and where the form's cells stand."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from schemas.layout import Cell, FormLayout


def open_workbook(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def list_fixed_cells(layout: FormLayout) -> Iterator[tuple[str, Cell]]:
    """Tab and cell of every cell of the items and matrix sheets."""
    for sheet in layout.sheets:
        if not sheet.is_list:
            yield from ((sheet.tab, cell) for cell in sheet.cells)


def list_all_cells(layout: FormLayout) -> Iterator[tuple[str, Cell]]:
    """Tab and cell of every cell; the fields of a list by the first cell of their column."""
    for sheet in layout.sheets:
        yield from ((sheet.tab, cell) for cell in sheet.cells)


def find_validation(worksheet: Worksheet, address: str) -> DataValidation | None:
    """The data validation of a cell."""
    found = [each for each in worksheet.data_validations.dataValidation if address in each.sqref]
    assert len(found) <= 1, f"{worksheet.title}!{address} has {len(found)} validations"
    return found[0] if found else None


def find_column(worksheet: Worksheet, column: int) -> ColumnDimension:
    """The style of a whole column; neighbours alike are kept as one."""
    found = [each for each in worksheet.column_dimensions.values() if each.min <= column <= each.max]
    assert len(found) == 1
    return found[0]


def is_locked(worksheet: Worksheet, address: str) -> bool:
    return bool(worksheet[address].protection.locked)
