"""Canaries: faults planted in copies of a good return. A night in which one of them is not found cannot be trusted.

The copies live in memory only, are judged by the same rules as the returns of the night, and leave no trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flows.judging import Bench, Docket, Papers, hear_alone
from flows.normalisers.records import FormBlock, join_blocks
from flows.normalisers.text import escape_text
from schemas.layout import Cell, FormLayout


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault put into a cell: what kind of fault, and the value that makes it."""

    fault: str
    cell: Cell
    value: float


@dataclass(frozen=True, slots=True)
class CanaryReport:
    """How many faults were planted, and those that nobody found."""

    planted: int = 0
    missed: tuple[str, ...] = ()

    def join(self, other: CanaryReport) -> CanaryReport:
        return CanaryReport(self.planted + other.planted, self.missed + other.missed)


NO_CANARIES = CanaryReport()


def try_canaries(docket: Docket, papers: Papers, bench: Bench) -> CanaryReport:
    """Plant one fault each in copies of the docket's first submission, which must be a good one, and judge them."""
    first = Docket(docket.return_id, docket.version, docket.period, docket.rows[:1])
    block = papers.pick(first.submissions)
    planted = list(choose_faults(block))
    if not planted:
        return NO_CANARIES
    numbers = [-position for position in range(1, len(planted) + 1)]
    rows = tuple(replace(first.rows[0], submission=number) for number in numbers)
    copies = Docket(docket.return_id, docket.version, docket.period, rows)
    moved = papers.moved.get(first.submissions[0], {})
    hearing = hear_alone(copies, Papers({}, dict.fromkeys(numbers, moved), plant(block, planted, numbers)), bench)
    found = {(f.submission, ref) for f in hearing.findings for ref in (f.ref, *(o.ref for o in f.operands))}
    missed = [
        f"{docket.return_id} {docket.period} {fault.fault} {escape_text(fault.cell.label)}"
        for number, fault in zip(numbers, planted, strict=True)
        if (number, fault.cell.ref) not in found
    ]
    return CanaryReport(len(planted), tuple(missed))


def choose_faults(block: FormBlock) -> Iterator[Planted]:
    """A count below zero, a broken count, a required cell left blank, and a total that is not the sum of its parts."""
    filled = [cell for cell in _list_cells(block.layout) if block.numbers[0, block.index[cell.ref]] > 0]
    counts = [cell for cell in filled if cell.type == "count" and cell.sign != "any" and not cell.total]
    if counts:
        value = float(block.numbers[0, block.index[counts[0].ref]])
        yield Planted("below zero", counts[0], -1.0)
        yield Planted("broken count", counts[-1], value + 0.5)
    required = [cell for cell in filled if cell.required and not cell.total]
    if required:
        yield Planted("left blank", required[len(required) // 2], np.nan)
    totals = [cell for cell in filled if cell.total]
    if totals:
        yield Planted("wrong total", totals[0], float(block.numbers[0, block.index[totals[0].ref]]) + 1)


def plant(block: FormBlock, planted: Sequence[Planted], numbers: Sequence[int]) -> FormBlock:
    """As many copies of a block of one row as there are faults, each with its own."""
    copies = [_plant_one(block, fault, number) for fault, number in zip(planted, numbers, strict=True)]
    joined = copies[0]
    for copy in copies[1:]:
        joined = join_blocks(joined, copy)
    return joined


def _plant_one(block: FormBlock, fault: Planted, number: int) -> FormBlock:
    figures = block.numbers.copy()
    figures[0, block.index[fault.cell.ref]] = fault.value
    return replace(block, submissions=[number], numbers=figures)


def _list_cells(layout: FormLayout) -> list[Cell]:
    return [
        cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells
        if cell.is_numeric and not cell.blocked
    ]  # fmt: skip
