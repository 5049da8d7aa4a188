"""Evaluations 评估: the unit rule per school, dispersion per criterion, requirements, and the verdict with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.dispersion import compute_dispersion, compute_mean, count_units
from flows.indicators.group_scope import GroupScope
from flows.indicators.requirements import RequirementResult, judge_requirements
from flows.indicators.switches import apply_switches, find_figures, find_replaced
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Criterion, Evaluation, Switch, Unit
from schemas.expressions import syntax as s
from schemas.expressions.columns import Numbers, Truth
from schemas.expressions.evaluate import EXACT, evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.rounding import round_half_up
from schemas.expressions.scope import UnitScope
from schemas.references import pick_switches


@dataclass(frozen=True, slots=True)
class CriterionValue:
    """One criterion of one unit: its value, and how it stands to the threshold. None: cannot be told."""

    criterion: str
    value: float
    threshold: float | None
    reached: bool | None
    above_floor: bool | None


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A school's part of one stage. `passed` is None where a value is missing and could decide."""

    school: str
    name: str
    stage: str
    size: float
    values: tuple[CriterionValue, ...]
    passed: bool | None

    @property
    def reached(self) -> int:
        return sum(value.reached is True for value in self.values)


@dataclass(frozen=True, slots=True)
class DispersionPart:
    """A unit behind a dispersion: its weight, and its value as the criterion gives it."""

    school: str
    size: float
    value: float


