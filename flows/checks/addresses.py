"""Where a cell stands in the workbook the school sent: the form's address, or the place it was found at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.readers.reading import Placement
from schemas.layout import Cell, FormLayout, SheetLayout, column_letter


@dataclass(frozen=True, slots=True)
class Address:
    """A tab and a cell in A1 form, with the labels people find it by."""

    sheet: str
    cell: str
    label: str


@dataclass(frozen=True)
class AddressBook:
    """Addresses of one form; `moved` holds what stood elsewhere, by submission."""

    layout: FormLayout
    moved: Mapping[int, Mapping[str, Placement]] = field(default_factory=dict)
    _cells: dict[str, tuple[SheetLayout, int, Cell]] = field(default_factory=dict, repr=False)

    def find(self, submission: int, ref: str, line: int | None = None) -> Address | None:
        """The address of a cell, or of a list field on a line of the workbook; None if the form has no such cell."""
        found = self._index().get(ref)
        if found is None:
            return None
        sheet, position, cell = found
        placement = self.moved.get(submission, {}).get(sheet.id)
        if placement is None:
            row, column, tab = cell.row, cell.column, sheet.tab
        else:
            row, column, tab = self._find_moved(sheet, position, cell, placement)
        row = line if sheet.is_list and line is not None else row
        return Address(tab, f"{column_letter(column)}{row}" if row > 0 and column > 0 else "", cell.label)

    def find_tab(self, submission: int, sheet_id: str) -> str:
        """The tab of a sheet in this workbook."""
        placement = self.moved.get(submission, {}).get(sheet_id)
        if placement is not None:
            return placement.tab
        sheet = self.layout.find_sheet(sheet_id)
        return sheet.tab if sheet else ""

    def find_cell(self, ref: str) -> Cell | None:
        found = self._index().get(ref)
        return found[2] if found else None

    def _index(self) -> dict[str, tuple[SheetLayout, int, Cell]]:
        if not self._cells:
            for sheet in self.layout.sheets:
                self._cells.update({cell.ref: (sheet, i, cell) for i, cell in enumerate(sheet.cells)})
        return self._cells

    def _find_moved(self, sheet: SheetLayout, position: int, cell: Cell, placement: Placement) -> tuple[int, int, str]:
        if sheet.is_list:
            return cell.row, placement.columns[position] + 1, placement.tab
        row_index, column_index = divmod(position, len(sheet.columns)) if sheet.kind == "matrix" else (position, 0)
        return placement.rows[row_index] + 1, placement.columns[column_index] + 1, placement.tab
