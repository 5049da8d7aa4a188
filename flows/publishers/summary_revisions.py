"""The sheet of revisions: figures that were final once and have changed since, with old, new and why."""

from __future__ import annotations

import math

from flows.indicators.groups import label_group
from flows.publishers.sheets import SheetContent, Value
from flows.publishers.summary_data import RevisionRow, SummaryData
from flows.publishers.tables import HEAD_ROW, Head, number_style, open_sheet, put_rows, put_value
from schemas.definitions.workbooks import SheetDefinition

OLD, NEW, CHANGE = 5, 6, 7


def build_revisions(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """A line a figure revised, in the order of the vintages. Before the collection is locked nothing is final."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.vintage"), 7, "text_center"), Head(message("summary.indicator"), 32),
        Head(message("summary.stage"), 9, "text_center"),
        Head(message("summary.group"), 16), Head(message("summary.unit"), 9, "text_center"),
        Head(message("summary.old"), 13), Head(message("summary.new"), 13), Head(message("summary.revised_by"), 12),
        Head(message("summary.reason"), 52),
    ]  # fmt: skip
    key = "revised" if data.revisions else "none_revised" if data.is_locked else "nothing_final"
    content = open_sheet(definition, heads, message(f"summary.{key}", count=len(data.revisions)))
    put_rows(content, heads, [_build_line(data, revision) for revision in data.revisions])
    for offset, revision in enumerate(data.revisions):
        decimals = number_style(data.catalogue.indicators[revision.indicator].decimals)
        figures = ((OLD, revision.old_value), (NEW, revision.new_value), (CHANGE, _subtract(revision)))
        for column, value in figures:
            put_value(content, HEAD_ROW + 1 + offset, column, math.nan if value is None else value, decimals)
    return content


def _build_line(data: SummaryData, revision: RevisionRow) -> list[Value]:
    indicator = data.catalogue.indicators[revision.indicator]
    by, message = revision.breakdown, data.catalogue.message
    return [
        f"v{revision.vintage}", indicator.name.zh, data.label_stage(revision.stage) if revision.stage else "",
        label_group(data.catalogue, by, revision.group_code) if by else message("summary.whole"), indicator.unit,
        None, None, None, revision.reason,
    ]  # fmt: skip


def _subtract(revision: RevisionRow) -> float | None:
    if revision.old_value is None or revision.new_value is None:
        return None
    return revision.new_value - revision.old_value
