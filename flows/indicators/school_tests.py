"""What a requirement asks of every school: figures held against bounds, answered for all schools at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from schemas.catalogue import Catalogue
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Measure, Requirement
from schemas.expressions.columns import Mask, Numbers, Truth
from schemas.expressions.evaluate import EXACT, evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope


@dataclass(frozen=True, slots=True)
class SchoolTest:
    """One thing asked: the answer of every school, and the figures where a measure is behind it."""

    measure: Measure | None
    value: Numbers
    bound: Numbers
    truth: Truth

    @property
    def lack(self) -> Numbers:
        """By how much each school falls short; missing where that is not known, or no figure is behind it."""
        if self.measure is not None and self.measure.at_most is not None:
            return self.value - self.bound
        return self.bound - self.value


def find_concerned(requirement: Requirement, units: UnitScope, catalogue: Catalogue) -> Truth:
    """The schools a requirement is for: neither yes nor no where what decides on it is missing."""
    if requirement.schools is None:
        return Truth(np.ones(units.length, dtype=bool), np.zeros(units.length, dtype=bool))
    return evaluate_truth(translate_keys(parse_expression(requirement.schools), catalogue), units)


def ask_schools(requirement: Requirement, units: UnitScope, catalogue: Catalogue) -> list[SchoolTest]:
    """Every measure of a requirement and its condition, each answered for every school."""
    tests = [_measure_schools(measure, units, catalogue) for measure in requirement.measures]
    if requirement.met:
        truth = evaluate_truth(translate_keys(parse_expression(requirement.met), catalogue), units)
        nothing = np.full(units.length, np.nan)
        tests.append(SchoolTest(None, nothing, nothing, truth))
    return tests


def relax_tests(tests: Sequence[SchoolTest], relaxed: Sequence[SchoolTest], favoured: Mask) -> list[SchoolTest]:
    """The milder answer for the schools favoured, the usual one for the others."""
    return [_relax(strict, mild, favoured) for strict, mild in zip(tests, relaxed, strict=True)]


def _measure_schools(measure: Measure, units: UnitScope, catalogue: Catalogue) -> SchoolTest:
    bound_text = measure.at_least or measure.at_most or "0"
    value, bound = (
        evaluate_numbers(translate_keys(parse_expression(text), catalogue), units)
        for text in (measure.value, bound_text)
    )
    test = SchoolTest(measure, value, bound, Truth(np.zeros(units.length, bool), np.zeros(units.length, bool)))
    with np.errstate(invalid="ignore"):
        falls = test.lack > EXACT * np.fmax(1.0, np.abs(bound))
    known = ~np.isnan(test.lack)
    return replace(test, truth=Truth(known & ~falls, known & falls))


def _relax(strict: SchoolTest, mild: SchoolTest, favoured: Mask) -> SchoolTest:
    with np.errstate(invalid="ignore"):
        smaller = mild.truth.no & strict.truth.no & (mild.lack < strict.lack)
    better = favoured & ((mild.truth.yes & ~strict.truth.yes) | smaller)
    return SchoolTest(
        strict.measure, np.where(better, mild.value, strict.value), np.where(better, mild.bound, strict.bound),
        Truth(np.where(better, mild.truth.yes, strict.truth.yes), np.where(better, mild.truth.no, strict.truth.no)),
    )  # fmt: skip
