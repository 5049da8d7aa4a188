"""Assets of schools with several stages, shared among the stages by size and weight (definitions.md §5.3)."""

from __future__ import annotations

import numpy as np

from schemas.catalogue import Catalogue
from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Numbers, Texts, Values
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines, UnitScope


def split_by_stage(expression: s.Expression, stage: str, scope: UnitScope, catalogue: Catalogue) -> Numbers:
    """The stage's part of what a school reports as a whole, one figure a unit.

    A line that serves one stage only counts wholly for it; a line that serves several is shared by their sizes.
    Raises ExpressionError where the stage has no share defined.
    """
    if stage not in catalogue.split:
        raise ExpressionError(problem("no_share", stage=stage))
    claims = {name: _find_claim(name, scope, catalogue) for name in catalogue.split}
    sheet = _find_list(expression, scope)
    if sheet is None:
        whole = evaluate_numbers(expression, scope)
        return whole * _find_share(stage, claims, np.ones((len(claims), scope.length), dtype=bool))
    lines = scope.lines_of(sheet)
    values = evaluate_numbers(expression, lines)
    serves = _find_served(sheet, lines.lines, scope, catalogue)
    on_lines = {name: claim[lines.lines.unit] for name, claim in claims.items()}
    parts = values * _find_share(stage, on_lines, serves)
    summed = np.bincount(lines.lines.unit, weights=parts, minlength=scope.length)
    reported = np.bincount(lines.lines.unit, minlength=scope.length) > 0
    return np.where(reported, summed, np.nan)


def _find_claim(stage: str, scope: UnitScope, catalogue: Catalogue) -> Numbers:
    share = catalogue.split[stage]
    return share.weight * np.nan_to_num(evaluate_numbers(parse_expression(share.size), scope))


def _find_share(stage: str, claims: dict[str, Numbers], serves: np.ndarray) -> Numbers:
    """The stage's claim over the claims of all stages served; 0 where it is not served or nobody claims."""
    stacked = np.vstack(list(claims.values())) * serves
    total = stacked.sum(axis=0)
    own = stacked[list(claims).index(stage)]
    share: Numbers = np.zeros(len(own))
    np.divide(own, total, out=share, where=total > 0)
    return share


def _find_list(expression: s.Expression, scope: UnitScope) -> str | None:
    for reference in s.find_references(expression):
        if scope.source.is_list(reference.sheet):
            return reference.sheet
    return None


def _find_served(sheet_id: str, lines: Lines, scope: UnitScope, catalogue: Catalogue) -> np.ndarray:
    """One row a stage, one column a line: whether the line serves the stage. A blank serves all."""
    definition = catalogue.returns[catalogue.sheet_owners[sheet_id]].find_sheet(sheet_id)
    where = getattr(definition, "stages", None)
    served: Values = np.full(lines.length, None, dtype=object)
    if where is not None and where.sheet is None:
        served = lines.columns[where.field]
    elif where is not None:
        served = _look_up(lines, scope.lines_of(where.sheet).lines, where.by or "", where.field)
    return np.array(
        [[text is None or stage in str(text).split(";") for text in served] for stage in catalogue.split], dtype=bool
    ).reshape(len(catalogue.split), lines.length)


def _look_up(lines: Lines, other: Lines, key: str, field: str) -> Texts:
    """The field of the other sheet's line of the same unit and key."""
    known = dict(zip(zip(other.unit.tolist(), other.columns[key], strict=True), other.columns[field], strict=True))
    pairs = zip(lines.unit.tolist(), lines.columns[key], strict=True)
    return np.array([known.get(pair) for pair in pairs], dtype=object)
