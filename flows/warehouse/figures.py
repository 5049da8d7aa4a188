"""Computed figures in the database: indicators by period, stage and group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from flows.indicators.desk import Figures
from flows.warehouse.tables import Connection, insert_rows

COLUMNS = (
    "period", "indicator", "stage", "area", "breakdown", "group_code", "numerator", "denominator", "value", "expected",
    "reported", "coverage", "size_coverage", "earlier",
)  # fmt: skip


MEASURES = frozenset(COLUMNS[6:]) - {"expected", "reported"}
"""Columns that are missing where there is no number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One stored value with what stands behind it. Numbers are NaN where there are none."""

    period: str
    indicator: str
    stage: str
    area: str
    breakdown: str
    group_code: str
    numerator: float
    denominator: float
    value: float
    expected: int
    reported: int
    coverage: float
    size_coverage: float
    earlier: float


def build_figures(figures: Figures, earlier: np.ndarray) -> list[Figure]:
    """One figure for each of an indicator's groups that anything is known of, and one for the whole in any case.

    `earlier` are the values of the period before.
    """
    grouping, coverage = figures.groups.grouping, figures.coverage
    columns = (
        figures.groups.labels, figures.numerator.tolist(), figures.denominator.tolist(), figures.value.tolist(),
        coverage.expected.tolist(), coverage.reported.tolist(), coverage.percent.tolist(), coverage.by_size.tolist(),
        earlier.tolist(),
    )  # fmt: skip
    whose = (figures.period, figures.indicator.id, figures.stage, grouping.area, grouping.by)
    built = [Figure(*whose, *values) for values in zip(*columns, strict=True)]
    return [figure for figure in built if not grouping.by or figure.expected or not math.isnan(figure.numerator)]


def replace_figures(connection: Connection, period: str, figures: Sequence[Figure]) -> None:
    """All figures of a period, in place of those stored. Run inside a transaction."""
    connection.execute("DELETE FROM figures WHERE period = ?", [period])
    rows = [tuple(getattr(figure, name) for name in COLUMNS) for figure in figures]
    insert_rows(connection, "figures", pd.DataFrame(rows, columns=list(COLUMNS)))


def load_figures(connection: Connection, period: str, **wanted: str) -> list[Figure]:
    """Stored figures of a period, of the indicator, stage, area or breakdown wanted, in a fixed order."""
    conditions = "".join(f" AND {name} = ?" for name in wanted)
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM figures WHERE period = ?{conditions} ORDER BY {', '.join(COLUMNS[:6])}",
        [period, *wanted.values()],
    ).fetchall()
    return [_build_figure(row) for row in rows]


def load_earlier_figures(connection: Connection, period: str, indicators: Sequence[str]) -> list[Figure]:
    """Stored figures of these indicators for all earlier periods of the same type, oldest first."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM figures WHERE period < ? AND length(period) = length(?) "
        f"AND area = '' AND indicator IN (SELECT unnest(?)) ORDER BY {', '.join(COLUMNS[:6])}",
        [period, period, list(indicators)],
    ).fetchall()
    return [_build_figure(row) for row in rows]


def _build_figure(row: tuple[Any, ...]) -> Figure:
    facts: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    return Figure(**facts | {name: _as_number(facts[name]) for name in MEASURES})


def _as_number(value: float | None) -> float:
    return float("nan") if value is None else value
