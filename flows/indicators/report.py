"""Figures that a report prints: an indicator, a part of a breakdown, or an item of a plan, in the report's unit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from flows.indicators.desk import Desk
from flows.indicators.groups import Grouping
from flows.indicators.progress import list_ledger_parts, read_items
from schemas.definitions.workbooks import PlanLedger, ReportFigure
from schemas.errors import DefinitionError, problem
from schemas.periods import step_back


@dataclass(frozen=True, slots=True)
class ReportValue:
    """A figure in the unit of the report, with what it is made of and how many of the schools asked reported."""

    value: float
    numerator: float = math.nan
    denominator: float = math.nan
    coverage: float = math.nan


def find_report_value(desk: Desk, figure: ReportFigure, period: str, ledger: PlanLedger | None) -> ReportValue:
    """The figure, computed from the returns of its own period, or of the workbook's."""
    period = figure.period or period
    if figure.item:
        if ledger is None:
            raise DefinitionError(problem("item_without_ledger"), key=f"figures.{figure.id}.item")
        return ReportValue(figure.scale * _find_item(desk, ledger, figure, period))
    now = _sum_stages(_compute_part(desk, figure, period, stage) for stage in figure.stages or ("",))
    value = now.value
    if figure.change:
        earlier = (_compute_part(desk, figure, step_back(period), stage) for stage in figure.stages or ("",))
        value -= _sum_stages(earlier).value
    return ReportValue(figure.scale * value, now.numerator, now.denominator, now.coverage)


def _compute_part(desk: Desk, figure: ReportFigure, period: str, stage: str) -> ReportValue:
    """One stage of the figure: the whole district, or the group that the report speaks of."""
    indicator = desk.catalogue.indicators.get(figure.indicator)
    if indicator is None or indicator.publish != "public" or stage not in desk.list_stages(indicator):
        fault = problem("not_published", name=figure.indicator, stage=stage or "—")
        raise DefinitionError(fault, key=f"figures.{figure.id}")
    figures = desk.compute(figure.indicator, period, Grouping(by=figure.by), stage)
    if figure.group not in figures.groups.labels:
        return ReportValue(math.nan)
    at = figures.groups.labels.index(figure.group)
    columns = (figures.value, figures.numerator, figures.denominator, figures.coverage.percent)
    return ReportValue(*(float(column[at]) for column in columns))


def _sum_stages(parts: Iterable[ReportValue]) -> ReportValue:
    """One stage as it is; of several the sum, which has the lowest coverage of its parts."""
    listed = list(parts)
    if len(listed) == 1:
        return listed[0]
    coverages = [part.coverage for part in listed if not math.isnan(part.coverage)]
    return ReportValue(
        sum(part.value for part in listed), sum(part.numerator for part in listed),
        sum(part.denominator for part in listed), min(coverages, default=math.nan),
    )  # fmt: skip


def _find_item(desk: Desk, ledger: PlanLedger, figure: ReportFigure, period: str) -> float:
    """The value to date of the plan item of that name and indicator; the sum where several lines have it."""
    items = read_items(desk, ledger, list_ledger_parts(desk, ledger, period))
    reached = [i.actual for i in items if i.name == figure.item and i.indicator == figure.indicator]
    return sum(reached) if reached else math.nan
