"""Expressions → columns: one value per unit (submission, school or group), all units at once.

Numbers are float arrays with NaN for missing, texts are object arrays with None for missing, and
conditions have three values: yes, no, and neither where an operand is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Column, Mask, Numbers, Texts, Truth, holds_texts
from schemas.expressions.rounding import round_all_half_up
from schemas.expressions.texts import TEXT_FUNCTIONS, apply_text_function

EXACT = 1e-9
"""Differences below this share of the larger operand are floating dirt, not differences."""


class Scope(Protocol):
    """Where references, names and the functions of the language get their columns from."""

    @property
    def tolerance(self) -> float: ...

    @property
    def length(self) -> int: ...

    def resolve_reference(self, reference: s.Reference) -> Column: ...

    def resolve_set(self, reference: s.Reference) -> Sequence[Numbers]: ...

    def resolve_name(self, name: s.Name) -> Column: ...

    def evaluate_where(self, where: s.Where) -> Numbers: ...

    def evaluate_call(self, call: s.Call) -> Column: ...


def evaluate(expression: s.Expression, scope: Scope) -> Column:
    """The column of an expression. Raises ExpressionError where types do not fit."""
    evaluator = _EVALUATORS.get(type(expression))
    if evaluator is None:
        raise ExpressionError(problem("no_value", part=type(expression).__name__))
    return evaluator(expression, scope)


def evaluate_numbers(expression: s.Expression, scope: Scope) -> Numbers:
    """The column of an expression that must give numbers; a condition gives 1 and 0."""
    column = evaluate(expression, scope)
    if isinstance(column, Truth):
        return np.where(column.yes, 1.0, np.where(column.no, 0.0, np.nan))
    if holds_texts(column):
        raise ExpressionError(problem("text_for_number"))
    return column if column.dtype == np.float64 else column.astype(np.float64)


def evaluate_truth(expression: s.Expression, scope: Scope) -> Truth:
    """The answer to an expression that must be a condition."""
    column = evaluate(expression, scope)
    if not isinstance(column, Truth):
        raise ExpressionError(problem("value_for_condition"))
    return column


def aggregate_set(function: str, columns: Sequence[Numbers]) -> Numbers:
    """sum, count, min, max, avg or mean over several cells of one unit; missing operands make it missing."""
    block = np.vstack(list(columns))
    if function == "count":
        counts: Numbers = (~np.isnan(block)).sum(axis=0).astype(np.float64)
        return counts
    return _REDUCTIONS[function](block)


_REDUCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "sum": lambda block: np.sum(block, axis=0), "min": lambda block: np.min(block, axis=0),
    "max": lambda block: np.max(block, axis=0), "avg": lambda block: np.mean(block, axis=0),
    "mean": lambda block: np.mean(block, axis=0),
}  # fmt: skip

AGGREGATES = frozenset({"sum", "count", "min", "max", "avg", "mean"})


def apply_plain_function(call: s.Call, scope: Scope) -> Column:
    """Functions of columns alone: of numbers, of texts, of conditions, and aggregates of values."""
    if call.function == "filled":
        return _is_filled(evaluate(call.arguments[0], scope))
    if call.function == "all_true":
        return _join_all([evaluate_truth(argument, scope) for argument in call.arguments])
    if call.function in TEXT_FUNCTIONS:
        return apply_text_function(call, lambda argument: evaluate(argument, scope))
    columns = [evaluate_numbers(argument, scope) for argument in call.arguments]
    if call.function in AGGREGATES:
        return aggregate_set(call.function, columns)
    if call.function not in _PLAIN_FUNCTIONS:
        raise ExpressionError(problem("no_function", function=call.function, position=call.position))
    return _PLAIN_FUNCTIONS[call.function](*columns)


def _coalesce(first: Numbers, second: Numbers) -> Numbers:
    return np.where(np.isnan(first), second, first)


_PLAIN_FUNCTIONS: dict[str, Callable[..., Numbers]] = {
    "abs": np.abs, "ceil": lambda x: np.ceil(x - EXACT), "floor": lambda x: np.floor(x + EXACT),
    "round": round_all_half_up, "coalesce": _coalesce,
}  # fmt: skip


def _is_filled(column: Column) -> Truth:
    if isinstance(column, Truth):
        known = column.yes | column.no
    elif holds_texts(column):
        known = _has_text(column)
    else:
        known = ~np.isnan(column)
    return Truth(known, ~known)


def _join_all(truths: Sequence[Truth]) -> Truth:
    yes, no = truths[0].yes, truths[0].no
    for truth in truths[1:]:
        yes, no = yes & truth.yes, no | truth.no
    return Truth(yes, no)


def _evaluate_number(number: s.Number, scope: Scope) -> Numbers:
    return np.full(scope.length, number.value)


def _evaluate_text(text: s.Text, scope: Scope) -> Texts:
    return np.full(scope.length, text.value, dtype=object)


def _evaluate_reference(reference: s.Reference, scope: Scope) -> Column:
    return scope.resolve_reference(reference)


def _evaluate_name(name: s.Name, scope: Scope) -> Column:
    return scope.resolve_name(name)


def _evaluate_negative(negative: s.Negative, scope: Scope) -> Numbers:
    return -evaluate_numbers(negative.operand, scope)


def _evaluate_arithmetic(arithmetic: s.Arithmetic, scope: Scope) -> Numbers:
    left, right = evaluate_numbers(arithmetic.left, scope), evaluate_numbers(arithmetic.right, scope)
    if arithmetic.operator == "+":
        return left + right
    if arithmetic.operator == "-":
        return left - right
    if arithmetic.operator == "*":
        return left * right
    return divide(left, right)


def divide(dividend: Numbers, divisor: Numbers) -> Numbers:
    """The quotient, missing where the divisor is 0 or missing."""
    quotient: Numbers = np.full(len(dividend), np.nan)
    np.divide(dividend, divisor, out=quotient, where=(divisor != 0) & ~np.isnan(divisor))
    return quotient


def _evaluate_comparison(comparison: s.Comparison, scope: Scope) -> Truth:
    columns = [evaluate(operand, scope) for operand in comparison.operands]
    links = [
        _compare(operator, left, right, scope.tolerance)
        for operator, left, right in zip(comparison.operators, columns[:-1], columns[1:], strict=True)
    ]
    return _join_all(links)


def _compare(operator: str, left: Column, right: Column, tolerance: float) -> Truth:
    if isinstance(left, Truth) or isinstance(right, Truth):
        raise ExpressionError(problem("condition_compared"))
    if holds_texts(left) or holds_texts(right):
        return _compare_texts(operator, left, right)
    return _compare_numbers(operator, left, right, tolerance)


def _compare_numbers(operator: str, left: Numbers, right: Numbers, tolerance: float) -> Truth:
    known = ~(np.isnan(left) | np.isnan(right))
    slack = tolerance + EXACT * np.fmax(1.0, np.fmax(np.abs(left), np.abs(right)))
    difference = left - right
    with np.errstate(invalid="ignore"):
        holds = {
            "=": np.abs(difference) <= slack, "!=": np.abs(difference) > slack,
            "<=": difference <= slack, ">=": difference >= -slack,
            "<": difference < -slack, ">": difference > slack,
        }[operator]  # fmt: skip
    return Truth(holds & known, ~holds & known)


def _compare_texts(operator: str, left: Numbers | Texts, right: Numbers | Texts) -> Truth:
    if not holds_texts(left) or not holds_texts(right):
        raise ExpressionError(problem("text_against_number"))
    if operator not in ("=", "!="):
        return _order_texts(operator, left, right)
    known = _has_text(left) & _has_text(right)
    same = np.asarray(left == right, dtype=bool)
    holds = same if operator == "=" else ~same
    return Truth(holds & known, ~holds & known)


def _order_texts(operator: str, left: Texts, right: Texts) -> Truth:
    known = _has_text(left) & _has_text(right)
    order = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[operator]
    holds = np.zeros(len(left), dtype=bool)
    holds[known] = order(left[known].astype(str), right[known].astype(str))
    return Truth(holds, ~holds & known)


def _evaluate_membership(membership: s.Membership, scope: Scope) -> Truth:
    column = evaluate(membership.operand, scope)
    if isinstance(column, Truth):
        raise ExpressionError(problem("condition_in_list"))
    members = [member.value for member in membership.members]
    known = _has_text(column) if holds_texts(column) else ~np.isnan(column)
    inside = np.isin(column.astype(str) if holds_texts(column) else column, members)
    holds = ~inside if membership.negated else inside
    return Truth(holds & known, ~holds & known)


def _evaluate_containment(containment: s.Containment, scope: Scope) -> Truth:
    column = evaluate(containment.container, scope)
    if not holds_texts(column):
        raise ExpressionError(problem("no_codes"))
    wanted = str(containment.member.value)
    answers = {held: wanted in held.split(";") for held in set(column) if isinstance(held, str)}
    known = _has_text(column)
    holds = np.fromiter((answers.get(held, False) for held in column), dtype=bool, count=len(column))
    return Truth(holds & known, ~holds & known)


def _evaluate_both(both: s.Both, scope: Scope) -> Truth:
    return _join_all([evaluate_truth(operand, scope) for operand in both.operands])


def _evaluate_either(either: s.Either, scope: Scope) -> Truth:
    turned = _join_all([_turn(evaluate_truth(operand, scope)) for operand in either.operands])
    return _turn(turned)


def _evaluate_not(negation: s.Not, scope: Scope) -> Truth:
    return _turn(evaluate_truth(negation.operand, scope))


def _evaluate_implies(implies: s.Implies, scope: Scope) -> Truth:
    premise, conclusion = evaluate_truth(implies.premise, scope), evaluate_truth(implies.conclusion, scope)
    return Truth(premise.no | conclusion.yes, premise.yes & conclusion.no)


def _turn(truth: Truth) -> Truth:
    return Truth(truth.no, truth.yes)


def _has_text(column: Texts) -> Mask:
    return np.fromiter((value is not None for value in column), dtype=bool, count=len(column))


_EVALUATORS: dict[type, Callable[..., Column]] = {
    s.Number: _evaluate_number,
    s.Text: _evaluate_text,
    s.Reference: _evaluate_reference,
    s.Name: _evaluate_name,
    s.Negative: _evaluate_negative,
    s.Arithmetic: _evaluate_arithmetic,
    s.Comparison: _evaluate_comparison,
    s.Membership: _evaluate_membership,
    s.Containment: _evaluate_containment,
    s.Both: _evaluate_both,
    s.Either: _evaluate_either,
    s.Not: _evaluate_not,
    s.Implies: _evaluate_implies,
    s.Where: lambda where, scope: scope.evaluate_where(where),
    s.Call: lambda call, scope: scope.evaluate_call(call),
}
