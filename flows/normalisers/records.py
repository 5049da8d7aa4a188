"""Typed records of many submissions on one form: one row a submission, one column a cell; lists as long tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from flows.readers.reading import ListReading, Reading
from schemas.expressions.columns import Mask, Numbers, Texts, Values
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.scope import Lines, UnitScope
from schemas.layout import Cell, FormLayout, SheetLayout


@dataclass(frozen=True, slots=True)
class FormBlock:
    """Records of submissions on one form.

    `numbers` has one row a submission and one column for each numeric cell of the fixed sheets, NaN where blank;
    `texts` maps the other cells to one text a submission, None where blank; `lists` maps list sheets to their lines.
    """

    layout: FormLayout
    submissions: list[int]
    numbers: Numbers
    texts: Mapping[str, Texts]
    lists: Mapping[str, Lines]
    index: Mapping[str, int] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return len(self.submissions)

    def find_column(self, ref: str) -> Values | None:
        """The column of a cell of a fixed sheet; None if the form has no such cell."""
        position = self.index.get(ref)
        return self.numbers[:, position] if position is not None else self.texts.get(ref)

    def pick(self, rows: Sequence[int]) -> FormBlock:
        """The block of some of its rows, in the order given."""
        if list(rows) == list(range(self.length)):
            return self
        positions = {row: position for position, row in enumerate(rows)}
        lists = {sheet: _pick_lines(lines, positions) for sheet, lines in self.lists.items()}
        texts = {ref: column[list(rows)] for ref, column in self.texts.items()}
        submissions = [self.submissions[row] for row in rows]
        return FormBlock(self.layout, submissions, self.numbers[list(rows)], texts, lists, self.index)


def lift_block(block: FormBlock, layout: FormLayout) -> FormBlock:
    """The block on another form of its return: what that form adds is blank, what it lacks is left out."""
    if block.layout is layout:
        return block
    index = index_numbers(layout)
    numbers = np.full((block.length, len(index)), np.nan)
    for ref, position in index.items():
        if ref in block.index:
            numbers[:, position] = block.numbers[:, block.index[ref]]
    blank: Texts = np.full(block.length, None, dtype=object)
    texts = {c.ref: block.texts.get(c.ref, blank) for c in list_fixed_cells(layout) if not c.is_numeric}
    lists = {sheet.id: _lift_lines(sheet, block.lists.get(sheet.id)) for sheet in layout.sheets if sheet.is_list}
    return FormBlock(layout, block.submissions, numbers, texts, lists, index)


def join_blocks(first: FormBlock, second: FormBlock) -> FormBlock:
    """The rows of two blocks on the same form, one after the other."""
    lists = {sheet: _append_lines(lines, second.lists[sheet], first.length) for sheet, lines in first.lists.items()}
    texts = {ref: np.concatenate([column, second.texts[ref]]) for ref, column in first.texts.items()}
    numbers = np.vstack([first.numbers, second.numbers])
    return FormBlock(first.layout, [*first.submissions, *second.submissions], numbers, texts, lists, first.index)


def list_fixed_cells(layout: FormLayout) -> list[Cell]:
    """Cells of the items and matrix sheets in layout order."""
    return [cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells]


def index_numbers(layout: FormLayout) -> dict[str, int]:
    """Reference → column of `FormBlock.numbers`."""
    return {cell.ref: i for i, cell in enumerate(cell for cell in list_fixed_cells(layout) if cell.is_numeric)}


def stack_readings(layout: FormLayout, submissions: Sequence[int], readings: Sequence[Reading]) -> FormBlock:
    """The block of readings made on one form, as typed: totals that were not typed are still blank."""
    cells = list_fixed_cells(layout)
    index = index_numbers(layout)
    numbers = np.vstack([r.numbers for r in readings]) if index else np.empty((len(readings), 0))
    factors = [cell.factor for cell in cells if cell.is_numeric]
    numbers = numbers if set(factors) <= {1.0} else numbers * np.array(factors)
    textual = [cell for cell in cells if not cell.is_numeric]
    texts = {
        cell.ref: _translate_codes(cell, [reading.texts[i] for reading in readings]) for i, cell in enumerate(textual)
    }
    lists = {s.id: _stack_lines(s, [r.lists.get(s.id) for r in readings]) for s in layout.sheets if s.is_list}
    return FormBlock(layout, list(submissions), numbers, texts, lists, index)


def settle_block(block: FormBlock, applicable: Mask) -> FormBlock:
    """The block as rules see it: 0 where a cell does not apply, totals that were not typed computed.

    `applicable` has one row a submission and one column for each numeric cell of the fixed sheets. The total of a
    sheet that does not apply is computed too: it tells that somebody filled it.
    """
    is_total = np.zeros(block.numbers.shape[1], dtype=bool)
    is_total[[block.index[ref] for sheet in block.layout.sheets for ref, _ in sheet.totals]] = True
    numbers = np.where(np.isnan(block.numbers) & ~applicable & ~is_total, 0.0, block.numbers)
    settled = replace(block, numbers=numbers)
    for ref, computed in compute_totals(settled).items():
        position = block.index[ref]
        blank = np.isnan(numbers[:, position])
        numbers[blank, position] = computed[blank]
    return settled


def compute_totals(block: FormBlock) -> dict[str, Numbers]:
    """Reference of each declared total → the sum of its parts, totals among them computed before."""
    computed: dict[str, Numbers] = {}
    scope = UnitScope(_BlockSource(block, computed))
    for sheet in block.layout.sheets:
        for ref, expression in sheet.totals:
            computed[ref] = evaluate_numbers(expression, scope)
    return computed


@dataclass(frozen=True, slots=True)
class _BlockSource:
    """The block alone; totals computed so far stand in for those not typed."""

    block: FormBlock
    computed: Mapping[str, Numbers]

    @property
    def length(self) -> int:
        return self.block.length

    def find_cell(self, ref: str, _back: int) -> Values | None:
        position = self.block.index.get(ref)
        if position is None:
            return None
        column = self.block.numbers[:, position]
        return np.where(np.isnan(column), self.computed[ref], column) if ref in self.computed else column

    def is_list(self, _sheet: str) -> bool:
        return False

    def find_lines(self, _sheet: str, _back: int) -> Lines | None:
        return None

    def find_filed(self, _sheet: str, _back: int) -> Mask:
        return np.ones(self.length, dtype=bool)

    def find_peers(self) -> _BlockSource:
        return self

    def find_attribute(self, _name: str, _back: int) -> Values | None:
        return None


def _stack_lines(sheet: SheetLayout, readings: Sequence[ListReading | None]) -> Lines:
    present = [(unit, reading) for unit, reading in enumerate(readings) if reading is not None and len(reading.rows)]
    unit = np.concatenate([np.full(len(r.rows), u) for u, r in present]) if present else np.empty(0)
    row = np.concatenate([r.rows for _, r in present]) if present else np.empty(0)
    width = sum(cell.is_numeric for cell in sheet.cells)
    numbers = np.vstack([r.numbers for _, r in present]) if present else np.empty((0, width))
    texts = [line for _, reading in present for line in reading.texts]
    columns: dict[str, Values] = {}
    numeric = textual = 0
    for cell in sheet.cells:
        field_id = cell.ref.partition(".")[2]
        if cell.is_numeric:
            columns[field_id] = numbers[:, numeric] * cell.factor
            numeric += 1
        else:
            columns[field_id] = _translate_codes(cell, [line[textual] for line in texts])
            textual += 1
    return Lines(unit.astype(np.int64), row.astype(np.int64), columns)


def _translate_codes(cell: Cell, values: Sequence[str | None]) -> Texts:
    """Texts of a cell, codes that others took the place of on a later form by those. Several stand with semicolons."""
    successors = dict(cell.codes)
    if not successors:
        return np.array(values, dtype=object)
    translated = [
        ";".join(successors.get(code, code) for code in value.split(";")) if value is not None else None
        for value in values
    ]
    return np.array(translated, dtype=object)


def _lift_lines(sheet: SheetLayout, lines: Lines | None) -> Lines:
    if lines is None:
        return _stack_lines(sheet, [])
    columns: dict[str, Values] = {}
    for cell in sheet.cells:
        name = cell.ref.partition(".")[2]
        missing = np.full(lines.length, np.nan) if cell.is_numeric else np.full(lines.length, None, dtype=object)
        columns[name] = lines.columns.get(name, missing)
    return Lines(lines.unit, lines.row, columns)


def _append_lines(first: Lines, second: Lines, offset: int) -> Lines:
    columns = {name: np.concatenate([column, second.columns[name]]) for name, column in first.columns.items()}
    unit, row = np.concatenate([first.unit, second.unit + offset]), np.concatenate([first.row, second.row])
    return Lines(unit, row, columns)


def _pick_lines(lines: Lines, positions: Mapping[int, int]) -> Lines:
    """Lines of the units chosen, counted anew."""
    kept = np.array([unit in positions for unit in lines.unit.tolist()], dtype=bool)
    unit = np.array([positions[u] for u in lines.unit[kept].tolist()], dtype=np.int64)
    return Lines(unit, lines.row[kept], {name: column[kept] for name, column in lines.columns.items()})
