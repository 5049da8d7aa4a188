"""Kinds of check that judge cells one by one: one kind, one file. Formulas are compiled in `schemas/compile.py`.

A kind is a function of a table of cells; adding one means a file here and a line in `CELL_KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class DistrictKind:
    """What a kind of check on the district offers its messages beside {subject}, and what a check must give it."""

    offers: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()


def _describe(offers: str = "", parameters: str = "", limits: str = "") -> DistrictKind:
    return DistrictKind(*(frozenset(names.split()) for names in (offers, parameters, limits)))


DISTRICT_KINDS: Mapping[str, DistrictKind] = {
    "district_formula": _describe("school stage heirs", parameters="formula"),
    "missing_returns": _describe("list n"),
    "reporting_rate": _describe("r t"),
    "closed_schools": _describe("reason", parameters="closed empty"),
    "repeated_files": _describe("first second"),
    "identical_sheets": _describe("schools sheet"),
    "sums_of_groups": _describe("a b"),
    "counted_once": _describe("schools"),
    "coverage": _describe("x reported expected"),
    "unit_rule": _describe("school k of p stage", parameters="evaluation"),
    "dispersion_limits": _describe("indicator stage cv limit", parameters="evaluation"),
    "rate_bounds": _describe("indicator x", limits="most most_gross"),
    "movement": _describe("indicator d unit", limits="points share"),
    "rounding": _describe("indicator x", parameters="evaluation"),
    "small_base": _describe("indicator", limits="denominator"),
    "provisional": _describe("n queries"),
}
"""Kinds of check on the whole district; `flows/district/kinds` has one file for each."""

CELL_OFFERS = frozenset({"cell", "label", "got", "n", "unit", "lo", "hi"})
"""What messages of checks of single cells may name: place, value, decimals, unit and bounds."""

FORMULA_OFFERS = frozenset({"cell", "label", "sheet", "row", "column", "a", "b", "d", "p"})
"""What messages of formulas may name: place, both sides of the comparison, how far they lie apart."""
