"""What a workbook contains, as plain objects: values with style names, no writing library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own, with the value a reader sees before anything recalculates."""

    text: str
    value: float | str = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside the workbook: `internal:'sheet'!A1`."""

    target: str
    text: str


Value = str | float | int | Formula | Link | None


@dataclass(frozen=True, slots=True)
class Range:
    """A block of cells, rows and columns counted from 0, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What Excel lets the user type in a range; `options` are those of XlsxWriter's data_validation."""

    area: Range
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A style shown where a formula holds; several areas share the formula relative to the first."""

    areas: tuple[Range, ...]
    formula: str
    style: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    categories: Range
    values: Range


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart over cells of the same sheet."""

    kind: str
    title: str
    series: tuple[Series, ...]
    row: int
    column: int
    width: int = 620
    height: int = 300
    axis: str = ""


@dataclass(frozen=True, slots=True)
class Print:
    """How a sheet comes out on paper."""

    paper: str = "A4"
    landscape: bool = False
    repeat_rows: tuple[int, int] | None = None
    fit_width: bool = True
    breaks: tuple[int, ...] = ()
    """Rows that begin a new page."""
    footer: str = "&C第 &P 页 共 &N 页"


@dataclass(slots=True)
class SheetContent:
    """One sheet under construction."""

    name: str
    cells: dict[tuple[int, int], tuple[Value, str]] = field(default_factory=dict)
    merges: list[tuple[Range, Value, str]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    column_styles: dict[int, str] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    freeze: tuple[int, int] | None = None
    filter: Range | None = None
    print: Print = field(default_factory=Print)
    hidden: bool = False
    protected: bool = False
    tab_color: str | None = None
    first_cell: tuple[int, int] | None = None
    zoom: int = 100

    def put(self, row: int, column: int, value: Value, style: str = "plain") -> None:
        self.cells[(row, column)] = (value, style)

    def put_row(self, row: int, values: Sequence[Value], style: str = "plain", *, column: int = 0) -> None:
        for offset, value in enumerate(values):
            self.put(row, column + offset, value, style)

    def merge(self, row: int, first: int, last: int, value: Value, style: str) -> None:
        if last > first:
            self.merges.append((Range(row, first, row, last), value, style))
        else:
            self.put(row, first, value, style)


@dataclass(frozen=True, slots=True)
class WorkbookContent:
    """A workbook ready to be written."""

    title: str
    sheets: tuple[SheetContent, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


def safe_sheet_name(name: str, taken: Sequence[str] = ()) -> str:
    """A legal tab name: at most 31 characters, none of []:*?/ or the backslash, no clash with those taken."""
    cleaned = "".join("_" if character in "[]:*?/\\" else character for character in name).strip("'")[:31] or "_"
    candidate, number = cleaned, 2
    while candidate.casefold() in {other.casefold() for other in taken}:
        suffix = f"({number})"
        candidate, number = cleaned[: 31 - len(suffix)] + suffix, number + 1
    return candidate
