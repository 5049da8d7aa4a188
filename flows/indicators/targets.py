"""Figures held against targets: which target applies, whether it is met, and how far it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator, Target, TargetSet
from schemas.expressions.evaluate import EXACT


class Status(StrEnum):
    """How a figure stands to its target, or why that cannot be told."""

    MET = "met"
    UNMET = "unmet"
    UNJUDGED = "unjudged"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class Attainment:
    """A target, whether it is met, and the distance still to go (positive: falls short)."""

    target: Target | None
    status: Status
    distance: float


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """A target with the set it stands in."""

    held_in: TargetSet
    target: Target


def list_held_targets(catalogue: Catalogue, sets: Sequence[str]) -> Iterator[HeldTarget]:
    """All targets that figures are held against, in the order of the sets; none named: the official sets.

    A target that names no year is due in that of its set.
    """
    chosen = [catalogue.target_sets[name] for name in sets if name in catalogue.target_sets]
    official = [targets for targets in catalogue.target_sets.values() if targets.official]
    for held_in in chosen or official:
        for target in held_in.targets:
            if target.kind == "target":
                is_dated = target.period or not held_in.period
                yield HeldTarget(held_in, target if is_dated else target.model_copy(update={"period": held_in.period}))


def list_targets(catalogue: Catalogue, sets: Sequence[str], indicator: str, stage: str) -> list[Target]:
    """Targets of an indicator for the whole district, in the order of the sets."""
    targets = catalogue.work_out_once(("targets", *sets), lambda: _index_targets(catalogue, sets))
    return [target for target in targets.get(indicator, ()) if concerns(target, stage)]


def find_part(indicator: Indicator, target: Target) -> tuple[str, str] | None:
    """Breakdown and group that a target speaks of, both empty for the whole district; None for neither of them."""
    by, _, group = target.scope.partition("=")
    if by in indicator.breakdowns and group:
        return by, group
    return None if target.scope else ("", "")


def is_of_every_group(indicator: Indicator, target: Target) -> bool:
    """True if a target is for each group of a breakdown, such as each school: that is for evaluations to judge."""
    return target.scope in indicator.breakdowns


def concerns(target: Target, stage: str) -> bool:
    """True if the target speaks of the stage, or of all."""
    stages = [part for part in target.stage.split(";") if part not in ("", "all", "district")]
    return not stages or not stage or stage in stages


def judge_figure(
    indicator: Indicator, target: Target | None, value: float, coverage: float, earlier: float = math.nan
) -> Attainment:
    """Whether an unrounded value meets a target. Below minimum coverage, or without value, it cannot be told."""
    if target is None:
        return Attainment(None, Status.NO_TARGET, math.nan)
    if not is_covered(indicator, coverage):
        return Attainment(target, Status.UNJUDGED, math.nan)
    return judge_value(target, value, earlier)


def is_covered(indicator: Indicator, coverage: float) -> bool:
    """True if enough schools stand behind a figure for it to be judged, or if it rests on none."""
    return math.isnan(coverage) or coverage >= indicator.minimum_coverage - EXACT


def judge_value(target: Target, value: float, earlier: float = math.nan) -> Attainment:
    """Whether a value meets a target; `earlier` is what a change is counted from."""
    if math.isnan(value):
        return Attainment(target, Status.UNJUDGED, math.nan)
    if target.op in ("increase_by", "decrease_by"):
        return _judge_change(target, value, earlier)
    distance = _find_distance(target, value)
    return Attainment(target, Status.MET if distance <= EXACT * max(1.0, abs(target.value)) else Status.UNMET, distance)


def find_gap(target: Target, value: float) -> float:
    """The change, with its sign, by which a value would just reach the target; 0 where it has."""
    low = high = target.value
    if target.op in (">=", ">"):
        high = math.inf
    elif target.op in ("<=", "<"):
        low = -math.inf
    elif target.op == "range":
        high = math.inf if target.value_max is None else target.value_max
    return low - value if value < low else high - value if value > high else 0.0


def _judge_change(target: Target, value: float, earlier: float) -> Attainment:
    if math.isnan(earlier):
        return Attainment(target, Status.UNJUDGED, math.nan)
    change = value - earlier if target.op == "increase_by" else earlier - value
    distance = target.value - change
    return Attainment(target, Status.MET if distance <= EXACT else Status.UNMET, distance)


def _find_distance(target: Target, value: float) -> float:
    """How far the value is from meeting the target; 0 or less where it does."""
    if target.op == ">=":
        return target.value - value
    if target.op == "<=":
        return value - target.value
    if target.op == ">":
        return (
            target.value - value
            if value > target.value
            else max(target.value - value, 2 * EXACT * max(1.0, abs(value)))
        )
    if target.op == "<":
        return (
            value - target.value
            if value < target.value
            else max(value - target.value, 2 * EXACT * max(1.0, abs(value)))
        )
    if target.op == "range":
        high = target.value_max if target.value_max is not None else math.inf
        return max(target.value - value, value - high)
    return abs(value - target.value)


def _index_targets(catalogue: Catalogue, sets: Sequence[str]) -> Mapping[str, Sequence[Target]]:
    """Indicator → its targets for the whole district."""
    by_indicator: dict[str, list[Target]] = {}
    for held in list_held_targets(catalogue, sets):
        if not held.target.scope:
            by_indicator.setdefault(held.target.indicator, []).append(held.target)
    return by_indicator
