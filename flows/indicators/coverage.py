"""How much stands behind a figure: schools accepted of schools expected, for all returns the figure rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.indicators.groups import Groups
from flows.register import RegisterView
from flows.sources import UnitSource
from schemas.applicability import find_applicable, holds_for_all
from schemas.catalogue import Catalogue
from schemas.expressions import syntax as s
from schemas.expressions.columns import Mask, Numbers
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Needs:
    """Sheets that formulas rest on: those of schools by return, and the returns of the bureau."""

    sheets: tuple[tuple[str, frozenset[str]], ...]
    bureau: frozenset[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per group: schools expected and schools that reported everything; `included` tells which units count at all.

    `blind` groups have a sheet that schools owe and not one of them filed: a sum over it would be 0 and mean nothing.
    """

    expected: Counts
    reported: Counts
    by_size: Numbers
    included: Mask
    blind: Mask
    missing: tuple[str, ...] = ()

    @property
    def percent(self) -> Numbers:
        """Reported of expected in percent; missing where nobody is expected."""
        share: Numbers = np.divide(
            100.0 * self.reported, self.expected, out=np.full(len(self.expected), np.nan), where=self.expected > 0
        )
        return share


def find_needs(catalogue: Catalogue, formulas: Sequence[s.Expression]) -> Needs:
    """What the formulas ask to have been filed for the period itself; earlier periods are not counted."""
    sheets: dict[str, set[str]] = {}
    bureau: set[str] = set()
    for formula in formulas:
        for sheet in _list_sheets(formula):
            owner = catalogue.sheet_owners.get(sheet)
            if owner is None:
                continue
            if catalogue.returns[owner].scope == "school":
                sheets.setdefault(owner, set()).add(sheet)
            else:
                bureau.add(owner)
    return Needs(tuple((owner, frozenset(ids)) for owner, ids in sheets.items()), frozenset(bureau))


def compute_coverage(
    catalogue: Catalogue, source: UnitSource, register: RegisterView, groups: Groups, needs: Needs
) -> Coverage:
    """Schools whose figures count: those that reported everything asked of them, and those asked for nothing."""
    expected = np.zeros(source.length, dtype=bool)
    complete = np.ones(source.length, dtype=bool)
    blind = np.zeros(groups.length, dtype=bool)
    for owner, sheets in needs.sheets:
        filed = _find_filed(source, owner)
        for sheet in sorted(sheets):
            due = _find_due(catalogue, source, register, owner, sheet)
            expected |= due
            complete &= ~due | filed
            blind |= (groups.count(due) > 0) & (groups.count(due & filed) == 0)
    included = ~expected | complete
    if not needs.sheets:
        returned = [bool(source.list_blocks(owner, 0)) for owner in sorted(needs.bureau)]
        counts = np.full(groups.length, len(returned)), np.full(groups.length, sum(returned))
        return Coverage(*counts, np.full(groups.length, np.nan), included, blind)
    counted = groups.codes >= 0
    reported = expected & complete
    return Coverage(
        groups.count(expected),
        groups.count(reported),
        _weigh(catalogue, source, groups, expected, reported),
        included,
        blind,
        tuple(s for s, lacks in zip(source.schools, expected & ~complete & counted, strict=True) if lacks),
    )


def _list_sheets(expression: s.Expression) -> list[str]:
    """Sheets named outside prev(…): in references, and alone as the subject of an aggregate."""
    found: list[str] = []
    if isinstance(expression, s.Call) and expression.function == "prev":
        return found
    if isinstance(expression, s.Reference):
        found.append(expression.sheet)
    if isinstance(expression, s.Call) and expression.arguments and isinstance(expression.arguments[0], s.Name):
        found.append(expression.arguments[0].id)
    for child in s.find_children(expression):
        found += _list_sheets(child)
    return found


def _find_due(catalogue: Catalogue, source: UnitSource, register: RegisterView, owner: str, sheet_id: str) -> Mask:
    """Schools that owe the return and fill the sheet."""
    owed = set(register.expected_codes(owner))
    due = np.array([school in owed for school in source.schools], dtype=bool)
    sheet = catalogue.latest_layout(owner).find_sheet(sheet_id)
    if sheet is None or not sheet.applies:
        return due
    masks = find_applicable(catalogue, [sheet.applies], source.attributes)
    return due & holds_for_all(masks, (sheet.applies,), source.length)


def _find_filed(source: UnitSource, owner: str) -> Mask:
    filed = np.zeros(source.length, dtype=bool)
    for linked in source.list_links(owner, 0):
        filed[linked.units] = True
    return filed


def _weigh(catalogue: Catalogue, source: UnitSource, groups: Groups, expected: Mask, reported: Mask) -> Numbers:
    """Share of the schools' earlier size that stands behind the figure, in percent; missing where none is known."""
    unknown = np.full(groups.length, np.nan)
    if catalogue.size is None:
        return unknown
    size = evaluate_numbers(parse_expression(catalogue.size), UnitScope(source, back=1, blank_is_zero=True))
    counted = (groups.codes >= 0) & (size > 0)
    asked = np.bincount(groups.codes[expected & counted], weights=size[expected & counted], minlength=groups.length)
    given = np.bincount(groups.codes[reported & counted], weights=size[reported & counted], minlength=groups.length)
    share = unknown.copy()
    np.divide(100.0 * given, asked, out=share, where=asked > 0)
    return share
