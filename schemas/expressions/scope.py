"""Where an expression's references get their columns: over units (submissions or schools) and over list lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Column, Mask, Numbers, Truth, Values, holds_texts, list_values
from schemas.expressions.evaluate import (
    AGGREGATES,
    aggregate_set,
    apply_plain_function,
    divide,
    evaluate,
    evaluate_numbers,
    evaluate_truth,
)
from schemas.expressions.expand import spell_reference
from schemas.expressions.line_functions import LINE_FUNCTIONS, apply_line_function, list_line_keys
from schemas.expressions.peers import PEER_FUNCTIONS, summarise_peers

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a list sheet, or the records of a sheet filed several times a year, of all units together."""

    unit: Positions
    row: Positions
    columns: Mapping[str, Values]
    submission: Positions | None = None
    """The submission each line stands in, where that is known; `row` is its row there."""

    @property
    def length(self) -> int:
        return len(self.unit)


class Source(Protocol):
    """The data behind a scope. `back` counts periods backwards: 0 is the period itself."""

    @property
    def length(self) -> int: ...

    def find_cell(self, ref: str, back: int, /) -> Values | None:
        """A cell of fixed sheets: NaN where missing, 0 where it does not apply; None if no sheet has it."""
        ...

    def is_list(self, sheet: str, /) -> bool:
        """True if the sheet is a list: a plain reference to it is the sum over its lines."""
        ...

    def find_lines(self, sheet: str, back: int, /) -> Lines | None:
        """The lines of a list sheet, or the records of a sheet filed several times; None if there is one record."""
        ...

    def find_filed(self, sheet: str, back: int, /) -> Mask:
        """Units whose lines of a list are known: they filed it, if only without a line, or are not asked to."""
        ...

    def find_attribute(self, name: str, back: int, /) -> Values | None:
        """An attribute of the school from the register."""
        ...

    def find_peers(self) -> Source:
        """All units of the period, of which the own ones are some."""
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
            raise ExpressionError(problem("no_cell", ref=spell_reference(reference), position=reference.position))
        if not self.blank_is_zero or holds_texts(column):
            return column
        filled: Numbers = np.nan_to_num(column, nan=0.0)
        return filled

    def resolve_set(self, reference: s.Reference) -> Sequence[Numbers]:
        raise ExpressionError(problem("several_cells", sheet=reference.sheet, position=reference.position))

    def resolve_name(self, name: s.Name) -> Column:
        if name.id in self.limits:
            return _fill(self.limits[name.id], self.length)
        column = self.source.find_attribute(name.id, self.back)
        if column is None:
            raise ExpressionError(problem("no_attribute", name=name.id, position=name.position))
        return column

    def evaluate_where(self, where: s.Where) -> Numbers:
        condition = evaluate_truth(where.condition, self)
        operand = evaluate_numbers(where.operand, self)
        return np.where(condition.yes, operand, np.where(condition.no, 0.0, np.nan))

    def evaluate_call(self, call: s.Call) -> Column:
        if call.function in ("prev", "growth"):
            return self._look_back(call)
        if call.function in PEER_FUNCTIONS:
            return self._compare_with_peers(call)
        sheet = self._find_list(call)
        if sheet is not None:
            return self._aggregate_lines(call, sheet)
        return apply_plain_function(call, self)

    def lines_of(self, sheet: str) -> LineScope:
        """The scope over the lines of a list sheet. Raises ExpressionError if it is none."""
        lines = self.source.find_lines(sheet, self.back)
        if lines is None:
            raise ExpressionError(problem("no_list", sheet=sheet))
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

    def _compare_with_peers(self, call: s.Call) -> Numbers:
        """The usual value of the first argument among the units that have the same attributes."""
        peers = replace(self, source=self.source.find_peers())
        values = evaluate_numbers(call.arguments[0], peers)
        theirs = [evaluate(argument, peers) for argument in call.arguments[1:]]
        own = [evaluate(argument, self) for argument in call.arguments[1:]]
        return summarise_peers(call.function, values, theirs, own, self.length)

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
        reduced = reduce_lines(call.function, values[chosen], scope.lines.unit[chosen], self.length)
        return np.where(self.source.find_filed(sheet, self.back), reduced, np.nan)

    def _reduce_lines(self, reference: s.Reference, lines: Lines) -> Column:
        column = _find_field(reference, lines)
        if not holds_texts(column):
            summed = reduce_lines("sum", column, lines.unit, self.length)
            return np.where(self.source.find_filed(reference.sheet, self.back), summed, np.nan)
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
        if call.function == "before":
            return self._look_up_before(call)
        if call.function in LINE_FUNCTIONS:
            return apply_line_function(call, lambda argument: evaluate(argument, self), self.lines.unit)
        if call.function in AGGREGATES or call.function in ("prev", "growth") or call.function in PEER_FUNCTIONS:
            return _repeat(self.parent.evaluate_call(call), self.lines.unit)
        return apply_plain_function(call, self)

    def _look_up_before(self, call: s.Call) -> Values:
        """before(field, key…): the field on the line that had the same key a period earlier; missing if none had.

        Where several lines had it, it is what they agree on, or what the line says now if one of them said so.
        """
        field, *keys = call.arguments
        if not isinstance(field, s.Reference) or field.sheet != self.sheet or not keys:
            raise ExpressionError(problem("before_needs_fields", sheet=self.sheet, position=call.position))
        now = evaluate(field, self)
        assert not isinstance(now, Truth)
        earlier = replace(self.parent, back=self.parent.back + 1).lines_of(self.sheet)
        said: dict[tuple[object, ...], set[object]] = {}
        for key, value in zip(_list_line_keys(earlier, keys), list_values(evaluate(field, earlier)), strict=True):
            said.setdefault(key, set()).add(value)
        pairs = zip(_list_line_keys(self, keys), list_values(now), strict=True)
        found = [None if None in key else _settle(said.get(key, set()), value) for key, value in pairs]
        if holds_texts(now):
            return np.array(found, dtype=object)
        return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def _settle(said: set[object], now: object) -> object:
    """The one value said, or the present one if it was among several."""
    if len(said) > 1:
        return now if now in said else None
    return next(iter(said), None)


