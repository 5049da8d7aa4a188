"""A clerk who does exactly what the advice of a finding says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from flows.checks.findings import Finding
from flows.publishers.fill import CellValue, fill_workbook
from schemas.layout import Cell
from tests.readers.sheets import Canteen

Follow = Callable[[Finding, Cell], CellValue]

ANSWERS: Mapping[str, CellValue] = {"date": "2025-09-10", "yesno": "是", "text": "无"}


def _answer(_: Finding, cell: Cell) -> CellValue:
    """请填写；没有请填 0。"""
    return 0 if cell.is_numeric else _retype(_, cell) if cell.pattern else ANSWERS.get(cell.type, "primary 小学")


def _retype(_: Finding, cell: Cell) -> CellValue:
    """请把单元格设为文本格式，重新录入完整代码。"""
    digits = re.fullmatch(r"\[0-9\]\{(\d+)\}", cell.pattern or "")
    return "1" * int(digits[1]) if digits else "primary"


def _keep_digits(finding: Finding, _: Cell) -> CellValue:
    """请只填数字，去掉文字；单位见表头。"""
    return float("".join(re.findall(r"\d", finding.found)) or 0)


def _choose(finding: Finding, _: Cell) -> CellValue:
    """请从下拉列表中选择代码表中的代码"""
    return finding.expected.split("、")[0]


FOLLOW: Mapping[str, Follow] = {
    "CE01": _answer,
    "CE06": _keep_digits,
    "CE07": lambda _, __: 0,
    "CE08": lambda _, __: "*",
    "CE10": lambda finding, _: round(float(finding.found)),
    "CE11": lambda finding, _: abs(float(finding.found)),
    "CE13": lambda finding, cell: re.sub(r"_x[0-9A-F]{4}_", "", finding.found)[: cell.length or 200],
    "CE14": _choose,
    "CE15": _retype,
    "CE20": lambda _, __: "2025-09-10",
    "CE21": lambda _, __: 95,
    "CE22": lambda _, __: "是",
    "CE26": lambda _, cell: None if not cell.required else "无",
    "FL13": lambda finding, _: float(finding.expected),
}
"""Check → what to type at the cell it names: each line of this table is the remedy of the check in code."""


def follow_advice(canteen: Canteen, workbook: bytes, findings: Iterable[Finding]) -> bytes:
    """The workbook after the advice of every error was followed, each at its own cell."""
    cells = {cell.ref: cell for sheet in canteen.layout.sheets for cell in sheet.cells}
    typed: dict[str, dict[str, CellValue]] = {}
    for finding in findings:
        if finding.severity == "error":
            value = FOLLOW[finding.code](finding, cells[finding.ref])
            earlier = typed.setdefault(finding.sheet, {}).setdefault(finding.cell, value)
            assert earlier == value, f"two rules want different things of {finding.cell}: {earlier} and {value}"
    return fill_workbook(workbook, typed)
