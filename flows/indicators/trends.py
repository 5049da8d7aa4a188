"""The trend of a figure to the year of its target: a straight line through the years known, and nothing beyond it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.indicators.targets import Attainment, Status, find_gap, judge_value
from schemas.definitions.indicators import Target
from schemas.expressions.evaluate import EXACT

History = Mapping[tuple[str, str, str, str], Mapping[int, float]]
"""Indicator, stage, breakdown and group → year in which an earlier period begins → value known of it."""

LEAST_YEARS = 2
"""A line needs two points."""


class Course(StrEnum):
    """Whether the line leads to the target by its year, or why that cannot be told."""

    ON_COURSE = "on_course"
    TOO_SLOW = "too_slow"
    WRONG_WAY = "wrong_way"
    UNKNOWN = "unknown"
    DUE = "due"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Trend:
    """Years known, change a year, change a year still needed, the value the line has in the year of the target."""

    target_year: int | None
    years: int
    yearly: float
    needed: float
    projected: float
    course: Course


def find_target_year(target: Target) -> int | None:
    """The year by which a target is to be reached: 2027 of 2027, of 2027-2028 (a school year) and of 2023-2027."""
    if not target.period:
        return None
    first, _, last = target.period.partition("-")
    return int(last) if last and int(last) != int(first) + 1 else int(first)


def compute_trend(attainment: Attainment, year: int, value: float, known: Mapping[int, float]) -> Trend | None:
    """The trend of a value of a year, given those known of earlier years; None where there is no target.

    A value that cannot be judged has no trend: it is not known well enough.
    """
    target = attainment.target
    if target is None:
        return None
    target_year = find_target_year(target)
    points = {at: v for at, v in known.items() if at < year and not math.isnan(v)} | {year: value}
    if attainment.status is Status.UNJUDGED or math.isnan(value) or len(points) < LEAST_YEARS:
        course = Course.UNDATED if target_year is None else Course.UNKNOWN
        return Trend(target_year, 0 if math.isnan(value) else len(points), math.nan, math.nan, math.nan, course)
    yearly = statistics.linear_regression(list(points), list(points.values())).slope
    if target_year is None or target_year <= year:
        course = Course.UNDATED if target_year is None else Course.DUE
        return Trend(target_year, len(points), yearly, math.nan, math.nan, course)
    return _look_ahead(target, target_year, len(points), value, yearly, target_year - year)


def _look_ahead(target: Target, target_year: int, years: int, value: float, yearly: float, left: int) -> Trend:
    projected = value + yearly * left
    needed = _find_needed(target, value, left)
    return Trend(target_year, years, yearly, needed, projected, _find_course(target, value, yearly, needed, projected))


def _find_needed(target: Target, value: float, left: int) -> float:
    """The change a year, with its sign, that would just reach the target; 0 where it is reached already."""
    if target.op in ("increase_by", "decrease_by"):
        return target.value if target.op == "increase_by" else -target.value
    return find_gap(target, value) / left


def _find_course(target: Target, value: float, yearly: float, needed: float, projected: float) -> Course:
    if _is_reached(target, value, yearly, projected):
        return Course.ON_COURSE
    stands_still = abs(yearly) <= EXACT * max(1.0, abs(value))
    leads_away = not stands_still and yearly * needed <= 0
    return Course.WRONG_WAY if leads_away else Course.TOO_SLOW


def _is_reached(target: Target, value: float, yearly: float, projected: float) -> bool:
    """True if the line meets the target in its year; one that is a single value or a range may be met on the way."""
    if judge_value(target, projected, projected - yearly).status is Status.MET:
        return True
    if target.op not in ("=", "range", "boolean"):
        return False
    now, then = find_gap(target, value), find_gap(target, projected)
    return now * then < 0 or abs(now) <= EXACT * max(1.0, abs(target.value))
