"""Chance that always falls the same: one generator a school and topic, and shares in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")


def draw(*topic: object) -> Random:
    """The generator of a school and topic. Adding a topic changes no other."""
    return Random("/".join(str(part) for part in topic))


def choose(random: Random, table: Sequence[tuple[Choice, float]]) -> Choice:
    """One of the choices by their weights."""
    at = random.random() * sum(weight for _, weight in table)
    for choice, weight in table:
        at -= weight
        if at < 0:
            return choice
    return table[-1][0]


def happens(random: Random, probability: float) -> bool:
    return random.random() < probability


def vary(random: Random, value: float, share: float) -> float:
    """The value, up to so much more or less."""
    return value * (1 + random.uniform(-share, share))


def round_randomly(random: Random, value: float) -> int:
    """A whole number near the value that is right on average."""
    return int(value) + (random.random() < value - int(value))


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to the total in proportion to the weights (largest remainders).

    Where the weights are whole numbers that add up to no less than the total, no part exceeds its weight.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share + 1e-9) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def split_amount(total: float, weights: Sequence[float]) -> list[float]:
    """Amounts of two decimals that add up to the total."""
    return [cents / 100 for cents in apportion(round(total * 100), weights)]
