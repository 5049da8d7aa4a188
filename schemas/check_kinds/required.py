"""A required cell is not blank. Blank is no answer; zero is one."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable


def find_failures(table: CellTable) -> CellOutcome:
    """Blank cells that must be filled. Totals are computed and never asked for."""
    required = np.array([cell.required and not cell.total for cell in table.cells], dtype=bool)
    applicable = table.applicable & required
    return CellOutcome(applicable, applicable & ~table.filled)
