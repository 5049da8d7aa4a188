"""Records in doubt: what they would be with what a check expects in a cell, or with nothing there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from flows.indicators.sums import name_sheet
from flows.normalisers.records import FormBlock, settle_block
from schemas.catalogue import Catalogue
from schemas.expressions import syntax as s
from schemas.expressions.expand import spell_reference
from schemas.expressions.scope import Lines
from schemas.layout import FormLayout

Manner = Literal["counted", "expected", "without"]
"""The record would count; its cell would hold what was expected; its cell would hold nothing."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record in doubt, or one cell of it. `expected` is what a check would have in place of what it `found`."""

    key: int
    return_id: str
    period: str
    school: str
    submission: int
    ref: str = ""
    line: int | None = None
    found: float = math.nan
    expected: float = math.nan


def change_records(block: FormBlock, suspects: Sequence[Suspect]) -> tuple[FormBlock, list[Manner]]:
    """The records of the suspects, one a row, as they would be with totals computed anew; what was done to each."""
    changed = replace(block, numbers=block.numbers.copy(), lists=_copy_lists(block))
    manners = [_change_cell(changed, row, suspect) for row, suspect in enumerate(suspects)]
    return settle_block(changed, np.ones_like(changed.numbers, dtype=bool)), manners


def list_touched(catalogue: Catalogue, suspect: Suspect) -> tuple[frozenset[str], frozenset[str]]:
    """Cells that are in doubt, none where all of the record is, and the sheets they stand in."""
    if not suspect.ref:
        return frozenset(), frozenset(sheet.id for sheet in catalogue.returns[suspect.return_id].sheets)
    over = _list_totals_over(catalogue.latest_layout(suspect.return_id), suspect.ref)
    return frozenset({suspect.ref, *over}), frozenset({name_sheet(suspect.ref)})


def _copy_lists(block: FormBlock) -> dict[str, Lines]:
    return {
        sheet: replace(lines, columns={name: column.copy() for name, column in lines.columns.items()})
        for sheet, lines in block.lists.items()
    }


def _list_totals_over(layout: FormLayout, ref: str) -> list[str]:
    """Declared totals that a cell goes into, through other totals too."""
    over = {ref}
    sheet = layout.find_sheet(name_sheet(ref))
    for total, parts in sheet.totals if sheet is not None else ():
        if any(spell_reference(part) in over for part in s.find_references(parts)):
            over.add(total)
    return sorted(over - {ref})


def _change_cell(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    """Put what was expected into the cell of a block of our own where it holds what was found, else nothing."""
    if not suspect.ref:
        return "counted"
    return _change_fixed(block, row, suspect) if suspect.ref in block.index else _change_lines(block, row, suspect)


def _change_fixed(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    position = block.index[suspect.ref]
    is_known = _is_known(block.numbers[row, position], suspect)
    block.numbers[row, position] = suspect.expected if is_known else 0.0
    block.numbers[row, [block.index[total] for total in _list_totals_over(block.layout, suspect.ref)]] = np.nan
    return "expected" if is_known else "without"


def _change_lines(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    """The same in a list: on the line of the finding; where all lines were meant, on the first, or on all of them."""
    sheet, _, name = suspect.ref.partition(".")
    lines = block.lists[sheet]
    column = lines.columns[name]
    own = np.flatnonzero(lines.unit == row)
    places = (own[lines.row[own] == suspect.line], own)
    meant = [place for place in places if len(place) and _is_known(float(np.nansum(column[place])), suspect)]
    if meant:
        column[meant[0][0]] += suspect.expected - suspect.found
    else:
        column[own] = 0.0
    return "expected" if meant else "without"


def _is_known(value: float, suspect: Suspect) -> bool:
    """True if the cell holds what the check found, and the check says what it should hold."""
    is_found = math.isclose(value, suspect.found, rel_tol=1e-6, abs_tol=1e-6)
    return is_found and not math.isnan(suspect.expected)
