"""T04–T14: sheets, rows and columns are found by their labels, wherever they stand, and what was moved is said."""

from __future__ import annotations

import numpy as np
import pytest
from openpyxl.workbook import Workbook

from tests.readers.sheets import (
    COOKS,
    VALUES,
    Canteen,
    change_workbook,
    holds_the_same,
    move_down,
    move_right,
    open_tab,
)

KITCHEN, MEALS, COOKS_TAB = "食堂概况", "用餐人数", "从业人员"


def test_filled_template_is_read_whole_and_in_silence(canteen: Canteen) -> None:
    reading = canteen.read(canteen.workbook)
    assert reading.signals == []
    assert canteen.pick_number(reading, "kitchen.area") == VALUES["kitchen.area"]
    assert canteen.pick_number(reading, "meals[dinner].boarder") == VALUES["meals[dinner].boarder"]
    assert canteen.pick_text(reading, "kitchen.opened_on") == "2019-09-01"
    assert reading.filled == len(VALUES) + sum(len(line) for line in COOKS)


@pytest.mark.requirement("T-14")
def test_totals_that_only_the_program_computes_are_left_to_us(canteen: Canteen) -> None:
    reading = canteen.read(canteen.workbook)
    assert np.isnan(canteen.pick_number(reading, "meals[total].total"))


@pytest.mark.parametrize("tab", ["食堂基本情况", " 食堂概况 ", "食堂概况\u3000"])
def test_bad_input_t09_tab_under_an_alias_or_with_spaces_is_read_in_silence(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[KITCHEN], "title", tab)))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)


@pytest.mark.requirement("R-12")
@pytest.mark.parametrize("tab", ["Sheet1", "表1", "食堂 概况", "😀"])
def test_bad_input_t04_renamed_sheet_is_known_by_its_labels_and_said(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[KITCHEN], "title", tab)))
    (finding,) = canteen.list_findings(reading)
    assert finding.code == "FL28"
    assert finding.message == f"工作表“{tab}”已按“食堂概况”读取"
    assert holds_the_same(canteen, reading)


@pytest.mark.requirement("R-12")
def test_bad_input_t05_order_of_sheets_does_not_matter(canteen: Canteen) -> None:
    def reverse(book: Workbook) -> None:
        for sheet in list(book.worksheets):
            book.move_sheet(sheet, -len(book.worksheets))

    reading = canteen.read(canteen.change(reverse))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)


@pytest.mark.requirement("R-13")
@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_bad_input_t06_hidden_sheet_of_the_form_is_read_and_asked_about(canteen: Canteen, state: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[MEALS], "sheet_state", state)))
    assert canteen.find_codes(reading) == ["FL09"]
    assert holds_the_same(canteen, reading)


def test_bad_input_t07_deleted_sheet_is_not_present(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: book.remove(book[MEALS])))
    assert reading.present == {"kitchen", "cooks"}
    assert np.isnan(canteen.pick_number(reading, "meals[lunch].day"))


@pytest.mark.requirement("R-15")
def test_bad_input_t08_copy_of_a_sheet_is_not_read_and_asked_about(canteen: Canteen) -> None:
    def copy(book: Workbook) -> None:
        twin = book.copy_worksheet(open_tab(book, MEALS))
        twin.title = "用餐人数 (2)"
        twin["D6"] = 999

    reading = canteen.read(canteen.change(copy))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.found) == ("FL08", "用餐人数 (2)")
    assert holds_the_same(canteen, reading)


def test_bad_input_t04_of_two_sheets_that_look_alike_neither_is_taken(canteen: Canteen) -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(open_tab(book, MEALS)).title = "人数 (2)"
        book[MEALS].title = "人数"

    reading = canteen.read(canteen.change(copy))
    assert "meals" not in reading.present
    assert [finding.found for finding in canteen.list_findings(reading)] == ["人数", "人数 (2)"]


def test_extra_hidden_sheet_with_content_is_asked_about(canteen: Canteen) -> None:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet("底稿")
        sheet["A1"], sheet.sheet_state = 5, "hidden"

    assert canteen.find_codes(canteen.read(canteen.change(add))) == ["FL09"]


def test_extra_empty_sheet_is_passed_over(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.change(lambda book: book.create_sheet("Sheet9")))) == []


@pytest.mark.requirement("R-12")
@pytest.mark.parametrize("tab", [KITCHEN, MEALS, COOKS_TAB])
def test_bad_input_t10_rows_inserted_above_are_followed_and_said(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: move_down(book, tab, rows=3)))
    assert {finding.code for finding in canteen.list_findings(reading)} <= {"FL29"}
    assert holds_the_same(canteen, reading)
    assert reading.lists["cooks"].texts == canteen.read(canteen.workbook).lists["cooks"].texts


@pytest.mark.requirement("R-25")
def test_bad_input_t10_findings_of_a_moved_table_name_the_cell_the_school_sees(canteen: Canteen) -> None:
    typed = canteen.type_in({"meals[lunch].day": "４２０"})
    moved = canteen.read(change_workbook(typed, lambda book: move_down(book, MEALS, rows=3)))
    assert canteen.place("meals[lunch].day") == (MEALS, "D7")
    assert "CE03 D10" in canteen.find_codes(moved)


@pytest.mark.requirement("R-12")
@pytest.mark.parametrize("tab", [KITCHEN, MEALS])
def test_bad_input_t11_columns_inserted_left_are_followed_and_said(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: move_right(book, tab, columns=2)))
    assert canteen.find_codes(reading) == ["FL29"]
    assert holds_the_same(canteen, reading)


@pytest.mark.parametrize("label", ["走 读 生", "走读\n生", "走读生\u3000"])
def test_bad_input_t12_heading_with_spaces_and_breaks_is_the_same_heading(canteen: Canteen, label: str) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"D3": label}))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)


def test_bad_input_t12_declared_other_name_of_a_line_is_read_and_said(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"E3": "住校生", "A7": "中餐"}))
    assert sorted(canteen.find_codes(reading)) == ["FL30 A7", "FL30 E3"]
    assert holds_the_same(canteen, reading)


@pytest.mark.requirement("R-12")
def test_bad_input_t12_unknown_heading_is_an_error_at_its_cell(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"D3": "教职工"}))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.severity) == ("FL10", "error")
    assert finding.message == "表头与模板不一致:D3 应为“走读生”,现为“教职工”"


def test_bad_input_t13_row_that_was_deleted_is_an_error_that_names_it_and_its_place(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: open_tab(book, MEALS).delete_rows(7)))
    missing = next(finding for finding in canteen.list_findings(reading) if finding.code == "FL11")
    assert missing.message == "数据区行列被增删,“午餐”应在 A7,现在 找不到"
    assert np.isnan(canteen.pick_number(reading, "meals[lunch].day"))
    assert canteen.pick_number(reading, "meals[dinner].day") == VALUES["meals[dinner].day"]


def test_bad_input_t13_empty_row_inserted_in_the_table_is_followed_and_said(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: move_down(book, MEALS, rows=1, first=7)))
    assert canteen.find_codes(reading) == ["FL29"]
    assert holds_the_same(canteen, reading)


def test_bad_input_t14_columns_in_another_order_are_followed(canteen: Canteen) -> None:
    def swap(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        for row in range(3, 9):
            sheet.cell(row, 4).value, sheet.cell(row, 5).value = sheet.cell(row, 5).value, sheet.cell(row, 4).value

    reading = canteen.read(canteen.change(swap))
    assert holds_the_same(canteen, reading)
    assert "FL29" in canteen.find_codes(reading)
