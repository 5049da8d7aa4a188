"""The cheapest lift: against every other way to add as much or less, on cases small enough to try them all."""

from __future__ import annotations

import itertools
from math import sqrt

import numpy as np
import pytest

from flows.indicators.lifts import find_additions

CASES = [
    ([500.0, 1200.0, 800.0], [100.0, 300.0, 100.0]),
    ([10.0, 40.0, 90.0], [10.0, 10.0, 10.0]),
    ([0.0, 30.0, 30.0, 60.0], [5.0, 10.0, 20.0, 10.0]),
    ([7.0, 5.0, 60.0], [30.0, 2.0, 20.0]),
]
WHOLE_CASES = [
    ([1.0, 4.0, 9.0], [10.0, 10.0, 10.0]),
    ([0.0, 3.0, 6.0], [5.0, 10.0, 10.0]),
    ([2.0, 2.0, 12.0], [7.0, 30.0, 40.0]),
    ([0.5, 3.25, 7.0], [9.0, 11.0, 10.0]),
    ([1.0, 1.0, 1.0, 8.0], [3.0, 9.0, 12.0, 10.0]),
]
"""Quantities and sizes."""


def disperse(quantity: list[float], size: list[float]) -> float:
    """§5.1, reckoned without the product."""
    mean = sum(quantity) / sum(size)
    return sqrt(sum(p / sum(size) * (x / p - mean) ** 2 for x, p in zip(quantity, size, strict=True))) / mean


def find(quantity: list[float], size: list[float], limit: float, *, whole: bool = False) -> list[float]:
    found = find_additions(np.array(quantity), np.array(size), limit, whole=whole)
    assert found is not None
    return [float(value) for value in found]


def find_fewest_pieces(quantity: list[float], size: list[float], limit: float) -> int:
    """The least number of whole pieces with which any way of giving them passes."""
    for pieces in itertools.count():
        for given in itertools.product(range(pieces + 1), repeat=len(size)):
            if sum(given) == pieces:
                after = [x + a for x, a in zip(quantity, given, strict=True)]
                if disperse(after, size) <= limit + 1e-9:
                    return pieces
    raise AssertionError


@pytest.mark.parametrize(("quantity", "size"), CASES)
@pytest.mark.parametrize("limit", [0.05, 0.2, 0.3])
def test_what_is_added_brings_the_coefficient_to_the_limit(
    quantity: list[float], size: list[float], limit: float
) -> None:
    added = find(quantity, size, limit)
    after = disperse([x + a for x, a in zip(quantity, added, strict=True)], size)

    assert after == pytest.approx(min(limit, disperse(quantity, size)), abs=1e-8)


@pytest.mark.parametrize(("quantity", "size"), CASES)
def test_the_lowest_schools_are_lifted_to_one_level(quantity: list[float], size: list[float]) -> None:
    added = find(quantity, size, 0.1)
    levels = [(x + a) / p for x, a, p in zip(quantity, added, size, strict=True) if a > 0]
    others = [x / p for x, a, p in zip(quantity, added, size, strict=True) if a == 0]

    assert levels == pytest.approx([levels[0]] * len(levels), rel=1e-9)
    assert min(others) >= levels[0] - 1e-9


@pytest.mark.parametrize(("quantity", "size"), CASES)
@pytest.mark.parametrize("limit", [0.1, 0.25])
def test_no_other_way_to_add_less_passes(quantity: list[float], size: list[float], limit: float) -> None:
    """Every way to share out 98 % of the amount, in twentieths."""
    total = 0.98 * sum(find(quantity, size, limit))
    if total == 0:
        pytest.skip("within the limit already")
    steps = 20
    for shares in itertools.product(range(steps + 1), repeat=len(size)):
        if sum(shares) == steps:
            after = [x + total * share / steps for x, share in zip(quantity, shares, strict=True)]
            assert disperse(after, size) > limit


@pytest.mark.parametrize(("quantity", "size"), WHOLE_CASES)
@pytest.mark.parametrize("limit", [0.3, 0.45, 0.6])
def test_no_fewer_whole_pieces_do(quantity: list[float], size: list[float], limit: float) -> None:
    added = find(quantity, size, limit, whole=True)
    after = [x + a for x, a in zip(quantity, added, strict=True)]

    assert all(a == int(a) for a in added)
    assert disperse(after, size) <= limit + 1e-9
    assert sum(added) == find_fewest_pieces(quantity, size, limit)


def test_schools_within_the_limit_are_given_nothing() -> None:
    assert find([500, 1200, 800], [100, 300, 100], 0.31) == [0, 0, 0]
    assert find([5, 4, 8], [100, 100, 100], 0.31, whole=True) == [0, 0, 0]


def test_a_limit_of_nothing_lifts_all_to_the_highest() -> None:
    assert find([500, 1200, 800], [100, 300, 100], 0) == pytest.approx([300, 1200, 0])


def test_whole_pieces_cannot_promise_a_limit_of_nothing() -> None:
    assert find_additions(np.array([1.0, 2.0]), np.array([3.0, 7.0]), 0.0, whole=True) is None


def test_schools_that_have_nothing_have_no_coefficient_to_lower() -> None:
    assert find_additions(np.array([0.0, 0.0]), np.array([3.0, 7.0]), 0.5, whole=False) is None
