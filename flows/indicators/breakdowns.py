"""Breakdowns that do not group schools: by a field of the lines of a list, and by cells of their own on the forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from flows.indicators.groups import UNKNOWN, Grouping, Groups
from schemas.expressions import syntax as s
from schemas.expressions.columns import Numbers, holds_texts, list_values
from schemas.expressions.scope import Lines

if TYPE_CHECKING:
    from flows.indicators.desk import Figures

LineFilter = tuple[str, str]
"""A field of a list and the value it must have; empty: no value at all."""


def list_line_values(lists: Sequence[Lines], name: str) -> tuple[str, ...]:
    """Values of a field in all the lists that have it, in order; UNKNOWN last where a line has none."""
    found: set[str] = set()
    for lines in lists:
        column = lines.columns.get(name)
        if column is not None and holds_texts(column):
            found |= {str(value) if value else UNKNOWN for value in list_values(column)}
    return tuple(sorted(found, key=lambda value: (value == UNKNOWN, value)))


def spell_filter(name: str, label: str) -> LineFilter:
    """What lines of a group are chosen by."""
    return name, "" if label == UNKNOWN else label


def join_parts(
    whole: Figures, grouping: Grouping, labels: Sequence[str], compute_part: Callable[[str], Figures]
) -> Figures:
    """One set of figures of the parts, each computed over the whole district or area; all have its coverage."""
    parts = [replace(compute_part(label), coverage=whole.coverage) for label in labels]
    return join_groups(whole, grouping, labels, parts)


def join_groups(whole: Figures, grouping: Grouping, labels: Sequence[str], parts: Sequence[Figures]) -> Figures:
    """One set of figures of groups that were computed each by itself, with the coverage of each."""
    groups = Groups(grouping, tuple(labels), np.full(len(whole.groups.codes), -1, dtype=np.int64))
    counts = [part.coverage for part in parts]
    coverage = replace(
        whole.coverage, expected=np.array([count.expected[0] for count in counts], dtype=np.int64),
        reported=np.array([count.reported[0] for count in counts], dtype=np.int64),
        by_size=np.array([count.by_size[0] for count in counts], dtype=np.float64),
        blind=np.array([count.blind[0] for count in counts], dtype=bool),
    )  # fmt: skip

    def stack(name: str) -> Numbers:
        return np.array([getattr(part, name)[0] for part in parts], dtype=np.float64)

    return replace(
        whole, groups=groups, numerator=stack("numerator"), denominator=stack("denominator"), value=stack("value"),
        coverage=coverage,
    )  # fmt: skip


def list_aggregated(expression: s.Expression) -> list[str]:
    """Sheets that aggregates of an expression run over."""
    found: list[str] = []
    for part in s.find_parts(expression):
        if isinstance(part, s.Call) and part.arguments:
            subject = part.arguments[0]
            found += [subject.id] if isinstance(subject, s.Name) else []
            found += [reference.sheet for reference in s.find_references(subject)]
    return list(dict.fromkeys(found))
