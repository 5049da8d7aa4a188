"""T04–T28: sheets, rows and columns are found by their labels, wherever they stand, and what was moved is said."""

from __future__ import annotations

import numpy as np
import pytest
from openpyxl.workbook import Workbook

from flows.readers.reading import Reading
from tests.readers.sheets import COOKS, VALUES, Canteen, open_tab

KITCHEN, MEALS, COOKS_TAB = "食堂概况", "用餐人数", "从业人员"


def holds_the_same(canteen: Canteen, reading: Reading) -> bool:
    """True if the fixed sheets gave what was typed into the untouched workbook."""
    plain = canteen.read(canteen.workbook)
    return np.array_equal(reading.numbers, plain.numbers, equal_nan=True) and reading.texts == plain.texts


def test_filled_template_is_read_whole_and_in_silence(canteen: Canteen) -> None:
    reading = canteen.read(canteen.workbook)
    assert reading.signals == []
    assert canteen.pick_number(reading, "kitchen.area") == VALUES["kitchen.area"]
    assert canteen.pick_number(reading, "meals[dinner].boarder") == VALUES["meals[dinner].boarder"]
    assert canteen.pick_text(reading, "kitchen.opened_on") == "2019-09-01"
    assert reading.filled == len(VALUES) + sum(len(line) for line in COOKS)


def test_totals_that_only_the_program_computes_are_left_to_us(canteen: Canteen) -> None:
    reading = canteen.read(canteen.workbook)
    assert np.isnan(canteen.pick_number(reading, "meals[total].total"))


@pytest.mark.parametrize("tab", ["食堂基本情况", " 食堂概况 ", "食堂概况\u3000"])
def test_bad_input_t09_tab_under_an_alias_or_with_spaces_is_read_in_silence(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[KITCHEN], "title", tab)))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)


@pytest.mark.parametrize("tab", ["Sheet1", "表1", "食堂 概况", "😀"])
def test_bad_input_t04_renamed_sheet_is_known_by_its_labels_and_said(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[KITCHEN], "title", tab)))
    (finding,) = canteen.list_findings(reading)
    assert finding.code == "FL28"
    assert finding.message == f"工作表“{tab}”已按“食堂概况”读取"
    assert holds_the_same(canteen, reading)


def test_bad_input_t05_order_of_sheets_does_not_matter(canteen: Canteen) -> None:
    def reverse(book: Workbook) -> None:
        for sheet in list(book.worksheets):
            book.move_sheet(sheet, -len(book.worksheets))

    reading = canteen.read(canteen.change(reverse))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_bad_input_t06_hidden_sheet_of_the_form_is_read_and_asked_about(canteen: Canteen, state: str) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book[MEALS], "sheet_state", state)))
    assert canteen.find_codes(reading) == ["FL09"]
    assert holds_the_same(canteen, reading)


def test_bad_input_t07_deleted_sheet_is_not_present(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: book.remove(book[MEALS])))
    assert reading.present == {"kitchen", "cooks"}
    assert np.isnan(canteen.pick_number(reading, "meals[lunch].day"))


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


@pytest.mark.parametrize("tab", [KITCHEN, MEALS, COOKS_TAB])
def test_bad_input_t10_rows_inserted_above_are_followed_and_said(canteen: Canteen, tab: str) -> None:
    reading = canteen.read(canteen.change(lambda book: move_down(book, tab, rows=3)))
    assert {finding.code for finding in canteen.list_findings(reading)} <= {"FL29"}
    assert holds_the_same(canteen, reading)
    assert reading.lists["cooks"].texts == canteen.read(canteen.workbook).lists["cooks"].texts


def test_bad_input_t10_findings_of_a_moved_table_name_the_cell_the_school_sees(canteen: Canteen) -> None:
    typed = canteen.type_in({"meals[lunch].day": "４２０"})
    moved = canteen.read(change_again(canteen, typed, lambda book: move_down(book, MEALS, rows=3)))
    assert canteen.place("meals[lunch].day") == (MEALS, "D7")
    assert "CE03 D10" in canteen.find_codes(moved)


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


