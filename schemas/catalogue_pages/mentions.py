"""Which checks speak of which return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

from schemas.catalogue import Catalogue, CheckEntry
from schemas.compile import fill_parameters
from schemas.definitions.checks import Check
from schemas.expressions import syntax as s
from schemas.expressions.parse import parse_expression


def find_mentions(catalogue: Catalogue) -> Mapping[str, list[CheckEntry]]:
    """Return → the checks that stand in its file, are for it, or speak of one of its sheets, by code."""
    found: dict[str, list[CheckEntry]] = defaultdict(list)
    for _, entry in sorted(catalogue.checks.items()):
        owners = {catalogue.sheet_owners.get(sheet, "") for sheet in find_sheets(entry.check)}
        for return_id in {entry.return_id or "", *entry.check.returns, *owners} & set(catalogue.returns):
            found[return_id].append(entry)
    return found


def find_sheets(check: Check) -> set[str]:
    """Sheets that the formulas of a check name, for any choice of its parameters."""
    return {name for text in list_texts(check) for name in _name_sheets(parse_expression(text))} | (
        {check.sheet} if check.sheet else set()
    )


def list_texts(check: Check) -> Iterator[str]:
    """Every formula of a check with its parameters filled in."""
    asked = [*check.rules, check.when, check.parameters.get("formula"), *check.values.values()]
    for values in product(*check.each.values()):
        choice = dict(zip(check.each, values, strict=True))
        for stage in check.parameters.get("stages", [""]):
            filled = choice | ({"stage": str(stage)} if stage else {})
            yield from (fill_parameters(str(text), filled) for text in asked if text)


def _name_sheets(expression: s.Expression) -> Iterator[str]:
    """Sheets of references, and what stands alone in an aggregate: it may be a list."""
    for part in s.find_parts(expression):
        if isinstance(part, s.Reference):
            yield part.sheet
        if isinstance(part, s.Call) and part.arguments and isinstance(part.arguments[0], s.Name):
            yield part.arguments[0].id
