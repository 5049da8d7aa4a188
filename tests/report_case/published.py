"""The workbooks of the report case as published, and its figures as they were printed once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from openpyxl import load_workbook

from flows.workspace import Workspace

PRODUCT_COPY = Path(__file__).parents[2] / "schemas" / "sample" / "report_case.csv"
SEED_NAME = "seed_report_case.csv"

REPORT_YEAR = "2023-2024"
REPORT_SHEET, PLAN_SHEET = "报告数据", "工作计划台账"
HEAD_ROW = 4

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A line of the published sheet: the text, the figure as the report words it, its unit, and its value."""

    text: str
    wording: str
    unit: str
    value: Decimal


def read_cases(path: Path = PRODUCT_COPY) -> list[dict[str, str]]:
    """The figures of the reports, a row each."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_figures(workspace: Workspace) -> dict[str, PrintedFigure]:
    """Case id → what the published workbook prints for it."""
    rows = read_table(find_workbook(workspace, REPORT_YEAR, "报告数据核对"), REPORT_SHEET)
    return {
        str(row[0]): PrintedFigure(str(row[1]), str(row[2]), str(row[3] or ""), Decimal(repr(row[4])))
        for row in rows if row[1] is not None
    }  # fmt: skip


def find_workbook(workspace: Workspace, period: str, title: str) -> Path:
    """The newest vintage of a workbook."""
    found = (workspace.warehouse / "published" / period).glob(f"v*/*_{title}.xlsx")
    return max(found, key=lambda path: int(path.parent.name[1:]))


def read_table(path: Path, sheet: str) -> Sequence[Row]:
    """The rows below the heads of a sheet."""
    return list(load_workbook(path)[sheet].iter_rows(min_row=HEAD_ROW + 1, values_only=True))


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def list_differences(figure: PrintedFigure | None, case: dict[str, str]) -> list[str]:
    """What the workbook prints otherwise than the report; nothing if all is as it should be."""
    if figure is None:
        return [f"{case['case_id']} is not in the workbook"]
    decimals = int(case["printed_decimals"])
    pairs = {
        "text": (figure.text, case["text_zh"]), "printed": (figure.wording, case["printed"]),
        "unit": (figure.unit, case["unit"]),
        "value": (round_half_up(figure.value, decimals), round_half_up(Decimal(case["shown"]), decimals)),
    }  # fmt: skip
    return [
        f"{case['case_id']} {key}: {ours} is not {theirs}" for key, (ours, theirs) in pairs.items() if ours != theirs
    ]
