"""How much stands behind a figure: schools accepted of schools expected, for all returns the figure rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.indicators.group_scope import read_name
from flows.indicators.groups import Groups
from flows.register import RegisterView
from flows.sources import UnitSource
from schemas.applicability import find_applicable, holds_for_all
from schemas.catalogue import Catalogue
from schemas.expressions import syntax as s
from schemas.expressions.columns import Mask, Numbers
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.expand import spell_reference
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope
from schemas.layout import SheetLayout

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Need:
    """A return of schools, and the conditions under which a school fills what is asked of it."""

    return_id: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What formulas rest on: cells and sheets of schools, and the returns of the bureau."""

    of_schools: tuple[Need, ...]
    bureau: frozenset[str]


Formula = tuple[s.Expression, str]
"""A formula and the stage it is for."""


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


def find_needs(catalogue: Catalogue, formulas: Sequence[Formula]) -> Needs:
    """What the formulas ask to have been filed for the period itself; earlier periods are not counted.

    A formula for a stage, or the stage's share of something, concerns only schools that have the stage.
    """
    of_schools: dict[Need, None] = {}
    bureau: set[str] = set()
    for formula, stage in formulas:
        for asked in _list_asked(formula, _find_stage_conditions(catalogue, stage), catalogue):
            if catalogue.returns[asked.return_id].scope == "school":
                of_schools[asked] = None
            else:
                bureau.add(asked.return_id)
    return Needs(tuple(of_schools), frozenset(bureau))


def compute_coverage(
    catalogue: Catalogue, source: UnitSource, register: RegisterView, groups: Groups, needs: Needs
) -> Coverage:
    """Schools whose figures count: those that reported everything asked of them, and those asked for nothing."""
    expected = np.zeros(source.length, dtype=bool)
    complete = np.ones(source.length, dtype=bool)
    blind = np.zeros(groups.length, dtype=bool)
    for need in needs.of_schools:
        filed = _find_filed(source, need.return_id)
        due = _find_due(catalogue, source, register, need)
        expected |= due
        complete &= ~due | filed
        blind |= (groups.count(due) > 0) & (groups.count(due & filed) == 0)
    included = ~expected | complete
    if not needs.of_schools:
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


def _list_asked(expression: s.Expression, conditions: tuple[str, ...], catalogue: Catalogue) -> Iterator[Need]:
    """Cells named outside prev(…), and sheets alone as the subject of an aggregate, with who fills them."""
    if isinstance(expression, s.Call) and expression.function == "prev":
        return
    if isinstance(expression, s.Reference):
        yield from _ask(catalogue, expression.sheet, conditions + _find_cell_conditions(catalogue, expression))
    if isinstance(expression, s.Call) and expression.arguments and isinstance(expression.arguments[0], s.Name):
        sheet = expression.arguments[0].id
        yield from _ask(catalogue, sheet, conditions + _find_sheet_conditions(catalogue, sheet))
    if isinstance(expression, s.Call) and expression.function == "split":
        conditions += _find_stage_conditions(catalogue, read_name(expression.arguments[1]))
    for child in s.find_children(expression):
        yield from _list_asked(child, conditions, catalogue)


def _ask(catalogue: Catalogue, sheet: str, conditions: tuple[str, ...]) -> Iterator[Need]:
    owner = catalogue.sheet_owners.get(sheet)
    if owner is not None:
        yield Need(owner, tuple(dict.fromkeys(conditions)))


def _find_stage_conditions(catalogue: Catalogue, stage: str) -> tuple[str, ...]:
    """When a school has a stage: when it fills the cells that the stage's size is read from."""
    if stage not in catalogue.split:
        return ()
    references = s.find_references(parse_expression(catalogue.split[stage].size))
    return tuple(text for reference in references for text in _find_cell_conditions(catalogue, reference))


def _find_cell_conditions(catalogue: Catalogue, reference: s.Reference) -> tuple[str, ...]:
    """When a school fills a cell; that of its sheet where more than one cell is meant."""
    layout = _find_sheet(catalogue, reference.sheet)
    if layout is None or not reference.is_single:
        return _find_sheet_conditions(catalogue, reference.sheet)
    ref = spell_reference(reference)
    return next((cell.applies for cell in layout.cells if cell.ref == ref), ())


def _find_sheet_conditions(catalogue: Catalogue, sheet_id: str) -> tuple[str, ...]:
    sheet = _find_sheet(catalogue, sheet_id)
    return (sheet.applies,) if sheet is not None and sheet.applies else ()


def _find_sheet(catalogue: Catalogue, sheet_id: str) -> SheetLayout | None:
    owner = catalogue.sheet_owners.get(sheet_id)
    return catalogue.latest_layout(owner).find_sheet(sheet_id) if owner else None


def _find_due(catalogue: Catalogue, source: UnitSource, register: RegisterView, need: Need) -> Mask:
    """Schools that owe the return and fill what is asked of it."""
    owed = set(register.expected_codes(need.return_id))
    due = np.array([school in owed for school in source.schools], dtype=bool)
    masks = find_applicable(catalogue, need.conditions, source.attributes)
    return due & holds_for_all(masks, need.conditions, source.length)


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
