"""Switches of an evaluation: schools left out, limits relaxed, and indicators used in place of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.groups import Grouping
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Evaluation, Switch
from schemas.expressions.columns import Mask, Numbers
from schemas.expressions.evaluate import evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope

BY_SCHOOL = Grouping(by="school")


def apply_switches(evaluation: Evaluation, switches: Sequence[Switch]) -> Evaluation:
    """The profile without the units that switches leave out, and with limits that are relaxed for everybody.

    A switch that leaves schools out of named requirements lets them stay among the units.
    """
    limits, units = dict(evaluation.limits), list(evaluation.units)
    for switch in switches:
        if switch.condition is None:
            limits |= switch.limits
        elif switch.excludes and not switch.requirements:
            text = f"not ({switch.condition})"
            units = [unit.model_copy(update={"schools": f"({unit.schools}) and {text}"}) for unit in units]
    return evaluation.model_copy(update={"limits": limits, "units": tuple(units)})


def find_favoured(desk: Desk, evaluation: Evaluation, switch: Switch, period: str) -> Mask:
    """Schools that a switch is for; one of which that is not known is not."""
    source = desk.open_period(period).source
    if switch.condition is None:
        return np.ones(source.length, dtype=bool)
    condition = translate_keys(parse_expression(switch.condition), desk.catalogue)
    return evaluate_truth(condition, UnitScope(source, limits=evaluation.limits)).yes


def find_figures(desk: Desk, indicator_id: str, stage: str, period: str) -> tuple[Numbers, Numbers]:
    """An indicator's value and numerator of every school, in the order of the period's schools."""
    indicator = desk.catalogue.indicators[indicator_id]
    own_stage = stage if stage in desk.list_stages(indicator) else desk.list_stages(indicator)[0]
    figures = desk.compute(indicator_id, period, BY_SCHOOL, own_stage)
    positions = {label: position for position, label in enumerate(figures.groups.labels)}
    order = np.array([positions.get(school, -1) for school in desk.open_period(period).source.schools], dtype=np.int64)
    return _pick(figures.value, order), _pick(figures.numerator, order)


def find_replaced(
    desk: Desk, evaluation: Evaluation, indicator_id: str, stage: str, period: str, switches: Sequence[Switch]
) -> Iterator[tuple[Mask, Numbers, Numbers]]:
    """For each switch that replaces the indicator: the schools it is for, and value and numerator to be used there.

    Where the figure used instead is not known, the usual one stays.
    """
    for switch in switches:
        if indicator_id in switch.indicators:
            value, numerator = find_figures(desk, switch.indicators[indicator_id], stage, period)
            yield find_favoured(desk, evaluation, switch, period) & ~np.isnan(value), value, numerator


def _pick(values: Numbers, order: np.ndarray) -> Numbers:
    picked: Numbers = np.full(len(order), np.nan)
    picked[order >= 0] = values[order[order >= 0]]
    return picked
