"""Functions that compare a line of a list with the other lines of the same unit.

occurrences(a, b)            lines that hold the same values, itself included
mentions(a, list)            other lines whose list of texts (separated by ; or 、) has the value
nearby(lon, lat, metres, k)  other lines within so many metres that hold the same k
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Column, Numbers, Truth, holds_texts, list_values

EvaluateArgument = Callable[[s.Expression], Column]
Units = NDArray[np.int64]

METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude it is this times the cosine of the latitude."""


def apply_line_function(call: s.Call, evaluate_argument: EvaluateArgument, unit: Units) -> Numbers:
    """The column of a call of one of LINE_FUNCTIONS; missing where an argument is."""
    return LINE_FUNCTIONS[call.function](call, evaluate_argument, unit)


def _count_occurrences(call: s.Call, evaluate_argument: EvaluateArgument, unit: Units) -> Numbers:
    keys = list_line_keys([evaluate_argument(argument) for argument in call.arguments], unit)
    counts = Counter(keys)
    return np.array([np.nan if None in key else counts[key] for key in keys], dtype=np.float64)


def _count_mentions(call: s.Call, evaluate_argument: EvaluateArgument, unit: Units) -> Numbers:
    _ask_for_arguments(call, 2)
    values, lists = (list_values(evaluate_argument(argument)) for argument in call.arguments)
    named = [frozenset(re.split(r"[;；、,，]\s*", str(text))) if text is not None else frozenset() for text in lists]
    counts = Counter((at, name) for at, names in zip(unit.tolist(), named, strict=True) for name in names)
    return np.array(
        [
            np.nan if value is None else counts[(at, value)] - (value in own)
            for at, value, own in zip(unit.tolist(), values, named, strict=True)
        ],
        dtype=np.float64,
    )


def _count_nearby(call: s.Call, evaluate_argument: EvaluateArgument, unit: Units) -> Numbers:
    """Places are sorted into squares as wide as the distance, so that only nine of them need be looked into."""
    _ask_for_arguments(call, 3)
    longitude, latitude, metres = (_as_numbers(evaluate_argument(argument)) for argument in call.arguments[:3])
    keys = list_line_keys([evaluate_argument(argument) for argument in call.arguments[3:]], unit)
    east = longitude * METRES_PER_DEGREE * np.cos(np.radians(latitude))
    north = latitude * METRES_PER_DEGREE
    known = ~np.isnan(east + north + metres) & (metres > 0)
    squares: dict[tuple[Hashable, int, int], list[int]] = defaultdict(list)
    for line in np.flatnonzero(known).tolist():
        squares[(keys[line], *_find_square(east, north, metres, line))].append(line)
    counts = np.full(len(unit), np.nan)
    for line in np.flatnonzero(known).tolist():
        across, up = _find_square(east, north, metres, line)
        others = (o for x in (-1, 0, 1) for y in (-1, 0, 1) for o in squares.get((keys[line], across + x, up + y), ()))
        counts[line] = sum(
            other != line and math.hypot(east[other] - east[line], north[other] - north[line]) <= metres[line]
            for other in others
        )
    return counts


def _find_square(east: Numbers, north: Numbers, metres: Numbers, line: int) -> tuple[int, int]:
    return int(east[line] // metres[line]), int(north[line] // metres[line])


def list_line_keys(columns: Sequence[Column], unit: Units) -> list[tuple[object, ...]]:
    """The unit and the values of each line, by which lines are told apart."""
    return list(zip(unit.tolist(), *(list_values(column) for column in columns), strict=True))


def _as_numbers(column: Column) -> Numbers:
    if isinstance(column, Truth) or holds_texts(column):
        raise ExpressionError(problem("text_for_number"))
    numbers: Numbers = column.astype(np.float64)
    return numbers


def _ask_for_arguments(call: s.Call, least: int) -> None:
    if len(call.arguments) < least:
        raise ExpressionError(problem("argument_count", function=call.function, count=least, position=call.position))


LINE_FUNCTIONS: dict[str, Callable[[s.Call, EvaluateArgument, Units], Numbers]] = {
    "occurrences": _count_occurrences,
    "mentions": _count_mentions,
    "nearby": _count_nearby,
}
