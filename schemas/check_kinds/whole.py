"""A count has no fractional part; the stored value counts, not the one displayed."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable, choose_cells
from schemas.expressions.evaluate import EXACT


def find_failures(table: CellTable) -> CellOutcome:
    """Fractions in cells declared to hold whole numbers."""
    applicable = choose_cells(table, [cell.type in ("count", "year") for cell in table.cells])
    with np.errstate(invalid="ignore"):
        fraction = np.abs(table.numbers - np.round(table.numbers)) > EXACT * np.fmax(1.0, np.abs(table.numbers))
    return CellOutcome(applicable, applicable & fraction)
