"""Rules and totals as Excel formulas, where Excel can say them."""

from __future__ import annotations

from collections.abc import Callable

from schemas.expressions import syntax as s
from schemas.expressions.evaluate import AGGREGATES
from schemas.expressions.expand import spell_reference
from schemas.layout import split_address

Locate = Callable[[str], str | None]
"""Reference text → address in the formula, or None if the workbook does not hold the cell."""

COMPARISONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
FUNCTIONS = {
    "sum": "SUM",
    "count": "COUNT",
    "min": "MIN",
    "max": "MAX",
    "avg": "AVERAGE",
    "mean": "AVERAGE",
    "abs": "ABS",
}
LONGEST = 1024


class _UnsayableError(Exception):
    """Excel cannot say this."""


def spell_value(expression: s.Expression, locate: Locate) -> str | None:
    """The expression as an Excel formula without `=`, or None where Excel cannot say it."""
    try:
        text = _spell(expression, locate)
    except _UnsayableError:
        return None
    return text if len(text) <= LONGEST else None


def spell_violation(comparison: s.Expression, references: tuple[str, ...], locate: Locate) -> str | None:
    """A condition that holds where all cells are filled with numbers and the rule is broken."""
    if not isinstance(comparison, s.Comparison) or any(operator == "!=" for operator in comparison.operators):
        return None
    rule = spell_value(comparison, locate)
    cells = [locate(reference) for reference in references]
    if rule is None or not cells or any(cell is None for cell in cells):
        return None
    filled = f"COUNT({_join_cells([cell for cell in cells if cell])})={len(cells)}"
    text = f"AND({filled},NOT({rule}))"
    return text if len(text) <= LONGEST else None


def _spell(part: s.Expression, locate: Locate) -> str:
    if isinstance(part, s.Number):
        return repr(int(part.value) if part.value.is_integer() else part.value)
    if isinstance(part, s.Reference):
        return _spell_cell(part, locate)
    if isinstance(part, s.Negative):
        return f"-{_spell(part.operand, locate)}"
    if isinstance(part, s.Arithmetic):
        return f"({_spell(part.left, locate)}{part.operator}{_spell(part.right, locate)})"
    if isinstance(part, s.Comparison):
        return _spell_comparison(part, locate)
    if isinstance(part, s.Call) and part.function in FUNCTIONS:
        return _spell_call(part, locate)
    raise _UnsayableError


def _spell_cell(reference: s.Reference, locate: Locate) -> str:
    address = locate(spell_reference(reference))
    if address is None:
        raise _UnsayableError
    return address


def _spell_comparison(comparison: s.Comparison, locate: Locate) -> str:
    sides = [_spell(operand, locate) for operand in comparison.operands]
    links = [
        f"ROUND({left},4){COMPARISONS[operator]}ROUND({right},4)"
        for operator, left, right in zip(comparison.operators, sides[:-1], sides[1:], strict=True)
    ]
    return links[0] if len(links) == 1 else f"AND({','.join(links)})"


def _spell_call(call: s.Call, locate: Locate) -> str:
    if call.function in AGGREGATES and all(isinstance(argument, s.Reference) for argument in call.arguments):
        cells = [_spell(argument, locate) for argument in call.arguments]
        return f"{FUNCTIONS[call.function]}({_join_cells(cells)})"
    arguments = ",".join(_spell(argument, locate) for argument in call.arguments)
    return f"{FUNCTIONS[call.function]}({arguments})"


def _join_cells(cells: list[str]) -> str:
    """Neighbouring cells as ranges, so that formulas stay short."""
    ranges: list[list[str]] = []
    for cell in cells:
        if ranges and _follows(ranges[-1], cell):
            ranges[-1] = [ranges[-1][0], cell]
        else:
            ranges.append([cell, cell])
    return ",".join(first if first == last else f"{first}:{last}" for first, last in ranges)


def _follows(known: list[str], cell: str) -> bool:
    first, last = (_split(address) for address in known)
    next_ = _split(cell)
    if first is None or last is None or next_ is None:
        return False
    along_row = first[1] == next_[1] and last[1] == next_[1] and next_[0] == last[0] + 1
    along_column = first[0] == next_[0] and last[0] == next_[0] and next_[1] == last[1] + 1
    return along_row or along_column


def _split(address: str) -> tuple[int, int] | None:
    if "!" in address or "$" in address:
        return None
    row, column = split_address(address)
    return column, row
