"""A rate rests on enough cases, a dispersion on enough schools."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a rate with a denominator, and a dispersion of an evaluation. Limit: denominator."""
    least = float(check.limits["denominator"])
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        indicator = facts.catalogue.indicators[indicator_id]
        if by or indicator.kind != "rate" or not indicator.denominator:
            continue
        known = not math.isnan(shown.denominator) and shown.denominator > 0
        name = f"{indicator.name.zh}{facts.label_stage(stage)}"
        yield Outcome(name, shown.denominator >= least if known else None, {"indicator": name})
    for result in facts.evaluations.values():
        names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
        for entry in result.dispersions:
            name = facts.label_dispersion(names.get(entry.criterion), entry.stage)
            yield Outcome(name, not entry.is_small_base if entry.units else None, {"indicator": name})
