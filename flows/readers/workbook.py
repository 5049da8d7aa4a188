"""Values of a workbook's sheets by the reading library. The only module that knows python-calamine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from flows.readers.package import Package, RefusalError, SheetPart
from flows.readers.sheet_scan import SheetScan
from flows.signals import Notice

Rows = list[list[object]]
"""Rows of a sheet from A1 on; an empty cell is ''."""


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A worksheet whose rows are read when first asked for."""

    name: str
    visible: bool
    scan: SheetScan
    book: CalamineWorkbook
    _rows: list[Rows] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        if not self._rows:
            self._rows.append(self.book.get_sheet_by_name(self.name).to_python(skip_empty_area=False))
        return self._rows[0]


def open_sheets(data: bytes, package: Package) -> list[OpenSheet]:
    """The worksheets in the order of their tabs. Raises RefusalError where the library cannot open the file."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise RefusalError(Notice.ENCRYPTED, "encrypted") from None
    except (CalamineError, OSError, ValueError) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None
    sheets = [
        OpenSheet(meta.name, meta.visible == SheetVisibleEnum.Visible, _find_scan(package, meta.name), book)
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    _refuse_lost_sheets(package, sheets)
    return sheets


def _find_scan(package: Package, name: str) -> SheetScan:
    part: SheetPart | None = package.by_name.get(name)
    return part.scan if part else SheetScan(filled=-1)


def _refuse_lost_sheets(package: Package, sheets: Sequence[OpenSheet]) -> None:
    """A sheet that is listed but was not read must not count as empty."""
    listed = [part.name for part in package.sheets if part.is_worksheet]
    if not sheets or len(sheets) < len(listed):
        raise RefusalError(Notice.UNREADABLE, "missing_part")
