"""Columns: one value per unit or line, all at once.

Numbers are float arrays with NaN for missing, texts are object arrays with None for missing, and
conditions have three values: yes, no, and neither where an operand is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Numbers = NDArray[np.float64]
Texts = NDArray[np.object_]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition's answer per unit: yes, no, or neither (an operand is missing)."""

    yes: Mask
    no: Mask


Values = Numbers | Texts
"""What fields and attributes hold."""

Column = Values | Truth


def holds_texts(column: Column) -> TypeIs[Texts]:
    """True for a column of texts, False for numbers and answers."""
    return not isinstance(column, Truth) and column.dtype == object


def list_values(column: Column) -> list[object]:
    """The column as a list that can be hashed value by value; None for missing, yes and no as True and False."""
    if isinstance(column, Truth):
        return [None if not (yes or no) else bool(yes) for yes, no in zip(column.yes, column.no, strict=True)]
    if holds_texts(column):
        return list(column)
    return [None if np.isnan(value) else float(value) for value in column]
