"""差异系数 of every criterion, or their mean, stays below its ceiling."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from flows.indicators.evaluations import EvaluationResult
from schemas.definitions.checks import Check


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a criterion and stage, or a stage where the evaluation limits the mean. Parameter: evaluation."""
    result = facts.evaluations.get(str(check.parameters["evaluation"]))
    if result is None or result.evaluation.dispersion is None:
        return
    if result.evaluation.dispersion.rule == "mean":
        yield from _judge_mean(result, facts)
        return
    names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
    for entry in result.dispersions:
        values = {
            "indicator": names[entry.criterion], "stage": facts.label_stage(entry.stage),
            "cv": spell(entry.dispersion, 3), "limit": spell(entry.limit if entry.limit is not None else math.nan),
        }  # fmt: skip
        yield Outcome(names[entry.criterion], entry.met, values)


def _judge_mean(result: EvaluationResult, facts: DistrictFacts) -> Iterator[Outcome]:
    """The mean stands among the dispersions as the one that names no criterion."""
    for entry in result.dispersions:
        if entry.criterion:
            continue
        limit = entry.limit if entry.limit is not None else math.nan
        values = {"stage": facts.label_stage(entry.stage), "cv": spell(entry.dispersion, 3), "limit": spell(limit)}
        yield Outcome(facts.label_stage(entry.stage), entry.met, values)