@pytest.mark.parametrize("value", [12, 0.5, "12", "１２", True])
def test_bad_input_t15_number_in_a_column_of_its_own_is_asked_about(canteen: Canteen, value: object) -> None:
    def add(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        sheet["F3"], sheet["F7"] = "教职工", value

    codes = canteen.find_codes(canteen.read(canteen.change(add)))
    assert codes == ([] if value is True else ["FL31 F7"])


def test_bad_input_t15_numbers_in_a_column_between_are_asked_about(canteen: Canteen) -> None:
    def add(book: Workbook) -> None:
        move_right(book, MEALS, columns=1, first=5)
        open_tab(book, MEALS)["E7"] = 33

    reading = canteen.read(canteen.change(add))
    assert canteen.find_codes(reading) == ["FL29", "FL31 E7"]
    assert holds_the_same(canteen, reading)


def test_bad_input_t15_numbers_in_a_row_between_are_asked_about(canteen: Canteen) -> None:
    def add(book: Workbook) -> None:
        move_down(book, MEALS, rows=1, first=7)
        sheet = open_tab(book, MEALS)
        sheet["A7"], sheet["D7"] = "加餐", 33

    assert canteen.find_codes(canteen.read(canteen.change(add))) == ["FL29", "FL31 D7"]


def test_bad_input_t15_numbers_beside_a_list_are_asked_about(canteen: Canteen) -> None:
    codes = canteen.find_codes(canteen.read(canteen.type_at(COOKS_TAB, {"E3": "工资", "E5": 3000, "E6": 3200})))
    assert codes == ["FL31 E5"]


def test_bad_input_t17_heading_written_twice_is_told_apart_by_its_number(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"F3": "走读生", "F7": 7}))
    assert canteen.pick_number(reading, "meals[lunch].day") == VALUES["meals[lunch].day"]
    assert "FL31 F7" in canteen.find_codes(reading)


@pytest.mark.parametrize("area", ["D7:E7", "D6:D8", "B7:D7"])
def test_bad_input_t18_merged_cells_over_inputs_are_an_error_at_the_range(canteen: Canteen, area: str) -> None:
    reading = canteen.read(canteen.change(lambda book: open_tab(book, MEALS).merge_cells(area)))
    merged = [finding for finding in canteen.list_findings(reading) if finding.code == "FL12"]
    assert [finding.found for finding in merged] == [area]
    assert merged[0].cell == area.partition(":")[0]


@pytest.mark.parametrize("area", ["A2:B2", "A12:E14", "G5:H8"])
def test_merged_cells_outside_the_inputs_are_no_fault(canteen: Canteen, area: str) -> None:
    assert canteen.find_codes(canteen.read(canteen.change(lambda b: open_tab(b, MEALS).merge_cells(area)))) == []


@pytest.mark.parametrize("word", ["合计", "合 计", "总计", "小计", "Total"])
def test_bad_input_t19_line_of_totals_in_a_list_is_no_record(canteen: Canteen, word: str) -> None:
    reading = canteen.read(canteen.type_at(COOKS_TAB, {"A7": word, "C7": 77.5}))
    assert canteen.find_codes(reading) == ["FL33 A7"]
    assert reading.lists["cooks"].rows.tolist() == [5, 6]


def test_bad_input_t21_notes_and_signatures_below_a_table_are_passed_over(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"A10": "注：含教职工", "A11": "填表人：王", "D11": "2025年9月10日"}))
    assert canteen.find_codes(reading) == []


def test_bad_input_t23_numbers_of_a_second_table_below_are_asked_about(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"A11": "夜宵", "D11": 14, "E11": 3}))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.cell) == ("FL31", "D11")
    assert "共 2 处" in finding.message


def test_bad_input_t22_blank_lines_in_a_list_do_not_end_it(canteen: Canteen) -> None:
    line = {"A9": "0031", "B9": "2022-01-05", "C9": 20, "D9": "是"}
    reading = canteen.read(canteen.type_at(COOKS_TAB, line))
    assert reading.lists["cooks"].rows.tolist() == [5, 6, 9]


