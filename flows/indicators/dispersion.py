"""差异系数: the coefficient of variation of schools weighted by size, as the official hand-outs define it.

For schools i with size Pᵢ and quantity xᵢ: Xᵢ = xᵢ/Pᵢ, X̄ = Σxᵢ/ΣPᵢ, S = √(Σ (Pᵢ/P)(Xᵢ − X̄)²), CV = S/X̄
(definitions.md §5.1). It is neither the plain mean of the Xᵢ nor an n−1 deviation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schemas.expressions.columns import Numbers

Codes = NDArray[np.int64]


def compute_dispersion(quantity: Numbers, size: Numbers, codes: Codes, groups: int) -> Numbers:
    """CV of each group. Units without size or with missing quantity are left out; undefined (NaN) where X̄ is 0."""
    counted = (codes >= 0) & (size > 0) & ~np.isnan(quantity)
    group, x, p = codes[counted], quantity[counted], size[counted]
    total_size = np.bincount(group, weights=p, minlength=groups)
    total_quantity = np.bincount(group, weights=x, minlength=groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total_quantity / total_size
        squared = (x / p - mean[group]) ** 2 * p / total_size[group]
        deviation = np.sqrt(np.bincount(group, weights=squared, minlength=groups))
        dispersion: Numbers = np.where(mean != 0, deviation / mean, np.nan)
    return dispersion


def compute_mean(quantity: Numbers, size: Numbers, codes: Codes, groups: int) -> Numbers:
    """Total over total of each group: the district mean that dispersion is reckoned from."""
    counted = (codes >= 0) & (size > 0) & ~np.isnan(quantity)
    total_size = np.bincount(codes[counted], weights=size[counted], minlength=groups)
    total_quantity = np.bincount(codes[counted], weights=quantity[counted], minlength=groups)
    mean: Numbers = np.full(groups, np.nan)
    np.divide(total_quantity, total_size, out=mean, where=total_size > 0)
    return mean


def count_units(quantity: Numbers, size: Numbers, codes: Codes, groups: int) -> NDArray[np.int64]:
    """How many units stand behind the dispersion of each group."""
    counted = (codes >= 0) & (size > 0) & ~np.isnan(quantity)
    return np.bincount(codes[counted], minlength=groups)
