"""Text of an expression → its parts. The only module that knows the parser library."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from schemas.errors import ExpressionError, Problem, problem
from schemas.expressions import syntax as s

GRAMMAR = Path(__file__).with_name("grammar.lark")

# What people type or forms print for the operators, beside the plain ones.
SPELLINGS = str.maketrans(
    {
        "≤": "<=", "≥": ">=", "≠": "!=", "＝": "=", "＜": "<", "＞": ">", "−": "-", "–": "-", "＋": "+", "－": "-",
        "×": "*", "÷": "/", "（": "(", "）": ")", "，": ",", "…": "...", "‘": "'", "’": "'", "［": "[", "］": "]",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)
def parse_expression(text: str) -> s.Expression:
    """Parse one expression.

    Raises ExpressionError naming the position and what was expected there.
    """
    parsed: s.Expression = _parse(text, start="expression")
    return parsed


def parse_printed(text: str) -> PrintedRelation:
    """Parse the notation printed on forms, such as `(1)=(2)+…+(8)`.

    Raises ExpressionError naming the position and what was expected there.
    """
    parsed: PrintedRelation = _parse(text, start="printed")
    return parsed


PrintedTerm = tuple[str, str]
"""Sign and printed number as it stands there, such as ("+", "02") or ("+", "②"); an ellipsis is ("+", "...")."""

PrintedRelation = tuple[tuple[str, ...], tuple[tuple[PrintedTerm, ...], ...]]
"""Comparison signs, and the sums between them."""


def _parse(text: str, *, start: str) -> Any:
    plain = text.translate(SPELLINGS).replace("......", "...")
    try:
        return _build_parts().transform(_load_parser(start).parse(plain))
    except UnexpectedInput as error:
        raise ExpressionError(_describe_syntax(error, plain)) from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise


def _describe_syntax(error: UnexpectedInput, text: str) -> Problem:
    expected: list[str] = sorted(
        getattr(error, "accepts", None) or getattr(error, "allowed", None) or getattr(error, "expected", None) or ()
    )
    at_end = getattr(getattr(error, "token", None), "type", "") == "$END"
    position = len(text) if at_end or error.pos_in_stream is None else error.pos_in_stream
    wanted = tuple(_NAMES_OF_TOKENS.get(name, name) for name in expected)
    before, after = text[:position], text[position:]
    return problem("not_readable", position=position + 1, before=before, after=after, expected=wanted)


_NAMES_OF_TOKENS: dict[str, Problem | str] = {
    "$END": problem("token_end"), "NAME": problem("token_name"), "NUMBER": problem("token_number"),
    "STRING": problem("token_text"), "PREFIX": problem("token_prefix"), "DIGITS": problem("token_number"),
    "COMPARE": "= != < <= > >=", "SIGN": "+ -", "FACTOR": "* /", "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]",
    "DOT": ".", "COMMA": ",", "STAR": "*", "CIRCLED": "①…⑳", "ELLIPSIS": "…", "_WHERE": "where", "_IN": "in",
    "_NOT": "not", "_AND": "and", "_OR": "or", "_IMPLIES": "implies", "__ANON_0": "..",
}  # fmt: skip


@cache
def _load_parser(start: str) -> Lark:
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"), start=start, parser="lalr", lexer="contextual", maybe_placeholders=False
    )


@cache
def _build_parts() -> _Parts:
    return _Parts()


@v_args(inline=True)
class _Parts(Transformer[Token, Any]):
    """One method per rule of the grammar."""

    def number(self, token: Token) -> s.Number:
        return s.Number(float(token))

    def text(self, token: Token) -> s.Text:
        return s.Text(str(token)[1:-1])

    def name(self, token: Token) -> s.Name:
        return s.Name(str(token), _position(token))

    def one(self, token: Token) -> s.One:
        return s.One(str(token))

    def every(self) -> s.Every:
        return s.Every()

    def prefix(self, token: Token) -> s.Prefix:
        return s.Prefix(str(token)[:-1])

    def span(self, first: Token, last: Token) -> s.Span:
        return s.Span(str(first), str(last))

    def several(self, *members: s.One | s.Span | s.Prefix) -> s.Several:
        return s.Several(members)

    def cell(self, sheet: Token, row: s.Selector, column: s.Selector) -> s.Reference:
        return s.Reference(str(sheet), row, column, _position(sheet))

    def field(self, sheet: Token, column: s.Selector) -> s.Reference:
        return s.Reference(str(sheet), None, column, _position(sheet))

    def call(self, function: Token, *arguments: s.Expression) -> s.Call:
        return s.Call(str(function), arguments, _position(function))

    def where(self, operand: s.Expression, condition: s.Expression) -> s.Where:
        return s.Where(operand, condition)

    def signed(self, sign: Token, operand: s.Expression) -> s.Expression:
        return s.Negative(operand) if sign == "-" else operand

    def total(self, first: s.Expression, *rest: Any) -> s.Expression:
        return _fold(first, rest)

    product = total

    def compare(self, first: s.Expression, *rest: Any) -> s.Comparison:
        return s.Comparison((first, *rest[1::2]), tuple(_SIGNS.get(sign, str(sign)) for sign in rest[0::2]))

    def member(self, operand: s.Expression, *members: s.Number | s.Text) -> s.Membership:
        return s.Membership(operand, members)

    def not_member(self, operand: s.Expression, *members: s.Number | s.Text) -> s.Membership:
        return s.Membership(operand, members, negated=True)

    def contained(self, member: s.Number | s.Text, container: s.Name | s.Reference) -> s.Containment:
        return s.Containment(member, container)

    def negate(self, operand: s.Expression) -> s.Not:
        return s.Not(operand)

    def conjunction(self, *operands: s.Expression) -> s.Both:
        return s.Both(operands)

    def disjunction(self, *operands: s.Expression) -> s.Either:
        return s.Either(operands)

    def implies(self, premise: s.Expression, conclusion: s.Expression) -> s.Implies:
        return s.Implies(premise, conclusion)

    def printed_term(self, token: Token) -> str:
        return str(token)

    def next_term(self, sign: Token, term: str) -> tuple[PrintedTerm, ...]:
        return ((str(sign), term),)

    def through_term(self, sign: Token, _ellipsis: Token, _again: Token, term: str) -> tuple[PrintedTerm, ...]:
        return ((str(sign), "..."), (str(sign), term))

    def printed_total(self, first: str, *rest: tuple[PrintedTerm, ...]) -> tuple[PrintedTerm, ...]:
        return (("+", first), *(term for terms in rest for term in terms))

    def printed(self, first: tuple[PrintedTerm, ...], *rest: Any) -> PrintedRelation:
        return tuple(str(sign) for sign in rest[0::2]), (first, *rest[1::2])


_SIGNS = {"<>": "!="}


def _fold(first: s.Expression, rest: tuple[Any, ...]) -> s.Expression:
    for sign, operand in zip(rest[0::2], rest[1::2], strict=True):
        first = s.Arithmetic(str(sign), first, operand)
    return first


def _position(token: Token) -> int:
    return (token.start_pos or 0) + 1
