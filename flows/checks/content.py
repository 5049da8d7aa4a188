"""Checks of what returns say: cells, records, tables, other tables and periods, run by pandera over whole batches.

Pandera runs every check lazily over the stacked submissions and says which rows fail; what is behind a failing
row, and what could not be assessed, is kept here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pandera.pandas as pa

from flows.checks.ledger import CellFailure, Ledger, RuleFailure
from flows.normalisers.records import FormBlock
from flows.sources import UnitSource
from flows.traces import list_trace
from schemas.applicability import find_applicable, holds_for_all, list_conditions
from schemas.catalogue import Catalogue
from schemas.check_kinds import CELL_KINDS
from schemas.check_kinds.table import CellOutcome, CellTable
from schemas.compile import CompiledCheck, Rule
from schemas.definitions.checks import LEVELS, Check
from schemas.expressions.columns import Mask, Values, holds_texts
from schemas.expressions.evaluate import evaluate_truth
from schemas.expressions.scope import LineScope, UnitScope
from schemas.layout import Cell
from schemas.periods import is_in_force

TYPES = "types"
"""Name of the check that the table is what its form says."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Submissions of one form to be judged together.

    `block` is as typed, `settled` as rules see it; `applicable` has one column a numeric cell of the fixed sheets;
    `present` says which submissions have which sheet.
    """

    block: FormBlock
    settled: FormBlock
    applicable: Mask
    present: dict[str, Mask]
    source: UnitSource


def judge_batch(
    catalogue: Catalogue, batch: Batch, checks: Sequence[CompiledCheck], ledger: Ledger, *, with_cells: bool
) -> None:
    """Run every check over the batch, those of single cells too if asked, and write the outcomes to the ledger."""
    cells = [entry.check for entry in catalogue.checks.values() if with_cells and entry.check.kind in CELL_KINDS]
    cell_checks = [check for check in cells if is_in_force(check, batch.source.period)]
    steps = _order_steps(cell_checks, batch, checks, ledger)
    frame = build_frame(batch.settled)
    typed = pa.Check(lambda table: has_declared_types(table, batch.block), name=TYPES, error=TYPES)
    schema = pa.DataFrameSchema(
        checks=[typed, *(pa.Check(step.run, name=step.code, error=step.code) for step in steps)]
    )
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        _compare_verdicts(errors, steps, ledger)


def build_frame(block: FormBlock) -> pd.DataFrame:
    """The natural table of a form: one row a submission, one column a cell (`sheet[row].column`, `sheet.field`)."""
    numbers = pd.DataFrame(block.numbers, columns=list(block.index))
    texts = pd.DataFrame({ref: pd.Series(column, dtype=object) for ref, column in block.texts.items()})
    return pd.concat([numbers, texts.set_index(numbers.index)], axis=1) if len(block.texts) else numbers


def has_declared_types(frame: pd.DataFrame, block: FormBlock) -> bool:
    """True if the table has a column for every cell of the form, numbers where it asks for figures, else texts.

    One question of the whole table: a column of the schema for each of some hundred cells took half the time of a run.
    """
    numeric, textual = list(block.index), list(block.texts)
    return (
        list(frame.columns) == [*numeric, *textual]
        and {dtype.kind for dtype in frame.dtypes[numeric]} <= {"f"}
        and {dtype.kind for dtype in frame.dtypes[textual]} <= {"O"}
    )


@dataclass
class _Step:
    """One check of the run: asks its question of the batch when pandera calls it."""

    code: str
    level: str
    judge: Callable[[], None]
    ledger: Ledger
    levels: _Levels

    def run(self, frame: pd.DataFrame) -> pd.Series[bool]:
        """Whether each submission, one row of the natural table of its form, passes."""
        self.levels.enter(self.level)
        try:
            self.judge()
        except Exception as error:
            log.error("check %s failed to run: %s", self.code, "; ".join(list_trace(error)))
            self.ledger.broken[self.code] = type(error).__name__
            raise
        return pd.Series(~self.ledger.failed_units(self.code), index=frame.index)


@dataclass
class _Levels:
    """Cells behind a rule that failed silence the rules of the next levels, not those of their own."""

    ledger: Ledger
    current: str = ""
    pending: list[tuple[str, Mask]] = field(default_factory=list)

    def enter(self, level: str) -> None:
        if level != self.current:
            for ref, units in self.pending:
                self.ledger.taint(ref, units)
            self.pending.clear()
            self.current = level


def _order_steps(
    cell_checks: Sequence[Check], batch: Batch, checks: Sequence[CompiledCheck], ledger: Ledger
) -> list[_Step]:
    levels = _Levels(ledger)
    steps = [_Step(check.code, check.level, _bind_cells(check, batch, ledger), ledger, levels) for check in cell_checks]
    steps += [
        _Step(compiled.code, compiled.check.level, _bind_rules(compiled, batch, ledger, levels), ledger, levels)
        for compiled in checks
        if compiled.rules
    ]
    return sorted(steps, key=lambda step: (LEVELS.index(step.level), step.code))


def _bind_cells(check: Check, batch: Batch, ledger: Ledger) -> Callable[[], None]:
    return lambda: _judge_cells(check, batch, ledger)


def _bind_rules(compiled: CompiledCheck, batch: Batch, ledger: Ledger, levels: _Levels) -> Callable[[], None]:
    return lambda: _judge_rules(compiled, batch, ledger, levels)


def _judge_cells(check: Check, batch: Batch, ledger: Ledger) -> None:
    """A cell kind over the fixed sheets and over every list. A cell that fails with an error is judged no further."""
    for table, unit in _list_tables(batch):
        outcome = CELL_KINDS[check.kind](table)
        if unit is None:
            outcome = _leave_tainted(outcome, table.cells, ledger)
        else:
            outcome = _leave_tainted_lines(outcome, table.cells, ledger, batch, unit)
        ledger.add_line_tally(check.code, *_flatten(outcome, unit))
        for row, column in np.argwhere(outcome.failed).tolist():
            owner = row if unit is None else int(unit[row])
            line = None if unit is None else _line_number(batch, table.cells[column].sheet, row)
            ledger.cell_failures.append(CellFailure(check.code, table.cells[column], owner, line))
            if check.severity == "error" and not check.trial and line is not None:
                ledger.taint_line(table.cells[column].ref, owner, line)
        if check.severity == "error" and unit is None and not check.trial:
            for column in np.nonzero(outcome.failed.any(axis=0))[0].tolist():
                ledger.taint(table.cells[column].ref, outcome.failed[:, column])


def _list_tables(batch: Batch) -> Iterator[tuple[CellTable, np.ndarray | None]]:
    """The fixed sheets as one table of submissions, then each list as a table of lines with their submissions."""
    yield _build_fixed_table(batch), None
    for sheet in batch.block.layout.sheets:
        if sheet.is_list:
            lines = batch.block.lists[sheet.id]
            columns = [lines.columns[cell.ref.partition(".")[2]] for cell in sheet.cells]
            numbers = [
                c / cell.factor if cell.is_numeric else np.full(lines.length, np.nan)
                for c, cell in zip(columns, sheet.cells, strict=True)
            ]
            filled = [_is_filled(column) for column in columns]
            shape = (lines.length, len(sheet.cells))
            table = CellTable(
                sheet.cells,
                np.reshape(np.array(numbers, dtype=float).T, shape),
                np.reshape(np.array(filled, dtype=bool).T, shape),
                _find_line_applicable(batch, sheet.cells, lines.unit),
            )
            yield table, lines.unit


def _build_fixed_table(batch: Batch) -> CellTable:
    """The cells as they were typed: their limits are those of the form they stand on."""
    block = batch.block
    cells = [cell for sheet in block.layout.sheets if not sheet.is_list for cell in sheet.cells]
    numbers = np.full((block.length, len(cells)), np.nan)
    filled = np.zeros((block.length, len(cells)), dtype=bool)
    applicable = np.ones((block.length, len(cells)), dtype=bool)
    for position, cell in enumerate(cells):
        column = block.find_column(cell.ref)
        assert column is not None
        filled[:, position] = _is_filled(column)
        if cell.is_numeric:
            numbers[:, position] = column / cell.factor
            applicable[:, position] = batch.applicable[:, block.index[cell.ref]]
        applicable[:, position] &= batch.present[cell.sheet]
    applicable &= _find_text_applicable(batch, cells)
    if not batch.source.attributes.are_known:
        applicable &= _find_begun(cells, filled)
    return CellTable(cells, numbers, filled, applicable)


def _find_begun(cells: Sequence[Cell], filled: Mask) -> Mask:
    """Cells of the sheets on which anything is filled: nobody knows which others the school should fill."""
    begun = np.zeros_like(filled)
    for sheet in {cell.sheet for cell in cells}:
        positions = [position for position, cell in enumerate(cells) if cell.sheet == sheet]
        begun[:, positions] = filled[:, positions].any(axis=1, keepdims=True)
    return begun


def _find_text_applicable(batch: Batch, cells: Sequence[Cell]) -> Mask:
    mask = np.ones((batch.block.length, len(cells)), dtype=bool)
    if not batch.source.attributes.columns:
        return mask
    texts = [(i, _list_conditions(batch, cell)) for i, cell in enumerate(cells) if not cell.is_numeric]
    masks = find_applicable(batch.source.catalogue, (t for _, own in texts for t in own), batch.source.attributes)
    for position, own in texts:
        mask[:, position] = holds_for_all(masks, own, batch.block.length)
    return mask


def _find_line_applicable(batch: Batch, cells: Sequence[Cell], unit: np.ndarray) -> Mask:
    mask = np.ones((len(unit), len(cells)), dtype=bool)
    if not batch.source.attributes.columns or not len(unit):
        return mask
    conditions = [_list_conditions(batch, cell) for cell in cells]
    masks = find_applicable(batch.source.catalogue, (t for own in conditions for t in own), batch.source.attributes)
    for position, own in enumerate(conditions):
        if own:
            mask[:, position] = holds_for_all(masks, own, batch.block.length)[unit]
    return mask


def _list_conditions(batch: Batch, cell: Cell) -> tuple[str, ...]:
    return list_conditions(cell, batch.block.layout, batch.source.attributes)


def _is_filled(column: Values) -> Mask:
    if holds_texts(column):
        return np.array([value is not None for value in column], dtype=bool)
    return ~np.isnan(column)


def _leave_tainted(outcome: CellOutcome, cells: Sequence[Cell], ledger: Ledger) -> CellOutcome:
    """Cells already refused on reading are not judged again."""
    failed = outcome.failed.copy()
    for position, cell in enumerate(cells):
        tainted = ledger.find_tainted((cell.ref,))
        if tainted is not None:
            failed[:, position] &= ~tainted
    return CellOutcome(outcome.applicable, failed)


def _leave_tainted_lines(
    outcome: CellOutcome, cells: Sequence[Cell], ledger: Ledger, batch: Batch, unit: np.ndarray
) -> CellOutcome:
    """The same for fields of a list, line by line of the workbook."""
    failed = outcome.failed.copy()
    for line, position in np.argwhere(failed).tolist():
        cell = cells[position]
        if ledger.is_line_tainted(cell.ref, int(unit[line]), _line_number(batch, cell.sheet, line)):
            failed[line, position] = False
    return CellOutcome(outcome.applicable, failed)


def _flatten(outcome: CellOutcome, unit: np.ndarray | None) -> tuple[np.ndarray, Mask, Mask, Mask]:
    rows, width = outcome.applicable.shape
    owners = np.repeat(np.arange(rows) if unit is None else unit, width)
    applicable = outcome.applicable.ravel()
    return owners, applicable, outcome.failed.ravel(), applicable


def _line_number(batch: Batch, sheet: str, line: int) -> int:
    return int(batch.block.lists[sheet].row[line])


def _judge_rules(compiled: CompiledCheck, batch: Batch, ledger: Ledger, levels: _Levels) -> None:
    check = compiled.check
    base = UnitScope(batch.source, limits=check.limits, blank_is_zero=check.blank != "any")
    for rule in compiled.rules:
        scope = replace(base, tolerance=rule.tolerance)
        if rule.list_sheet is not None:
            _judge_lines(compiled, rule, scope.lines_of(rule.list_sheet), ledger)
            continue
        applicable, failed, assessed = _assess(rule, scope)
        applicable &= _find_rule_applicable(rule, batch)
        tainted = ledger.find_tainted(rule.references)
        if tainted is not None:
            assessed &= ~tainted
        assessed &= applicable
        failed &= assessed
        ledger.add_tally(check.code, applicable, failed, assessed)
        for unit in np.nonzero(failed)[0]:
            ledger.rule_failures.append(RuleFailure(check.code, rule, int(unit)))
        if failed.any() and check.severity == "error" and not check.trial:
            levels.pending.extend((reference, failed) for reference in rule.references)


def _assess(rule: Rule, scope: UnitScope | LineScope) -> tuple[Mask, Mask, Mask]:
    """Applicable, failed and assessed units of a rule."""
    truth = evaluate_truth(rule.expression, scope)
    applicable, assessed = np.ones(scope.length, dtype=bool), truth.yes | truth.no
    if rule.when is not None:
        when = evaluate_truth(rule.when, scope)
        applicable, assessed = ~when.no, assessed & when.yes
    return applicable, truth.no.copy(), assessed


def _find_rule_applicable(rule: Rule, batch: Batch) -> Mask:
    """Submissions on a sheet of which the school fills one of the rule's own cells: it should, or it did."""
    index = batch.block.index
    own = [index[reference] for reference in rule.references if reference in index]
    if not own:
        return np.ones(batch.block.length, dtype=bool)
    sheets = {reference.partition("[")[0].partition(".")[0] for reference in rule.references}
    mask: Mask = np.logical_or.reduce(batch.applicable[:, own] | (batch.settled.numbers[:, own] != 0), axis=1)
    present = [batch.present[sheet] for sheet in sheets if sheet in batch.present]
    if not present:
        return mask
    is_there: Mask = np.logical_or.reduce(present)
    return mask & is_there


