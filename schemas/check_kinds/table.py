"""What kinds of check are given: the cells of many submissions, or the fields of many list lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.expressions.columns import Mask, Numbers
from schemas.layout import Cell


@dataclass(frozen=True, slots=True)
class CellTable:
    """One row a unit, one column a cell. `numbers` is NaN where there is none; `filled` tells answers of any type."""

    cells: Sequence[Cell]
    numbers: Numbers
    filled: Mask
    applicable: Mask


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """Where the check applied, and where it failed. Applicable and not failed is passed."""

    applicable: Mask
    failed: Mask


CellKind = Callable[[CellTable], CellOutcome]


def choose_cells(table: CellTable, wanted: Sequence[bool]) -> Mask:
    """Filled cells of the columns wanted."""
    columns = np.array([w and cell.is_numeric for w, cell in zip(wanted, table.cells, strict=True)], dtype=bool)
    chosen: Mask = table.filled & columns
    return chosen
