"""Templates filled as a clerk fills them: values by reference, lines by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee
from schemas.catalogue import Catalogue
from schemas.layout import FIRST_ROW, FormLayout, column_letter

Values = Mapping[str, CellValue]
"""Reference of a cell → what is typed into it."""

Lines = Mapping[str, Sequence[Values]]
"""List sheet → its lines, each by field."""

SIGNED = {"filler_name": "甲", "checker_name": "乙", "head_name": "丙", "fill_date": "2025-09-10", "submission_no": 1}


def fill_return(
    maker: TemplateMaker, layout: FormLayout, period: str, school: Addressee, values: Values, lines: Lines
) -> bytes:
    """The workbook that a school sends: its own template with everything typed in and the cover signed."""
    typed = {maker.catalogue.cover.tab: type_cover(maker.catalogue, SIGNED)} | type_cells(layout, values, lines)
    return fill_workbook(maker.make(layout, period, school), typed)


def type_cover(catalogue: Catalogue, answers: Values) -> dict[str, CellValue]:
    """Address → value on the cover."""
    cells = {cell.ref.partition(".")[2]: cell.address for cell in catalogue.cover.cells}
    return {cells[name]: value for name, value in answers.items()}


def type_cells(layout: FormLayout, values: Values, lines: Lines) -> dict[str, dict[str, CellValue]]:
    """Tab → address → value on the form's own sheets."""
    typed: dict[str, dict[str, CellValue]] = {}
    for sheet in layout.sheets:
        if sheet.is_list:
            columns = {cell.ref.partition(".")[2]: column_letter(cell.column) for cell in sheet.cells}
            typed[sheet.tab] = {
                f"{columns[name]}{FIRST_ROW + number}": value
                for number, line in enumerate(lines.get(sheet.id, ()))
                for name, value in line.items()
            }
        else:
            typed[sheet.tab] = {cell.address: values[cell.ref] for cell in sheet.cells if cell.ref in values}
    return typed
