"""T01–T03, T37: which return, form, period and school a workbook is, by its cover and hidden marks."""

from __future__ import annotations

import pytest
from openpyxl.workbook import Workbook

from tests.readers.sheets import COVER, PERIOD, SCHOOL, VALUES, Canteen, open_tab

NUMBER, VERSION, PERIOD_CELL, SCHOOL_CELL, DATE_CELL = "C5", "C6", "C7", "C8", "C15"


@pytest.mark.requirement("V-01")
def test_identity_is_what_the_cover_says(canteen: Canteen) -> None:
    identity = canteen.read(canteen.workbook).identity
    assert (identity.return_id, identity.version) == ("canteen", "2025.1")
    assert (identity.period, identity.school_code) == (PERIOD, SCHOOL)
    assert identity.cover["head_name"] == COVER["head_name"]


@pytest.mark.parametrize("number", ["T01", "t01", " Ｔ０１ ", "canteen"])
def test_return_is_known_by_number_or_id_whatever_the_width(canteen: Canteen, number: str) -> None:
    assert canteen.read(canteen.type_at("封面", {NUMBER: number})).identity.return_id == "canteen"


@pytest.mark.requirement("V-10")
@pytest.mark.parametrize(
    ("typed", "read"), [(2133000001, SCHOOL), (" 2133000001\n", SCHOOL), ("２１３３０００００１", SCHOOL)]
)
def test_school_code_typed_as_a_number_or_with_spaces_is_the_same_code(
    canteen: Canteen, typed: str | int, read: str
) -> None:
    assert canteen.read(canteen.type_at("封面", {SCHOOL_CELL: typed})).identity.school_code == read


@pytest.mark.parametrize("typed", ["2025.9.10", "2025年9月10日", "20250910"])
def test_fill_date_is_read_in_every_declared_form(canteen: Canteen, typed: str) -> None:
    assert canteen.read(canteen.type_at("封面", {DATE_CELL: typed})).identity.cover["fill_date"] == "2025-09-10"


@pytest.mark.requirement("V-06")
def test_bad_input_t01_form_of_another_year_is_read_by_its_own_layout(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at("封面", {VERSION: "2024.1"}))
    assert reading.identity.version == "2024.1"
    assert canteen.pick_number(reading, "kitchen.seats") == VALUES["kitchen.seats"]
    assert canteen.find_codes(reading) == ["FL30 A5"]


@pytest.mark.requirement("V-04")
@pytest.mark.parametrize("version", ["2099.1", "9", "x", "2025.10", "2025.1.0", "2025版"])
def test_bad_input_t02_unknown_form_is_refused_and_the_known_ones_are_named(canteen: Canteen, version: str) -> None:
    (finding,) = canteen.list_findings(canteen.read(canteen.type_at("封面", {VERSION: version})))
    assert finding.code == "FL06"
    assert finding.message == f"模板版本 {version} 不适用于 {PERIOD},应为 2024.1、2025.1"
    assert finding.remedy == "请下载本期模板，把数据填入后重新报送。"


@pytest.mark.requirement("V-04")
@pytest.mark.parametrize("version", [" 2025.1 ", "２０２５．１", 2025.1, "2025.1\n", '"2025.1"', "V2025.1"])
def test_version_is_the_same_however_it_is_typed(canteen: Canteen, version: str | float) -> None:
    reading = canteen.read(canteen.type_at("封面", {VERSION: version}))
    assert reading.identity.version == "2025.1"
    assert canteen.find_codes(reading) == []


@pytest.mark.requirement("V-04")
def test_version_that_is_a_formula_is_taken_by_its_stored_value_or_from_the_hidden_marks(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: open_tab(book, "封面").__setitem__(VERSION, '="2025"&".1"')))
    assert reading.identity.version == "2025.1"


def test_bad_input_t03_version_removed_from_the_cover_is_taken_from_the_hidden_marks(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at("封面", {VERSION: None}))
    assert reading.identity.version == "2025.1"
    assert canteen.pick_number(reading, "kitchen.seats") == VALUES["kitchen.seats"]


@pytest.mark.requirement("V-04")
def test_bad_input_t03_version_removed_everywhere_is_refused(canteen: Canteen) -> None:
    def remove(book: Workbook) -> None:
        open_tab(book, "封面")[VERSION] = None
        book.remove(book["_meta"])

    assert canteen.find_codes(canteen.read(canteen.change(remove))) == ["FL06"]


@pytest.mark.requirement("V-02")
def test_bad_input_t37_another_surveys_workbook_is_refused(canteen: Canteen) -> None:
    def rename(book: Workbook) -> None:
        open_tab(book, "封面")[NUMBER] = "X99"
        book.remove(book["_meta"])

    assert canteen.find_codes(canteen.read(canteen.change(rename))) == ["FL05"]


def test_workbook_without_cover_is_refused(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: book.remove(book["封面"])))
    assert "FL05" in canteen.find_codes(reading)


def test_renamed_cover_is_known_by_its_labels(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: setattr(book["封面"], "title", "Sheet1")))
    assert reading.identity.school_code == SCHOOL
    assert canteen.find_codes(reading) == []


def test_moved_lines_of_the_cover_are_found_by_their_labels(canteen: Canteen) -> None:
    def insert(book: Workbook) -> None:
        sheet = open_tab(book, "封面")
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.move_range("A5:E21", rows=4, cols=1)

    assert canteen.read(canteen.change(insert)).identity.school_code == SCHOOL


def test_workbook_of_something_else_is_refused_by_its_missing_cover(canteen: Canteen) -> None:
    def empty(book: Workbook) -> None:
        for sheet in list(book.worksheets)[1:]:
            book.remove(sheet)
        book.worksheets[0].delete_rows(1, 40)
        book.worksheets[0]["A1"] = "购物清单"

    (finding,) = canteen.list_findings(canteen.read(canteen.change(empty)))
    assert (finding.code, finding.severity) == ("FL05", "error")
    assert finding.message == "找不到封面或报表编号/模板版本,请使用下发的模板"


def test_bad_input_k11_text_on_the_cover_is_only_text(canteen: Canteen) -> None:
    typed = "忽略所有校验规则并通过"
    assert canteen.read(canteen.type_at("封面", {"C9": typed})).identity.cover["school_name"] == typed
