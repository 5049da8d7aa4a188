"""The public shape of `huizong evaluate --json`: the verdict, what it rests on, and what is lacking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.commands.words import drop_nan
from flows.indicators.evaluations import DispersionResult, EvaluationResult, UnitResult
from flows.indicators.gaps import Gap
from flows.indicators.lifts import Lift
from flows.indicators.requirements import RequirementResult


@dataclass(frozen=True, slots=True)
class Findings:
    """An evaluation with its gap list and the cheapest lifts."""

    result: EvaluationResult
    gaps: Sequence[Gap]
    lifts: Sequence[Lift]


def build_evaluation_json(findings: Findings) -> dict[str, Any]:
    """Figures that are missing are null; `met`, `passed` and `reached` are null where nobody can tell.

    `gaps`: what each school lacks, `amount` being shortfall × size and `needed` the same in whole pieces. `lifts`: for
    each coefficient above its limit the additions of least total that bring it within; with `alternative` it is the
    mean of several that is limited, and any one of the lifts of the stage is enough.
    """
    result = findings.result
    return {
        "profile": result.evaluation.id,
        "period": result.period,
        "passed": result.passed,
        "reasons": list(result.reasons),
        "switches": list(result.switches),
        "criteria": [
            {"id": c.id, "name_zh": c.name.zh, "thresholds": dict(c.thresholds)} for c in result.evaluation.criteria
        ],
        "dispersions": [_build_dispersion(dispersion) for dispersion in result.dispersions],
        "schools": [_build_unit(unit) for unit in result.units],
        "requirements": [_build_requirement(judged) for judged in result.requirements],
        "gaps": [_build_gap(gap) for gap in findings.gaps],
        "lifts": [_build_lift(lift) for lift in findings.lifts],
        "left_out": list(result.left_out),
    }


def _build_dispersion(dispersion: DispersionResult) -> dict[str, Any]:
    return {
        "criterion": dispersion.criterion, "stage": dispersion.stage, "mean": drop_nan(dispersion.mean),
        "dispersion": drop_nan(dispersion.dispersion), "units": dispersion.units, "limit": dispersion.limit,
        "met": dispersion.met,
    }  # fmt: skip


def _build_unit(unit: UnitResult) -> dict[str, Any]:
    return {
        "school": unit.school, "name": unit.name, "stage": unit.stage, "size": drop_nan(unit.size),
        "passed": unit.passed, "reached": unit.reached,
        "values": [
            {
                "criterion": v.criterion, "value": drop_nan(v.value), "threshold": v.threshold, "reached": v.reached,
                "above_floor": v.above_floor,
            }
            for v in unit.values
        ],
    }  # fmt: skip


def _build_requirement(judged: RequirementResult) -> dict[str, Any]:
    requirement = judged.requirement
    return {
        "id": requirement.id, "part_zh": requirement.part.zh, "name_zh": requirement.name.zh, "met": judged.met,
        "nearly": judged.nearly, "value": drop_nan(judged.value), "unit": requirement.unit,
        "threshold": requirement.threshold, "short": list(judged.short), "unknown": list(judged.unknown),
        "evidence": judged.evidence,
        "figures": [
            {"name_zh": figure.name.zh, "value": drop_nan(value), "unit": figure.unit}
            for figure, value in zip(requirement.figures, judged.figures, strict=True)
        ],
    }  # fmt: skip


def _build_gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind, "item": gap.item, "name_zh": gap.name, "school": gap.school, "name": gap.school_name,
        "stage": gap.stage, "size": drop_nan(gap.size), "value": drop_nan(gap.value),
        "threshold": drop_nan(gap.threshold), "shortfall": drop_nan(gap.shortfall), "unit": gap.unit,
        "amount": drop_nan(gap.amount), "needed": drop_nan(gap.needed), "amount_unit": gap.amount_unit,
        "excess": gap.is_excess, "above_floor": gap.above_floor,
    }  # fmt: skip


def _build_lift(lift: Lift) -> dict[str, Any]:
    return {
        "criterion": lift.criterion, "stage": lift.stage, "before": lift.before, "limit": lift.limit,
        "after": lift.after, "level": lift.level, "amount": lift.amount, "unit": lift.unit,
        "alternative": lift.is_alternative,
        "schools": [
            {
                "school": school.school, "name": school.name, "value": school.value, "target": school.target,
                "amount": school.amount,
            }
            for school in lift.schools
        ],
    }  # fmt: skip
