"""Stage 3: accepted records → district indicators with numerator, denominator and coverage."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flows.conductor import PLAIN, Conductor
from flows.desk import open_desk
from flows.indicators.desk import Desk, Figures
from flows.indicators.groups import Grouping
from flows.warehouse.done import find_basis, is_done, note_done
from flows.warehouse.figures import build_rows, replace_figures
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.errors import ExpressionError
from schemas.periods import find_period_type, step_back

log = logging.getLogger(__name__)

NOT_STORED = frozenset({"school", "stage", "sex"})
"""Breakdowns that are no grouping of their own, or too many to keep: schools are reckoned when asked for."""


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Periods computed anew, with how many figures each has."""

    figures: dict[str, int]


def aggregate(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor = PLAIN
) -> Aggregation:
    """Compute the indicators of every year that has something in force and anything new since they were computed."""
    desk = open_desk(workspace, warehouse.connection, catalogue)
    basis = find_basis(warehouse.connection, catalogue.whole_fingerprint, workspace.settings.basis)
    periods = [p for p in list_periods(warehouse) if not is_done(warehouse.connection, "aggregate", p, basis)]
    counts = conductor.run_batches(
        "compute indicators", lambda period: aggregate_period(period, desk, warehouse, basis), periods, retries=1
    )
    return Aggregation(dict(zip(periods, counts, strict=True)))


def aggregate_period(period: str, desk: Desk, warehouse: Warehouse, basis: str) -> int:
    """Compute and store all indicators of a period in one transaction."""
    frames = [frame for indicator in desk.catalogue.indicators.values() for frame in compute_frames(desk, indicator, period)]
    with warehouse.transaction() as connection:
        note_done(connection, "aggregate", period, basis)
        return replace_figures(connection, period, frames)


def list_periods(warehouse: Warehouse) -> list[str]:
    """School years that something in force was filed for, the calendar years among them, oldest first."""
    rows = warehouse.connection.execute(
        "SELECT DISTINCT period FROM submissions JOIN standings USING (submission) WHERE in_force"
    ).fetchall()
    years = {f"{int(row[0][:4])}-{int(row[0][:4]) + 1}" for row in rows if find_period_type(row[0]) == "school_year"}
    return sorted(years)


def compute_frames(desk: Desk, indicator: Indicator, period: str) -> Iterator[pd.DataFrame]:
    """Rows of one indicator: the whole district, each area, and each breakdown, for each of its stages."""
    groupings = [Grouping(), Grouping(by="township"), *(Grouping(by=b) for b in indicator.breakdowns if b not in NOT_STORED)]
    for stage in desk.list_stages(indicator):
        for grouping in dict.fromkeys(groupings):
            try:
                figures = desk.compute(indicator.id, period, grouping, stage)
                yield build_rows(figures, _find_earlier(desk, figures))
            except ExpressionError as error:
                log.error("indicator %s: %s", indicator.id, error)


def _find_earlier(desk: Desk, figures: Figures) -> np.ndarray:
    """The values of the period before for the same groups; missing where nothing was filed then."""
    before = step_back(figures.period)
    if not desk.open_period(before).register.length:
        return np.full(figures.groups.length, np.nan)
    earlier = desk.compute(figures.indicator.id, before, figures.groups.grouping, figures.stage)
    known = dict(zip(earlier.groups.labels, earlier.value, strict=True))
    return np.array([known.get(label, np.nan) for label in figures.groups.labels])
