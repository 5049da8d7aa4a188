"""The notation printed on statutory forms, (1)=(2)+…+(8), spelled out as references to one sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.parse import PrintedRelation, PrintedTerm
from schemas.layout import Head, SheetLayout

ROW_DIGITS = 2
"""Forms number their rows with two digits, (01), and their columns with one, (1)."""


def spell_out_printed(relation: PrintedRelation, sheet: SheetLayout | None) -> Iterator[s.Expression]:
    """The relation for every row (numbers of one digit or circled: columns) or every column (two digits: rows).

    Raises ExpressionError if the sheet has no row or column of that number.
    """
    if sheet is None:
        return
    operators, totals = relation
    by_row = all(len(term) == ROW_DIGITS for total in totals for _, term in total if term != "...")
    heads = sheet.rows if by_row else sheet.columns
    operands = tuple(_spell_total(total, sheet, heads, by_row=by_row) for total in totals)
    yield s.Comparison(operands, operators)


def _spell_total(
    total: Sequence[PrintedTerm], sheet: SheetLayout, heads: Sequence[Head], *, by_row: bool
) -> s.Expression:
    expression: s.Expression | None = None
    for sign, head in _list_terms(total, heads):
        reference = _row(sheet, head) if by_row else _column(sheet, head)
        if expression is None:
            expression = s.Negative(reference) if sign == "-" else reference
        else:
            expression = s.Arithmetic(sign, expression, reference)
    assert expression is not None
    return expression


def _row(sheet: SheetLayout, head: Head) -> s.Reference:
    if sheet.kind == "items":
        return s.Reference(sheet.id, None, s.One(head.id))
    return s.Reference(sheet.id, s.One(head.id), s.Every())


def _column(sheet: SheetLayout, head: Head) -> s.Reference:
    return s.Reference(sheet.id, s.Every() if sheet.kind == "matrix" else None, s.One(head.id))


def _list_terms(total: Sequence[PrintedTerm], heads: Sequence[Head]) -> Iterator[tuple[str, Head]]:
    last = 0
    fill_sign = ""
    for sign, number in total:
        if number == "...":
            fill_sign = sign
            continue
        index = _find_head(number, heads)
        for between in range(last + 1, index) if fill_sign else ():
            yield fill_sign, heads[between]
        yield sign, heads[index]
        last, fill_sign = index, ""


def _find_head(number: str, heads: Sequence[Head]) -> int:
    wanted = int(unicodedata.numeric(number)) if len(number) == 1 else int(number)
    for index, head in enumerate(heads):
        if int(head.number) == wanted:
            return index
    raise ExpressionError(problem("no_printed_number", number=number))
