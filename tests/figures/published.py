"""The published files of a period, read back: the tidy figures, and workbook cells as a reader sees them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell

from flows.workspace import Workspace

HEAD_ROW = 4
"""The row of the column heads on every sheet of figures."""

Key = tuple[str, str, str, str]
"""Indicator, stage, breakdown, group."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the tidy data; None where it is blank."""

    name: str
    numerator: float | None
    denominator: float | None
    value: float | None
    expected: int
    reported: int
    coverage: float | None
    size_coverage: float | None
    earlier: float | None
    decimals: int


@dataclass(frozen=True)
class Published:
    """The newest vintage of a period."""

    figures: Mapping[Key, Figure]
    workbook: Workbook

    def find(self, indicator: str, stage: str = "", by: str = "", group: str = "") -> Figure:
        return self.figures[indicator, stage, by, group]

    def list_groups(self, indicator: str, stage: str, by: str) -> dict[str, Figure]:
        """Group → figure of one breakdown."""
        return {key[3]: figure for key, figure in self.figures.items() if key[:3] == (indicator, stage, by)}

    def read_rows(self, sheet: str) -> list[dict[str, str]]:
        """The lines of a sheet by column head, printed; the table ends at the first blank line."""
        rows = self.workbook[sheet].iter_rows(min_row=HEAD_ROW)
        heads = [str(cell.value).split("\n")[0] for cell in next(rows)]
        return list(_read_until_blank(heads, rows))


def read_published(workspace: Workspace, period: str) -> Published:
    """The newest vintage of the period's publications."""
    vintages = (workspace.warehouse / "published" / period).glob("v*")
    newest = max(vintages, key=lambda folder: int(folder.name[1:]))
    district = workspace.settings.district_name
    workbook = load_workbook(newest / f"{district}_{period}_教育统计汇总.xlsx")
    return Published(read_tidy(newest / f"{district}_{period}_指标.csv"), workbook)


def read_tidy(path: Path) -> dict[Key, Figure]:
    """The figures of the tidy data by indicator, stage, breakdown and group."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    return {(line["indicator"], line["stage"], line["breakdown"], line["group"]): _read_figure(line) for line in lines}


def print_number(value: float, decimals: int) -> str:
    """A number as a spreadsheet shows it: fifteen digits known, half rounded away from zero."""
    step = Decimal(1).scaleb(-decimals)
    return str(Decimal(f"{value:.13g}").quantize(step, rounding=ROUND_HALF_UP))


def print_cell(cell: Cell | MergedCell) -> str:
    """What a reader sees in a cell, thousands marks apart."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float):
        return print_number(value, len(str(cell.number_format).partition(".")[2]))
    return str(value)


def _read_until_blank(heads: list[str], rows: Iterator[tuple[Cell | MergedCell, ...]]) -> Iterator[dict[str, str]]:
    """Lines with something in their second column: section headings and totals are no lines of the table."""
    for row in rows:
        if row[0].value is None:
            return
        if row[1].value is not None or row[2].value is not None:
            yield dict(zip(heads, map(print_cell, row), strict=True))


def _read_figure(line: Mapping[str, str]) -> Figure:
    return Figure(
        line["indicator_name"], _read(line["numerator"]), _read(line["denominator"]), _read(line["value"]),
        int(line["expected"]), int(line["reported"]), _read(line["coverage"]), _read(line["size_coverage"]),
        _read(line["earlier"]),
        int(line["decimals"]),
    )  # fmt: skip


def _read(text: str) -> float | None:
    return float(text) if text else None
