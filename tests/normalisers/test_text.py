"""U01–U07: text made comparable, and made safe to show."""

from __future__ import annotations

import pytest

from flows.normalisers.text import escape_text, fold_label, fold_width, has_control, remove_spaces, strip_text


@pytest.mark.requirement("R-23")
@pytest.mark.parametrize(
    ("label", "other"),
    [
        ("其中:女", "其中：女"), ("餐 位 数", "餐位数"), ("餐位\n数", "餐位数"), ("（一）总数", "(一)总数"),
        ("ＴＯＴＡＬ", "total"),
        ("\u200b合计\ufeff", "合计"), ("合\u3000计", "合计"), ("１", "1"), ("e\u0301", "\u00e9"), ("㎡", "m2"),
        ("｢a｣", "「A」"),
    ],
)  # fmt: skip
def test_bad_input_t12_labels_match_whatever_their_width_case_and_spaces(label: str, other: str) -> None:
    assert fold_label(label) == fold_label(other)


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (1.5, "1.5"), (None, ""), (True, "True")])
def test_numbers_in_headings_match_as_they_are_printed(value: object, text: str) -> None:
    assert fold_label(value) == text


@pytest.mark.parametrize(("typed", "other"), [("学校", "學校"), ("餐位数", "餐位"), ("l", "1"), ("O", "0")])
def test_bad_input_u10_other_words_never_match(typed: str, other: str) -> None:
    assert fold_label(typed) != fold_label(other)


@pytest.mark.parametrize("mark", ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060"])
def test_bad_input_u03_direction_and_zero_width_marks_are_removed(mark: str) -> None:
    assert strip_text(f" {mark}一中{mark} ") == "一中"
    assert remove_spaces(f"一{mark} 中") == "一中"


def test_full_width_and_compatibility_forms_are_folded() -> None:
    assert fold_width("ＡＢＣ１２３（）％，．－") == "ABC123()%,.-"


@pytest.mark.parametrize("typed", ["a\x00b", "a\x07", "\x1b[31m", "a\x7f", "_x0007_", "_x0000_", "_x001F_", "\x0b"])
def test_bad_input_u04_control_characters_are_found(typed: str) -> None:
    assert has_control(typed)


@pytest.mark.parametrize("typed", ["a\tb", "a\nb", "a\r\nb", "_x000D_", "_x000A_", "𠮷", "x0007", "一中"])
def test_line_breaks_and_rare_characters_are_no_control_characters(typed: str) -> None:
    assert not has_control(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\nb", "a\\u000ab"), ("a\u202exls", "a\\u202exls"), ("\x1b[0m", "\\u001b[0m"), ("𠮷野", "𠮷野"),
        ("a b", "a b"), ("\ud800", "\\ud800"),
    ],
)  # fmt: skip
def test_bad_input_a22_shown_text_is_one_line_with_its_marks_visible(typed: str, shown: str) -> None:
    assert escape_text(typed) == shown


def test_shown_text_is_cut_with_a_mark() -> None:
    assert escape_text("字" * 500, limit=10) == "字" * 9 + "…"
