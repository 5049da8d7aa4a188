"""Requirements of an evaluation beside its criteria: by a formula over the district or its schools, or by evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.group_scope import GroupScope
from flows.indicators.groups import Grouping
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Evaluation, Requirement, Switch
from schemas.definitions.indicators import Indicator
from schemas.errors import ExpressionError
from schemas.expressions.columns import Truth
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope
from schemas.expressions.syntax import Expression


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """Whether a requirement is met (None: cannot be told), the figure behind it, and the schools that fall short."""

    requirement: Requirement
    met: bool | None
    value: float
    short: tuple[str, ...] = ()
    evidence: str = ""


def judge_requirements(
    desk: Desk, evaluation: Evaluation, period: str, switches: Sequence[Switch]
) -> list[RequirementResult]:
    """All requirements in the order of the profile."""
    judged = {"district": _judge_district, "schools": _judge_schools, "evidence": _judge_evidence}
    return [judged[r.judged](desk, evaluation, r, period, switches) for r in evaluation.requirements]


def _judge_district(
    desk: Desk, evaluation: Evaluation, requirement: Requirement, period: str, _switches: Sequence[Switch]
) -> RequirementResult:
    scope = _open_scope(desk, evaluation, requirement, period)
    met = _answer(evaluate_truth(_parse(desk, requirement.met), scope)) if requirement.met else None
    return RequirementResult(requirement, met, _find_value(desk, requirement, scope))


def _judge_schools(
    desk: Desk, evaluation: Evaluation, requirement: Requirement, period: str, switches: Sequence[Switch]
) -> RequirementResult:
    """Met when no more schools fall short than allowed; undecided where one could still be too many."""
    source = desk.open_period(period).source
    units = UnitScope(source, limits=evaluation.limits)
    concerned = np.ones(source.length, dtype=bool)
    if requirement.schools:
        concerned = evaluate_truth(_parse(desk, requirement.schools), units).yes
    truth = evaluate_truth(_parse(desk, requirement.met), units)
    no, unknown = truth.no & concerned, ~(truth.yes | truth.no) & concerned
    for switch in switches:
        no, unknown = _relax(desk, evaluation, requirement, switch, units, no, unknown)
    most = requirement.count or 0
    met = False if no.sum() > most else None if (no | unknown).sum() > most else True
    short = tuple(school for school, falls in zip(source.schools, no, strict=True) if falls)
    scope = _open_scope(desk, evaluation, requirement, period)
    value = _find_value(desk, requirement, scope) if requirement.value else float(no.sum())
    return RequirementResult(requirement, met, value, short)


def _judge_evidence(
    desk: Desk, evaluation: Evaluation, requirement: Requirement, period: str, _switches: Sequence[Switch]
) -> RequirementResult:
    """What the bureau filed as its own judgement, with the document behind it."""
    where = evaluation.evidence
    if where is None:
        return RequirementResult(requirement, None, np.nan)
    lines = desk.open_period(period).source.list_district_lines(where.sheet)
    for item, met, note in zip(*(lines.columns[name] for name in (where.item, where.met, where.note)), strict=True):
        if item == requirement.id:
            return RequirementResult(requirement, {"Y": True, "N": False}.get(met), np.nan, evidence=note or "")
    return RequirementResult(requirement, None, np.nan)


def _relax(
    desk: Desk,
    evaluation: Evaluation,
    requirement: Requirement,
    switch: Switch,
    units: UnitScope,
    no: np.ndarray,
    unknown: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Schools that meet the condition of a switch are judged with its limits in place of the usual ones."""
    if requirement.id not in switch.requirements or switch.condition is None:
        return no, unknown
    favoured = evaluate_truth(_parse(desk, switch.condition), units).yes
    if switch.excludes:
        return no & ~favoured, unknown & ~favoured
    relaxed = UnitScope(units.source, limits={**evaluation.limits, **switch.limits})
    truth = evaluate_truth(_parse(desk, requirement.met), relaxed)
    return np.where(favoured, truth.no & no, no), np.where(favoured, ~(truth.yes | truth.no) & unknown, unknown)


def _open_scope(desk: Desk, evaluation: Evaluation, requirement: Requirement, period: str) -> GroupScope:
    """The whole district, with the profile's limits, schools counted that reported what the formulas ask for."""
    formula = requirement.met or requirement.value or "0"
    probe = Indicator.model_validate(
        {
            "id": f"{evaluation.id}_{requirement.id}", "name": requirement.name.zh, "kind": "boolean", "decimals": 0,
            "numerator": formula, "limits": evaluation.limits,
        }
    )  # fmt: skip
    return desk.open_scope(probe, period, Grouping())


def _find_value(desk: Desk, requirement: Requirement, scope: GroupScope) -> float:
    if not requirement.value:
        return float("nan")
    return float(evaluate_numbers(_parse(desk, requirement.value), scope)[0])


def _parse(desk: Desk, text: str | None) -> Expression:
    if text is None:
        raise ExpressionError("this requirement has no formula")
    return translate_keys(parse_expression(text), desk.catalogue)


def _answer(truth: Truth) -> bool | None:
    return True if bool(truth.yes[0]) else False if bool(truth.no[0]) else None
