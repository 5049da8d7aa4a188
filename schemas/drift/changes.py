"""What a comparison of two forms says: one record a change, with the place on either form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.layout import LABEL_ROW, Cell, Head, SheetLayout, column_letter


class ChangeKind(StrEnum):
    """Everything that can happen to a form."""

    SHEET_ADDED = "sheet_added"
    SHEET_DROPPED = "sheet_dropped"
    SHEET_RENAMED = "sheet_renamed"
    ADDED = "added"
    DROPPED = "dropped"
    RENAMED = "renamed"
    MOVED = "moved"
    SHIFTED = "shifted"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Line:
    """What has a label on a form, and where that is printed.

    `axis` is row or column of a matrix, line of an items sheet, field of a list.
    """

    ref: str
    label: str
    tab: str
    address: str
    sheet: str
    axis: str
    head: Head

    @property
    def id(self) -> str:
        return self.head.id


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; what concerns only one of the forms leaves the other side empty.

    `trait`, `value` and `new_value` tell what was altered of a line: its type, unit, code list …
    `likeness` is below 1 where the two sides were taken for one because their labels are alike.
    """

    kind: ChangeKind
    tab: str = ""
    ref: str = ""
    label: str = ""
    address: str = ""
    new_tab: str = ""
    new_ref: str = ""
    new_label: str = ""
    new_address: str = ""
    trait: str = ""
    value: str = ""
    new_value: str = ""
    likeness: float = 1.0


def list_lines(sheet: SheetLayout) -> list[Line]:
    """Everything with a label on a sheet: lines or fields, or rows and then columns."""
    if sheet.kind == "items":
        return [_build_line(sheet, head, "line", f"{sheet.id}.{head.id}", f"A{head.position}") for head in sheet.rows]
    columns = [
        _build_line(
            sheet, head, "field" if sheet.is_list else "column", f"{sheet.id}.{head.id}",
            f"{column_letter(head.position)}{LABEL_ROW}",
        )
        for head in sheet.columns
    ]  # fmt: skip
    rows = [_build_line(sheet, head, "row", f"{sheet.id}[{head.id}]", f"A{head.position}") for head in sheet.rows]
    return [*rows, *columns]


def describe_cell(sheet: SheetLayout, cell: Cell) -> tuple[str, str, str, str]:
    """Tab, reference, label and address of one cell."""
    return sheet.tab, cell.ref, cell.label, cell.address


def _build_line(sheet: SheetLayout, head: Head, axis: str, ref: str, address: str) -> Line:
    return Line(ref, head.label.strip(), sheet.tab, address, sheet.id, axis, head)
