"""Every school reaches what the rule of an evaluation asks of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from flows.indicators.evaluations import UnitResult
from schemas.definitions.checks import Check


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a school and stage. Parameter: evaluation."""
    result = facts.evaluations.get(str(check.parameters["evaluation"]))
    for unit in result.units if result is not None else ():
        least = _find_least(unit)
        values = {
            "school": unit.name, "k": unit.reached, "of": len(unit.values), "p": spell(100 * least, 1),
            "stage": facts.label_stage(unit.stage),
        }  # fmt: skip
        yield Outcome(f"{unit.school} {unit.name}", unit.passed, values)


def _find_least(unit: UnitResult) -> float:
    """The smallest share of its threshold that a criterion reaches."""
    shares = [value.value / value.threshold for value in unit.values if value.threshold]
    known = [share for share in shares if not math.isnan(share)]
    return min(known, default=math.nan)
