"""Reading expressions: what binds tighter, what selectors mean, what people type instead of plain signs."""

from __future__ import annotations

import pytest

from schemas.errors import ExpressionError
from schemas.expressions import syntax as s
from schemas.expressions.parse import parse_expression, parse_printed
from schemas.wording import load_shipped_wording


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("-a * b", "(-a) * b"),
        ("a - -b", "a - (-b)"),
        ("a + b = c", "(a + b) = c"),
        ("not a = 1 and b = 2", "(not (a = 1)) and (b = 2)"),
        ("a = 1 or b = 2 and c = 3", "(a = 1) or ((b = 2) and (c = 3))"),
        ("a = 1 or b = 2 implies c = 3", "((a = 1) or (b = 2)) implies (c = 3)"),
        ("a where (b = 1) + c", "(a where (b = 1)) + c"),
        ("a + b in (1, 2)", "(a + b) in (1, 2)"),
        ("not a in (1)", "not (a in (1))"),
    ],
)
def test_what_binds_tighter_needs_no_parentheses(loose: str, strict: str) -> None:
    assert _shape(loose) == _shape(strict)


def test_a_chain_of_comparisons_is_one_comparison_of_every_link() -> None:
    parsed = parse_expression("a <= b < c")
    assert isinstance(parsed, s.Comparison)
    assert parsed.operators == ("<=", "<")
    assert len(parsed.operands) == 3


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("stu.enrolled", None, s.One("enrolled")),
        ("stu[total].enrolled", s.One("total"), s.One("enrolled")),
        ("stu[*].enrolled", s.Every(), s.One("enrolled")),
        ("stu[total].*", s.One("total"), s.Every()),
        ("stu[total].g1..g6", s.One("total"), s.Span("g1", "g6")),
        ("stu[male..female].g1", s.Span("male", "female"), s.One("g1")),
        ("stu[male, female].g1", s.Several((s.One("male"), s.One("female"))), s.One("g1")),
        ("stu[total].(g1, g3..g4)", s.One("total"), s.Several((s.One("g1"), s.Span("g3", "g4")))),
        ("stu[g*].enrolled", s.Prefix("g"), s.One("enrolled")),
    ],
)
def test_a_reference_names_one_cell_or_several(text: str, row: s.Selector | None, column: s.Selector) -> None:
    parsed = parse_expression(text)
    assert isinstance(parsed, s.Reference)
    assert (parsed.sheet, parsed.row, parsed.column) == ("stu", row, column)


def test_a_prefix_stands_for_columns_inside_a_sum() -> None:
    parsed = parse_expression("sum(stu[*].g*)")
    assert isinstance(parsed, s.Call)
    assert parsed.arguments == (s.Reference("stu", s.Every(), s.Prefix("g"), 5),)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("a ≤ b", "a <= b"),
        ("a ≥ b", "a >= b"),
        ("a ≠ b", "a != b"),
        ("a <> b", "a != b"),
        ("a ＝ b", "a = b"),
        ("a × b ÷ c", "a * b / c"),
        ("a － b", "a - b"),
        ("sum（a，b）", "sum(a, b)"),
        ("a = “x”".replace("“", "‘").replace("”", "’"), "a = 'x'"),
    ],
)
def test_signs_as_forms_print_them_are_read(typed: str, plain: str) -> None:
    assert _shape(typed) == _shape(plain)


def test_a_position_counts_from_one_in_the_text_as_written() -> None:
    references = s.find_references(parse_expression("  a.x + b.y"))
    assert [reference.position for reference in references] == [3, 9]


@pytest.mark.parametrize("name", ["origin", "android", "inside", "notes", "where_from", "implies_x"])
def test_a_name_may_begin_with_a_word_of_the_language(name: str) -> None:
    assert parse_expression(name) == s.Name(name, 1)


@pytest.mark.parametrize("text", ["a = 1 orb = 2", "a andb = 1", "a = 1 impliesb = 1", "a inb"])
def test_a_word_of_the_language_ends_where_a_name_would(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "position", "marked"),
    [
        ("stu.total = = 3", 13, "stu.total = ⟪here⟫= 3"),
        ("sum(a.b", 8, "sum(a.b⟪here⟫"),
        ("a.b + ", 7, "a.b + ⟪here⟫"),
        ("a # b", 3, "a ⟪here⟫# b"),
        ("a in ()", 7, "a in (⟪here⟫)"),
        ("1.5.2", 4, "1.5⟪here⟫.2"),
    ],
)
def test_an_unreadable_expression_says_where_and_what_was_expected(text: str, position: int, marked: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    said = str(load_shipped_wording("en").spell(caught.value.problem))
    assert f"at position {position}: {marked}" in said
    assert "expected:" in said


def test_an_unreadable_expression_is_explained_in_chinese_too() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("sum(stu.total")
    said = str(load_shipped_wording("zh").spell(caught.value.problem))
    assert said.startswith("表达式第 14 个字符处读不懂：sum(stu.total⟪此处⟫")
    assert "此处可以是" in said


def test_printed_notation_keeps_signs_and_numbers_as_they_stand() -> None:
    operators, totals = parse_printed("(1)≥(2)+…+(8)－(9)")
    assert operators == (">=",)
    assert totals == ((("+", "1"),), (("+", "2"), ("+", "..."), ("+", "8"), ("-", "9")))


def test_circled_numbers_are_printed_notation_too() -> None:
    assert parse_printed("⑩=⑪+⑫")[1] == ((("+", "⑩"),), (("+", "⑪"), ("+", "⑫")))


def _shape(text: str) -> str:
    """The expression without the positions of its parts."""
    return repr(_forget_positions(parse_expression(text)))


def _forget_positions(expression: s.Expression) -> object:
    values = [getattr(expression, name) for name in s.PARTS[type(expression)]]
    return type(expression).__name__, [_forget_value(value) for value in values]


def _forget_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_forget_value(item) for item in value]
    return _forget_positions(value) if type(value) in s.PARTS else value  # type: ignore[arg-type]
