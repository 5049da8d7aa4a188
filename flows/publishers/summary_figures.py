"""Sheets of figures: headline indicators, indicators by group, and the detail of schools."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from flows.district.facts import Shown
from flows.indicators.desk import PeriodView
from flows.indicators.groups import Grouping, build_groups, label_group
from flows.indicators.targets import Status
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import Chart, Range, Series, SheetContent, Value
from flows.publishers.summary_data import SummaryData
from flows.publishers.tables import (
    HEAD_ROW,
    Head,
    format_figure,
    number_style,
    open_sheet,
    put_rows,
    put_totals,
    put_value,
)
from schemas.compile import translate_keys
from schemas.definitions.indicators import Indicator, Target
from schemas.definitions.workbooks import GroupSheet, HeadlineSheet, SchoolSheet, SheetDefinition
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope

STATUS_STYLES = {
    Status.MET: "met", Status.UNMET: "unmet", Status.UNJUDGED: "unjudged", Status.NO_TARGET: "missing",
}  # fmt: skip


def build_headline(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """Indicators by group with numerator, denominator, coverage, target, verdict and change."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.indicator"), 34), Head(message("summary.stage"), 9, "text_center"),
        Head(message("summary.value"), 12), Head(message("summary.unit"), 9, "text_center"),
        Head(message("summary.numerator"), 13, "number2"), Head(message("summary.denominator"), 13, "number2"),
        Head(message("summary.coverage"), 10, "number1"), Head(message("summary.size_coverage"), 10, "number1"),
        Head(message("summary.target"), 11, "text_center"), Head(message("summary.status"), 10, "text_center"),
        Head(message("summary.earlier"), 12), Head(message("summary.change"), 10),
    ]  # fmt: skip
    content = open_sheet(definition, heads, message("summary.below_note"))
    row = HEAD_ROW + 1
    for group in read_parameters(definition, HeadlineSheet).groups:
        content.merge(row, 0, len(heads) - 1, group.label, "section")
        row += 1
        for indicator, stage in _list_lines(data, group.indicators):
            _put_headline(data, content, row, indicator, stage)
            row += 1
    return content


