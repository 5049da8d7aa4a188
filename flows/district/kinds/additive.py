"""The figure of the district is the sum of its groups, whatever the schools are grouped by."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from flows.district.facts import DistrictFacts, Shown
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import EXACT
from schemas.expressions.parse import parse_expression

ADDITIVE_CALLS = frozenset({"sum", "count", "split", "count_schools"})
"""Not prev(…): a group that had schools in an earlier period need not have any now."""


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer an indicator and breakdown: numerators and denominators of the groups against the whole."""
    grouped: dict[tuple[str, str, str], list[Shown]] = defaultdict(list)
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        if by:
            grouped[(indicator_id, stage, by)].append(shown)
    for (indicator_id, stage, by), groups in grouped.items():
        indicator = facts.catalogue.indicators[indicator_id]
        if by in indicator.variants or by in facts.catalogue.overlapping:
            continue
        whole = facts.find(indicator_id, stage)
        texts = [("numerator", indicator.numerator), ("denominator", indicator.denominator)]
        for part, text in texts:
            if text and _is_additive(parse_expression(text.replace("{stage}", stage))):
                yield _compare(f"{indicator.name.zh}（{by}）", part, whole, groups)


def _compare(subject: str, part: str, whole: Shown, groups: list[Shown]) -> Outcome:
    total = float(getattr(whole, part))
    parts = [float(getattr(group, part)) for group in groups]
    known = [value for value in parts if not math.isnan(value)]
    if math.isnan(total) or not known:
        return Outcome(subject, None)
    summed = math.fsum(known)
    holds = abs(summed - total) <= max(1.0, abs(total)) * EXACT * len(known)
    return Outcome(subject, holds, {"a": spell(total), "b": spell(summed)})


def _is_additive(expression: s.Expression) -> bool:
    """True if the figure of a whole is the sum of those of its parts: sums and differences of what is filed."""
    if isinstance(expression, s.Reference):
        return True
    if isinstance(expression, s.Arithmetic):
        sides = (expression.left, expression.right)
        if expression.operator in ("+", "-"):
            return all(_is_additive(side) for side in sides)
        numbers = [side for side in sides if isinstance(side, s.Number)]
        return (
            len(numbers) == 1
            and (expression.operator == "*" or numbers[0] is expression.right)
            and any(_is_additive(side) for side in sides if side is not numbers[0])
        )
    if isinstance(expression, s.Where):
        return _is_additive(expression.operand)
    return isinstance(expression, s.Call) and expression.function in ADDITIVE_CALLS
