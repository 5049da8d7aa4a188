"""Gap lists 差距清单: which school lacks how much of what, by the criteria and the requirements of an evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.indicators.evaluations import CriterionValue, EvaluationResult, UnitResult
from flows.indicators.requirements import Shortfall
from schemas.catalogue import Catalogue
from schemas.definitions.evaluations import Amount, Criterion, Requirement
from schemas.expressions.evaluate import EXACT


@dataclass(frozen=True, slots=True)
class Gap:
    """What one school lacks of one thing.

    Of a criterion `shortfall` is in the indicator's unit, and `amount` is that times the unit's size, in `amount_unit`.
    Of a requirement there is an amount only: what is missing, or what is too much. `needed` is the amount in whole
    pieces where it comes in pieces. `above_floor`: whether the value reaches the floor that the rule for units sets;
    None where there is no such floor.
    """

    kind: Literal["criterion", "requirement"]
    item: str
    name: str
    school: str
    school_name: str
    stage: str
    size: float
    value: float
    threshold: float
    shortfall: float
    unit: str
    amount: float
    needed: float
    amount_unit: str
    decimals: int
    is_excess: bool = False
    above_floor: bool | None = None


@dataclass(frozen=True, slots=True)
class GapTotal:
    """What all schools together lack of one thing."""

    kind: Literal["criterion", "requirement"]
    item: str
    name: str
    stage: str
    schools: int
    needed: float
    amount_unit: str
    decimals: int
    is_excess: bool


def list_gaps(result: EvaluationResult, catalogue: Catalogue) -> list[Gap]:
    """All gaps: those of criteria unit by unit, then those of requirements. What is not known is no gap."""
    criteria = {criterion.id: criterion for criterion in result.evaluation.criteria}
    rule = result.evaluation.unit_rule
    has_floor = rule is not None and rule.floor < 1
    gaps = [
        _build_criterion_gap(unit, value, criteria[value.criterion], catalogue, has_floor=has_floor)
        for unit in result.units
        for value in unit.values
        if value.reached is False
    ]
    return gaps + [
        _build_requirement_gap(judged.requirement, shortfall)
        for judged in result.requirements
        for shortfall in judged.shortfalls
    ]


def count_amount(amount: Amount | None, value: float, size: float) -> float:
    """So much a head, for all heads: the value times the size, in the unit amounts are counted in."""
    return value * size / (amount.per if amount else 1.0)


def round_up(amount: float, *, whole: bool) -> float:
    """The amount in whole pieces where it comes in pieces."""
    return float(math.ceil(amount - EXACT * max(1.0, abs(amount)))) if whole else amount


def sum_gaps(gaps: Sequence[Gap]) -> Iterator[GapTotal]:
    """Totals by item and stage, in the order in which the gaps stand."""
    groups: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        groups.setdefault((gap.item, gap.name, gap.stage), []).append(gap)
    for members in groups.values():
        first, needed = members[0], math.fsum(gap.needed for gap in members)
        yield GapTotal(
            first.kind, first.item, first.name, first.stage, len(members), needed, first.amount_unit, first.decimals,
            first.is_excess,
        )  # fmt: skip


def _build_criterion_gap(
    unit: UnitResult, value: CriterionValue, criterion: Criterion, catalogue: Catalogue, *, has_floor: bool
) -> Gap:
    assert value.threshold is not None
    indicator = catalogue.indicators[criterion.indicators[unit.stage]]
    shortfall = value.threshold - value.value
    amount = count_amount(criterion.amount, shortfall, unit.size)
    whole = criterion.amount is not None and criterion.amount.whole
    return Gap(
        "criterion", criterion.id, criterion.name.zh, unit.school, unit.name, unit.stage, unit.size, value.value,
        value.threshold, shortfall, indicator.unit, amount, round_up(amount, whole=whole),
        criterion.amount.unit if criterion.amount else "", 0 if whole else 2,
        above_floor=value.above_floor if has_floor else None,
    )  # fmt: skip


def _build_requirement_gap(requirement: Requirement, shortfall: Shortfall) -> Gap:
    measure = shortfall.measure
    amount = abs(shortfall.bound - shortfall.value)
    whole = measure.decimals == 0
    return Gap(
        "requirement", requirement.id, measure.name.zh, shortfall.school, shortfall.name, "", math.nan,
        shortfall.value, shortfall.bound, math.nan, measure.unit, amount, round_up(amount, whole=whole), measure.unit,
        measure.decimals, is_excess=measure.at_most is not None,
    )  # fmt: skip
