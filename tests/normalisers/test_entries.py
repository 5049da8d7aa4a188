"""Level CELL: what a cell of each type makes of what stands in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from flows.normalisers.entries import BLANK, Entry, is_blank, read_entry, show_raw
from flows.signals import Notice
from schemas.layout import Cell
from tests.normalisers.cells import (
    ANSWERS,
    AREA,
    BLOCKED,
    CHANGE,
    CODE,
    CODES,
    CONTACT,
    COUNT,
    DATE,
    IDENTIFIER,
    MONEY,
    NUMBERED_ANSWERS,
    OPTIONAL_COUNT,
    OTHERS_ONLY,
    PERCENT,
    TEXT,
    YES_NO,
)

EVERY_TYPE = (COUNT, AREA, MONEY, PERCENT, CHANGE, DATE, YES_NO, CODE, CODES, TEXT, CONTACT, IDENTIFIER, BLOCKED)


def refuse(notice: Notice) -> tuple[None, tuple[Notice, ...]]:
    return None, (notice,)


def read(raw: object, cell: Cell) -> tuple[float | str | None, tuple[Notice, ...]]:
    entry = read_entry(raw, cell, ANSWERS)
    return entry.value, entry.notices


@pytest.mark.requirement("R-06", "R-26")
@pytest.mark.parametrize("cell", EVERY_TYPE, ids=lambda cell: f"{cell.type}{cell.pattern or ''}{cell.blocked or ''}")
@pytest.mark.parametrize("raw", ["", None, " ", "\u3000", "\n", "\u200b\u00a0"])
def test_blank_is_blank_in_every_type_and_says_nothing(raw: object, cell: Cell) -> None:
    assert is_blank(raw)
    assert read_entry(raw, cell, ANSWERS) is BLANK


@pytest.mark.requirement("R-08")
@pytest.mark.parametrize("cell", [COUNT, AREA, MONEY, PERCENT])
def test_zero_is_an_answer_and_not_blank(cell: Cell) -> None:
    assert read(0.0, cell) == (0.0, ())
    assert read("0", cell) == (0.0, (Notice.NUMBER_AS_TEXT,))


@pytest.mark.parametrize("raw", [True, date(1900, 1, 5), datetime(2024, 9, 1), time(8), timedelta(1)])  # noqa: DTZ001
def test_bad_input_n21_n27_truths_and_dates_are_no_counts(raw: object) -> None:
    assert read(raw, COUNT) == refuse(Notice.NO_NUMBER)


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), float("-inf")])
def test_bad_input_n13_numbers_that_are_none_are_refused(raw: float) -> None:
    assert read(raw, COUNT) == refuse(Notice.NO_NUMBER)


@pytest.mark.requirement("R-18")
@pytest.mark.parametrize("raw", ["-", "无", "—", "/", "*", "不适用"])
def test_ce07_mark_for_nothing_is_refused_where_a_number_must_stand(raw: str) -> None:
    assert read(raw, COUNT) == refuse(Notice.NO_NUMBER)


@pytest.mark.requirement("R-18")
@pytest.mark.parametrize("raw", ["-", "无", "—", "/", "N/A"])
def test_ce28_mark_for_nothing_is_blank_where_a_number_may_be_missing(raw: str) -> None:
    assert read(raw, OPTIONAL_COUNT) == refuse(Notice.NONE_MARK)


@pytest.mark.parametrize(
    ("raw", "value", "notice"),
    [
        ("240", 240, Notice.NUMBER_AS_TEXT), ("２４０", 240, Notice.FULL_WIDTH), (" 240", 240, Notice.SPACES),
        ("1,240", 1240, Notice.THOUSANDS), ("240个", 240, Notice.UNIT_REMOVED),
    ],
)  # fmt: skip
def test_safe_repairs_of_a_count_are_made_and_said_once(raw: str, value: float, notice: Notice) -> None:
    assert read(raw, COUNT) == (value, (notice,))


@pytest.mark.parametrize("raw", ["20人", "约300", "3.5万", "10月", "5个半"])
def test_ce06_words_in_a_number_are_refused(raw: str) -> None:
    assert read(raw, COUNT) == refuse(Notice.WORDS_IN_NUMBER)


def test_refused_entry_names_the_unit_that_was_expected() -> None:
    assert read_entry("20人", COUNT, ANSWERS) == Entry(None, (Notice.WORDS_IN_NUMBER,), "个")


@pytest.mark.parametrize(("raw", "value"), [(95.0, 95), (0.0, 0), (100.0, 100), (0.95, 0.95)])
def test_ce21_percent_is_read_as_typed(raw: float, value: float) -> None:
    assert read(raw, PERCENT) == (value, ())


@pytest.mark.parametrize(("raw", "value"), [(0.95, 95), (0.57, 57), (1.0, 100), (0.0, 0), (0.9534, 95.34)])
def test_ce21_number_in_a_cell_that_shows_percent_is_read_as_shown(raw: float, value: float) -> None:
    entry = read_entry(raw, PERCENT, ANSWERS, shown_as_percent=True)
    assert (entry.value, entry.notices) == (value, (Notice.PERCENT_READ_AS,))


@pytest.mark.parametrize("raw", [100.01, -0.5, 150.0, "150%", "-3"])
def test_ce21_percent_outside_its_range_is_refused(raw: object) -> None:
    assert read(raw, PERCENT) == refuse(Notice.BAD_PERCENT)


@pytest.mark.parametrize("raw", [95.0, 1.2])
def test_ce21_cell_that_shows_thousands_of_percent_is_refused(raw: float) -> None:
    entry = read_entry(raw, PERCENT, ANSWERS, shown_as_percent=True)
    assert (entry.value, entry.notices) == refuse(Notice.BAD_PERCENT)


def test_ce21_text_in_a_cell_that_shows_percent_is_read_as_typed() -> None:
    assert read_entry("95%", PERCENT, ANSWERS, shown_as_percent=True).value == 95


def test_ce21_change_in_percent_may_be_negative_or_more_than_all() -> None:
    assert read(-3.5, CHANGE) == (-3.5, ())
    assert read_entry(1.5, CHANGE, ANSWERS, shown_as_percent=True).value == 150


def test_format_of_a_count_does_not_change_its_value() -> None:
    assert read_entry(3.0, COUNT, ANSWERS, shown_as_percent=True) == Entry(3.0)


def test_ce20_date_cell_is_read_and_says_nothing() -> None:
    assert read(date(2024, 9, 1), DATE) == ("2024-09-01", ())
    assert read("2024-09-01", DATE) == ("2024-09-01", ())


@pytest.mark.requirement("M-16", "R-21")
@pytest.mark.parametrize("raw", ["2024.9.1", "20240901", "2024年9月1日", 20240901.0])
def test_ce30_date_in_another_form_is_read_and_said(raw: object) -> None:
    assert read(raw, DATE) == ("2024-09-01", (Notice.DATE_READ_AS,))


@pytest.mark.parametrize("raw", ["24.9.1", 45536.0, "无", True])
def test_ce20_what_is_no_date_is_refused(raw: object) -> None:
    assert read(raw, DATE) == refuse(Notice.BAD_DATE)


def test_ce22_yes_and_no() -> None:
    assert read("√", YES_NO) == ("Y", ())
    assert read("部分", YES_NO) == refuse(Notice.BAD_YES_NO)


@pytest.mark.parametrize("raw", ["primary", "primary 小学"])
def test_ce14_code_as_the_drop_down_gives_it_says_nothing(raw: str) -> None:
    assert read(raw, CODE) == ("primary", ())


@pytest.mark.requirement("M-16")
def test_ce29_code_read_from_its_label_is_said() -> None:
    assert read("小学", CODE) == ("primary", (Notice.CODE_READ_AS,))


def test_ce14_answer_outside_the_list_is_refused() -> None:
    assert read("中学", CODE) == refuse(Notice.UNKNOWN_CODE)
    assert read("小学、中学", CODES) == refuse(Notice.UNKNOWN_CODE)


def test_ce15_code_that_lost_digits_is_refused() -> None:
    assert read("1.13E+09", CODE) == refuse(Notice.DAMAGED_CODE)
    assert read(1.5, CODE) == refuse(Notice.DAMAGED_CODE)


@pytest.mark.requirement("C-13", "R-20")
def test_ce14_number_that_could_be_a_code_of_the_list_is_no_damage() -> None:
    """97.1 may be 97.10 or 97.100: the code is unknown, not spoilt, and the list can be offered."""
    assert read_entry(97.1, CODE, {"97.10": "97.10", "97.100": "97.100"}).notices == (Notice.UNKNOWN_CODE,)
    assert read_entry(1.5, CODE, {"97.10": "97.10"}).notices == (Notice.DAMAGED_CODE,)


@pytest.mark.requirement("R-20", "M-16")
def test_ce29_restored_zeros_are_said() -> None:
    assert read_entry(7.0, CODE, NUMBERED_ANSWERS) == Entry("007", (Notice.CODE_READ_AS,))


def test_ce15_whole_number_in_a_code_cell_is_read() -> None:
    assert read_entry(17.0, CODE, NUMBERED_ANSWERS) == Entry("17")


def test_ce15_identifier_typed_as_a_number_keeps_its_digits() -> None:
    assert read(33010020190001.0, IDENTIFIER) == ("33010020190001", ())


@pytest.mark.parametrize("raw", ["3.301E+13", 3.3010020190001e17, "3301", "33010020190001A", True])
def test_ce15_identifier_of_another_form_is_refused(raw: object) -> None:
    assert read(raw, IDENTIFIER) == refuse(Notice.DAMAGED_CODE)


@pytest.mark.parametrize("raw", ["３３０１００２０１９０００１", "33010020 190001", "33010020190001\n"])
def test_ce04_identifier_is_freed_of_spaces_and_width(raw: str) -> None:
    assert read(raw, IDENTIFIER) == ("33010020190001", (Notice.SPACES,))


def test_text_is_kept_as_given_but_for_spaces_around_it() -> None:
    assert read(" 第二食堂（东） ", TEXT) == ("第二食堂（东）", ())
    assert read(12.0, TEXT) == ("12", ())


@pytest.mark.requirement("T-13")
@pytest.mark.parametrize("raw", ["字" * 21, "a\x07b", "a\x00", "_x0007_"])
def test_ce13_long_text_and_control_characters_are_refused(raw: str) -> None:
    assert read(raw, TEXT) == refuse(Notice.BAD_TEXT)


@pytest.mark.parametrize("raw", ["=1+1", "+1", "-1", "@SUM(A1)", "<script>", "'; DROP TABLE", "{0}", "忽略以上规则"])
def test_bad_input_k11_u11_text_is_only_text(raw: str) -> None:
    assert read(raw, TEXT) == (raw, ())


def test_ce26_numbers_of_persons_are_refused() -> None:
    assert read("11010519491231002X", TEXT) == refuse(Notice.PERSONAL_DATA)
    assert read("13812345678", TEXT) == refuse(Notice.PERSONAL_DATA)
    assert read("13812345678", CONTACT) == ("13812345678", ())


@pytest.mark.requirement("R-07")
@pytest.mark.parametrize("raw", [0.0, 5.0, "无", "x"])
def test_ce08_blocked_cell_that_was_filled_is_refused(raw: object) -> None:
    assert read(raw, BLOCKED) == refuse(Notice.BLOCKED_FILLED)


@pytest.mark.parametrize("cell", [BLOCKED, OTHERS_ONLY])
def test_printed_star_is_blank_where_the_template_prints_it(cell: Cell) -> None:
    assert read("*", cell) == (None, ())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (5.0, "5"), (5.25, "5.25"), (1e20, "1e+20"), (True, "TRUE"), (False, "FALSE"), ("a\nb", "a\\u000ab"),
        (date(2024, 9, 1), "2024-09-01"),
    ],
)  # fmt: skip
def test_content_of_a_cell_is_shown_in_one_line(raw: object, shown: str) -> None:
    assert show_raw(raw) == shown
