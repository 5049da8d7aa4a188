"""Faults of one kind on one sheet: so many are listed one by one, the last one stands for all the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

MOST_ALIKE = 300
"""So many faults that a check finds on a sheet are listed one by one."""

Fault = TypeVar("Fault")


def keep_first(faults: Iterable[Fault], find_kind: Callable[[Fault], Hashable]) -> list[tuple[Fault, int]]:
    """The faults to be listed, each with the number it stands for: the first of a kind, then the last of those left."""
    listed: list[tuple[Fault, int]] = []
    counts: dict[Hashable, int] = {}
    last: dict[Hashable, Fault] = {}
    for fault in faults:
        kind = find_kind(fault)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= MOST_ALIKE:
            listed.append((fault, 1))
        else:
            last[kind] = fault
    return listed + [(fault, counts[kind] - MOST_ALIKE) for kind, fault in last.items()]
