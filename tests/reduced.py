"""How much of the long tests is run: all of it by `make test-long`, a share where REDUCED is set, as `.ci/run` does."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

REDUCED = bool(os.environ.get("REDUCED"))
SHARE = 20
"""One in so many of the examples that a property is tried on."""


def reduce_examples(examples: int) -> int:
    """How many examples a property of a long test is tried on."""
    return max(1, examples // SHARE) if REDUCED else examples


def pick_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of tests marked `sampled(count)` as many of their cases, spread evenly; all of the others."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if REDUCED and item.get_closest_marker("sampled"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left_out = {item for group in cases.values() for item in group}
    for group in cases.values():
        marker = group[0].get_closest_marker("sampled")
        assert marker is not None
        left_out -= set(group[:: -(-len(group) // marker.args[0])])
    return [item for item in items if item not in left_out]
