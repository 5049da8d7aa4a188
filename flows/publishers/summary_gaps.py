"""Sheets of what is lacking: the gap list of an evaluation, and the cheapest lift for each dispersion too high."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from flows.indicators.evaluations import EvaluationResult
from flows.indicators.gaps import Gap, GapTotal, list_gaps, sum_gaps
from flows.indicators.lifts import Lift, find_lifts
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import SheetContent, Value
from flows.publishers.summary_data import SummaryData
from flows.publishers.tables import HEAD_ROW, Head, number_style, open_sheet, put_rows, put_value
from schemas.definitions.workbooks import EvaluationSheet, SheetDefinition

NEEDED = 10
"""Column of what is needed: its decimals are those of what is counted."""


def build_gaps(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """差距清单: one line a school and item it falls short of, and below them what all schools lack together."""
    result = data.evaluations[read_parameters(definition, EvaluationSheet).evaluation]
    heads = _list_gap_heads(data)
    content = open_sheet(
        definition, heads, f"{result.evaluation.name.zh}　{data.catalogue.message('evaluation.gaps_note')}"
    )
    gaps = list_gaps(result, data.catalogue)
    stages = _label_stages(result)
    row = put_rows(content, heads, [_build_gap_row(data, gap, stages) for gap in gaps])
    for offset, gap in enumerate(gaps):
        put_value(content, HEAD_ROW + 1 + offset, NEEDED, gap.needed, number_style(gap.decimals))
    for offset, total in enumerate(sum_gaps(gaps)):
        _put_total(data, content, row + 1 + offset, total, stages, len(heads))
    return content


def build_lifts(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """提升方案: for each dispersion above its limit the schools to lift, to what value, by how much."""
    result = data.evaluations[read_parameters(definition, EvaluationSheet).evaluation]
    message = data.catalogue.message
    heads = [
        Head(message("summary.stage"), 8, "text_center"), Head(message("summary.criterion"), 34),
        Head(message("evaluation.dispersion"), 10, "number3"), Head(message("evaluation.limit"), 8, "number2"),
        Head(message("evaluation.after"), 10, "number3"), Head(message("evaluation.school"), 28),
        Head(message("evaluation.value"), 12, "number2"), Head(message("evaluation.target"), 12, "number2"),
        Head(message("evaluation.added"), 14, "number2"), Head(message("evaluation.unit"), 9, "text_center"),
        Head(message("summary.remark"), 32),
    ]  # fmt: skip
    content = open_sheet(definition, heads, f"{result.evaluation.name.zh}　{message('evaluation.lifts_note')}")
    rows = [row for lift in find_lifts(result) for row in _list_lift_rows(data, result, lift)]
    put_rows(content, heads, rows)
    if not rows:
        content.put(HEAD_ROW + 1, 0, message("evaluation.no_lifts"), "plain")
    return content


def _list_gap_heads(data: SummaryData) -> list[Head]:
    message = data.catalogue.message
    return [
        Head(message("summary.stage"), 8, "text_center"), Head(message("evaluation.school"), 28),
        Head(message("evaluation.id"), 12, "text_center"), Head(message("summary.criterion"), 34),
        Head(message("evaluation.value"), 13, "number2"), Head(message("evaluation.threshold"), 13, "number2"),
        Head(message("evaluation.unit"), 11, "text_center"), Head(message("evaluation.shortfall"), 11, "number3"),
        Head(message("evaluation.size"), 10, "count"), Head(message("evaluation.amount"), 14, "number2"),
        Head(message("evaluation.needed"), 13, "number2"), Head(message("evaluation.amount_unit"), 9, "text_center"),
        Head(message("summary.remark"), 16, "text_center"),
    ]  # fmt: skip


def _build_gap_row(data: SummaryData, gap: Gap, stages: dict[str, str]) -> list[Value]:
    return [
        stages.get(gap.stage, ""), gap.school_name, gap.item if gap.kind == "requirement" else "", gap.name, gap.value,
        gap.threshold, gap.unit, gap.shortfall, gap.size, gap.amount, gap.needed, gap.amount_unit, _remark(data, gap),
    ]  # fmt: skip


def _remark(data: SummaryData, gap: Gap) -> str:
    key = "excess" if gap.is_excess else "below_floor" if gap.above_floor is False else "lacking"
    return data.catalogue.message(f"evaluation.{key}")


def _put_total(
    data: SummaryData, content: SheetContent, row: int, total: GapTotal, stages: dict[str, str], width: int
) -> None:
    message = data.catalogue.message
    for column in range(width):
        content.put(row, column, None, "stub")
    key = "excess" if total.is_excess else "lacking"
    whole = message("evaluation.total_of", count=total.schools)
    texts = {
        0: stages.get(total.stage, ""), 1: whole,
        2: total.item if total.kind == "requirement" else "", 3: total.name, 11: total.amount_unit,
        12: message(f"evaluation.{key}"),
    }  # fmt: skip
    for column, text in texts.items():
        content.put(row, column, text, "stub")
    put_value(content, row, NEEDED, total.needed, number_style(total.decimals))


def _list_lift_rows(data: SummaryData, result: EvaluationResult, lift: Lift) -> Iterator[list[Value]]:
    """A line with the whole lift, then one a school."""
    message = data.catalogue.message
    names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
    first: Sequence[Value] = [_label_stages(result)[lift.stage], names[lift.criterion]]
    whole = message("evaluation.total_of", count=len(lift.schools))
    remark = message("evaluation.alternative") if lift.is_alternative else ""
    yield [
        *first, lift.before, lift.limit, lift.after, whole, math.nan, lift.level, lift.amount, lift.unit, remark,
    ]  # fmt: skip
    for school in lift.schools:
        figures = (school.value, school.target, school.amount)
        yield [*first, math.nan, math.nan, math.nan, school.name, *figures, lift.unit, ""]


def _label_stages(result: EvaluationResult) -> dict[str, str]:
    return {unit.stage: unit.label.zh for unit in result.evaluation.units}
