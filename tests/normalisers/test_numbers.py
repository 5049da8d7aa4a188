"""CE02–CE07 and N01–N12: numbers as people type them."""

from __future__ import annotations

import math

import pytest

from flows.normalisers.numbers import is_exact, read_number
from flows.signals import Notice


@pytest.mark.parametrize(
    ("typed", "value"),
    [("123", 123), ("-5", -5), ("+7", 7), ("12.50", 12.5), (".5", 0.5), ("12.", 12), ("007", 7), ("0", 0)],
)
def test_bad_input_n01_number_stored_as_text_is_read_and_said(typed: str, value: float) -> None:
    read = read_number(typed)
    assert (read.value, read.notices) == (value, (Notice.NUMBER_AS_TEXT,))


@pytest.mark.requirement("R-06")
@pytest.mark.parametrize(
    "typed", [" 123", "123 ", "\u3000123\u00a0", "1 234", "12\n3", "\t123", "\u200b123", "\ufeff123", "1\u00ad23"]
)
def test_bad_input_n02_spaces_and_invisible_characters_are_removed_and_said(typed: str) -> None:
    read = read_number(typed)
    assert read.value == float("".join(c for c in typed if c.isdigit()))
    assert Notice.SPACES in read.notices


@pytest.mark.parametrize(
    ("typed", "value"), [("１２３", 123), ("１２３．５", 123.5), ("－５", -5), ("１，２３４", 1234), ("＋８", 8)]
)
def test_bad_input_n03_full_width_forms_are_read_and_said(typed: str, value: float) -> None:
    read = read_number(typed)
    assert read.value == value
    assert Notice.FULL_WIDTH in read.notices


@pytest.mark.requirement("R-18")
@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,234", 1234), ("12,345,678.9", 12345678.9), ("-1,234", -1234), ("1'234", 1234), ("1’234", 1234),
        ("1，234", 1234),
    ],
)  # fmt: skip
def test_bad_input_n04_thousands_marks_in_their_place_are_removed_and_said(typed: str, value: float) -> None:
    read = read_number(typed)
    assert read.value == value
    assert Notice.THOUSANDS in read.notices


@pytest.mark.parametrize("typed", ["1,23", "12,34,567", "1,2345", ",123", "1,234,", "1,5", "1.234.567", "1、234"])
def test_bad_input_n05_misplaced_marks_and_decimal_commas_are_refused(typed: str) -> None:
    assert read_number(typed) == read_number(typed)
    assert read_number(typed).value is None
    assert read_number(typed).notices == (Notice.WORDS_IN_NUMBER,)


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("123人", "人", 123), ("318.5 平方米", "平方米", 318.5), ("1,200元", "元/人", 1200),
        ("80元/人", "元/人", 80), ("３ 个", "个", 3),
    ],
)  # fmt: skip
def test_bad_input_n06_the_fields_own_unit_behind_a_number_is_removed_and_said(
    typed: str, unit: str, value: float
) -> None:
    read = read_number(typed, unit=unit)
    assert read.value == value
    assert Notice.UNIT_REMOVED in read.notices


@pytest.mark.requirement("R-18")
@pytest.mark.parametrize(
    "typed",
    [
        "123名", "3.5万", "约300", "20人左右", "10+5", "3~5", "3-5", "1.2.3", "１２人次", "5%", "20 kg", "1e5",
        "1E+05", "0x1F", "±3",
    ],
)  # fmt: skip
def test_bad_input_n06_other_words_at_a_number_are_refused(typed: str) -> None:
    read = read_number(typed, unit="人")
    assert (read.value, read.notices) == (None, (Notice.WORDS_IN_NUMBER,))


@pytest.mark.parametrize("typed", ["45%", "45 %", "４５％"])
def test_bad_input_n07_percent_sign_is_read_where_percent_is_asked(typed: str) -> None:
    read = read_number(typed, unit="%", percent=True)
    assert read.value == 45
    assert Notice.PERCENT_READ_AS in read.notices


@pytest.mark.parametrize(
    "typed", ["十二", "一百零三", "两", "廿", "壹佰", "〇", "Ⅲ", "若干", "很多", "人", "NaN", "inf", "-", "负五"]
)
def test_bad_input_n08_words_and_numerals_are_never_numbers(typed: str) -> None:
    assert read_number(typed, unit="人").value is None


@pytest.mark.parametrize("typed", ["③", "²", "½", "٣", "१२", "¾"])
def test_bad_input_n09_circled_raised_and_foreign_digits_are_refused(typed: str) -> None:
    assert read_number(typed).value is None


@pytest.mark.requirement("R-18")
@pytest.mark.parametrize(
    "typed",
    [
        "无", "没有", "-", "--", "—", "——", "–", "/",
        "\\", "*", "空", "不适用", "N/A", "n/a", "NA", "Null", "None", "／", " － ",
    ],
)  # fmt: skip
def test_bad_input_n10_marks_for_nothing_are_no_number_and_no_zero(typed: str) -> None:
    read = read_number(typed)
    assert (read.value, read.notices) == (None, (Notice.NONE_MARK,))


@pytest.mark.parametrize("typed", ["(123)", "（123）", "123-", "- -5", "--5", "+-5"])
def test_bad_input_n11_brackets_and_trailing_signs_are_refused(typed: str) -> None:
    assert read_number(typed).value is None


@pytest.mark.parametrize("typed", ["", "  ", "\u200b"])
def test_text_of_nothing_but_spaces_is_no_number_and_says_nothing(typed: str) -> None:
    read = read_number(typed)
    assert (read.value, read.notices) == (None, ())


@pytest.mark.parametrize("typed", ["9" * 400, "1" * 310 + ".5"])
def test_bad_input_n13_text_that_would_be_infinite_is_refused(typed: str) -> None:
    assert read_number(typed).value is None


@pytest.mark.parametrize(
    ("value", "exact"),
    [(1.0, True), (-999_999_999_999_999.0, True), (1e15, False), (-1e308, False), (math.nan, False), (math.inf, False)],
)
def test_bad_input_n14_infinities_and_numbers_of_too_many_digits_are_not_exact(value: float, *, exact: bool) -> None:
    assert is_exact(value) is exact
