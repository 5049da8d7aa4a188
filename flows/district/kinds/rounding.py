"""A verdict is the same for the figure and for what is printed of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check
from schemas.expressions.evaluate import EXACT
from schemas.expressions.rounding import round_half_up

UNIT_DECIMALS = 2
"""Values of schools are printed with two decimals in application tables."""


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a figure with a target, a school's criterion with a threshold, and a dispersion with a ceiling."""
    yield from _judge_figures(facts)
    result = facts.evaluations.get(str(check.parameters["evaluation"]))
    if result is None:
        return
    names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
    for unit in result.units:
        for value in unit.values:
            if value.threshold is not None and not math.isnan(value.value):
                rounded = round_half_up(value.value, UNIT_DECIMALS) >= value.threshold - EXACT
                subject = f"{unit.name}{names[value.criterion]}"
                yield Outcome(subject, rounded == value.reached, {"indicator": subject, "x": spell(value.value, 4)})
    for entry in result.dispersions:
        subject = facts.label_dispersion(names.get(entry.criterion), entry.stage)
        yield Outcome(subject, not entry.rounding_decides, {"indicator": subject, "x": spell(entry.dispersion, 5)})


def _judge_figures(facts: DistrictFacts) -> Iterator[Outcome]:
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        exact = None if by else facts.judge(indicator_id, stage, shown)
        if exact is None or exact.target is None or math.isnan(shown.value):
            continue
        indicator = facts.catalogue.indicators[indicator_id]
        printed = facts.judge(indicator_id, stage, shown.round_value(indicator.decimals))
        name = f"{indicator.name.zh}{facts.label_stage(stage)}"
        yield Outcome(name, printed.status == exact.status, {"indicator": name, "x": spell(shown.value, 4)})
