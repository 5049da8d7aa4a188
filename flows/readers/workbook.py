"""Values of a workbook's sheets by the reading library. The only module that knows python-calamine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from flows.readers.ods_layout import close_up
from flows.readers.refusal import RefusalError
from flows.readers.scans import Package, SheetScan
from flows.signals import Notice

Rows = Sequence[Sequence[object]]
"""Rows of a sheet from A1 on; an empty cell is '', every number a float."""


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A worksheet whose rows are read when first asked for."""

    name: str
    visible: bool
    scan: SheetScan
    book: CalamineWorkbook
    has_floats: bool
    """Whether the library gives every number of the format as a float."""
    _rows: list[Rows] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        if not self._rows:
            rows = self.book.get_sheet_by_name(self.name).to_python(skip_empty_area=False)
            self._rows.append(rows if self.has_floats else [[_widen(value) for value in row] for row in rows])
        return self._rows[0]


FLOAT_KINDS = frozenset({"xlsx", "xlsm", "ods"})


def _widen(value: object) -> object:
    return float(value) if type(value) is int else value


def open_sheets(data: bytes, package: Package) -> list[OpenSheet]:
    """The worksheets in the order of their tabs. Raises RefusalError where the library cannot open the file."""
    try:
        book = _open_book(data, package)
    except PasswordError:
        raise RefusalError(Notice.ENCRYPTED, "encrypted") from None
    except (CalamineError, OSError, ValueError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None
    sheets = [
        OpenSheet(
            meta.name,
            meta.visible == SheetVisibleEnum.Visible,
            package.find_scan(meta.name),
            book,
            package.kind in FLOAT_KINDS,
        )
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    _refuse_lost_sheets(package, sheets)
    return sheets


def _open_book(data: bytes, package: Package) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError:
        if package.kind != "ods":
            raise
        return CalamineWorkbook.from_filelike(io.BytesIO(close_up(data)))


def _refuse_lost_sheets(package: Package, sheets: Sequence[OpenSheet]) -> None:
    """A sheet that is listed but was not read must not count as empty."""
    listed = [part.name for part in package.sheets if part.is_worksheet]
    if not sheets or len(sheets) < len(listed):
        raise RefusalError(Notice.UNREADABLE, "missing_part")
