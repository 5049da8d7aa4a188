"""Workbook content → the bytes of an .xlsx file. The only module that knows XlsxWriter.

The same content gives the same bytes: no clock, no random ids. Text is always written as text.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from flows.publishers.sheets import Chart, Formula, Link, Range, SheetContent, Value, WorkbookContent
from schemas.definitions.workbooks import Theme

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  a workbook knows no time zone
CELL_LIMIT = 32_767
CUT_MARK = "…(已截断)"
PAPERS = {"A4": 9, "A3": 8}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
PROTECTION = {
    "format_columns": True, "format_rows": True, "format_cells": True, "sort": True, "autofilter": True,
    "select_locked_cells": True, "select_unlocked_cells": True,
}  # fmt: skip


def write_workbook(content: WorkbookContent, theme: Theme) -> bytes:
    """The finished file."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, OPTIONS)
    workbook.set_properties({"title": content.title, "subject": content.subject, "author": "汇总", "created": CREATED})
    styles = _Styles(workbook, theme)
    for sheet in content.sheets:
        _write_sheet(workbook, sheet, styles)
    for name, reference in content.names.items():
        workbook.define_name(name, reference)
    workbook.get_worksheet_by_name(next(s.name for s in content.sheets if not s.hidden)).activate()
    workbook.close()
    return target.getvalue()


def clean_text(text: str) -> str:
    """Text that every spreadsheet program takes: no control characters, cut with a mark at the limit of a cell."""
    cleaned = FORBIDDEN.sub("", text)
    return cleaned if len(cleaned) <= CELL_LIMIT else cleaned[: CELL_LIMIT - len(CUT_MARK)] + CUT_MARK


class _Styles:
    """Formats of the theme, made once a workbook."""

    def __init__(self, workbook: Any, theme: Theme) -> None:
        self._workbook = workbook
        self._theme = theme
        self._made: dict[str, Any] = {}

    def find(self, name: str) -> Any:
        if name not in self._made:
            own = {"font_name": self._theme.font, "font_size": self._theme.size, **self._theme.styles[name]}
            self._made[name] = self._workbook.add_format(own)
        return self._made[name]

    def find_condition(self, name: str) -> Any:
        key = f"condition:{name}"
        if key not in self._made:
            self._made[key] = self._workbook.add_format(dict(self._theme.styles[name]))
        return self._made[key]


def _write_sheet(workbook: Any, sheet: SheetContent, styles: _Styles) -> None:
    worksheet = workbook.add_worksheet(sheet.name)
    for column, width in sheet.widths.items():
        style = sheet.column_styles.get(column)
        worksheet.set_column(column, column, width, styles.find(style) if style else None)
    for row, height in sheet.heights.items():
        worksheet.set_row(row, height)
    for area, value, style in sheet.merges:
        _write_merge(worksheet, area, value, styles.find(style))
    for (row, column), (value, style) in sheet.cells.items():
        _write_value(worksheet, row, column, value, styles.find(style))
    for validation in sheet.validations:
        area = validation.area
        worksheet.data_validation(
            area.first_row, area.first_column, area.last_row, area.last_column, dict(validation.options)
        )
    _write_conditions(worksheet, sheet, styles)
    for chart in sheet.charts:
        _write_chart(workbook, worksheet, sheet.name, chart)
    _set_up_view(worksheet, sheet)
    _set_up_print(worksheet, sheet)


def _write_merge(worksheet: Any, area: Range, value: Value, style: Any) -> None:
    text = clean_text(value) if isinstance(value, str) else value
    worksheet.merge_range(area.first_row, area.first_column, area.last_row, area.last_column, "", style)
    _write_value(worksheet, area.first_row, area.first_column, text, style)


def _write_value(worksheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    if value is None or value == "":
        worksheet.write_blank(row, column, None, style)
    elif isinstance(value, Formula):
        worksheet.write_formula(row, column, value.text, style, value.value)
    elif isinstance(value, Link):
        worksheet.write_url(row, column, value.target, style, clean_text(value.text))
    elif isinstance(value, str):
        worksheet.write_string(row, column, clean_text(value), style)
    else:
        worksheet.write_number(row, column, value, style)


def _write_conditions(worksheet: Any, sheet: SheetContent, styles: _Styles) -> None:
    for condition in sheet.conditions:
        first = condition.areas[0]
        options: dict[str, Any] = {
            "type": "formula", "criteria": condition.formula, "format": styles.find_condition(condition.style),
        }  # fmt: skip
        if len(condition.areas) > 1:
            options["multi_range"] = " ".join(_spell_range(area) for area in condition.areas)
        worksheet.conditional_format(first.first_row, first.first_column, first.last_row, first.last_column, options)


def _spell_range(area: Range) -> str:
    return str(xl_range(area.first_row, area.first_column, area.last_row, area.last_column))


def _write_chart(workbook: Any, worksheet: Any, sheet_name: str, chart: Chart) -> None:
    drawn = workbook.add_chart({"type": chart.kind})
    for series in chart.series:
        drawn.add_series(
            {
                "name": clean_text(series.name),
                "categories": _spell_reference(sheet_name, series.categories),
                "values": _spell_reference(sheet_name, series.values),
            }
        )
    drawn.set_title({"name": clean_text(chart.title), "name_font": {"size": 12}})
    drawn.set_size({"width": chart.width, "height": chart.height})
    if chart.axis:
        drawn.set_y_axis({"name": clean_text(chart.axis)})
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
    worksheet.insert_chart(chart.row, chart.column, drawn)


def _spell_reference(sheet_name: str, area: Range) -> str:
    quoted = sheet_name.replace("'", "''")
    return f"='{quoted}'!{xl_range_abs(area.first_row, area.first_column, area.last_row, area.last_column)}"


def _set_up_view(worksheet: Any, sheet: SheetContent) -> None:
    if sheet.freeze:
        worksheet.freeze_panes(*sheet.freeze)
    if sheet.filter:
        area = sheet.filter
        worksheet.autofilter(area.first_row, area.first_column, area.last_row, area.last_column)
    if sheet.first_cell:
        worksheet.set_selection(*sheet.first_cell, *sheet.first_cell)
    if sheet.tab_color:
        worksheet.set_tab_color(sheet.tab_color)
    if sheet.protected:
        worksheet.protect("", PROTECTION)
    if sheet.hidden:
        worksheet.very_hidden() if sheet.name.startswith("_") else worksheet.hide()
    worksheet.set_zoom(sheet.zoom)


def _set_up_print(worksheet: Any, sheet: SheetContent) -> None:
    worksheet.set_paper(PAPERS[sheet.print.paper])
    if sheet.print.landscape:
        worksheet.set_landscape()
    if sheet.print.repeat_rows:
        worksheet.repeat_rows(*sheet.print.repeat_rows)
    if sheet.print.fit_width:
        worksheet.fit_to_pages(1, 0)
    if sheet.print.breaks:
        worksheet.set_h_pagebreaks(list(sheet.print.breaks))
    worksheet.set_footer(sheet.print.footer)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)


def spell_address(row: int, column: int) -> str:
    """A1 form of a cell counted from 0."""
    return str(xl_rowcol_to_cell(row, column))
