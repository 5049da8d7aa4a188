"""Records typed back into a form: the values that a clerk would type, at their addresses."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from datetime import date

from flows.normalisers.dates import read_date
from flows.normalisers.records import FormBlock
from flows.publishers.fill import CellValue
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue
from schemas.expressions.scope import Lines
from schemas.layout import FIRST_ROW, Cell, SheetLayout, column_letter

YES = "Y"
PRINTED = frozenset({"return_id", "template_version", "period", "school_code", "school_name", "district_code"})
"""What the template prints on the cover itself."""

SheetCells = dict[str, dict[str, CellValue]]
"""Tab → address → value."""


def type_records(catalogue: Catalogue, block: FormBlock, row: int, open_cells: Container[str]) -> SheetCells:
    """What one submission's records look like on the form of the block; totals are left to its formulas."""
    typed: SheetCells = {}
    for sheet in block.layout.sheets:
        cells = [cell for cell in sheet.cells if cell.ref in open_cells and not cell.blocked and not cell.total]
        if not cells:
            continue
        if sheet.is_list:
            typed[sheet.tab] = type_lines(catalogue, sheet, block.lists[sheet.id], row)
            continue
        values = {cell: block.find_column(cell.ref) for cell in cells}
        shown = {c.address: show_value(catalogue, c, column[row]) for c, column in values.items() if column is not None}
        typed[sheet.tab] = {address: value for address, value in shown.items() if value is not None}
    return typed


def type_empty(catalogue: Catalogue, block: FormBlock, signals: Iterable[Signal]) -> SheetCells:
    """The word on the first line of every list that the block's one submission said to have no lines, and has none."""
    said = {signal.ref for signal in signals if signal.notice is Notice.DECLARED_EMPTY}
    declared = [sheet for sheet in block.layout.sheets if said.intersection(cell.ref for cell in sheet.cells)]
    return _type_nothing(catalogue, block, 0, declared)


def declare_empty(catalogue: Catalogue, block: FormBlock, row: int, open_cells: Container[str]) -> SheetCells:
    """The same word on every list that asks for it and of which one submission has no lines."""
    asked = [s for s in block.layout.sheets if catalogue.says_empty(s) and s.cells[0].ref in open_cells]
    return _type_nothing(catalogue, block, row, asked)


def type_cover(catalogue: Catalogue, cover: Mapping[str, str]) -> dict[str, CellValue]:
    """What was said on a cover, by address, but for what the template prints there itself."""
    typed: dict[str, CellValue] = {}
    for cell in catalogue.cover.cells:
        name = cell.ref.partition(".")[2]
        text = cover.get(name, "")
        if text and name not in PRINTED:
            day = read_date(text) if cell.type == "date" else None
            typed[cell.address] = day or (float(text) if cell.is_numeric and _is_number(text) else text)
    return typed


def type_lines(catalogue: Catalogue, sheet: SheetLayout, lines: Lines, unit: int) -> dict[str, CellValue]:
    """The lines of a list, one under another from its first line on."""
    typed: dict[str, CellValue] = {}
    chosen = [position for position, owner in enumerate(lines.unit.tolist()) if owner == unit]
    for offset, position in enumerate(chosen):
        for cell in sheet.cells:
            value = show_value(catalogue, cell, lines.columns[cell.ref.partition(".")[2]][position])
            if value is not None:
                typed[f"{column_letter(cell.column)}{FIRST_ROW + offset}"] = value
    return typed


def show_value(catalogue: Catalogue, cell: Cell, value: object) -> CellValue:
    """A value of the records as it is typed: codes as the drop-down shows them, dates as dates, yes and no in words.

    On an earlier form it is in that form's unit and codes.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if cell.is_numeric:
        number = float(str(value)) / cell.factor
        return int(number) if number.is_integer() else number
    text = str(value)
    if cell.type == "yesno":
        return catalogue.message("template.yes" if text == YES else "template.no")
    if cell.type == "date":
        return date.fromisoformat(text)
    return _show_codes(catalogue, cell, text) if cell.codelist else text


def _show_codes(catalogue: Catalogue, cell: Cell, text: str) -> str:
    predecessors: Mapping[str, str] = {new: old for old, new in cell.codes}
    shown = {code.code: code.shown for code in catalogue.codelists[cell.codelist or ""].codes}
    codes = [predecessors.get(code, code) for code in text.split(";")]
    return ";".join(codes) if cell.type == "codes" else shown.get(codes[0], codes[0])


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _type_nothing(catalogue: Catalogue, block: FormBlock, row: int, sheets: Iterable[SheetLayout]) -> SheetCells:
    return {
        sheet.tab: {sheet.cells[0].address: catalogue.nothing[0]}
        for sheet in sheets
        if sheet.is_list and row not in block.lists[sheet.id].unit
    }
