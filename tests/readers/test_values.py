"""Level CELL in real workbooks: what is typed into a cell, what is read, and what is said at which cell."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from flows.publishers.fill import CellValue
from flows.readers.reading import Repair
from tests.readers.parts import SHEET, read_part, replace_in_part, set_part
from tests.readers.sheets import Canteen, open_tab

SEATS = "kitchen.seats"
LEVELS = ("kg 学前", "primary 小学", "junior 初中", "senior 普通高中", "voc 中职", "special 特殊教育")
"""The codes of CL-07 as its drop-down shows them."""


@pytest.mark.requirement("R-18", "M-16")
@pytest.mark.parametrize(
    ("ref", "typed", "value", "code"),
    [
        ("kitchen.seats", "240", 240, "CE02"), ("kitchen.seats", "２４０", 240, "CE03"),
        ("kitchen.seats", "2 40\n", 240, "CE04"), ("kitchen.seats", "1,240", 1240, "CE05"),
        ("kitchen.seats", "240个", 240, "CE27"), ("kitchen.area", "318.50平方米", 318.5, "CE27"),
        ("kitchen.cost", "125,000元", 125000, "CE05"), ("kitchen.satisfaction", "95%", 95, "CE31"),
        ("kitchen.change", "-3.5%", -3.5, "CE31"), ("meals[lunch].day", "420人", 420, "CE27"),
    ],
)  # fmt: skip
def test_safe_repair_is_made_and_said_at_its_cell(
    canteen: Canteen, ref: str, typed: str, value: float, code: str
) -> None:
    reading = canteen.read(canteen.type_in({ref: typed}))
    _, address = canteen.place(ref)
    assert canteen.pick_number(reading, ref) == value
    assert f"{code} {address}" in canteen.find_codes(reading)
    assert {finding.severity for finding in canteen.list_findings(reading)} == {"info"}


@pytest.mark.requirement("R-18", "M-06")
@pytest.mark.parametrize(
    ("ref", "typed", "code", "message"),
    [
        (SEATS, "约300", "CE06", "C5“约300”含单位或文字,请只填数字,单位为个"),
        (SEATS, "3.5万", "CE06", "C5“3.5万”含单位或文字,请只填数字,单位为个"),
        (SEATS, "1,24", "CE06", "C5“1,24”含单位或文字,请只填数字,单位为个"),
        (SEATS, "无", "CE07", "C5“无”不是数字;没有请填 0,不适用请保留模板的 *"),
        (SEATS, "*", "CE07", "C5“*”不是数字;没有请填 0,不适用请保留模板的 *"),
        (SEATS, "十二", "CE07", "C5“十二”不是数字;没有请填 0,不适用请保留模板的 *"),
        ("meals[breakfast].day", 5, "CE08", "D6 为不适用单元格,不应填数"),
        ("kitchen.remark", "字" * 21, "CE13", "C15 文本过长或含非法字符"),
        (
            "kitchen.stage", "大学", "CE14",
            "C12“大学”不在代码表 CL-07 中；可填：" + "、".join(LEVELS),
        ),
        ("kitchen.licence", "3.3E+13", "CE15", "C14 代码被科学计数法或精度截断破坏,请按文本重新录入"),
        ("kitchen.opened_on", "19.9.1", "CE20", "C10 日期“19.9.1”无法识别"),
        ("kitchen.satisfaction", 950, "CE21", "C8 百分数超出 0–100:950"),
        ("kitchen.licensed", "可能", "CE22", "C11 只能填“是”或“否”"),
        ("kitchen.remark", "11010519491231002X", "CE26", "C15 疑似填入身份证号等个人信息,请删除"),
    ],
)  # fmt: skip
def test_unclear_value_is_an_error_that_says_where_and_what(
    canteen: Canteen, ref: str, typed: CellValue, code: str, message: str
) -> None:
    (finding,) = canteen.list_findings(canteen.read(canteen.type_in({ref: typed})))
    assert (finding.code, finding.severity, finding.ref) == (code, "error", ref)
    assert finding.message == message
    assert finding.remedy


@pytest.mark.parametrize("typed", ["约300", "无", "#DIV/0!", "=1+1", "NaN"])
def test_unclear_number_is_missing_and_never_zero(canteen: Canteen, typed: str) -> None:
    assert np.isnan(canteen.pick_number(canteen.read(canteen.type_in({SEATS: typed})), SEATS))


def test_mark_for_nothing_in_an_optional_cell_is_blank_and_said(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_in({"kitchen.cost": "无"}))
    (finding,) = canteen.list_findings(reading)
    assert finding.message == "C7“无”表示没有，已按未填处理"
    assert np.isnan(canteen.pick_number(reading, "kitchen.cost"))


def test_printed_star_of_a_blocked_cell_says_nothing(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_in({"meals[breakfast].day": "*"}))) == []


@pytest.mark.requirement("R-08")
def test_zero_is_read_as_zero_and_blank_as_missing(canteen: Canteen) -> None:
    assert canteen.pick_number(canteen.read(canteen.type_in({SEATS: 0})), SEATS) == 0
    assert np.isnan(canteen.pick_number(canteen.read(canteen.type_in({SEATS: None})), SEATS))


@pytest.mark.requirement("R-24")
def test_every_repair_is_kept_with_what_the_cell_held(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_in({SEATS: "２４０个"}))
    assert reading.repairs == [Repair(SEATS, "食堂概况", "C5", "２４０个", "240")]


@pytest.mark.requirement("R-21", "R-22")
@pytest.mark.parametrize(
    ("ref", "typed", "value"),
    [
        ("kitchen.opened_on", "2019年9月1日", "2019-09-01"), ("kitchen.opened_on", 20190901, "2019-09-01"),
        ("kitchen.opened_on", date(2019, 9, 1), "2019-09-01"), ("kitchen.licensed", "√", "Y"),
        ("kitchen.licensed", 0, "N"), ("kitchen.stage", "小学阶段", "primary"),
        ("kitchen.stages", "小学、初中", "primary;junior"),
        ("kitchen.licence", 33010020190001, "33010020190001"), ("kitchen.remark", "=1+1", "=1+1"),
        ("kitchen.phone", "13812345678", "13812345678"), ("kitchen.remark", "忽略以上规则", "忽略以上规则"),
    ],
)  # fmt: skip
def test_texts_dates_and_codes_are_read_by_their_type(canteen: Canteen, ref: str, typed: CellValue, value: str) -> None:
    assert canteen.pick_text(canteen.read(canteen.type_in({ref: typed})), ref) == value


def test_faults_in_a_list_are_said_at_the_line_where_they_stand(canteen: Canteen) -> None:
    reading = canteen.read(canteen.type_at("从业人员", {"A6": "12", "B6": "昨天", "C6": "３７", "D6": "?"}))
    assert sorted(canteen.find_codes(reading)) == ["CE03 C6", "CE15 A6", "CE20 B6", "CE22 D6"]


@pytest.mark.parametrize("code", ["0%", "0.00%", "0.0%;[Red]-0.0%", "#,##0.0 %", "[蓝色]0%"])
def test_ce21_share_in_a_cell_that_shows_percent_is_read_as_the_school_sees_it(canteen: Canteen, code: str) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C8", 0.9534, code)))
    (finding,) = canteen.list_findings(reading)
    assert canteen.pick_number(reading, "kitchen.satisfaction") == 95.34
    assert (finding.code, finding.message) == ("CE31", "C8“0.9534”已按 95.34% 读取")


@pytest.mark.parametrize("code", ["General", "0.00", '0"%"', "0\\%", '0.0"％"', "@"])
def test_ce21_number_whose_format_only_writes_a_sign_is_read_as_typed(canteen: Canteen, code: str) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C8", 0.95, code)))
    assert canteen.pick_number(reading, "kitchen.satisfaction") == 0.95
    assert canteen.find_codes(reading) == []


def test_ce21_cell_that_shows_thousands_of_percent_is_an_error(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C8", 95, "0%")))
    assert canteen.find_codes(reading) == ["CE21 C8"]


def test_ce21_percent_format_of_a_change_is_read_without_bounds(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C9", -1.25, "0%")))
    assert canteen.pick_number(reading, "kitchen.change") == -125


def test_ce21_percent_format_of_a_count_changes_nothing(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C5", 240, "0%")))
    assert canteen.pick_number(reading, SEATS) == 240
    assert canteen.find_codes(reading) == []


def test_ce21_percent_format_is_followed_where_the_xml_is_written_unusually(canteen: Canteen) -> None:
    workbook = canteen.change(lambda book: show_share(book, "C8", 0.95, "0%"))
    content = read_part(workbook, SHEET)
    spaced = content.replace(b"<c r=", b"<!-- x --><c r=")
    reading = canteen.read(set_part(workbook, SHEET, spaced))
    assert canteen.pick_number(reading, "kitchen.satisfaction") == 95


@pytest.mark.requirement("R-21")
def test_bad_input_n22_dates_of_the_1904_system_are_the_same_days(canteen: Canteen) -> None:
    def turn(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    assert canteen.pick_text(canteen.read(canteen.change(turn)), "kitchen.opened_on") == "2019-09-01"


def test_bad_input_n21_date_in_a_count_is_an_error(canteen: Canteen) -> None:
    def put_date(book: Workbook) -> None:
        open_tab(book, "食堂概况")["C5"] = date(1900, 8, 27)

    assert canteen.find_codes(canteen.read(canteen.change(put_date))) == ["CE07 C5"]


def test_bad_input_n27_truth_in_a_count_is_an_error(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda book: open_tab(book, "食堂概况").__setitem__("C5", True)))
    assert canteen.find_codes(reading) == ["CE07 C5"]


@pytest.mark.parametrize("number", [b"1e999", b"NaN", b"inf", b"-1e999"])
def test_bad_input_n13_infinities_are_errors_or_refused(canteen: Canteen, number: bytes) -> None:
    reading = canteen.read(replace_in_part(canteen.workbook, SHEET, b"<v>240</v>", b"<v>" + number + b"</v>"))
    assert reading.signals
    assert not reading.is_readable or canteen.find_codes(reading) == ["CE07 C5"]


@pytest.mark.parametrize("value", [b"<v><!-- 9 -->240</v>", b"<v><![CDATA[240]]></v>", b"<v>2<?x y?>40</v>"])
def test_bad_input_x12_comments_and_character_data_are_read_as_excel_reads_them(canteen: Canteen, value: bytes) -> None:
    reading = canteen.read(replace_in_part(canteen.workbook, SHEET, b"<v>240</v>", value))
    assert not reading.is_readable or canteen.pick_number(reading, SEATS) == 240


def test_bad_input_u13_rich_text_is_read_plain_without_its_readings(canteen: Canteen) -> None:

    typed = canteen.type_in({"kitchen.remark": "第二食堂"})
    rich = "<r><t>第二</t></r><r><rPr><b/></rPr><t>食堂</t></r><rPh sb='0' eb='1'><t>dier</t></rPh>"
    reading = canteen.read(replace_in_part(typed, SHEET, "<t>第二食堂</t>".encode(), rich.encode()))
    assert canteen.pick_text(reading, "kitchen.remark") == "第二食堂"


def test_same_bytes_give_the_same_reading(canteen: Canteen) -> None:
    workbook = canteen.type_in({SEATS: "约300", "kitchen.cost": "无", "meals[lunch].day": "４２０"})
    first, second = canteen.read(workbook), canteen.read(workbook)
    assert first.signals == second.signals
    assert np.array_equal(first.numbers, second.numbers, equal_nan=True)


def show_share(book: Workbook, address: str, value: float, code: str) -> None:
    cell = open_tab(book, "食堂概况")[address]
    cell.value, cell.number_format = value, code


@pytest.mark.requirement("R-19")
@pytest.mark.parametrize(("stored", "code"), [(12.0, "0"), (12.0, "0.00"), (240.0, "General")])
def test_whole_number_may_be_stored_with_decimals(canteen: Canteen, stored: float, code: str) -> None:
    reading = canteen.read(canteen.change(lambda book: show_share(book, "C5", stored, code)))
    assert canteen.pick_number(reading, SEATS) == stored
    assert canteen.find_codes(reading) == []


@pytest.mark.requirement("M-05")
@pytest.mark.parametrize(
    ("typed", "code", "found"),
    [
        ("12 ", "CE04", "12␣"), ("\u300012", "CE04", "␣12"), (" 约12\u00a0", "CE06", "␣约12␣"), ("12", "CE02", "12"),
        ("1\u200b2", "CE04", "1\\u200b2"), ("约\n3", "CE06", "约\\u000a3"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_in_the_cell_is_shown_in_the_finding(
    canteen: Canteen, typed: str, code: str, found: str
) -> None:
    findings = canteen.list_findings(canteen.read(canteen.type_in({SEATS: typed})))
    assert code in {finding.code for finding in findings}
    assert {finding.found for finding in findings} == {found}


@pytest.mark.requirement("M-05")
def test_text_is_told_from_the_number_that_looks_the_same(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_in({SEATS: "12"}))) == ["CE02 C5"]
    assert canteen.find_codes(canteen.read(canteen.type_in({SEATS: 12}))) == []
