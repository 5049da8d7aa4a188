"""What Excel lets a clerk type: styles and validations of input cells, from the traits of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flows.publishers.sheets import Range, SheetContent, Validation
from schemas.catalogue import Catalogue
from schemas.layout import FIRST_ROW, Cell, SheetLayout, column_letter

CODES_SHEET = "_codes"
LARGEST = 9_999_999_999
MOST_DECIMALS = 6
"""Decimals of a number whose field does not say how many."""


def input_style(cell: Cell) -> str:
    """Name of the theme's style for an input cell."""
    if cell.type == "date":
        return "input_date"
    if not cell.is_numeric:
        return "input_text"
    if cell.decimals == 0:
        return "input_count"
    return f"input_decimal{cell.decimals}" if cell.decimals in (1, 2, 3) else "input_number"


def describe_blank(catalogue: Catalogue, cell: Cell) -> str:
    """What it means to leave an input blank, as instructions and prompts say it."""
    if not cell.required:
        return catalogue.message("help.optional")
    return catalogue.message("help.required" if cell.is_numeric else "help.required_text")


def add_validations(
    catalogue: Catalogue, content: SheetContent, sheet: SheetLayout, open_cells: set[str], codelists: Sequence[str]
) -> None:
    """One validation for each block of neighbouring cells of the same kind.

    `codelists` are those on the hidden sheet of the workbook, in the order of its columns.
    """
    inputs = [cell for cell in sheet.cells if cell.ref in open_cells and not cell.total]
    for cell, area in _group_cells(sheet, inputs):
        options = _build_options(catalogue, cell, codelists)
        if options and cell is sheet.cells[0] and catalogue.says_empty(sheet):
            options["error_type"] = "warning"  # a word may stand here that says there are no lines
        if options:
            content.validations.append(Validation(area, options))


def _group_cells(sheet: SheetLayout, cells: list[Cell]) -> Iterator[tuple[Cell, Range]]:
    if sheet.is_list:
        last = FIRST_ROW - 2 + sheet.capacity
        for cell in cells:
            yield cell, Range(FIRST_ROW - 1, cell.column - 1, last, cell.column - 1)
        return
    block: list[Cell] = []
    for cell in cells:
        if block and not _continues(block[-1], cell):
            yield block[0], _span(block)
            block = []
        block.append(cell)
    if block:
        yield block[0], _span(block)


def _continues(last: Cell, cell: Cell) -> bool:
    alike = (last.type, last.unit, last.decimals, last.sign, last.codelist, last.required) == (
        cell.type, cell.unit, cell.decimals, cell.sign, cell.codelist, cell.required,
    )  # fmt: skip
    return alike and last.row == cell.row and last.column + 1 == cell.column


def _span(block: list[Cell]) -> Range:
    return Range(block[0].row - 1, block[0].column - 1, block[-1].row - 1, block[-1].column - 1)


def _build_options(catalogue: Catalogue, cell: Cell, codelists: Sequence[str]) -> dict[str, Any]:
    message = catalogue.message
    options: dict[str, Any] = {"error_title": message("template.invalid_title"), "ignore_blank": True}
    if cell.type == "yesno":
        return options | {"validate": "list", "source": [message("template.yes"), message("template.no")]}
    if cell.type == "date":
        return options | {
            "validate": "custom", "value": f"=ISNUMBER({cell.address})", "error_type": "warning",
            "error_message": message("template.invalid_date"),
        }  # fmt: skip
    if cell.codelist:
        return options | _build_code_options(catalogue, cell, codelists)
    return options | _build_number_options(catalogue, cell) if cell.is_numeric else {}


def _build_code_options(catalogue: Catalogue, cell: Cell, codelists: Sequence[str]) -> dict[str, Any]:
    """A drop-down that advises: lists grow, and an old template must take a new code."""
    codelist = catalogue.codelists[cell.codelist or ""]
    letter = column_letter(codelists.index(codelist.id) + 1)
    return {
        "validate": "list", "source": f"={CODES_SHEET}!${letter}$2:${letter}${len(codelist.codes) + 1}",
        "error_type": "information" if cell.type == "codes" else "warning",
        "error_message": catalogue.message("template.invalid_code"),
    }  # fmt: skip


def _build_number_options(catalogue: Catalogue, cell: Cell) -> dict[str, Any]:
    message = catalogue.message
    whole = cell.decimals == 0
    key = "invalid_any_number" if cell.sign == "any" else "invalid_count" if whole else "invalid_number"
    prompt = "prompt_count" if whole else "prompt_number"
    decimals = MOST_DECIMALS if cell.decimals is None else cell.decimals
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": -LARGEST if cell.sign == "any" else 0,
        "maximum": LARGEST,
        "error_message": message(f"template.{key}"),
        "input_title": message("template.prompt_title"),
        "input_message": message(
            f"template.{prompt}", unit=cell.unit or "-", decimals=decimals, blank=describe_blank(catalogue, cell)
        ),
    }