def _judge_lines(compiled: CompiledCheck, rule: Rule, scope: LineScope, ledger: Ledger) -> None:
    applicable, failed, assessed = _assess(rule, scope)
    assessed &= applicable
    failed &= assessed
    ledger.add_line_tally(compiled.code, scope.lines.unit, applicable, failed, assessed)
    for line in np.nonzero(failed)[0]:
        unit, row = int(scope.lines.unit[line]), int(scope.lines.row[line])
        ledger.rule_failures.append(RuleFailure(compiled.code, rule, unit, row))


def _compare_verdicts(errors: pa.errors.SchemaErrors, steps: Sequence[_Step], ledger: Ledger) -> None:
    """What pandera found failing must be what the ledger counted; a check that raised is said to be broken."""
    codes = {step.code for step in steps}
    for error in errors.schema_errors:
        code = error.check.name if isinstance(error.check, pa.Check) else ""
        if code not in codes:
            raise RuntimeError(f"the records are not of the declared types: {error}")
    failing = {error.check.name for error in errors.schema_errors} - set(ledger.broken)
    counted = {code for code in codes if ledger.failed_units(code).any()} - set(ledger.broken)
    if failing != counted:
        raise RuntimeError(f"checks disagree with the run: {sorted(failing ^ counted)}")
