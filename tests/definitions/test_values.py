"""What expressions are worth: arithmetic with missing figures, conditions with three answers, lists and periods."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ExpressionError
from schemas.wording import load_shipped_wording
from tests.definitions.figures import Answer, Figures, Value, answer, compute

#                        school 1, school 2, school 3
STAFF = Figures({"s.men": [4, 0, None], "s.women": [6, 3, 5], "s.all": [10, 4, 5]})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("s.men + s.women", [10, 3, None]),
        ("s.all - s.men", [6, 4, None]),
        ("s.women / s.men", [1.5, None, None]),
        ("sum(s.men, s.women)", [10, 3, None]),
        ("count(s.men, s.women)", [2, 2, 1]),
        ("max(s.men, s.women)", [6, 3, None]),
        ("mean(s.men, s.women)", [5, 1.5, None]),
        ("coalesce(s.men, 0) + s.women", [10, 3, 5]),
        ("abs(s.men - s.all)", [6, 4, None]),
        ("round(s.all / 4, 0)", [3, 1, 1]),
        ("ceil(s.all / 4)", [3, 1, 2]),
        ("floor(s.all / 4)", [2, 1, 1]),
        ("-s.women * 2", [-12, -6, -10]),
        ("s.women where (s.all > 4)", [6, 0, 5]),
        ("s.women where (s.men > 0)", [6, 0, None]),
    ],
)
def test_a_missing_figure_makes_what_rests_on_it_missing(text: str, values: list[float | None]) -> None:
    assert compute(text, STAFF) == values


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("s.all = s.men + s.women", [True, False, None]),
        ("s.men <= s.women <= s.all", [True, True, None]),
        ("s.men > 0", [True, False, None]),
        ("not s.men > 0", [False, True, None]),
        ("s.men > 0 and s.all > 100", [False, False, False]),
        ("s.men > 0 or s.all > 0", [True, True, True]),
        ("s.men > 0 and s.all > 0", [True, False, None]),
        ("s.men > 0 or s.all > 100", [True, False, None]),
        ("s.men > 0 implies s.women > 4", [True, True, True]),
        ("s.men > 0 implies s.women > 9", [False, True, None]),
        ("filled(s.men)", [True, True, False]),
        ("s.men in (4, 5)", [True, False, None]),
        ("s.men not in (4, 5)", [False, True, None]),
        ("all_true(s.all > 0, s.women > 3)", [True, False, True]),
    ],
)
def test_a_condition_on_a_missing_figure_is_open_unless_the_rest_decides(text: str, answers: list[Answer]) -> None:
    assert answer(text, STAFF) == answers


three = st.sampled_from([1.0, 0.0, None])


@given(three, three)
@settings(deadline=None)
def test_and_or_not_and_implies_agree_with_one_another(left: Value, right: Value) -> None:
    figures = Figures({"s.a": [left], "s.b": [right]})
    assert answer("s.a = 1 and s.b = 1", figures) == answer("not (not s.a = 1 or not s.b = 1)", figures)
    assert answer("s.a = 1 implies s.b = 1", figures) == answer("not s.a = 1 or s.b = 1", figures)


def test_a_difference_within_the_tolerance_is_none() -> None:
    figures = Figures({"s.a": [100, 100], "s.b": [101, 102]})
    assert answer("s.a = s.b", figures, tolerance=1) == [True, False]
    assert answer("s.b <= s.a", figures, tolerance=1) == [True, False]
    assert answer("s.a < s.b", figures, tolerance=1) == [False, True]


def test_floating_dirt_is_no_difference() -> None:
    assert answer("s.a + s.b = s.c", Figures({"s.a": [0.1], "s.b": [0.2], "s.c": [0.3]})) == [True]


def test_texts_are_compared_as_texts_and_dates_in_their_order() -> None:
    figures = Figures({"s.opened": ["2001-09-01", None, "1998-01-01"], "s.kind": ["211", "311", None]})
    assert answer("s.opened < '2000-01-01'", figures) == [False, None, True]
    assert answer("s.kind = '211'", figures) == [True, False, None]
    assert answer("s.kind in ('211', '218')", figures) == [True, False, None]


def test_a_field_may_hold_several_codes() -> None:
    figures = Figures({"s.stages": ["primary;junior", "senior", None]})
    assert answer("'junior' in s.stages", figures) == [True, False, None]


def test_the_period_before_is_asked_for_by_prev_and_growth() -> None:
    figures = Figures({"s.n": [110, 90, 5, 5]}, before={"s.n": [100, 100, 0, None]})
    assert compute("prev(s.n)", figures) == [100, 100, 0, None]
    assert compute("growth(s.n)", figures) == [pytest.approx(0.1), pytest.approx(-0.1), None, None]
    assert answer("abs(growth(s.n)) <= 0.2", figures) == [True, True, None, None]


def test_a_limit_is_named_and_handed_in() -> None:
    assert compute("s.n * share", Figures({"s.n": [10]}), share=0.5) == [5]


def test_an_attribute_of_the_school_is_named_alone() -> None:
    figures = Figures({"s.n": [1, 1, 1]}, attributes={"ownership": ["1", "2", None]})
    assert compute("s.n where (ownership = '1')", figures) == [1, 0, None]


#  campus   | unit | floor area | built
CAMPUS = Figures(
    {"s.area": [300, 50, 0]},
    lists={
        "area": [
            (0, {"m2": 100, "built": "1990-01-01"}),
            (0, {"m2": 200, "built": "2005-01-01"}),
            (1, {"m2": None, "built": "2010-01-01"}),
        ]
    },
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("count(area)", [2, 1, 0]),
        ("sum(area.m2)", [300, None, 0]),
        ("area.m2", [300, None, 0]),
        ("count(area.m2)", [2, 0, 0]),
        ("max(area.m2)", [200, None, None]),
        ("avg(area.m2)", [150, None, None]),
        ("sum(area.m2, built >= '2000-01-01')", [200, None, 0]),
        ("count(area, built >= '2000-01-01')", [1, 1, 0]),
        ("s.area - sum(area.m2)", [0, None, 0]),
    ],
)
def test_a_list_is_counted_and_summed_by_unit(text: str, values: list[float | None]) -> None:
    assert compute(text, CAMPUS) == values


def test_a_list_that_was_not_filed_is_missing_and_not_zero() -> None:
    figures = Figures({"s.area": [0, 0]}, lists={"area": [(0, {"m2": 9})]}, unfiled=frozenset({("area", 1)}))
    assert compute("sum(area.m2)", figures) == [9, None]
    assert compute("count(area)", figures) == [1, None]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("s.boys + 1", "there is no s.boys (position 1)"),
        ("s.men + area", "there is no attribute or limit area (position 9)"),
        ("s.men + 'x'", "a text stands where a number is needed"),
        ("s.men = 'x'", "a text is compared with a number"),
        ("(s.men > 1) = 1", "a condition cannot be compared"),
        ("s.men and s.women", "a value stands where a condition is needed"),
        ("frob(s.men)", "there is no function frob here (position 1)"),
        ("prev(s.men, s.women)", "the number of periods is written as a number"),
        ("'x' in s.men", "`in` needs a field that holds codes"),
        ("(s.men > 1) in (1)", "a condition cannot be a member of a list"),
    ],
)
def test_an_expression_that_makes_no_sense_says_so(text: str, english: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        answer(text, STAFF)
    assert english in str(load_shipped_wording("en").spell(caught.value.problem))
    assert not str(load_shipped_wording("zh").spell(caught.value.problem)).isascii()
