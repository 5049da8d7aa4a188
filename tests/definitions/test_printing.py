"""An expression printed and read again is the same expression, whatever it is made of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import Catalogue
from schemas.expressions import syntax as s
from schemas.expressions.expand import rebuild
from schemas.expressions.parse import parse_expression
from tests.definitions.spelling import spell

WORDS_OF_THE_LANGUAGE = {"and", "or", "not", "in", "where", "implies"}
LETTERS = "abgxyz_"
SIGNS = ("=", "!=", "<", "<=", ">", ">=")

names = st.text(LETTERS + "019", min_size=1, max_size=5).filter(
    lambda text: not text[0].isdigit() and text not in WORDS_OF_THE_LANGUAGE
)
lines = st.builds(s.One, names) | st.builds(s.Span, names, names)
inner_selectors = lines | st.builds(s.Prefix, names)
numbers = st.builds(s.Number, st.decimals(0, 10**9, places=4, allow_nan=False, allow_infinity=False).map(float))
texts = st.builds(s.Text, st.text("小学 a'1", max_size=6))
literals = numbers | texts
name_parts = st.builds(s.Name, names)
several_selectors = st.builds(s.Several, st.lists(inner_selectors, min_size=2, max_size=3).map(tuple))
row_selectors = inner_selectors | st.just(s.Every()) | several_selectors
column_selectors = lines | st.just(s.Every()) | several_selectors
references = st.builds(s.Reference, names, st.none() | row_selectors, column_selectors)


def _combine(parts: st.SearchStrategy[s.Expression]) -> st.SearchStrategy[s.Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(s.Negative, parts),
        st.builds(s.Arithmetic, st.sampled_from("+-*/"), parts, parts),
        several.flatmap(_compare),
        st.builds(s.Membership, parts, st.lists(literals, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(s.Containment, literals, name_parts | references),
        st.builds(s.Both, several),
        st.builds(s.Either, several),
        st.builds(s.Not, parts),
        st.builds(s.Implies, parts, parts),
        st.builds(s.Where, parts, parts),
        st.builds(s.Call, names, st.lists(parts, max_size=3).map(tuple)),
    )


def _compare(operands: tuple[s.Expression, ...]) -> st.SearchStrategy[s.Expression]:
    count = len(operands) - 1
    signs = st.lists(st.sampled_from(SIGNS), min_size=count, max_size=count)
    return signs.map(lambda chosen: s.Comparison(operands, tuple(chosen)))


expressions = st.recursive(literals | name_parts | references, _combine, max_leaves=12)


def _without_positions(expression: s.Expression) -> s.Expression:
    def forget(part: s.Expression) -> s.Expression | None:
        if isinstance(part, s.Name | s.Reference):
            return replace(part, position=0)
        if isinstance(part, s.Call):
            return s.Call(part.function, tuple(_without_positions(argument) for argument in part.arguments))
        return None

    return rebuild(expression, forget)


@given(expressions)
@settings(max_examples=150, deadline=None)
def test_an_expression_printed_and_read_again_is_the_same(expression: s.Expression) -> None:
    assert _without_positions(parse_expression(spell(expression))) == expression


def test_every_formula_shipped_printed_and_read_again_is_the_same(catalogue: Catalogue) -> None:
    formulas = [text for entry in catalogue.checks.values() for text in entry.check.rules if "{" not in text]
    formulas += [indicator.numerator for indicator in catalogue.indicators.values() if "{" not in indicator.numerator]
    assert len(formulas) > 200
    for text in formulas:
        parsed = _without_positions(parse_expression(text))
        assert _without_positions(parse_expression(spell(parsed))) == parsed, text
