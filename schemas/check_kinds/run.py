"""No long run of the same figure through neighbouring cells, as a copied formula or a dragged corner leaves it."""

from __future__ import annotations

import numpy as np

from schemas.check_kinds.table import CellOutcome, CellTable
from schemas.expressions.columns import Mask, Numbers

LONGEST = 9
"""So many neighbouring cells may hold the same figure other than 0."""


def find_failures(table: CellTable) -> CellOutcome:
    """The first cell of every run of more than LONGEST equal figures, in the order of the form. Totals are left out."""
    typed = np.array([cell.is_numeric and not cell.total for cell in table.cells], dtype=bool)
    applicable: Mask = table.filled & typed
    failed = np.zeros_like(applicable)
    columns = np.flatnonzero(typed)
    failed[:, columns] = _find_run_starts(table.numbers[:, columns])
    return CellOutcome(applicable, failed)


def _find_run_starts(numbers: Numbers) -> Mask:
    starts = np.zeros(numbers.shape, dtype=bool)
    if numbers.shape[1] <= LONGEST:
        return starts
    same = (numbers[:, 1:] == numbers[:, :-1]) & (numbers[:, 1:] != 0)
    for row in np.flatnonzero(same.sum(axis=1) >= LONGEST):
        begin = 0
        for position in range(1, numbers.shape[1] + 1):
            if position == numbers.shape[1] or not same[row, position - 1]:
                starts[row, begin] = position - begin > LONGEST
                begin = position
    return starts
