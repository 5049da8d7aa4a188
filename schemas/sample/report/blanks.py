"""What a clerk with nothing to report fills in: 0, no, or the first code, wherever something must stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from schemas.applicability import build_attributes, find_applicable, holds_for_all
from schemas.catalogue import Catalogue
from schemas.layout import Cell
from schemas.sample.filings import Value

Line = Mapping[str, str | float | None]

SOME_YEAR = 2010
SOME_DAY = date(2018, 9, 1)


def fill_blanks(
    catalogue: Catalogue, return_id: str, period: str, registered: Sequence[Line] = ({},)
) -> list[dict[str, Value]]:
    """For each school, by its line of the register, every cell of the fixed sheets that must be filled."""
    layout = catalogue.find_layout(return_id, period)
    cells = [cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells if _is_filled(cell)]
    attributes = build_attributes(list(registered))
    masks = find_applicable(catalogue, (text for cell in cells for text in cell.applies), attributes)
    filled: list[dict[str, Value]] = [{} for _ in registered]
    for cell in cells:
        applies = holds_for_all(masks, cell.applies, len(registered))
        for row, values in enumerate(filled):
            if applies[row]:
                values[cell.ref] = find_blank(catalogue, cell)
    return filled


def fill_line(catalogue: Catalogue, sheet_id: str, period: str, given: Mapping[str, Value]) -> dict[str, Value]:
    """A line of a list: what is given, and something in every other field that must be filled."""
    sheet = catalogue.find_layout(catalogue.sheet_owners[sheet_id], period).find_sheet(sheet_id)
    assert sheet is not None
    required = {cell.ref.partition(".")[2]: find_blank(catalogue, cell) for cell in sheet.cells if cell.required}
    return required | dict(given)


def find_blank(catalogue: Catalogue, cell: Cell) -> Value:
    """The least that can stand in a cell."""
    if cell.type == "yesno":
        return "否"
    if cell.type == "date":
        return SOME_DAY
    if cell.type == "year":
        return SOME_YEAR
    if cell.codelist:
        return catalogue.codelists[cell.codelist].codes[0].code
    return max(0, cell.minimum or 0) if cell.is_numeric else "无"


def _is_filled(cell: Cell) -> bool:
    return cell.required and not cell.blocked and not cell.total
