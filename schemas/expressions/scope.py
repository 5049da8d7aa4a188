"""Where an expression's references get their columns: over units (submissions or schools) and over list lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.errors import ExpressionError
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import (
    AGGREGATES,
    Column,
    Numbers,
    Truth,
    aggregate_set,
    apply_plain_function,
    evaluate,
    evaluate_numbers,
    evaluate_truth,
)
from schemas.expressions.expand import spell_reference

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a list sheet, or the records of a sheet filed several times a year, of all units together."""

    unit: Positions
    row: Positions
    columns: Mapping[str, Column]
    submission: Positions | None = None
    """The submission each line stands in, where that is known; `row` is its row there."""

    @property
    def length(self) -> int:
        return len(self.unit)


class Source(Protocol):
    """The data behind a scope. `back` counts periods backwards: 0 is the period itself."""

    @property
    def length(self) -> int: ...

    def find_cell(self, ref: str, back: int) -> Column | None:
        """A cell of fixed sheets: NaN where missing, 0 where it does not apply; None if no sheet has it."""
        ...

    def is_list(self, sheet: str) -> bool:
        """True if the sheet is a list: a plain reference to it is the sum over its lines."""
        ...

    def find_lines(self, sheet: str, back: int) -> Lines | None:
        """The lines of a list sheet, or the records of a sheet filed several times; None if there is one record."""
        ...

    def find_attribute(self, name: str, back: int) -> Column | None:
        """An attribute of the school from the register."""
        ...


@dataclass(frozen=True, slots=True)
class UnitScope:
    """One value per unit."""

    source: Source
    limits: Mapping[str, float | str] = field(default_factory=dict)
    back: int = 0
    tolerance: float = 0.0
    blank_is_zero: bool = False

    @property
    def length(self) -> int:
        return self.source.length

    def resolve_reference(self, reference: s.Reference) -> Column:
        if self.source.is_list(reference.sheet):
            return self._reduce_lines(reference, self.lines_of(reference.sheet).lines)
        column = self.source.find_cell(spell_reference(reference), self.back)
        if column is None:
            raise ExpressionError(f"there is no {spell_reference(reference)} (position {reference.position})")
        if self.blank_is_zero and not isinstance(column, Truth) and column.dtype != object:
            return np.nan_to_num(column, nan=0.0)
        return column

    def resolve_set(self, reference: s.Reference) -> Sequence[Numbers]:
        raise ExpressionError(f"several cells need sum(…) or count(…) (position {reference.position})")

    def resolve_name(self, name: s.Name) -> Column:
        if name.id in self.limits:
            return _fill(self.limits[name.id], self.length)
        column = self.source.find_attribute(name.id, self.back)
        if column is None:
            raise ExpressionError(f"there is no attribute or limit {name.id} (position {name.position})")
        return column

    def evaluate_where(self, where: s.Where) -> Numbers:
        condition = evaluate_truth(where.condition, self)
        operand = evaluate_numbers(where.operand, self)
        return np.where(condition.yes, operand, np.where(condition.no, 0.0, np.nan))

    def evaluate_call(self, call: s.Call) -> Column:
        if call.function in ("prev", "growth"):
            return self._look_back(call)
        sheet = self._find_list(call)
        if sheet is not None:
            return self._aggregate_lines(call, sheet)
        return apply_plain_function(call, self)

    def lines_of(self, sheet: str) -> LineScope:
        """The scope over the lines of a list sheet. Raises ExpressionError if it is none."""
        lines = self.source.find_lines(sheet, self.back)
        if lines is None:
            raise ExpressionError(f"{sheet} is not a list")
        return LineScope(self, sheet, lines)

    def _look_back(self, call: s.Call) -> Numbers:
        operand, steps = call.arguments[0], _read_steps(call)
        earlier = evaluate_numbers(operand, replace(self, back=self.back + steps))
        if call.function == "prev":
            return earlier
        now = evaluate_numbers(operand, self)
        return np.divide(
            now - earlier, earlier, out=np.full_like(now, np.nan), where=(earlier != 0) & ~np.isnan(earlier)
        )

    def _find_list(self, call: s.Call) -> str | None:
        """The list sheet an aggregate runs over: named alone, or by the fields it speaks of."""
        if call.function not in AGGREGATES or not call.arguments:
            return None
        subject = call.arguments[0]
        if isinstance(subject, s.Name) and self.source.find_lines(subject.id, self.back) is not None:
            return subject.id
        for reference in s.find_references(subject):
            if self.source.find_lines(reference.sheet, self.back) is not None:
                return reference.sheet
        return None

    def _aggregate_lines(self, call: s.Call, sheet: str) -> Numbers:
        scope = self.lines_of(sheet)
        chosen = np.ones(scope.length, dtype=bool)
        if len(call.arguments) > 1:
            chosen = evaluate_truth(call.arguments[1], scope).yes
        subject = call.arguments[0]
        values = np.ones(scope.length) if isinstance(subject, s.Name) else evaluate_numbers(subject, scope)
        return reduce_lines(call.function, values[chosen], scope.lines.unit[chosen], self.length)

    def _reduce_lines(self, reference: s.Reference, lines: Lines) -> Column:
        column = _find_field(reference, lines)
        if isinstance(column, Truth) or column.dtype != object:
            return reduce_lines("sum", column, lines.unit, self.length)  # type: ignore[arg-type]
        texts = np.full(self.length, None, dtype=object)
        texts[lines.unit[::-1]] = column[::-1]  # the first line of each unit stays
        return texts


