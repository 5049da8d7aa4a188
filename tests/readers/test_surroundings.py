"""T15–T35: what stands beside, between, over and below the lines of a form is read, asked about or passed over."""

from __future__ import annotations

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName

from tests.readers.sheets import VALUES, Canteen, holds_the_same, move_down, move_right, open_tab

MEALS, COOKS_TAB = "用餐人数", "从业人员"


@pytest.mark.requirement("R-10")
@pytest.mark.parametrize("value", [12, 0.5, "12", "１２", True])
def test_bad_input_t15_number_in_a_column_of_its_own_is_asked_about(canteen: Canteen, value: object) -> None:
    def add(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        sheet["F3"], sheet["F7"] = "教职工", value

    codes = canteen.find_codes(canteen.read(canteen.change(add)))
    assert codes == ["FL39 F7" if value is True else "FL31 F7"]


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


@pytest.mark.requirement("R-14")
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


@pytest.mark.requirement("R-10")
def test_bad_input_t21_notes_and_signatures_below_a_table_are_said_to_be_no_data(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"A10": "注：含教职工", "A11": "填表人：王", "D11": "2025年9月10日"}))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.severity, finding.cell) == ("FL39", "info", "A10")
    assert finding.message == "表格范围以外有文字(共 3 处，如 A10“注：含教职工”)，不作为数据读取"


@pytest.mark.requirement("R-10")
def test_bad_input_t23_numbers_of_a_second_table_below_are_asked_about(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(MEALS, {"A11": "夜宵", "D11": 14, "E11": 3}))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.cell) == ("FL31", "D11")
    assert "共 2 处" in finding.message


@pytest.mark.requirement("R-09")
def test_bad_input_t22_blank_lines_in_a_list_do_not_end_it(canteen: Canteen) -> None:
    line = {"A9": "0031", "B9": "2022-01-05", "C9": 20, "D9": "是"}
    reading = canteen.read(canteen.type_at(COOKS_TAB, line))
    assert reading.lists["cooks"].rows.tolist() == [5, 6, 9]


@pytest.mark.requirement("T-05")
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


@pytest.mark.requirement("R-13")
@pytest.mark.parametrize("what", ["row", "column"])
def test_bad_input_t25_hidden_rows_and_columns_are_read_and_asked_about(canteen: Canteen, what: str) -> None:
    def hide(book: Workbook) -> None:
        sheet = open_tab(book, MEALS)
        (sheet.row_dimensions[7] if what == "row" else sheet.column_dimensions["D"]).hidden = True

    reading = canteen.read(canteen.change(hide))
    assert canteen.find_codes(reading) == ["FL09"]
    assert holds_the_same(canteen, reading)


@pytest.mark.requirement("R-13")
def test_bad_input_t26_filter_hides_nothing_from_us(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda b: setattr(open_tab(b, COOKS_TAB).auto_filter, "ref", "A3:D6")))
    assert reading.lists["cooks"].rows.tolist() == [5, 6]


def test_bad_input_t27_stray_space_far_away_is_passed_over(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_at(MEALS, {"Z900": "\u3000 "}))) == []


@pytest.mark.requirement("R-10")
def test_bad_input_t27_number_far_away_is_asked_about_at_its_cell(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_at(MEALS, {"Z900": 5}))) == ["FL31 Z900"]


def test_bad_input_t32_comments_are_asked_about(canteen: Canteen) -> None:
    def comment(book: Workbook) -> None:
        open_tab(book, MEALS)["D7"].comment = Comment("实际 421 人", "王")

    assert canteen.find_codes(canteen.read(canteen.change(comment))) == ["FL25"]


@pytest.mark.requirement("R-11")
def test_bad_input_t35_broken_names_are_not_relied_on(canteen: Canteen) -> None:
    def break_names(book: Workbook) -> None:
        book.defined_names["坏名称"] = DefinedName("坏名称", attr_text="#REF!$A$1")

    assert holds_the_same(canteen, canteen.read(canteen.change(break_names)))


def test_instructions_that_came_with_the_template_are_no_extra_sheets(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.change(lambda _: None))) == []


@pytest.mark.requirement("R-10")
@pytest.mark.parametrize("tab", [MEALS, COOKS_TAB])
@pytest.mark.parametrize("address", ["A506", "C506", "H506", "H6"])
def test_bad_input_t27_stray_full_stop_gives_one_finding_at_its_cell(canteen: Canteen, tab: str, address: str) -> None:
    reading = canteen.read(canteen.type_at(tab, {address: "."}))
    assert canteen.find_codes(reading) == [f"FL39 {address}"]
    assert holds_the_same(canteen, reading)
    assert reading.lists["cooks"].rows.tolist() == [5, 6]


@pytest.mark.requirement("R-10")
def test_stray_number_far_below_a_list_is_asked_about_and_no_line(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(COOKS_TAB, {"C300": 40}))
    assert canteen.find_codes(reading) == ["FL31 C300"]
    assert reading.lists["cooks"].rows.tolist() == [5, 6]


@pytest.mark.requirement("R-09")
def test_fault_behind_blank_lines_is_said_at_its_own_row(canteen: Canteen) -> None:
    line = {"A10": "0031", "B10": "2022-01-05", "C10": "三十七", "D10": "是"}
    assert canteen.find_codes(canteen.read(canteen.type_at(COOKS_TAB, line))) == ["CE07 C10"]


@pytest.mark.requirement("R-08")
def test_last_line_of_nothing_but_zeros_is_kept(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at(COOKS_TAB, {"A7": "0000", "C7": 0, "D7": 0}))
    assert reading.lists["cooks"].rows.tolist() == [5, 6, 7]
    assert reading.lists["cooks"].numbers[-1].tolist() == [0]


FOREIGN_NAMES = {
    "函数": "SUM(A1,1)", "常数": "0.17", "坏引用": "#REF!$A$1", "别的工作簿": "[1]Sheet1!$A$1",
    "多个区域": "封面!$A$1,封面!$C$3", "_xlnm.Print_Area": "封面!$A$1:$E$20", "文字": '"人"', "整列": "用餐人数!$D:$D",
}  # fmt: skip


@pytest.mark.requirement("R-11")
def test_names_that_are_not_ours_are_ignored_whatever_they_hold(canteen: Canteen) -> None:
    def add(book: Workbook) -> None:
        for number in range(50):
            name, text = list(FOREIGN_NAMES.items())[number % len(FOREIGN_NAMES)]
            if not name.startswith("_"):
                book.defined_names[f"{name}{number}"] = DefinedName(
                    f"{name}{number}", attr_text=text, hidden=number % 2 == 0
                )
            elif not book["封面"].print_area:
                open_tab(book, "封面").print_area = "A1:E20"

    reading = canteen.read(canteen.change(add))
    assert canteen.find_codes(reading) == []
    assert holds_the_same(canteen, reading)
