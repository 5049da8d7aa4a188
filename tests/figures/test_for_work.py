"""The summary workbook is for work: filtered, printed, sorted and counted on without being mended first.

| what | every sheet of figures |
|---|---|
| heads | one line, row 4, in sight while scrolling and on every page printed |
| filter | over the lines below the heads |
| codes | text, and still text after another program has saved the workbook |
| numbers | numbers; a formula has its value stored |
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.figures.published import HEAD_ROW, Published
from tests.sample_workspace import YEAR, SampleRun
from tests.soundness import list_faults
from tests.templates.office import needs_office, save_again

CODE = re.compile(r"\d{10}")
NUMBER = re.compile(r"-?\d{1,3}(,?\d{3})*(\.\d+)?")
CODE_HEADS = ("标识码", "代码", "年份", "版本", "编号")
FRONT = ("封面", "目录")


@pytest.fixture(scope="module")
def content(sample_run: SampleRun) -> bytes:
    """The bytes of the newest summary workbook."""
    folder = sample_run.workspace.warehouse / "published" / YEAR
    newest = max(folder.glob("v*"), key=lambda vintage: int(vintage.name[1:]))
    (path,) = newest.glob("*教育统计汇总.xlsx")
    return path.read_bytes()


def list_tables(published: Published) -> list[Worksheet]:
    return [sheet for sheet in published.workbook.worksheets if sheet.title not in FRONT]


def list_lines(sheet: Worksheet) -> list[Cell]:
    """The cells that hold something below the heads."""
    rows = sheet.iter_rows(min_row=HEAD_ROW + 1)
    return [cell for row in rows for cell in row if isinstance(cell, Cell) and cell.value is not None]


@pytest.mark.requirement("P-15")
def test_a_published_workbook_is_sound_and_within_the_limits(content: bytes) -> None:
    assert list_faults(content) == []


@pytest.mark.requirement("P-15")
def test_no_sheet_is_protected(published: Published) -> None:
    assert [sheet.title for sheet in published.workbook.worksheets if sheet.protection.sheet] == []


@pytest.mark.requirement("P-15")
def test_every_table_has_one_line_of_heads_in_sight_and_on_every_page(published: Published) -> None:
    for sheet in list_tables(published):
        assert sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}", sheet.title
        assert (sheet.freeze_panes or "")[1:] == str(HEAD_ROW + 1), sheet.title
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0), sheet.title
        assert sheet.page_setup.paperSize in (8, 9), sheet.title
        merged = {row for area in sheet.merged_cells.ranges for row in range(area.min_row, area.max_row + 1)}
        assert HEAD_ROW not in merged, sheet.title


@pytest.mark.requirement("P-15")
def test_every_table_can_be_filtered(published: Published) -> None:
    """Over all columns that have a head, from the heads to a line with nothing or only a note below it."""
    filtered = 0
    for sheet in list_tables(published):
        lines = [sum(cell.value is not None for cell in row) for row in sheet.iter_rows(min_row=HEAD_ROW + 1)]
        if not lines or max(lines) <= 1:
            continue
        left, top, right, bottom = range_boundaries(sheet.auto_filter.ref or "A1:A1")
        heads = [cell.column for cell in sheet[HEAD_ROW] if cell.value is not None]
        assert (left, top, right) == (heads[0], HEAD_ROW, heads[-1]), sheet.title
        below = [sheet.cell(int(bottom or 0) + 1, column).value for column in heads]
        sums = [value for value in below if isinstance(value, str) and value.startswith("=")]
        assert sums or sum(value is not None for value in below) <= 1, sheet.title
        filtered += 1
    assert filtered > len(list_tables(published)) / 2


@pytest.mark.requirement("P-15")
def test_no_text_is_cut_off_by_the_height_of_its_line(published: Published) -> None:
    """A Chinese character is as wide as two; a line of text takes 13 points at least."""
    long_texts = 0
    for sheet in list_tables(published):
        merged = {place for area in sheet.merged_cells.ranges for place in area.cells}
        widths = {n: int(d.width) for d in sheet.column_dimensions.values() for n in range(d.min, d.max + 1)}
        for cell in list_lines(sheet):
            if cell.data_type != "s" or (cell.row, cell.column) in merged or not cell.alignment.wrap_text:
                continue
            lines = -(-sum(2 if ord(character) > 0x2E80 else 1 for character in str(cell.value)) // widths[cell.column])
            height = sheet.row_dimensions[cell.row].height or 15
            long_texts += lines > 1
            assert height >= 13 * lines, f"{sheet.title} {cell.coordinate} {cell.value}"
    assert long_texts > 100


@pytest.mark.requirement("P-15", "M-12")
def test_codes_are_text_and_numbers_are_numbers(published: Published) -> None:
    codes = 0
    for sheet in list_tables(published):
        heads = {cell.column: str(cell.value) for cell in sheet[HEAD_ROW]}
        for cell in list_lines(sheet):
            where = f"{sheet.title} {cell.coordinate} {cell.value}"
            if isinstance(cell.value, str) and CODE.fullmatch(cell.value):
                codes += 1
            elif cell.data_type == "s" and NUMBER.fullmatch(str(cell.value)):
                assert any(word in heads[cell.column] for word in CODE_HEADS), where
            elif cell.data_type == "n":
                assert not CODE.fullmatch(str(cell.value)), where
    assert codes > 100


@pytest.mark.requirement("P-15")
def test_every_formula_has_its_value_stored(published: Published, content: bytes) -> None:
    values = load_workbook(io.BytesIO(content), data_only=True)
    formulas = [
        (sheet.title, cell.coordinate) for sheet in list_tables(published) for cell in list_lines(sheet)
        if cell.data_type == "f"
    ]  # fmt: skip
    assert formulas
    assert [place for place in formulas if values[place[0]][place[1]].value is None] == []


@pytest.mark.requirement("P-15", "M-12")
@needs_office
def test_libreoffice_opens_it_and_keeps_every_value_and_its_type(content: bytes, tmp_path: Path) -> None:
    saved = load_workbook(io.BytesIO(save_again({"summary": content}, "xlsx", tmp_path)["summary"]), data_only=True)
    book = load_workbook(io.BytesIO(content), data_only=True)

    assert saved.sheetnames == book.sheetnames
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                again = saved[sheet.title][cell.coordinate]
                assert is_same(cell.value, again.value), f"{sheet.title} {cell.coordinate}: {cell.value} {again.value}"


def is_same(value: object, again: object) -> bool:
    if isinstance(value, int | float) and isinstance(again, int | float):
        return abs(value - again) <= 1e-9 * max(1.0, abs(value))
    return value == again