def build_by_group(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """Indicators down, groups across; by stage, area or any attribute of the register."""
    parameters = read_parameters(definition, GroupSheet)
    by, ids = parameters.by, parameters.indicators
    message = data.catalogue.message
    lines: list[tuple[Indicator, str | None]]
    if by == "stage":
        lines = [(data.catalogue.indicators[indicator_id], None) for indicator_id in ids]
        groups = list(dict.fromkeys(s for indicator, _ in lines for s in data.desk.list_stages(indicator) if s))
        labels = [data.label_stage(stage) for stage in groups]
    else:
        groups = data.list_groups(by)
        labels = [label_group(data.catalogue, by, group) for group in groups]
        lines = [*_list_lines(data, ids)]
    heads = [Head(message("summary.indicator"), 32), Head(message("summary.unit"), 10, "text_center")]
    heads += [Head(message("summary.whole"), 12)] if by != "stage" else []
    heads += [Head(label, 12) for label in labels]
    notes = [message("summary.below_note")]
    notes += [message("summary.overlapping")] if by in data.catalogue.overlapping else []
    content = open_sheet(definition, heads, "".join(notes))
    for offset, (indicator, stage) in enumerate(lines):
        _put_group_line(data, content, HEAD_ROW + 1 + offset, indicator, stage, by, groups)
    _put_chart(data, content, definition, lines, labels, by)
    return content


def build_schools(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """One line a school: what it is, and figures of its accepted returns; live totals below."""
    message = data.catalogue.message
    parameters = read_parameters(definition, SchoolSheet)
    columns, attributes = parameters.columns, parameters.attributes
    heads = [
        Head(message("summary.no"), 6, "count"), Head(message("summary.code"), 14), Head(message("summary.name"), 28),
        Head(message("summary.area"), 14), Head(message("summary.type"), 16),
        *(Head(label_attribute(data, name), 14) for name in attributes),
        *(Head(f"{column.label}\n({column.unit})", 12, number_style(column.decimals)) for column in columns),
    ]  # fmt: skip
    content = open_sheet(definition, heads)
    rows, sums = _list_schools(data, parameters)
    last = put_rows(content, heads, rows)
    first = 5 + len(attributes)
    totals = [(first + i, heads[first + i].style, sums[i]) for i, column in enumerate(columns) if column.total]
    if rows:
        put_totals(content, last, message("summary.total"), totals, len(heads))
    return content


def spell_target(target: Target | None, indicator: Indicator) -> str:
    """A target as printed: its sign and value."""
    if target is None:
        return "—"
    signs = {">=": "≥", "<=": "≤", "increase_by": "+", "decrease_by": "−", "range": ""}
    value = format_figure(target.value, 0 if float(target.value).is_integer() else max(indicator.decimals, 1))
    high = f"~{format_figure(target.value_max, 0)}" if target.value_max is not None else ""
    return f"{signs.get(target.op, target.op)}{value}{high}"


def _list_lines(data: SummaryData, ids: Sequence[str]) -> Iterator[tuple[Indicator, str]]:
    for indicator_id in ids:
        indicator = data.catalogue.indicators[indicator_id]
        for stage in data.desk.list_stages(indicator):
            yield indicator, stage


def _put_headline(data: SummaryData, content: SheetContent, row: int, indicator: Indicator, stage: str) -> None:
    shown = data.find(indicator.id, stage)
    standing = data.judge(indicator.id, stage, shown)
    style = number_style(indicator.decimals)
    below = _is_below(indicator, shown)
    mark = data.catalogue.message("summary.below_coverage") if below else ""
    content.put(row, 0, f"{indicator.name.zh}{mark}", "text")
    content.put(row, 1, data.label_stage(stage) if stage else "", "text_center")
    put_value(content, row, 2, shown.value, style)
    content.put(row, 3, indicator.unit, "text_center")
    for column, number in ((4, shown.numerator), (5, shown.denominator)):
        put_value(content, row, column, number, "count" if float(number).is_integer() else "number2")
    put_value(content, row, 6, shown.coverage, "number1")
    put_value(content, row, 7, shown.size_coverage, "number1")
    content.put(row, 8, spell_target(standing.target, indicator), "text_center")
    content.put(row, 9, data.catalogue.message(f"status.{standing.status}"), STATUS_STYLES[standing.status])
    put_value(content, row, 10, shown.earlier, style)
    put_value(content, row, 11, shown.value - shown.earlier, style)


def _is_below(indicator: Indicator, shown: Shown) -> bool:
    return not math.isnan(shown.coverage) and shown.coverage < indicator.minimum_coverage


def _put_group_line(
    data: SummaryData,
    content: SheetContent,
    row: int,
    indicator: Indicator,
    stage: str | None,
    by: str,
    groups: Sequence[str],
) -> None:
    style = number_style(indicator.decimals)
    label = indicator.name.zh + (f"({data.label_stage(stage)})" if stage else "")
    content.put(row, 0, label, "text")
    content.put(row, 1, indicator.unit, "text_center")
    if by == "stage":
        cells = [data.find(indicator.id, group) for group in groups]
    else:
        cells = [data.find(indicator.id, stage or ""), *(data.find(indicator.id, stage or "", by, g) for g in groups)]
    for offset, shown in enumerate(cells):
        put_value(content, row, 2 + offset, shown.value, style)


def _put_chart(
    data: SummaryData,
    content: SheetContent,
    definition: SheetDefinition,
    lines: Sequence[tuple[Indicator, str | None]],
    labels: Sequence[str],
    by: str,
) -> None:
    wanted = read_parameters(definition, GroupSheet).chart
    positions = [i for i, (indicator, _) in enumerate(lines) if indicator.id == wanted]
    if not positions or not labels:
        return
    first = 2 if by == "stage" else 3
    last = first + len(labels) - 1
    series = tuple(
        Series(
            lines[i][0].name.zh + (f"({data.label_stage(stage)})" if (stage := lines[i][1]) else ""),
            Range(HEAD_ROW, first, HEAD_ROW, last),
            Range(HEAD_ROW + 1 + i, first, HEAD_ROW + 1 + i, last),
        )
        for i in positions
    )
    indicator = lines[positions[0]][0]
    row = HEAD_ROW + len(lines) + 3
    content.charts.append(Chart("column", indicator.name.zh, series, row, 0, axis=indicator.unit))


def label_attribute(data: SummaryData, name: str) -> str:
    """What a grouping, a field of the register, or of a list of the bureau, is called."""
    if name in data.catalogue.groupings:
        return data.catalogue.groupings[name]
    for owner in data.catalogue.returns:
        for sheet in data.catalogue.latest_layout(owner).sheets:
            for cell in sheet.cells if sheet.is_list else ():
                if cell.ref == f"{sheet.id}.{name}":
                    return cell.label
    return name


def _list_schools(data: SummaryData, parameters: SchoolSheet) -> tuple[list[list[Value]], list[float]]:
    view = data.desk.open_period(data.period)
    scope = UnitScope(view.source)
    chosen = np.ones(view.source.length, dtype=bool)
    if parameters.schools:
        chosen = evaluate_truth(translate_keys(parse_expression(parameters.schools), data.catalogue), scope).yes
    values = [evaluate_numbers(parse_expression(column.value), scope) for column in parameters.columns]
    texts = [read_attribute(data, name) for name in parameters.attributes]
    rows: list[list[Value]] = []
    units: list[int] = np.nonzero(chosen)[0].tolist()
    for unit in sorted(units, key=lambda u: (view.register.areas[_row(view, u)], view.source.schools[u])):
        position = _row(view, unit)
        fixed: list[Value] = [
            len(rows) + 1,
            view.source.schools[unit],
            view.register.names[position],
            view.register.areas[position],
            _label_type(data, view, unit),
        ]
        rows.append([*fixed, *(text[unit] for text in texts), *(float(value[unit]) for value in values)])
    sums = [float(np.nansum(value[chosen])) for value in values]
    return rows, sums


def _label_type(data: SummaryData, view: PeriodView, unit: int) -> str:
    """What kind of school it is, by the field of the register that says so."""
    register = data.catalogue.register
    name = register.roles.type if register is not None and register.roles is not None else None
    return label_group(data.catalogue, name, str(view.source.attributes.columns[name][unit])) if name else ""


def _row(view: PeriodView, unit: int) -> int:
    """The school's row in the register."""
    return view.register.index[view.source.schools[unit]]


def read_attribute(data: SummaryData, name: str) -> list[str]:
    """Labels of an attribute of the register, or of a field the bureau lists, one a school of the period."""
    view = data.desk.open_period(data.period)
    groups = build_groups(data.catalogue, view.source, view.register, Grouping(by=name))
    labels = [label_group(data.catalogue, name, code) for code in groups.labels]
    return [labels[code] if code >= 0 else "" for code in groups.codes]
