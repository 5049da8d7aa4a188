"""Kinds of check that judge cells one by one: one kind, one file. Formulas are compiled in `schemas/compile.py`.

A kind is a function of a table of cells; adding one means a file here and a line in `CELL_KINDS`.
"""

from __future__ import annotations

from schemas.check_kinds import decimals, plausible, required, run, sign, whole
from schemas.check_kinds.table import CellKind

CELL_KINDS: dict[str, CellKind] = {
    "required": required.find_failures,
    "whole": whole.find_failures,
    "sign": sign.find_failures,
    "decimals": decimals.find_failures,
    "plausible": plausible.find_failures,
    "repeated_run": run.find_failures,
}

OTHER_KINDS = frozenset({"formula", "signal"})
"""Kinds that are not judged cell by cell: rules, and what reading noticed."""

DISTRICT_KINDS = frozenset({
    "district_formula", "missing_returns", "reporting_rate", "closed_schools", "repeated_files", "identical_sheets",
    "sums_of_groups", "counted_once", "coverage", "unit_rule", "dispersion_limits", "rate_bounds", "movement",
    "rounding", "small_base", "provisional",
})  # fmt: skip
"""Kinds of check on the whole district; `flows/district/kinds` has one file for each."""
