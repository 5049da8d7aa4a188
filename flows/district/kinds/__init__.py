"""Kinds of check on the district: one kind, one file. Adding one means a file here and a line in DISTRICT_KINDS."""

from __future__ import annotations

from flows.district.kinds import (
    additive,
    closed,
    coverage,
    dispersion,
    formula,
    identical,
    missing,
    movement,
    once,
    provisional,
    rate,
    repeated,
    reporting,
    rounding,
    too_few,
    unit_rule,
)
from flows.district.outcome import DistrictKind

DISTRICT_KINDS: dict[str, DistrictKind] = {
    "district_formula": formula.judge,
    "missing_returns": missing.judge,
    "reporting_rate": reporting.judge,
    "closed_schools": closed.judge,
    "repeated_files": repeated.judge,
    "identical_sheets": identical.judge,
    "sums_of_groups": additive.judge,
    "counted_once": once.judge,
    "coverage": coverage.judge,
    "unit_rule": unit_rule.judge,
    "dispersion_limits": dispersion.judge,
    "rate_bounds": rate.judge,
    "movement": movement.judge,
    "rounding": rounding.judge,
    "small_base": too_few.judge,
    "provisional": provisional.judge,
}
