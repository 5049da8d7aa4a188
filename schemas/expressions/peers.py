"""What is usual among peers: the median of a figure over all schools alike, and how far they lie from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from schemas.expressions.columns import Column, Numbers, list_values

FEWEST_PEERS = 8
"""Fewer than so many known figures are no group to be compared with."""


def summarise_peers(
    function: str, values: Numbers, peers: Sequence[Column], own: Sequence[Column], length: int
) -> Numbers:
    """The statistic of the peers' values for each own unit, over the peers with the same attributes.

    `values` and the columns of `peers` have one value a peer, those of `own` one a unit. Missing where an attribute
    is, where fewer than FEWEST_PEERS values are known, and for the deviation also where all peers are the same.
    """
    groups: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for key, value in zip(_list_keys(peers, len(values)), values.tolist(), strict=True):
        if not np.isnan(value):
            groups[key].append(value)
    known = {
        key: PEER_FUNCTIONS[function](np.array(members))
        for key, members in groups.items()
        if len(members) >= FEWEST_PEERS and None not in key
    }
    return np.array([known.get(key, np.nan) for key in _list_keys(own, length)], dtype=np.float64)


def _find_median(members: Numbers) -> float:
    return float(np.median(members))


def _find_deviation(members: Numbers) -> float:
    """The median absolute deviation from the median."""
    deviation = float(np.median(np.abs(members - np.median(members))))
    return deviation if deviation > 0 else np.nan


def _list_keys(columns: Sequence[Column], length: int) -> list[tuple[object, ...]]:
    if not columns:
        return [()] * length
    return list(zip(*(list_values(column) for column in columns), strict=True))


PEER_FUNCTIONS: dict[str, Callable[[Numbers], float]] = {
    "peer_median": _find_median,
    "peer_mad": _find_deviation,
}
