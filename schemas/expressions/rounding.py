"""Rounding as figures are printed: half away from zero, with what binary fractions lose made good."""

from __future__ import annotations

import math

import numpy as np

from schemas.expressions.columns import Numbers

LACKING = 1e-9
"""What a binary fraction may lack of the half that it stands for."""


def round_half_up(value: float, decimals: int) -> float:
    """A figure as printed; NaN and infinity stay as they are."""
    if math.isnan(value) or math.isinf(value):
        return value
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5 + LACKING), value) / scale + 0.0


def round_all_half_up(values: Numbers, digits: Numbers | None = None) -> Numbers:
    """The same for a column of figures."""
    scale = 10.0 ** (digits if digits is not None else np.zeros_like(values))
    rounded: Numbers = np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + LACKING) / scale
    return rounded