def test_bad_input_t40_lines_beyond_the_template_are_all_read_and_said(canteen: Canteen) -> None:
    lines = {f"A{row}": f"{row:04}" for row in range(5, 13)} | {f"C{row}": 40 for row in range(5, 13)}
    reading = canteen.read(canteen.type_at(COOKS_TAB, lines))
    assert len(reading.lists["cooks"].rows) == 8
    assert "清单有 8 行，超过模板预留的 5 行，已全部读取" in [f.message for f in canteen.list_findings(reading)]


def test_bad_input_t24_table_turned_on_its_side_is_an_error(canteen: Canteen) -> None:
    def turn(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        values = [[sheet.cell(row, column).value for column in range(1, 6)] for row in range(3, 9)]
        for row, line in enumerate(values):
            for column, value in enumerate(line):
                sheet.cell(3 + row, 1 + column).value = None
                sheet.cell(3 + column, 1 + row).value = value

    severities = {finding.severity for finding in canteen.list_findings(canteen.read(canteen.change(turn)))}
    assert "error" in severities


@pytest.mark.parametrize("what", ["row", "column"])
def test_bad_input_t25_hidden_rows_and_columns_are_read_and_asked_about(canteen: Canteen, what: str) -> None:
    def hide(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        (sheet.row_dimensions[7] if what == "row" else sheet.column_dimensions["D"]).hidden = True

    reading = canteen.read(canteen.change(hide))
    assert canteen.find_codes(reading) == ["FL09"]
    assert holds_the_same(canteen, reading)


def test_bad_input_t26_filter_hides_nothing_from_us(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda b: setattr(open_tab(b, COOKS_TAB).auto_filter, "ref", "A3:D6")))
    assert reading.lists["cooks"].rows.tolist() == [5, 6]


def test_bad_input_t27_stray_space_far_away_is_passed_over(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_at(MEALS, {"Z900": "\u3000 "}))) == []


def test_bad_input_t27_number_far_away_is_asked_about_at_its_cell(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_at(MEALS, {"Z900": 5}))) == ["FL31 Z900"]


def test_bad_input_t32_comments_are_asked_about(canteen: Canteen) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415  its stub shadows the workbook's

    def comment(book: Workbook) -> None:
        open_tab(book, MEALS)["D7"].comment = Comment("实际 421 人", "王")

    assert canteen.find_codes(canteen.read(canteen.change(comment))) == ["FL25"]


def test_bad_input_t35_broken_names_are_not_relied_on(canteen: Canteen) -> None:
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415  as above

    def break_names(book: Workbook) -> None:
        book.defined_names["坏名称"] = DefinedName("坏名称", attr_text="#REF!$A$1")

    assert holds_the_same(canteen, canteen.read(canteen.change(break_names)))


def test_instructions_that_came_with_the_template_are_no_extra_sheets(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.change(lambda _: None))) == []


def change_again(canteen: Canteen, workbook: bytes, edit: object) -> bytes:
    from tests.readers.sheets import change_workbook  # noqa: PLC0415

    assert callable(edit)
    return change_workbook(workbook, edit)


def move_down(book: Workbook, tab: str, *, rows: int, first: int = 3) -> None:
    """What stands from a row on, moved down."""
    sheet = open_tab(book, tab)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row >= first:
            sheet.unmerge_cells(str(area))
    sheet.move_range(f"A{first}:Z{sheet.max_row}", rows=rows)


def move_right(book: Workbook, tab: str, *, columns: int, first: int = 1) -> None:
    """What stands from a column on, moved right, below the title."""
    sheet = open_tab(book, tab)
    last = sheet.cell(3, sheet.max_column).coordinate.rstrip("0123456789")
    start = sheet.cell(3, first).coordinate
    sheet.move_range(f"{start}:{last}{sheet.max_row}", cols=columns)
