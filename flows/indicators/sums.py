"""Figures that are sums over schools, or one such sum over another, and the cells they are read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.indicators.breakdowns import list_aggregated
from flows.indicators.desk import Desk
from schemas.catalogue import Catalogue
from schemas.expressions import syntax as s
from schemas.expressions.expand import match_selector
from schemas.expressions.parse import parse_expression

SUMS = frozenset({"sum", "count", "count_schools", "split"})
"""Calls whose value for the district is the sum of those for its schools."""


@dataclass(frozen=True, slots=True)
class SumFormula:
    """A printed figure, with the cells that it is read from and the sheets they stand in."""

    indicator: str
    stage: str
    cells: frozenset[str]
    sheets: frozenset[str]

    def reads(self, cells: frozenset[str], sheets: frozenset[str]) -> bool:
        """True if it reads one of the cells; where none is named, if it reads anything of the sheets."""
        return not (self.cells.isdisjoint(cells) if cells else self.sheets.isdisjoint(sheets))


def list_printed(catalogue: Catalogue, evaluations: Iterable[str]) -> list[str]:
    """Public indicators that the usual workbooks print, and those of the evaluations named."""
    usual = [workbook for workbook in catalogue.workbooks.values() if not workbook.on_request]
    words = [word for workbook in usual for sheet in workbook.sheets for word in _list_words(sheet.parameters)]
    criteria = [criterion for name in evaluations for criterion in catalogue.evaluations[name].criteria]
    words += [indicator for criterion in criteria for indicator in criterion.indicators.values()]
    known = catalogue.indicators
    return [word for word in dict.fromkeys(words) if word in known and known[word].publish == "public"]


def _list_words(content: object) -> Iterator[str]:
    """Every text among the parameters of a sheet, wherever it stands."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        yield from (word for value in content.values() for word in _list_words(value))
    elif isinstance(content, Sequence):
        yield from (word for value in content for word in _list_words(value))


def list_sum_formulas(desk: Desk, name: str) -> Iterator[SumFormula]:
    """The figures of an indicator, one a stage, where both their parts are sums."""
    indicator = desk.catalogue.indicators[name]
    for stage in desk.list_stages(indicator):
        parts = [desk.parse(text, stage) for text in (indicator.numerator, indicator.denominator) if text]
        if all(_is_sum(part) for part in parts):
            cells = frozenset(cell for part in parts for cell in _list_read(desk.catalogue, part))
            lists = (sheet for part in parts for sheet in list_aggregated(part))
            yield SumFormula(name, stage, cells, frozenset({*lists, *(name_sheet(cell) for cell in cells)}))


def _is_sum(expression: s.Expression) -> bool:
    """True where the value for the district is the sum of the values for its schools."""
    if isinstance(expression, s.Arithmetic):
        left, right = expression.left, expression.right
        if expression.operator in ("+", "-"):
            return _is_sum(left) and _is_sum(right)
        if expression.operator == "*" and _is_constant(left):
            return _is_sum(right)
        return expression.operator in ("*", "/") and _is_constant(right) and _is_sum(left)
    if isinstance(expression, s.Negative):
        return _is_sum(expression.operand)
    if isinstance(expression, s.Reference | s.Where | s.Call):
        return all(part.function in SUMS for part in s.find_parts(expression) if isinstance(part, s.Call))
    return False


def _is_constant(expression: s.Expression) -> bool:
    return all(isinstance(part, s.Number | s.Negative | s.Arithmetic) for part in s.find_parts(expression))


def _list_read(catalogue: Catalogue, expression: s.Expression) -> Iterator[str]:
    """Cells that a formula reads, fields named in conditions on lines, and sizes that things are split by."""
    for reference in s.find_references(expression):
        yield from _list_cells(catalogue, reference)
    for call in (part for part in s.find_parts(expression) if isinstance(part, s.Call)):
        if call.function == "split":
            for share in catalogue.split.values():
                yield from _list_read(catalogue, parse_expression(share.size))
        names = [part.id for each in call.arguments[1:] for part in s.find_parts(each) if isinstance(part, s.Name)]
        yield from (f"{sheet}.{name}" for sheet in list_aggregated(call) for name in names)


def _list_cells(catalogue: Catalogue, reference: s.Reference) -> list[str]:
    """The cells that a reference stands for."""
    owner = catalogue.sheet_owners.get(reference.sheet)
    sheet = catalogue.latest_layout(owner).find_sheet(reference.sheet) if owner else None
    if sheet is None:
        return []
    heads = sheet.rows if sheet.kind == "items" else sheet.columns
    columns = match_selector(reference.column, [head.id for head in heads])
    if reference.row is None:
        return [f"{sheet.id}.{column}" for column in columns]
    rows = match_selector(reference.row, [head.id for head in sheet.rows])
    return [f"{sheet.id}[{row}].{column}" for row in rows for column in columns]


def name_sheet(ref: str) -> str:
    return ref.partition("[")[0].partition(".")[0]
