"""The sheet of report figures: each sentence of a report, the figure as it prints it, and where it comes from."""

from __future__ import annotations

import math

from flows.indicators.groups import label_group
from flows.indicators.report import ReportValue, find_report_value
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import SheetContent
from flows.publishers.summary_data import SummaryData
from flows.publishers.summary_plans import find_style
from flows.publishers.tables import HEAD_ROW, Head, number_style, open_sheet, put_value
from schemas.definitions.workbooks import Report, ReportFigure, Rounding, SheetDefinition
from schemas.expressions.rounding import round_half_up

NEAR = 1e-9


def build_report_figures(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """One line a figure under its report: the text, the figure as printed, and the figure as computed."""
    report = read_parameters(definition, Report)
    message = data.catalogue.message
    heads = [
        Head(message("summary.no"), 8, "text_center"), Head(message("report.text"), 44),
        Head(message("report.printed"), 12, "text_center"), Head(message("summary.unit"), 10, "text_center"),
        Head(message("report.computed"), 14), Head(message("summary.indicator"), 32),
        Head(message("report.part"), 26), Head(message("report.period"), 12, "text_center"),
        Head(message("summary.numerator"), 15), Head(message("summary.denominator"), 15),
        Head(message("summary.coverage"), 10, "number1"), Head(message("summary.note"), 34),
    ]  # fmt: skip
    content = open_sheet(definition, heads, message("report.caption"))
    row = HEAD_ROW + 1
    for section in report.sections:
        content.merge(row, 0, len(heads) - 1, section.label.zh, "section")
        for figure in section.figures:
            row += 1
            _put_figure(data, content, row, figure, find_report_value(data.desk, figure, data.period, report.ledger))
        row += 1
    return content


def word_figure(figure: ReportFigure, value: float) -> str:
    """The figure as the text prints it, without its unit."""
    if math.isnan(value):
        return "—"
    if figure.only_sign:
        return "<0" if value < 0 else ">0" if value > 0 else "0"
    shown = round_to_step(value, figure.rounding) if figure.rounding else value
    decimals = 0 if figure.rounding and float(figure.rounding.step).is_integer() else figure.decimals
    return figure.wording.format(f"{round_half_up(shown, decimals):.{decimals}f}")


def round_to_step(value: float, rounding: Rounding) -> float:
    """The next whole step above or below; a value that stands on a step stays there."""
    steps = value / rounding.step
    whole = math.ceil(steps - NEAR) if rounding.toward == "up" else math.floor(steps + NEAR)
    return whole * rounding.step


def _put_figure(data: SummaryData, content: SheetContent, row: int, figure: ReportFigure, found: ReportValue) -> None:
    indicator = data.catalogue.indicators[figure.indicator]
    content.put(row, 0, figure.id, "text_center")
    content.put(row, 1, figure.text, "text")
    content.put(row, 2, word_figure(figure, found.value), "text_center")
    content.put(row, 3, figure.unit, "text_center")
    put_value(content, row, 4, found.value, number_style(figure.decimals))
    content.put(row, 5, indicator.name.zh, "text")
    content.put(row, 6, _spell_part(data, figure), "text")
    content.put(row, 7, figure.period or data.period, "text_center")
    put_value(content, row, 8, found.numerator, find_style(found.numerator))
    put_value(content, row, 9, found.denominator, find_style(found.denominator))
    put_value(content, row, 10, found.coverage, "number1")
    content.put(row, 11, figure.note, "text")


def _spell_part(data: SummaryData, figure: ReportFigure) -> str:
    """The stage, group or plan item that the figure speaks of."""
    stages = "、".join(data.label_stage(stage) for stage in figure.stages)
    indicator = data.catalogue.indicators[figure.indicator]
    group = label_group(data.catalogue, figure.by, figure.group, indicator) if figure.by else ""
    change = data.catalogue.message("report.change") if figure.change else ""
    return " ".join(part for part in (stages, group, figure.item, change) if part)
