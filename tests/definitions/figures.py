"""Figures of a few units written down in a test: what an expression is evaluated over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from schemas.expressions.columns import Mask, Truth, Values
from schemas.expressions.evaluate import evaluate, evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines, UnitScope

Value = float | str | None
Answer = bool | None


@dataclass(frozen=True)
class Figures:
    """Reference → one value a unit, by how many periods ago; None is missing. Lists have lines of (unit, fields)."""

    now: Mapping[str, Sequence[Value]]
    before: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[tuple[int, Mapping[str, Value]]]] = field(default_factory=dict)
    attributes: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    unfiled: frozenset[tuple[str, int]] = frozenset()
    """Lists that a unit owes and did not file."""

    @property
    def length(self) -> int:
        columns = [*self.now.values(), *self.attributes.values()]
        return len(columns[0]) if columns else 1 + max(unit for lines in self.lists.values() for unit, _ in lines)

    def find_cell(self, ref: str, back: int, /) -> Values | None:
        values = (self.now, self.before)[back].get(ref) if back < 2 else None
        return None if values is None else build_column(values)

    def is_list(self, sheet: str, /) -> bool:
        return sheet in self.lists

    def find_lines(self, sheet: str, _back: int, /) -> Lines | None:
        if sheet not in self.lists:
            return None
        lines = self.lists[sheet]
        names = dict.fromkeys(name for _, values in lines for name in values)
        columns = {name: build_column([values.get(name) for _, values in lines]) for name in names}
        return Lines(np.array([unit for unit, _ in lines], dtype=np.int64), np.arange(len(lines)), columns)

    def find_filed(self, sheet: str, _back: int, /) -> Mask:
        return np.array([(sheet, unit) not in self.unfiled for unit in range(self.length)], dtype=bool)

    def find_attribute(self, name: str, _back: int, /) -> Values | None:
        values = self.attributes.get(name)
        return None if values is None else build_column(values)


def build_column(values: Sequence[Value]) -> Values:
    if any(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def compute(text: str, figures: Figures, **limits: float) -> list[float | None]:
    """The expression's number for every unit; None where it is missing."""
    column = evaluate_numbers(parse_expression(text), UnitScope(figures, limits=limits))
    return [None if np.isnan(value) else float(value) for value in column]


def answer(text: str, figures: Figures, *, tolerance: float = 0.0) -> list[Answer]:
    """The condition's answer for every unit; None where a missing operand leaves it open."""
    truth = evaluate(parse_expression(text), UnitScope(figures, tolerance=tolerance))
    assert isinstance(truth, Truth)
    return [True if yes else False if no else None for yes, no in zip(truth.yes, truth.no, strict=True)]
