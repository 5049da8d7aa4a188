"""Which schools a return, sheet, line or cell concerns: conditions over the school's attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from schemas.catalogue import Catalogue
from schemas.compile import translate_keys
from schemas.expressions.columns import Mask, Values
from schemas.expressions.evaluate import evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines, UnitScope
from schemas.layout import Cell, FormLayout


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes of schools as columns, one value a school: the data behind conditions that ask nothing else."""

    length: int
    columns: Mapping[str, Values]
    are_known: bool = True
    """False where there is no register to ask: then a sheet concerns whoever began to fill it."""

    def find_cell(self, _ref: str, _back: int) -> Values | None:
        return None

    def is_list(self, _sheet: str) -> bool:
        return False

    def find_lines(self, _sheet: str, _back: int) -> Lines | None:
        return None

    def find_filed(self, _sheet: str, _back: int) -> Mask:
        return np.zeros(self.length, dtype=bool)

    def find_peers(self) -> Attributes:
        return self

    def find_attribute(self, name: str, _back: int) -> Values | None:
        return self.columns.get(name)


def find_applicable(catalogue: Catalogue, conditions: Iterable[str], attributes: Attributes) -> dict[str, Mask]:
    """Condition → schools it holds for. Where an attribute it asks for is missing it does not hold.

    Raises ExpressionError where a condition names no attribute.
    """
    scope = UnitScope(attributes)
    return {
        text: evaluate_truth(translate_keys(parse_expression(text), catalogue), scope).yes
        for text in dict.fromkeys(conditions)
    }


def list_conditions(cell: Cell, layout: FormLayout, attributes: Attributes) -> tuple[str, ...]:
    """What must hold for a cell to concern a school; without a register, beside what must hold for its whole sheet."""
    if attributes.are_known:
        return cell.applies
    sheet = layout.find_sheet(cell.sheet)
    return tuple(text for text in cell.applies if sheet is None or text != sheet.applies)


def holds_for_all(masks: Mapping[str, Mask], conditions: Iterable[str], length: int) -> Mask:
    """Schools for which every one of the conditions holds."""
    holds = np.ones(length, dtype=bool)
    for text in conditions:
        holds &= masks[text]
    return holds


def build_attributes(rows: list[Mapping[str, str | float | None]]) -> Attributes:
    """Attributes from one mapping a school; an empty text is missing."""
    names = dict.fromkeys(name for row in rows for name in row)
    return Attributes(len(rows), {name: _build_column([row.get(name) for row in rows]) for name in names})


def _build_column(values: list[str | float | None]) -> Values:
    if any(isinstance(value, str) for value in values):
        return np.array([value if isinstance(value, str) and value else None for value in values], dtype=object)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