@dataclass(frozen=True, slots=True)
class DispersionResult:
    """差异系数 of one criterion and stage; of their mean where no criterion is named."""

    criterion: str
    stage: str
    mean: float
    dispersion: float
    units: int
    limit: float | None
    met: bool | None
    is_small_base: bool
    rounding_decides: bool
    parts: tuple[DispersionPart, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The evaluation of a district for a period."""

    evaluation: Evaluation
    period: str
    units: tuple[UnitResult, ...]
    dispersions: tuple[DispersionResult, ...]
    requirements: tuple[RequirementResult, ...]
    left_out: tuple[str, ...]
    passed: bool | None
    reasons: tuple[str, ...]
    switches: tuple[str, ...] = ()

    def name_schools(self) -> dict[str, str]:
        """School → its name, of all that are judged."""
        return {unit.school: unit.name for unit in self.units}


def evaluate_profile(desk: Desk, evaluation: Evaluation, period: str, switches: Sequence[str] = ()) -> EvaluationResult:
    """Evaluate the district. Raises ExpressionError where the profile names what is not there.

    Raises DefinitionError for a switch that the profile does not have.
    """
    chosen = pick_switches(evaluation, switches)
    profile = apply_switches(evaluation, chosen)
    units = [u for unit in profile.units for u in _judge_stage(desk, profile, unit, period, chosen)]
    dispersions = list(_judge_dispersion(desk, profile, period, chosen))
    requirements = judge_requirements(desk, profile, period, chosen)
    is_whole = _is_whole(desk, profile, period)
    passed, reasons = _conclude(profile, units, dispersions, requirements, is_whole=is_whole)
    judged = {unit.school for unit in units}
    left_out = tuple(school for school in desk.open_period(period).source.schools if school not in judged)
    return EvaluationResult(
        profile, period, tuple(units), tuple(dispersions), tuple(requirements), left_out, passed, tuple(reasons),
        tuple(switch.id for switch in chosen),
    )  # fmt: skip


def judge_units_for_scope(desk: Desk, evaluation: Evaluation, stage: str, scope: GroupScope) -> Truth:
    """The unit rule for every school of a scope: what passes(…) asks for."""
    unit = next(unit for unit in evaluation.units if unit.stage == stage)
    results = {u.school: u.passed for u in _judge_stage(desk, evaluation, unit, scope.source.period, ())}
    answers = [results.get(school) for school in scope.source.schools]
    yes, no = ([answer is wanted for answer in answers] for wanted in (True, False))
    return Truth(np.array(yes, dtype=bool), np.array(no, dtype=bool))


def count_failed_for_scope(desk: Desk, evaluation: Evaluation, parts: Sequence[str], scope: GroupScope) -> Numbers:
    """How many units, dispersions and requirements of the named parts are not met: what count_failed(…) asks for.

    It is the district that is evaluated: no part of it has such a number.
    """
    if not scope.groups.grouping.is_whole:
        return np.full(scope.length, np.nan)
    result = evaluate_profile(desk, evaluation, scope.source.period)
    failed = 0
    if evaluation.alias in parts:
        failed += sum(unit.passed is False for unit in result.units)
    if "cv" in parts:
        failed += sum(dispersion.met is False for dispersion in result.dispersions)
    failed += sum(r.met is False for r in result.requirements if r.requirement.id[:1] in parts)
    return np.full(scope.length, float(failed))


def _judge_stage(
    desk: Desk, evaluation: Evaluation, unit: Unit, period: str, switches: Sequence[Switch]
) -> Iterator[UnitResult]:
    view = desk.open_period(period)
    inside = desk.find_unit_schools(evaluation, unit.stage, view.source)
    sizes = _evaluate_units(desk, evaluation, unit.size, period)
    criteria = [criterion for criterion in evaluation.criteria if unit.stage in criterion.indicators]
    values = [_find_values(desk, evaluation, criterion, unit.stage, period, switches) for criterion in criteria]
    for row in np.nonzero(inside)[0]:
        judged = tuple(
            _judge_value(criterion, unit.stage, float(column[row]), evaluation)
            for criterion, column in zip(criteria, values, strict=True)
        )
        school = view.source.schools[row]
        position = view.register.index[school]
        yield UnitResult(
            school,
            view.register.names[position],
            unit.stage,
            float(sizes[row]),
            judged,
            _apply_rule(judged, evaluation),
        )


def _evaluate_units(desk: Desk, evaluation: Evaluation, text: str, period: str) -> Numbers:
    source = desk.open_period(period).source
    expression = translate_keys(parse_expression(text), desk.catalogue)
    return evaluate_numbers(expression, UnitScope(source, limits=evaluation.limits))


def _find_values(
    desk: Desk, evaluation: Evaluation, criterion: Criterion, stage: str, period: str, switches: Sequence[Switch]
) -> Numbers:
    """The criterion's value of every school, in the order of the period's schools."""
    indicator = criterion.indicators[stage]
    values, _ = find_figures(desk, indicator, stage, period)
    for favoured, other, _ in find_replaced(desk, evaluation, indicator, stage, period, switches):
        values = np.where(favoured, other, values)
    return values


def _judge_value(criterion: Criterion, stage: str, value: float, evaluation: Evaluation) -> CriterionValue:
    threshold = criterion.thresholds.get(stage)
    if threshold is None or np.isnan(value):
        return CriterionValue(criterion.id, value, threshold, None, None)
    slack = EXACT * max(1.0, abs(threshold))
    floor = evaluation.unit_rule.floor if evaluation.unit_rule else 1.0
    return CriterionValue(
        criterion.id, value, threshold, value >= threshold - slack, value >= floor * threshold - slack
    )


def _apply_rule(values: Sequence[CriterionValue], evaluation: Evaluation) -> bool | None:
    """At least so many criteria reached and every other at the floor; None where a missing value could decide."""
    rule = evaluation.unit_rule
    if rule is None:
        return None
    if any(value.above_floor is False for value in values):
        return False
    reached = sum(value.reached is True for value in values)
    unknown = sum(value.reached is None for value in values)
    if reached + unknown < rule.reach:
        return False
    return None if unknown else reached >= rule.reach


def _judge_dispersion(
    desk: Desk, evaluation: Evaluation, period: str, switches: Sequence[Switch]
) -> Iterator[DispersionResult]:
    for unit in evaluation.units:
        results = [
            _compute_dispersion(desk, evaluation, criterion, unit.stage, period, switches)
            for criterion in evaluation.criteria
            if unit.stage in criterion.dispersion
        ]
        yield from results
        if evaluation.dispersion is not None and evaluation.dispersion.rule == "mean" and results:
            yield _average(evaluation, unit.stage, results)


def _compute_dispersion(
    desk: Desk, evaluation: Evaluation, criterion: Criterion, stage: str, period: str, switches: Sequence[Switch]
) -> DispersionResult:
    """From the two columns of the indicator's cv(quantity, size): the mean is total over total."""
    scope, quantity, size = _read_columns(desk, criterion, stage, period)
    for favoured, _, other in find_replaced(
        desk, evaluation, criterion.indicators.get(stage, ""), stage, period, switches
    ):
        quantity = np.where(favoured, other, quantity)
    inside = scope.included & desk.find_unit_schools(evaluation, stage, scope.source)
    codes = np.where(inside, scope.groups.codes, -1)
    value = float(compute_dispersion(quantity, size, codes, 1)[0])
    factor = _find_factor(desk, criterion, stage)
    mean = factor * float(compute_mean(quantity, size, codes, 1)[0])
    counted = (codes >= 0) & (size > 0) & ~np.isnan(quantity)
    parts = tuple(
        DispersionPart(scope.source.schools[row], float(size[row]), factor * float(quantity[row] / size[row]))
        for row in np.nonzero(counted)[0]
    )
    units = int(count_units(quantity, size, codes, 1)[0])
    result = _build_dispersion(evaluation, criterion.id, stage, mean, value, units, per_criterion=True)
    return replace(result, parts=parts)


def _read_columns(desk: Desk, criterion: Criterion, stage: str, period: str) -> tuple[GroupScope, Numbers, Numbers]:
    """Quantity and size of every school as the indicator of dispersion names them, and the scope they stand in."""
    indicator = desk.catalogue.indicators[criterion.dispersion[stage]]
    own_stage = stage if stage in desk.list_stages(indicator) else desk.list_stages(indicator)[0]
    scope = desk.open_scope(indicator, period, stage=own_stage)
    call = parse_expression(indicator.numerator.replace("{stage}", own_stage))
    assert isinstance(call, s.Call)
    quantity, size = (scope.read_units(argument) for argument in call.arguments)
    return scope, quantity, size


def _find_factor(desk: Desk, criterion: Criterion, stage: str) -> float:
    indicator = criterion.indicators.get(stage)
    return desk.catalogue.indicators[indicator].factor if indicator else 1.0


def _build_dispersion(
    evaluation: Evaluation, criterion: str, stage: str, mean: float, value: float, units: int, *, per_criterion: bool
) -> DispersionResult:
    rule = evaluation.dispersion
    applies = rule is not None and (rule.rule == "each") == per_criterion
    limit = rule.limits.get(stage) if rule and applies else None
    met = None if limit is None or np.isnan(value) else value <= limit + EXACT
    printed = None if limit is None or np.isnan(value) else round_half_up(value, 3) <= limit + EXACT
    return DispersionResult(
        criterion, stage, mean, value, units, limit, met, 0 < units < evaluation.small_base, printed != met
    )


def _average(evaluation: Evaluation, stage: str, results: Sequence[DispersionResult]) -> DispersionResult:
    """The plain mean of all criteria: 综合差异系数."""
    value = float(np.mean([result.dispersion for result in results]))
    units = min(result.units for result in results)
    return _build_dispersion(evaluation, "", stage, np.nan, value, units, per_criterion=False)


def _is_whole(desk: Desk, evaluation: Evaluation, period: str) -> bool:
    """True if it is known of every school whether it is to be judged; a missing return can leave that open."""
    source = desk.open_period(period).source
    answers = [desk.ask_unit_schools(evaluation, unit.stage, source) for unit in evaluation.units]
    return all(bool((answer.yes | answer.no).all()) for answer in answers)


def _conclude(
    evaluation: Evaluation,
    units: Sequence[UnitResult],
    dispersions: Sequence[DispersionResult],
    requirements: Sequence[RequirementResult],
    *,
    is_whole: bool,
) -> tuple[bool | None, list[str]]:
    """Not met as soon as one part is not; undecided where one, or a school not heard of, could turn out either way."""
    answers = [unit.passed for unit in units if evaluation.unit_rule is not None]
    answers += [dispersion.met for dispersion in dispersions if dispersion.limit is not None]
    answers += [requirement.met for requirement in requirements]
    answers += [] if is_whole else [None]
    reasons = [f"unit:{u.school}:{u.stage}" for u in units if u.passed is False]
    reasons += [f"dispersion:{d.criterion or 'mean'}:{d.stage}" for d in dispersions if d.met is False]
    reasons += [f"requirement:{r.requirement.id}" for r in requirements if r.met is False]
    if any(answer is False for answer in answers):
        return False, reasons
    return (None if not answers or any(answer is None for answer in answers) else True), reasons
