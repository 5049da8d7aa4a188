"""Functions of texts: begins(a, b), matches(a, 'pattern'), part(a, first, last)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Column, Mask, Texts, Truth, holds_texts

EvaluateArgument = Callable[[s.Expression], Column]


def apply_text_function(call: s.Call, evaluate_argument: EvaluateArgument) -> Column:
    """The column of a call of one of TEXT_FUNCTIONS. A missing text makes the answer missing.

    Raises ExpressionError where an argument is no text, or its number or kind does not fit.
    """
    return TEXT_FUNCTIONS[call.function](call, evaluate_argument)


def _judge_beginning(call: s.Call, evaluate_argument: EvaluateArgument) -> Truth:
    """Whether the first text begins with the second."""
    whole, beginning = (_read_texts(argument, call, evaluate_argument) for argument in _take(call, 2))
    known = _find_texts(whole) & _find_texts(beginning)
    pairs = zip(whole, beginning, known, strict=True)
    holds = np.array([bool(both) and text.startswith(first) for text, first, both in pairs], dtype=bool)
    return Truth(holds, ~holds & known)


def _judge_match(call: s.Call, evaluate_argument: EvaluateArgument) -> Truth:
    """Whether the whole text is of a pattern, in the notation of regular expressions."""
    subject, pattern = _take(call, 2)
    if not isinstance(pattern, s.Text):
        raise ExpressionError(problem("pattern_not_a_text", function=call.function, position=call.position))
    try:
        form = re.compile(pattern.value)
    except re.error as error:
        raise ExpressionError(problem("bad_pattern", pattern=pattern.value, problem=str(error))) from None
    texts = _read_texts(subject, call, evaluate_argument)
    known = _find_texts(texts)
    holds = np.array([text is not None and form.fullmatch(text) is not None for text in texts], dtype=bool)
    return Truth(holds, ~holds & known)


def _cut_part(call: s.Call, evaluate_argument: EvaluateArgument) -> Texts:
    """The characters from the first position to the last, both counted from 1; missing where the text is shorter."""
    subject, first, last = _take(call, 3)
    if not (isinstance(first, s.Number) and isinstance(last, s.Number)):
        raise ExpressionError(problem("place_not_a_number", function=call.function, position=call.position))
    begin, end = int(first.value) - 1, int(last.value)
    texts = _read_texts(subject, call, evaluate_argument)
    cut = np.full(len(texts), None, dtype=object)
    for place, text in enumerate(texts):
        if text is not None and len(text) >= end:
            cut[place] = text[begin:end]
    return cut


def _take(call: s.Call, count: int) -> Sequence[s.Expression]:
    if len(call.arguments) != count:
        raise ExpressionError(problem("argument_count", function=call.function, count=count, position=call.position))
    return call.arguments


def _read_texts(argument: s.Expression, call: s.Call, evaluate_argument: EvaluateArgument) -> Texts:
    column = evaluate_argument(argument)
    if not holds_texts(column):
        raise ExpressionError(problem("number_for_text", function=call.function, position=call.position))
    return column


def _find_texts(column: Texts) -> Mask:
    return np.array([text is not None for text in column], dtype=bool)


TEXT_FUNCTIONS: dict[str, Callable[[s.Call, EvaluateArgument], Column]] = {
    "begins": _judge_beginning,
    "matches": _judge_match,
    "part": _cut_part,
}
