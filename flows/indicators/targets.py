"""Figures held against targets: which target applies, whether it is met, and how far it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator, Target
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


def list_targets(catalogue: Catalogue, sets: Sequence[str], indicator: str, stage: str) -> list[Target]:
    """Targets of an indicator for the whole district, in the order of the sets; none named: the official sets."""
    chosen = [catalogue.target_sets[name] for name in sets if name in catalogue.target_sets]
    official = [targets for targets in catalogue.target_sets.values() if targets.official]
    found: Iterable[Target] = (t for s in chosen or official for t in s.targets)
    return [
        t for t in found
        if t.indicator == indicator and t.kind == "target" and not t.scope and _concerns(t, stage)
    ]  # fmt: skip


def judge_figure(
    indicator: Indicator, target: Target | None, value: float, coverage: float, earlier: float = math.nan
) -> Attainment:
    """Whether an unrounded value meets a target. Below minimum coverage, or without value, it cannot be told."""
    if target is None:
        return Attainment(None, Status.NO_TARGET, math.nan)
    below = not math.isnan(coverage) and coverage < indicator.minimum_coverage - EXACT
    return Attainment(target, Status.UNJUDGED, math.nan) if below else judge_value(target, value, earlier)


def judge_value(target: Target, value: float, earlier: float = math.nan) -> Attainment:
    """Whether a value meets a target; `earlier` is what a change is counted from."""
    if math.isnan(value):
        return Attainment(target, Status.UNJUDGED, math.nan)
    if target.op in ("increase_by", "decrease_by"):
        return _judge_change(target, value, earlier)
    distance = _find_distance(target, value)
    return Attainment(target, Status.MET if distance <= EXACT * max(1.0, abs(target.value)) else Status.UNMET, distance)


def _concerns(target: Target, stage: str) -> bool:
    stages = [part for part in target.stage.split(";") if part not in ("", "all", "district")]
    return not stages or not stage or stage in stages


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
