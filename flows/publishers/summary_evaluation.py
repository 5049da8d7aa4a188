"""Sheets of an evaluation: schools reaching each criterion, school by school, and dispersion between schools."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flows.indicators.evaluations import CriterionValue, DispersionResult, EvaluationResult, UnitResult
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import SheetContent, Value
from flows.publishers.summary_data import SummaryData
from flows.publishers.summary_figures import label_attribute, read_attribute
from flows.publishers.tables import HEAD_ROW, Head, open_sheet, put_rows, put_value
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.workbooks import EvaluationSheet, SheetDefinition, UnitSheet

VERDICTS: dict[bool | None, str] = {True: "met", False: "unmet", None: "unjudged"}


def build_criteria(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """表Ⅱ-1: per stage, how many schools reach each criterion, and the rule as a whole."""
    result = data.evaluations[read_parameters(definition, EvaluationSheet).evaluation]
    message = data.catalogue.message
    heads = [
        Head(message("summary.stage"), 10, "text_center"), Head(message("summary.criterion"), 40),
        Head(message("summary.threshold"), 12, "number3"), Head(message("summary.floor"), 12, "number3"),
        Head(message("summary.units"), 10, "count"), Head(message("summary.reached_schools"), 12, "count"),
        Head(message("summary.reached_share"), 14, "number1"),
    ]  # fmt: skip
    content = open_sheet(definition, heads, _spell_result(data, result))
    rows: list[list[Value]] = []
    for unit in result.evaluation.units:
        rows += _list_criteria(data, result, unit.stage, unit.label.zh)
    put_rows(content, heads, rows)
    return content


def build_units(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """表Ⅱ-2: one line a school and stage with its values, those that fall short marked, and the verdict."""
    parameters = read_parameters(definition, UnitSheet)
    result, attributes = data.evaluations[parameters.evaluation], parameters.attributes
    message = data.catalogue.message
    criteria = result.evaluation.criteria
    heads = [
        Head(message("summary.no"), 6, "count"), Head(message("summary.stage"), 8, "text_center"),
        Head(message("summary.name"), 26), *(Head(label_attribute(data, name), 14) for name in attributes),
        Head(message("summary.size"), 10, "count"), *(Head(c.name.zh, 13, "number2") for c in criteria),
    ]  # fmt: skip
    if result.evaluation.unit_rule is not None:
        heads += [Head(message("summary.verdict"), 10, "text_center"), Head(message("summary.remark"), 36)]
    content = open_sheet(definition, heads, _spell_result(data, result))
    content.heights[HEAD_ROW] = 62
    texts = {
        name: dict(zip(data.desk.open_period(data.period).source.schools, read_attribute(data, name), strict=True))
        for name in attributes
    }
    for number, unit in enumerate(result.units):
        _put_unit(
            data,
            content,
            HEAD_ROW + 1 + number,
            number + 1,
            unit,
            result.evaluation,
            [texts[n].get(unit.school, "") for n in attributes],
        )
    _put_footer(content, HEAD_ROW + 2 + len(result.units), result)
    return content


def build_dispersion(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """表Ⅲ: district mean and 差异系数 of each criterion and stage against its limit."""
    result = data.evaluations[read_parameters(definition, EvaluationSheet).evaluation]
    message = data.catalogue.message
    heads = [
        Head(message("summary.stage"), 10, "text_center"), Head(message("summary.criterion"), 42),
        Head(message("summary.units"), 10, "count"), Head(message("summary.mean"), 14, "number2"),
        Head(message("summary.dispersion"), 12, "number3"), Head(message("summary.limit"), 10, "number2"),
        Head(message("summary.status"), 12, "text_center"), Head(message("summary.remark"), 26),
    ]  # fmt: skip
    content = open_sheet(definition, heads, _spell_result(data, result))
    names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
    labels = {unit.stage: unit.label.zh for unit in result.evaluation.units}
    for offset, dispersion in enumerate(result.dispersions):
        row = HEAD_ROW + 1 + offset
        name = names.get(dispersion.criterion, message("evaluation.composite"))
        values: list[Value] = [labels[dispersion.stage], name, dispersion.units, dispersion.mean, dispersion.dispersion]
        limit = math.nan if dispersion.limit is None else dispersion.limit
        for column, value in enumerate([*values, limit]):
            put_value(content, row, column, value, heads[column].style)
        verdict = VERDICTS[dispersion.met]
        is_limited = dispersion.limit is not None
        content.put(row, 6, message(f"status.{verdict}") if is_limited else "", verdict if is_limited else "text")
        content.put(row, 7, _spell_remarks(data, dispersion), "text")
    return content


def _spell_result(data: SummaryData, result: EvaluationResult) -> str:
    verdict = data.catalogue.message(f"status.{VERDICTS[result.passed]}")
    return f"{result.evaluation.name.zh}　{result.evaluation.document}　" + data.catalogue.message(
        "summary.result", verdict=verdict
    )


def _list_criteria(data: SummaryData, result: EvaluationResult, stage: str, label: str) -> list[list[Value]]:
    units = [unit for unit in result.units if unit.stage == stage]
    floor = result.evaluation.unit_rule.floor if result.evaluation.unit_rule else math.nan
    rows: list[list[Value]] = []
    for position, criterion in enumerate(c for c in result.evaluation.criteria if stage in c.indicators):
        threshold = criterion.thresholds.get(stage, math.nan)
        reached = sum(unit.values[position].reached is True for unit in units)
        rows.append(
            [label, criterion.name.zh, threshold, floor * threshold, len(units), reached, _share(reached, len(units))]
        )
    passed = sum(unit.passed is True for unit in units)
    overall = data.catalogue.message("summary.overall")
    rows.append([label, overall, math.nan, math.nan, len(units), passed, _share(passed, len(units))])
    return rows


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else math.nan


def _put_unit(
    data: SummaryData,
    content: SheetContent,
    row: int,
    number: int,
    unit: UnitResult,
    evaluation: Evaluation,
    texts: Sequence[str],
) -> None:
    labels = {u.stage: u.label.zh for u in evaluation.units}
    fixed: list[tuple[Value, str]] = [(number, "count"), (labels[unit.stage], "text_center"), (unit.name, "text")]
    fixed += [(text, "text") for text in texts]
    fixed.append((unit.size, "count"))
    for column, (value, style) in enumerate(fixed):
        content.put(row, column, value, style)
    for offset, value_of in enumerate(unit.values):
        _put_criterion(content, row, len(fixed) + offset, value_of)
    if evaluation.unit_rule is None:
        return
    last = len(fixed) + len(unit.values)
    verdict = VERDICTS[unit.passed]
    content.put(row, last, data.catalogue.message(f"status.{verdict}"), verdict)
    content.put(row, last + 1, _spell_shortfalls(data, unit, evaluation), "text")


def _put_criterion(content: SheetContent, row: int, column: int, value: CriterionValue) -> None:
    style = "number2" if value.reached is not False else "number2_short" if value.above_floor else "number2_low"
    put_value(content, row, column, value.value, style)


def _spell_shortfalls(data: SummaryData, unit: UnitResult, evaluation: Evaluation) -> str:
    """Names the criteria that are not reached, and those below the floor."""
    names = {criterion.id: criterion.name.zh for criterion in evaluation.criteria}
    short = [names[v.criterion] for v in unit.values if v.reached is False and v.above_floor]
    low = [names[v.criterion] for v in unit.values if v.above_floor is False]
    parts = [data.catalogue.message("summary.remark_short", names="、".join(short))] if short else []
    parts += [data.catalogue.message("summary.remark_floor", names="、".join(low))] if low else []
    return "；".join(parts)


def _put_footer(content: SheetContent, row: int, result: EvaluationResult) -> None:
    """How many units of each stage there are, as the official table ends."""
    for offset, unit in enumerate(result.evaluation.units):
        count = sum(u.stage == unit.stage for u in result.units)
        content.put(row + offset, 0, f"{unit.label.zh}：{count}", "caption")


def _spell_remarks(data: SummaryData, dispersion: DispersionResult) -> str:
    message = data.catalogue.message
    remarks = [message("summary.small_base")] if dispersion.is_small_base else []
    remarks += [message("summary.rounding")] if dispersion.rounding_decides else []
    return "；".join(remarks)
