"""No more decimals than the field allows."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable, choose_cells

NOISE = 1e-6
"""Share of the last allowed decimal below which a rest is floating dirt."""


def find_failures(table: CellTable) -> CellOutcome:
    """Values with more decimals than declared; counts are judged by their own kind."""
    limited = [bool(cell.decimals) and cell.type not in ("count", "year") for cell in table.cells]
    applicable = choose_cells(table, limited)
    scale = 10.0 ** np.array([cell.decimals or 0 for cell in table.cells], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        scaled = table.numbers * scale
        excess = np.abs(scaled - np.round(scaled)) > NOISE * np.fmax(1.0, np.abs(scaled) * 1e-6)
    return CellOutcome(applicable, applicable & excess)
