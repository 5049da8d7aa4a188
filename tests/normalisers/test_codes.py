"""CE14, CE15, CE22, CE26 and N15–N18: codes, identifiers, yes and no, numbers of persons."""

from __future__ import annotations

import pytest

from flows.normalisers.codes import (
    find_personal_number,
    list_same_numbers,
    offer_codes,
    read_code,
    read_codes,
    read_identifier,
    read_yes_no,
)
from tests.normalisers.cells import ANSWERS, NUMBERED_ANSWERS


@pytest.mark.requirement("R-22")
@pytest.mark.parametrize("typed", ["是", " 是 ", "Y", "y", "Ｙ", "Yes", "1", "１", "有", "√", "✓", "TRUE", 1.0, True])
def test_bad_input_n28_yes_in_its_many_forms(typed: object) -> None:
    assert read_yes_no(typed) == "Y"


@pytest.mark.parametrize("typed", ["否", "N", "ｎ", "no", "0", "无", "×", "✗", "X", "false", 0.0, False])
def test_bad_input_n28_no_in_its_many_forms(typed: object) -> None:
    assert read_yes_no(typed) == "N"


@pytest.mark.parametrize("typed", ["是否", "不", "2", "部分", "√×", "", "-", 2.0, 0.5, None])
def test_anything_else_is_neither_yes_nor_no(typed: object) -> None:
    assert read_yes_no(typed) is None


@pytest.mark.requirement("R-22")
@pytest.mark.parametrize("typed", ["primary", "PRIMARY", "小学", "primary 小学", " 小 学 ", "ｐｒｉｍａｒｙ", "小\n学"])
def test_code_is_read_from_code_label_or_both(typed: str) -> None:
    assert read_code(typed, ANSWERS) == "primary"


@pytest.mark.parametrize("typed", ["小学部", "primary;junior", "中学", "", True, float("nan")])
def test_unlisted_answer_is_no_code(typed: object) -> None:
    assert read_code(typed, ANSWERS) is None


@pytest.mark.requirement("R-20")
@pytest.mark.parametrize(("typed", "code"), [("007", "007"), (7.0, "007"), (17.0, "17"), ("17", "17"), ("在建", "007")])
def test_bad_input_n17_lost_zeros_of_a_number_are_restored_where_one_code_fits(typed: object, code: str) -> None:
    assert read_code(typed, NUMBERED_ANSWERS) == code


@pytest.mark.parametrize("typed", ["7", 70.0, 7.5])
def test_bad_input_n17_zeros_are_not_guessed_at_a_text_or_another_number(typed: object) -> None:
    assert read_code(typed, NUMBERED_ANSWERS) is None


@pytest.mark.requirement("R-20")
def test_bad_input_n17_zeros_are_not_guessed_where_two_codes_fit() -> None:
    assert read_code(7.0, {"07": "07", "007": "007"}) is None


def test_code_outside_the_list_is_taken_if_it_has_the_declared_form() -> None:
    assert read_code("３ 45", {}, pattern="[1-7][0-9]{2}") == "345"
    assert read_code("845", {}, pattern="[1-7][0-9]{2}") is None


@pytest.mark.parametrize(
    "typed",
    [
        "primary;junior",
        "小学、初中",
        "小学，初中",
        "小学 初中",
        "小学/初中",
        "小学|初中",
        "小学;初中;小学",
        "小学；；初中",
    ],
)
def test_several_codes_are_read_whatever_stands_between(typed: str) -> None:
    assert read_codes(typed, ANSWERS) == "primary;junior"


@pytest.mark.parametrize("typed", ["小学、高中", "，", "小学和初中"])
def test_one_unknown_among_several_codes_refuses_all(typed: str) -> None:
    assert read_codes(typed, ANSWERS) is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("33010020190001", "33010020190001"), (33010020190001.0, "33010020190001"), ("ＡＢ－１２", "AB-12"),
        (12.0, "12"), (" 7 ", "7"),
    ],
)  # fmt: skip
def test_identifier_keeps_every_digit(typed: object, text: str) -> None:
    assert read_identifier(typed) == text


@pytest.mark.parametrize(
    "typed",
    ["3.20102E+11", "1.13e+09", "3E11", "１．１３Ｅ＋０９", 1e15, 330100201900011234.0, 12.5, True, float("inf")],
)
def test_bad_input_n15_n16_identifier_that_lost_digits_is_refused(typed: object) -> None:
    assert read_identifier(typed) is None


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "身份证110105194912310021号",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105 19491231 0021",
    ],
)
def test_bad_input_u12_identity_numbers_are_found(text: str) -> None:
    assert find_personal_number(text, mobile_allowed=True) == "id"


def test_bad_input_u12_mobile_numbers_are_found_but_in_contact_fields() -> None:
    assert find_personal_number("请打13812345678", mobile_allowed=False) == "mobile"
    assert find_personal_number("请打13812345678", mobile_allowed=True) is None


@pytest.mark.parametrize(
    "text", ["33010020190001", "2133000001", "110105194913310021", "23812345678", "138123456789", "一中"]
)
def test_other_numbers_are_no_numbers_of_persons(text: str) -> None:
    assert find_personal_number(text, mobile_allowed=False) is None


MANY = {code: code for code in ("97.010", "97.100", "98.1", "007", *(f"1{number:02}" for number in range(40)))}
SHOWN = tuple(f"{code} 第{code}项" for code in MANY)


@pytest.mark.requirement("R-20")
def test_number_that_lost_zeros_on_both_sides_is_no_code_and_both_are_offered() -> None:
    assert read_code(97.1, {**MANY, "97.10": "97.10"}) is None
    assert list_same_numbers(97.1, {**MANY, "97.10": "97.10"}) == ["97.10", "97.100"]
    assert {"97.010 第97.010项", "97.100 第97.100项"} <= set(offer_codes(97.1, SHOWN))


@pytest.mark.requirement("C-13")
@pytest.mark.parametrize(
    ("typed", "meant"), [("1o5", "105 第105项"), ("１06x", "106 第106项"), ("第98.1", "98.1 第98.1项")]
)
def test_code_meant_is_offered_for_one_wrong_letter(typed: str, meant: str) -> None:
    assert meant in offer_codes(typed, SHOWN)


@pytest.mark.requirement("C-13")
def test_short_list_is_offered_whole_and_a_long_one_by_its_ends_where_nothing_is_near() -> None:
    assert offer_codes("大学", ("1 甲", "2 乙")) == ["1 甲", "2 乙"]
    assert offer_codes("大学", SHOWN) == [SHOWN[0], SHOWN[1], "…", SHOWN[-1]]
