"""One rule over many cells → one expression per row or column it speaks of, each naming single cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal, Protocol

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import AGGREGATES

CellState = Literal["open", "blocked", "omitted"]


class Shape(Protocol):
    """What expansion asks of the sheets a rule mentions."""

    def find_lines(self, sheet: str, /) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Row ids and column (or field) ids of the latest form. Raises ExpressionError if there is no such sheet."""
        ...

    def find_state(self, ref: str, /) -> CellState:
        """Whether the cell is filled on the form at hand."""
        ...


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule for one row and column; every reference in it names one cell or list field."""

    expression: s.Expression
    references: tuple[s.Reference, ...]
    row: str | None = None
    column: str | None = None


def expand_rule(
    expression: s.Expression, shape: Shape, *, rows: Sequence[str] = (), columns: Sequence[str] = ()
) -> list[Instance]:
    """Expand a rule over its `[*]` and `.*`, restricted to `rows` and `columns` where given.

    Instances that touch a pre-printed * or a cell the form does not have are left out.
    """
    row_ids = _find_loop(expression, shape, axis=0, wanted=rows)
    column_ids = _find_loop(expression, shape, axis=1, wanted=columns)
    instances = []
    for row, column in product(row_ids, column_ids):
        settled = _settle(expression, shape, row, column)
        if settled is not None:
            instances.append(Instance(settled, tuple(s.find_references(settled)), row, column))
    return instances


def settle_like(expression: s.Expression, shape: Shape, instance: Instance) -> s.Expression | None:
    """An expression that belongs to an instance, for the same row and column; None if it touches no open cell."""
    return _settle(expression, shape, instance.row, instance.column)


def expand_total(
    expression: s.Expression, *, sheet: str, rows: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[tuple[str, s.Expression]]:
    """A declared total `cell = parts` → (reference text, expression of single cells) for every cell it stands for.

    Raises ExpressionError where it speaks of another sheet, or of a row or column that is not there.
    """
    if not isinstance(expression, s.Comparison) or expression.operators != ("=",):
        raise ExpressionError(problem("total_form"))
    for instance in expand_rule(expression, _OneSheet(sheet, rows, columns)):
        comparison = instance.expression
        assert isinstance(comparison, s.Comparison)
        target, parts = comparison.operands
        if not isinstance(target, s.Reference):
            raise ExpressionError(problem("total_target"))
        yield spell_reference(target), parts


def match_selector(selector: s.Selector, ids: Sequence[str]) -> list[str]:
    """Ids the selector stands for, in the order of the form. Raises ExpressionError if one is not there."""
    if isinstance(selector, s.Every):
        return list(ids)
    if isinstance(selector, s.Several):
        return [line_id for member in selector.members for line_id in match_selector(member, ids)]
    if isinstance(selector, s.Prefix):
        matched = [line_id for line_id in ids if re.fullmatch(re.escape(selector.prefix) + r"\d+", line_id)]
        if not matched:
            raise ExpressionError(problem("no_prefix", prefix=selector.prefix, known=tuple(ids)))
        return matched
    if isinstance(selector, s.Span):
        first, last = _position(selector.first, ids), _position(selector.last, ids)
        return list(ids[first : last + 1])
    return [ids[_position(selector.id, ids)]]


def spell_reference(reference: s.Reference) -> str:
    """`sheet.field` or `sheet[row].column` of a single reference."""
    assert isinstance(reference.column, s.One)
    if reference.row is None:
        return f"{reference.sheet}.{reference.column.id}"
    assert isinstance(reference.row, s.One)
    return f"{reference.sheet}[{reference.row.id}].{reference.column.id}"


def rebuild(expression: s.Expression, change: Callable[[s.Expression], s.Expression | None]) -> s.Expression:
    """The expression with every part that `change` answers for replaced, outermost first."""
    changed = change(expression)
    if changed is not None:
        return changed
    updates: dict[str, Any] = {}
    for name in s.PARTS[type(expression)]:
        value = getattr(expression, name)
        if type(value) in s.PARTS:
            updates[name] = rebuild(value, change)
        elif type(value) is tuple and any(type(item) in s.PARTS for item in value):
            updates[name] = tuple(rebuild(item, change) for item in value)
    return replace(expression, **updates) if updates else expression


@dataclass(frozen=True, slots=True)
class _OneSheet:
    id: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def find_lines(self, sheet: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if sheet != self.id:
            raise ExpressionError(problem("total_elsewhere", sheet=self.id, other=sheet))
        return self.rows, self.columns

    def find_state(self, _ref: str) -> CellState:
        return "open"


def _position(line_id: str, ids: Sequence[str]) -> int:
    if line_id not in ids:
        raise ExpressionError(problem("no_line", line=line_id, known=tuple(ids)))
    return ids.index(line_id)


def _find_loop(
    expression: s.Expression, shape: Shape, *, axis: Literal[0, 1], wanted: Sequence[str]
) -> Sequence[str | None]:
    """Ids the loop variable of this axis runs over; (None,) if the rule has none."""
    domains = [
        shape.find_lines(part.sheet)[axis]
        for part in s.find_parts(expression)
        if isinstance(part, s.Reference) and isinstance(part.row if axis == 0 else part.column, s.Every)
    ]
    if not domains:
        return (None,)
    unknown = [line_id for line_id in wanted if not any(line_id in domain for domain in domains)]
    if unknown:
        raise ExpressionError(problem("no_line", line=tuple(unknown), known=tuple(domains[0])))
    shared = [line_id for line_id in domains[0] if all(line_id in domain for domain in domains)]
    return [line_id for line_id in shared if not wanted or line_id in wanted]


class _UnfitError(Exception):
    """An instance touches a cell that cannot be filled."""


def _settle(expression: s.Expression, shape: Shape, row: str | None, column: str | None) -> s.Expression | None:
    def change(part: s.Expression) -> s.Expression | None:
        if isinstance(part, s.Call) and part.function in AGGREGATES and _is_plain_set(part):
            return replace(part, arguments=tuple(_settle_members(part, shape, row, column)))
        if isinstance(part, s.Reference):
            return _settle_single(part, shape, row, column)
        return None

    try:
        return rebuild(expression, change)
    except _UnfitError:
        return None


def _is_plain_set(call: s.Call) -> bool:
    """True for `sum(sheet[…].…, …)` over cells; False for aggregates over the lines of a list."""
    return all(isinstance(argument, s.Reference) for argument in call.arguments) and any(
        not _is_settled(argument) for argument in call.arguments if isinstance(argument, s.Reference)
    )


def _is_settled(reference: s.Reference) -> bool:
    return reference.is_single


def _settle_members(call: s.Call, shape: Shape, row: str | None, column: str | None) -> Iterator[s.Expression]:
    members = [
        member
        for argument in call.arguments
        if isinstance(argument, s.Reference)
        for member in _list_members(argument, shape, row, column)
        if shape.find_state(spell_reference(member)) == "open"
    ]
    if not members:
        raise _UnfitError
    yield from members


def _list_members(reference: s.Reference, shape: Shape, row: str | None, column: str | None) -> Iterator[s.Reference]:
    row_ids, column_ids = shape.find_lines(reference.sheet)
    columns = [column] if isinstance(reference.column, s.Every) else match_selector(reference.column, column_ids)
    if reference.row is None:
        rows: list[str | None] = [None]
    else:
        rows = [row] if isinstance(reference.row, s.Every) else list(match_selector(reference.row, row_ids))
    for row_id, column_id in product(rows, columns):
        assert column_id is not None
        yield s.Reference(reference.sheet, s.One(row_id) if row_id else None, s.One(column_id), reference.position)


def _settle_single(reference: s.Reference, shape: Shape, row: str | None, column: str | None) -> s.Reference:
    members = list(_list_members(reference, shape, row, column))
    if len(members) != 1:
        raise ExpressionError(problem("several_cells", sheet=reference.sheet, position=reference.position))
    if shape.find_state(spell_reference(members[0])) != "open":
        raise _UnfitError
    return members[0]