@dataclass(frozen=True, slots=True)
class LineScope:
    """One value per line of a list sheet; what belongs to the unit is repeated on its lines."""

    parent: UnitScope
    sheet: str
    lines: Lines

    @property
    def tolerance(self) -> float:
        return self.parent.tolerance

    @property
    def length(self) -> int:
        return self.lines.length

    def resolve_reference(self, reference: s.Reference) -> Column:
        if reference.sheet == self.sheet:
            return _find_field(reference, self.lines)
        return _repeat(self.parent.resolve_reference(reference), self.lines.unit)

    def resolve_set(self, reference: s.Reference) -> Sequence[Numbers]:
        return self.parent.resolve_set(reference)

    def resolve_name(self, name: s.Name) -> Column:
        if name.id in self.lines.columns:
            return self.lines.columns[name.id]
        return _repeat(self.parent.resolve_name(name), self.lines.unit)

    def evaluate_where(self, where: s.Where) -> Numbers:
        condition, operand = evaluate_truth(where.condition, self), evaluate_numbers(where.operand, self)
        return np.where(condition.yes, operand, np.where(condition.no, 0.0, np.nan))

    def evaluate_call(self, call: s.Call) -> Column:
        if call.function == "occurrences":
            return self._count_occurrences(call)
        if call.function in AGGREGATES or call.function in ("prev", "growth"):
            return _repeat(self.parent.evaluate_call(call), self.lines.unit)
        return apply_plain_function(call, self)

    def _count_occurrences(self, call: s.Call) -> Numbers:
        """How many lines of the same unit hold the same values; missing where any of them is."""
        columns = [evaluate(argument, self) for argument in call.arguments]
        keys = list(zip(self.lines.unit.tolist(), *(_as_list(column) for column in columns), strict=True))
        counts: dict[tuple[object, ...], int] = {}
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return np.array([np.nan if None in key else counts[key] for key in keys], dtype=np.float64)


def reduce_lines(function: str, values: Numbers, unit: Positions, length: int) -> Numbers:
    """Aggregate line values by unit. A missing value makes sum and mean of its unit missing; no lines sum to 0."""
    if function == "count":
        return np.bincount(unit[~np.isnan(values)], minlength=length).astype(np.float64)
    if function == "sum":
        return np.bincount(unit, weights=values, minlength=length)
    if function in ("avg", "mean"):
        known = ~np.isnan(values)
        counts = np.bincount(unit[known], minlength=length)
        sums = np.bincount(unit[known], weights=values[known], minlength=length)
        return np.divide(sums, counts, out=np.full(length, np.nan), where=counts > 0)
    reduced = np.full(length, np.nan)
    pick = np.fmin if function == "min" else np.fmax
    pick.at(reduced, unit, values)
    return reduced


def find_line_sheets(expression: s.Expression, source: Source) -> list[str]:
    """List sheets that an expression mentions outside aggregates: it speaks of each line of them."""
    found: list[str] = []

    def visit(part: s.Expression) -> None:
        if isinstance(part, s.Call) and part.function in AGGREGATES:
            return
        if isinstance(part, s.Reference) and part.sheet not in found and source.find_lines(part.sheet, 0) is not None:
            found.append(part.sheet)
        for child in s.find_children(part):
            visit(child)

    visit(expression)
    return found


def _find_field(reference: s.Reference, lines: Lines) -> Column:
    assert isinstance(reference.column, s.One)
    column = lines.columns.get(reference.column.id)
    if column is None:
        raise ExpressionError(f"{reference.sheet} has no field {reference.column.id} (position {reference.position})")
    return column


def _read_steps(call: s.Call) -> int:
    if len(call.arguments) < 2:
        return 1
    steps = call.arguments[1]
    if not isinstance(steps, s.Number):
        raise ExpressionError(f"{call.function}: the number of periods is written as a number")
    return int(steps.value)


def _fill(value: float | str, length: int) -> Column:
    return np.full(length, value, dtype=object if isinstance(value, str) else np.float64)


def _repeat(column: Column, unit: Positions) -> Column:
    if isinstance(column, Truth):
        return Truth(column.yes[unit], column.no[unit])
    return column[unit]


def _as_list(column: Column) -> list[object]:
    if isinstance(column, Truth):
        return list(column.yes)
    if column.dtype == object:
        return list(column)
    return [None if np.isnan(value) else float(value) for value in column]


__all__ = [
    "AGGREGATES", "LineScope", "Lines", "Source", "UnitScope", "aggregate_set", "find_line_sheets", "reduce_lines",
]  # fmt: skip
