"""Stage 3: accepted records → district indicators with numerator, denominator and coverage."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from flows.basis import list_bases, list_stale
from flows.conductor import PLAIN, Conductor, Watcher
from flows.desk import open_desk
from flows.indicators.desk import Desk
from flows.indicators.groups import Grouping
from flows.warehouse.done import note_done
from flows.warehouse.figures import Figure, build_figures, replace_figures
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.errors import ExpressionError

log = logging.getLogger(__name__)

NOT_STORED = frozenset({"school", "stage"})
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
    bases = list_bases(workspace, warehouse.connection, catalogue)
    periods = list_stale(warehouse.connection, "aggregate", bases)
    conductor.watcher.begin("compute", len(periods) * len(catalogue.indicators))
    counts = conductor.run_batches(
        "compute indicators",
        lambda period: aggregate_period(period, desk, warehouse, bases[period], conductor.watcher),
        periods,
        retries=1,
    )
    return Aggregation(dict(zip(periods, counts, strict=True)))


def aggregate_period(period: str, desk: Desk, warehouse: Warehouse, basis: str, watcher: Watcher) -> int:
    """Compute and store all indicators of a period in one transaction."""
    figures: list[Figure] = []
    for indicator in desk.catalogue.indicators.values():
        figures += compute_figures(desk, indicator, period, list_groupings(desk, period, indicator))
        watcher.advance()
    with warehouse.transaction() as connection:
        note_done(connection, "aggregate", period, basis)
        replace_figures(connection, period, figures)
    return len(figures)


def list_groupings(desk: Desk, period: str, indicator: Indicator, area: str = "") -> list[Grouping]:
    """The groupings an indicator is stored for: the whole, areas, the groupings in use, each of its breakdowns."""
    left_out = NOT_STORED | desk.catalogue.ungrouped
    declared = (name for name in indicator.breakdowns if name not in left_out)
    names = ["", desk.catalogue.area_breakdown, *desk.list_groupings(period), *declared]
    return [Grouping(by=name, area=area) for name in dict.fromkeys(names)]


def compute_figures(desk: Desk, indicator: Indicator, period: str, groupings: Sequence[Grouping]) -> Iterator[Figure]:
    """Figures of one indicator by grouping, for each of its stages.

    Where nobody reported what it rests on, the first grouping alone says so: groups would add nothing to that.
    """
    for stage in desk.list_stages(indicator):
        for grouping in groupings:
            try:
                figures = desk.compute(indicator.id, period, grouping, stage)
                yield from build_figures(figures, desk.compute_before(figures))
            except ExpressionError as error:
                log.error("indicator %s: %s", indicator.id, error)
                continue
            if not figures.coverage.reported.any() and np.isnan(figures.value).all():
                break
