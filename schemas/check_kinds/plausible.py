"""A value lies within the hard plausibility range that its field declares."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable, choose_cells


def find_failures(table: CellTable) -> CellOutcome:
    """Values outside the declared minimum and maximum."""
    bounded = [cell.minimum is not None or cell.maximum is not None for cell in table.cells]
    applicable = choose_cells(table, bounded)
    low = np.array([-np.inf if cell.minimum is None else cell.minimum for cell in table.cells])
    high = np.array([np.inf if cell.maximum is None else cell.maximum for cell in table.cells])
    with np.errstate(invalid="ignore"):
        outside = (table.numbers < low) | (table.numbers > high)
    return CellOutcome(applicable, applicable & outside)
