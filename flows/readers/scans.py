"""What the scan of a sheet gives beside its values, whatever the format of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.layout import column_letter

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The largest sheet that a spreadsheet can hold."""


@dataclass(frozen=True, slots=True)
class SheetScan:
    """What a sheet says beside its values. `box` counts the cells from A1 to the last that is there."""

    filled: int = 0
    box: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()
    uncomputed: frozenset[str] = frozenset()
    percents: frozenset[str] = frozenset()
    merged: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    has_hidden_columns: bool = False
    has_notes: bool = False
    fault: str = ""

    def with_notes(self, *, has_notes: bool) -> SheetScan:
        return replace(self, has_notes=has_notes)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the package: tab name, visibility, and what its part holds."""

    name: str
    visible: bool
    is_worksheet: bool
    scan: SheetScan
    path: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """What the scan of a whole workbook found."""

    kind: str
    has_macros: bool = False
    has_links: bool = False
    sheets: tuple[SheetPart, ...] = ()
    program: str = ""

    def find_scan(self, name: str) -> SheetScan:
        """The scan of a sheet by the name of its tab."""
        return next((sheet.scan for sheet in self.sheets if sheet.name == name), SheetScan())


@dataclass(slots=True)
class Gathering:
    """One sheet as far as it was walked. Rows and columns count from 0."""

    last_row: int = -1
    last_column: int = -1
    filled: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    formulas: set[str] = field(default_factory=set)
    uncomputed: set[str] = field(default_factory=set)
    percents: set[str] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    has_hidden_columns: bool = False
    has_notes: bool = False
    fault: str = ""
    """What makes the sheet's values untrustworthy, by its key among the kinds of refusal."""

    def fill(self, row: int, column: int, *, is_percent: bool = False) -> str:
        """Count a cell that holds something; its address."""
        self.filled += 1
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        address = f"{column_letter(column + 1)}{row + 1}"
        if is_percent:
            self.percents.add(address)
        return address

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        first, last = (
            f"{column_letter(first_column + 1)}{first_row + 1}",
            f"{column_letter(last_column + 1)}{last_row + 1}",
        )
        if first != last:
            self.merged.append(f"{first}:{last}")

    @property
    def box(self) -> int:
        return (self.last_row + 1) * (self.last_column + 1)

    def summarise(self) -> SheetScan:
        beyond = self.last_row >= LAST_ROW or self.last_column >= LAST_COLUMN
        return SheetScan(
            filled=self.filled,
            box=self.box,
            errors=self.errors,
            formulas=frozenset(self.formulas),
            uncomputed=frozenset(self.uncomputed),
            percents=frozenset(self.percents),
            merged=tuple(self.merged),
            hidden_rows=frozenset(self.hidden_rows),
            has_hidden_columns=self.has_hidden_columns,
            has_notes=self.has_notes,
            fault=self.fault or ("beyond_grid" if beyond else ""),
        )
