"""The cheapest way to bring a 差异系数 within its limit: which schools to lift, to what, by how much.

Only additions are considered, sizes stay as they are, and what all additions together come to is made smallest.
With quantities xᵢ, sizes Pᵢ and additions aᵢ ≥ 0, CV² + 1 = ΣPᵢ · Σ(xᵢ + aᵢ)²/Pᵢ / (Σxᵢ + Σaᵢ)² (definitions.md
§5.1). For a given total of additions the denominator is fixed, and what is left to make small is a sum of one convex
function a school. Both methods below rest on that:

* Amounts that can be divided: the sum is smallest where the lowest schools are filled to one common level, as water
  fills a vessel. CV never rises with that level, for its derivative has the sign of λ·ΣPᵢYᵢ − ΣPᵢYᵢ², and no Yᵢ is
  below λ. So the lowest level that passes costs the least of all possible additions.
* Whole pieces: giving each piece where it raises the sum least is best for every number of pieces at once (the greedy
  rule for separable convex sums, Fox 1966, Gross 1956). So the first number of pieces that passes is the least.

Whatever is found is reckoned again by `compute_dispersion` before it is handed out.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from flows.indicators.dispersion import compute_dispersion
from flows.indicators.evaluations import DispersionResult, EvaluationResult
from flows.indicators.gaps import count_amount
from schemas.definitions.evaluations import Amount, Criterion
from schemas.expressions.columns import Numbers
from schemas.expressions.evaluate import EXACT

HALVINGS = 200
"""More than enough to find a level to the last digit."""

MOST_PIECES = 2_000_000
"""A limit so low that it takes more whole pieces than this is none that anybody would plan for."""


@dataclass(frozen=True, slots=True)
class LiftedSchool:
    """A school that is given something: its value before and after, and what is added."""

    school: str
    name: str
    value: float
    target: float
    amount: float


@dataclass(frozen=True, slots=True)
class Lift:
    """The least that brings one dispersion within its limit.

    `is_alternative`: the mean of several dispersions is limited, and lifting this criterion alone would do.
    `level` is the value that every school then reaches.
    """

    criterion: str
    stage: str
    before: float
    limit: float
    after: float
    level: float
    amount: float
    unit: str
    whole: bool
    schools: tuple[LiftedSchool, ...]
    is_alternative: bool = False


def find_lifts(result: EvaluationResult) -> list[Lift]:
    """The cheapest lift for each dispersion above its limit; where their mean is, one for each criterion that could."""
    criteria = {criterion.id: criterion for criterion in result.evaluation.criteria}
    names = result.name_schools()
    lifts = [
        _lift(dispersion, criteria[dispersion.criterion], limit, names, is_alternative=is_alternative)
        for dispersion, limit, is_alternative in _list_failing(result.dispersions)
    ]
    return [lift for lift in lifts if lift is not None]


def find_additions(quantity: Numbers, size: Numbers, limit: float, *, whole: bool) -> Numbers | None:
    """What to add to each school so that their CV passes the limit, at the least total; None if nothing found does.

    All sizes are above 0 and all quantities known. In whole pieces no limit of 0 or less can be promised.
    """
    if not len(quantity) or quantity.sum() <= 0 or limit < 0:
        return None
    additions = _add_pieces(quantity, size, limit) if whole else _fill_to_level(quantity, size, limit)
    if additions is None or not _passes(quantity + additions, size, limit):
        return None
    return additions


def _list_failing(dispersions: Sequence[DispersionResult]) -> Iterator[tuple[DispersionResult, float, bool]]:
    for dispersion in dispersions:
        if dispersion.met is not False or dispersion.limit is None:
            continue
        if dispersion.criterion:
            yield dispersion, dispersion.limit, False
            continue
        siblings = [other for other in dispersions if other.stage == dispersion.stage and other.criterion]
        excess = len(siblings) * (dispersion.dispersion - dispersion.limit)
        yield from ((other, other.dispersion - excess, True) for other in siblings if other.dispersion > excess)


def _lift(
    dispersion: DispersionResult, criterion: Criterion, limit: float, names: dict[str, str], *, is_alternative: bool
) -> Lift | None:
    amount = criterion.amount or Amount(unit="")
    size = np.array([part.size for part in dispersion.parts])
    before = np.array([part.value for part in dispersion.parts])
    quantity = np.array([count_amount(amount, part.value, part.size) for part in dispersion.parts])
    additions = find_additions(quantity, size, limit, whole=amount.whole)
    if additions is None:
        return None
    after = amount.per * (quantity + additions) / size
    schools = tuple(
        LiftedSchool(part.school, names.get(part.school, ""), part.value, float(after[row]), float(additions[row]))
        for row, part in sorted(enumerate(dispersion.parts), key=lambda pair: before[pair[0]])
        if additions[row] > 0
    )
    return Lift(
        criterion.id, dispersion.stage, dispersion.dispersion, limit, _measure(quantity + additions, size),
        float(after.min()), math.fsum(additions.tolist()), amount.unit, amount.whole, schools, is_alternative,
    )  # fmt: skip


def _fill_to_level(quantity: Numbers, size: Numbers, limit: float) -> Numbers:
    """The lowest common level that passes, by halving: at the highest school's value all are alike."""
    values = quantity / size
    low, high = float(values.min()), float(values.max())
    if _passes(quantity, size, limit):
        return np.zeros(len(quantity))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _measure(np.maximum(quantity, middle * size), size) <= limit:
            high = middle
        else:
            low = middle
    additions: Numbers = np.maximum(high * size - quantity, 0.0)
    return np.where(values < high, additions, 0.0)


def _add_pieces(quantity: Numbers, size: Numbers, limit: float) -> Numbers | None:
    """Piece by piece where it raises Σx²/P least, until the limit is passed."""
    if limit <= 0:
        return None
    x, added = quantity.astype(np.float64).tolist(), np.zeros(len(quantity))
    weights = size.tolist()
    total, squares, everybody = math.fsum(x), math.fsum(q * q / p for q, p in zip(x, weights, strict=True)), size.sum()
    queue = [((2 * q + 1) / p, row) for row, (q, p) in enumerate(zip(x, weights, strict=True))]
    heapq.heapify(queue)
    bound = (1 + (limit + EXACT / 2) ** 2) / everybody
    for _ in range(MOST_PIECES):
        if squares <= bound * total * total:
            return added
        rise, row = heapq.heappop(queue)
        squares, total = squares + rise, total + 1
        added[row] += 1
        heapq.heappush(queue, (rise + 2 / weights[row], row))
    return None


def _measure(quantity: Numbers, size: Numbers) -> float:
    return float(compute_dispersion(quantity, size, np.zeros(len(size), dtype=np.int64), 1)[0])


def _passes(quantity: Numbers, size: Numbers, limit: float) -> bool:
    return _measure(quantity, size) <= limit + EXACT