def reduce_lines(function: str, values: Numbers, unit: Positions, length: int) -> Numbers:
    """Aggregate line values by unit. A missing value makes sum and mean of its unit missing; no lines sum to 0."""
    if function == "count":
        return np.bincount(unit[~np.isnan(values)], minlength=length).astype(np.float64)
    if function == "sum":
        return np.bincount(unit, weights=values, minlength=length).astype(np.float64)
    if function in ("avg", "mean"):
        known = ~np.isnan(values)
        counts = np.bincount(unit[known], minlength=length)
        sums = np.bincount(unit[known], weights=values[known], minlength=length)
        return divide(sums.astype(np.float64), counts.astype(np.float64))
    reduced = np.full(length, np.nan)
    pick = np.fmin if function == "min" else np.fmax
    pick.at(reduced, unit, values)
    return reduced


def _list_line_keys(scope: LineScope, keys: Sequence[s.Expression]) -> list[tuple[object, ...]]:
    return list_line_keys([evaluate(key, scope) for key in keys], scope.lines.unit)


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


def _find_field(reference: s.Reference, lines: Lines) -> Values:
    assert isinstance(reference.column, s.One)
    column = lines.columns.get(reference.column.id)
    if column is None:
        raise ExpressionError(
            problem("no_field", sheet=reference.sheet, field=reference.column.id, position=reference.position)
        )
    return column


def _read_steps(call: s.Call) -> int:
    steps = call.arguments[1] if len(call.arguments) > 1 else s.Number(1)
    if not isinstance(steps, s.Number):
        raise ExpressionError(problem("steps_not_a_number", function=call.function))
    return int(steps.value)


def _fill(value: float | str, length: int) -> Values:
    return np.full(length, value, dtype=object if isinstance(value, str) else np.float64)


def _repeat(column: Column, unit: Positions) -> Column:
    if isinstance(column, Truth):
        return Truth(column.yes[unit], column.no[unit])
    return column[unit]


__all__ = [
    "AGGREGATES", "LineScope", "Lines", "Source", "UnitScope", "aggregate_set", "find_line_sheets", "reduce_lines",
]  # fmt: skip
