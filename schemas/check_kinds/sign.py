"""Counts and amounts are not negative, unless the field's sign policy says so."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable, choose_cells


def find_failures(table: CellTable) -> CellOutcome:
    """Negative values, and zeros where the field must be positive."""
    applicable = choose_cells(table, [cell.sign != "any" for cell in table.cells])
    positive = np.array([cell.sign == "positive" for cell in table.cells], dtype=bool)
    with np.errstate(invalid="ignore"):
        wrong = (table.numbers < 0) | (positive & (table.numbers <= 0))
    return CellOutcome(applicable, applicable & wrong)
