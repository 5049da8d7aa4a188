"""A digest as a workbook: the facts in front, then a sheet a table, each to be filtered and printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.publishers.digest_content import Column, DigestContent, Section
from flows.publishers.sheets import Print, SheetContent, WorkbookContent, safe_sheet_name
from flows.publishers.tables import HEAD_ROW, LINE_HEIGHT, Head, count_lines, open_sheet, put_rows
from schemas.definitions.common import LabelModel
from schemas.definitions.workbooks import SheetDefinition

LABEL_WIDTH, TEXT_WIDTH = 16.0, 100.0
WIDE_SHEET = 120.0
"""Characters that fit on a page upright; wider sheets lie."""


def build_workbook(content: DigestContent) -> WorkbookContent:
    """All of a digest, nothing left out."""
    sheets = [_build_overview(content)]
    for section in content.sections:
        sheets.append(_build_sheet(section, [sheet.name for sheet in sheets]))
    return WorkbookContent(f"{content.title} {content.subtitle}", tuple(sheets), subject=content.subtitle)


def _build_overview(content: DigestContent) -> SheetContent:
    sheet = SheetContent(safe_sheet_name(content.overview))
    sheet.merge(0, 0, 1, content.title, "title")
    sheet.merge(1, 0, 1, content.subtitle, "subtitle")
    sheet.heights[0] = 32
    sheet.widths |= {0: LABEL_WIDTH, 1: TEXT_WIDTH}
    for row, fact in enumerate(content.facts, start=HEAD_ROW):
        sheet.put(row, 0, fact.label, fact.tone or "head")
        sheet.put(row, 1, fact.text, "text")
        lines = max(count_lines(line, TEXT_WIDTH) for line in fact.text.split("\n")) + fact.text.count("\n")
        sheet.heights[row] = LINE_HEIGHT * lines + 6
    sheet.put(HEAD_ROW + len(content.facts) + 1, 0, content.footer, "caption")
    sheet.print = Print(landscape=True)
    return sheet


def _build_sheet(section: Section, taken: Sequence[str]) -> SheetContent:
    name = safe_sheet_name(section.name, taken)
    is_wide = sum(column.width for column in section.columns) > WIDE_SHEET
    definition = SheetDefinition(
        kind="digest", name=LabelModel(zh=name), title=LabelModel(zh=section.title), landscape=True,
        paper="A3" if is_wide else "A4",
    )  # fmt: skip
    heads = [_build_head(column) for column in section.columns]
    sheet = open_sheet(definition, heads)
    last = len(heads) - 1
    width = sum(head.width for head in heads)
    sheet.merges = [merge for merge in sheet.merges if merge[0].first_row == 0]
    sheet.cells.pop((1, 0), None)
    sheet.merge(1, 0, last, section.note, "note")
    sheet.heights[1] = LINE_HEIGHT * count_lines(section.note, width)
    if not section.rows:
        sheet.merge(HEAD_ROW + 1, 0, last, section.empty, "text_center")
        return sheet
    put_rows(sheet, heads, section.rows)
    for offset, tone in enumerate(section.tones):
        sheet.put(HEAD_ROW + 1 + offset, 0, section.rows[offset][0], tone)
    sheet.print = replace(sheet.print, landscape=True)
    return sheet


def _build_head(column: Column) -> Head:
    return Head(column.label, column.width, column.style)
